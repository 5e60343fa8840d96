#include "contract/number_text.h"

#include <gtest/gtest.h>

namespace assay::contract {
namespace {

TEST(NumberText, KnowsDecimalNumbers) {
  for (const char* text : {"0", "-1", "+2", "0.5", ".5", "5.", "1e6", "-1.5E-3", "007"}) {
    EXPECT_TRUE(IsNumber(text)) << text;
  }
  for (const char* text :
       {"", "-", ".", "1e", "e5", "0x10", "1_000", "1,5", " 1", ".inf", "nan", "1e1000", "1 %"}) {
    EXPECT_FALSE(IsNumber(text)) << text;
  }
  EXPECT_FALSE(IsNumber(std::string(101, '1')));
}

TEST(NumberText, ComparesExactly) {
  EXPECT_EQ(CompareNumbers("1", "1.000"), 0);
  EXPECT_EQ(CompareNumbers("-0", "0.0"), 0);
  EXPECT_EQ(CompareNumbers("1e2", "100"), 0);
  EXPECT_LT(CompareNumbers("0.1", "0.10000000000000000001"), 0);
  EXPECT_LT(CompareNumbers("-2", "-1"), 0);
  EXPECT_LT(CompareNumbers("-1", "0"), 0);
  EXPECT_GT(CompareNumbers("10", "9"), 0);
  EXPECT_GT(CompareNumbers("1e-3", "0.0009"), 0);
  EXPECT_GT(CompareNumbers("0", "-1e-9"), 0);
}

TEST(NumberText, ReadsIntegersThatJsonHolds) {
  EXPECT_EQ(*ParseInteger("-42"), -42);
  EXPECT_EQ(*ParseInteger("9007199254740991"), 9007199254740991);
  EXPECT_EQ(ParseInteger("9007199254740992").error().message,
            "number is too large: 9007199254740992");
  EXPECT_EQ(ParseInteger("99999999999999999999").error().message,
            "number is too large: 99999999999999999999");
  EXPECT_EQ(ParseInteger("1.0").error().message, "not a whole number: 1.0");
  EXPECT_EQ(ParseInteger("ten").error().message, "not a whole number: ten");
}

TEST(NumberText, ReadsSharesAsMillionths) {
  EXPECT_EQ(*ParseShare("80 %"), 800000);
  EXPECT_EQ(*ParseShare("0.1%"), 1000);
  EXPECT_EQ(*ParseShare("0.0001 %"), 1);
  EXPECT_EQ(*ParseShare("100.0 %"), 1000000);
  EXPECT_EQ(ParseShare("0.00001 %").error().message,
            "percentage has more than 4 decimals: 0.00001 %");
  EXPECT_EQ(ParseShare("100.1 %").error().message, "percentage is above 100 %: 100.1 %");
  for (const char* text : {"0.8", "%", "-1 %", "1e1 %", "1. %", ".5 %", "a %"}) {
    EXPECT_EQ(ParseShare(text).error().message, "not a percentage: " + std::string(text));
    EXPECT_EQ(ParseShare(text).error().hint, "write 80 %");
  }
}

TEST(NumberText, TellsPercentages) {
  bool percent = false;
  EXPECT_TRUE(IsNumberOrPercent("10 %", percent));
  EXPECT_TRUE(percent);
  EXPECT_TRUE(IsNumberOrPercent("-1.5", percent));
  EXPECT_FALSE(percent);
  EXPECT_FALSE(IsNumberOrPercent("x %", percent));
}

TEST(NumberText, MultipliesExactly) {
  const auto equals = [](std::string_view number, std::int64_t factor, std::string_view product) {
    return CompareNumbers(MultiplyNumber(number, factor), product) == 0;
  };
  EXPECT_TRUE(equals("0.1", 1000, "100"));
  EXPECT_TRUE(equals("-1.3", 1000, "-1300"));
  EXPECT_TRUE(equals("-1.3", -10, "13"));
  EXPECT_TRUE(equals("1e-3", 7, "0.007"));
  EXPECT_TRUE(equals("12345678901234567890.5", 9'000'000'000'000'000'000,
                     "111111110111111111014500000000000000000"));
  EXPECT_TRUE(equals("5", 0, "0"));
  EXPECT_TRUE(equals("0.00", 5, "0"));
}

TEST(NumberText, WritesNumbersWithoutExponent) {
  EXPECT_EQ(PlainNumber("5e0"), "5");
  EXPECT_EQ(PlainNumber("5e3"), "5000");
  EXPECT_EQ(PlainNumber("-1.25e1"), "-12.5");
  EXPECT_EQ(PlainNumber("25e-4"), "0.0025");
  EXPECT_EQ(PlainNumber("+0.50"), "0.5");
  EXPECT_EQ(PlainNumber("-0e5"), "0");
  EXPECT_EQ(PlainNumber("1e300"), "1e300");
}

TEST(NumberText, ComparesMomentsNotTexts) {
  const auto compare = [](const char* a, const char* b) {
    return CompareTimes(*ParseTime(a), *ParseTime(b));
  };
  EXPECT_EQ(compare("2001-05-01", "2001-05-01T00:00:00"), 0);
  EXPECT_EQ(compare("2001-05-01", "2001-05-01T00:00:00Z"), 0);
  EXPECT_LT(compare("2001-05-01T10:00:00+05:00", "2001-05-01T09:00:00+00:00"), 0);
  EXPECT_GT(compare("2001-05-01T10:00:00-05:00", "2001-05-01T14:59:59.999999"), 0);
  EXPECT_LT(compare("2001-05-01T10:00:00.1", "2001-05-01T10:00:00.12"), 0);
  EXPECT_LT(compare("1969-12-31T23:59:59", "1970-01-01"), 0);
}

TEST(NumberText, RoundsForPeople) {
  EXPECT_EQ(RoundedNumber("0.04034810302946337"), "0.04035");
  EXPECT_EQ(RoundedNumber("-1.6094379124341005"), "-1.609");
  EXPECT_EQ(RoundedNumber("0.44329815946675355", 6), "0.443298");
  EXPECT_EQ(RoundedNumber("0.5"), "0.5");
  EXPECT_EQ(RoundedNumber("1.50"), "1.5");
  EXPECT_EQ(RoundedNumber("1e-06"), "1e-06");
  EXPECT_EQ(RoundedNumber("123456.7"), "123457");
  EXPECT_EQ(RoundedNumber("1234567"), "1234567");
  EXPECT_EQ(RoundedNumber("2.5e20"), "2.5e+20");
  for (const char* text : {"nan", "90 days", "1.5 %", ""}) EXPECT_EQ(RoundedNumber(text), text);
}

TEST(NumberText, ReadsDatesAndTimestamps) {
  EXPECT_EQ(*ParseTime("2001-05-01"), "2001-05-01");
  EXPECT_EQ(*ParseTime("2001-05-01 09:30"), "2001-05-01T09:30:00");
  EXPECT_EQ(*ParseTime("2001-05-01T09:30:05Z"), "2001-05-01T09:30:05Z");
  EXPECT_EQ(*ParseTime("2001-05-01 09:30:05.25+01:00"), "2001-05-01T09:30:05.25+01:00");
  EXPECT_EQ(*ParseTime("2000-02-29"), "2000-02-29");
  for (const char* text : {"2001-02-29", "2001-5-1", "01.05.2001", "2001-05-01T",
                           "2001-05-01T25:00", "2001-05-01T09:30:61", "2001-05-01T09:30:05.1234567",
                           "2001-05-01T09:30:05+25:00", "2001-05-01T09:30:05 UTC", "yesterday"}) {
    EXPECT_EQ(ParseTime(text).error().message, "not a date or timestamp: " + std::string(text));
  }
}

}  // namespace
}  // namespace assay::contract
