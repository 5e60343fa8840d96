#include "source/written_number.h"

#include <gtest/gtest.h>

namespace assay::source {
namespace {

std::string Plain(const std::string& cell, NumberForm form = NumberForm::kNumber,
                  const NumberMarks& marks = {}) {
  std::string number = "unchanged";
  if (MakePlainNumber(cell, form, marks, number).is_number) return number;
  EXPECT_EQ(number, "unchanged");
  return "none";
}

constexpr NumberForm kEach[] = {NumberForm::kMarked, NumberForm::kNumber,  NumberForm::kScaled,
                                NumberForm::kMoney,  NumberForm::kPercent, NumberForm::kFraction};

TEST(WrittenNumber, PlainNumbersStayInEveryForm) {
  for (const NumberForm form : kEach) {
    EXPECT_EQ(Plain("0", form), "0");
    EXPECT_EQ(Plain("-12.50", form), "-12.50");
    EXPECT_EQ(Plain("+7", form), "7");
    EXPECT_EQ(Plain(".5", form), "0.5");
    EXPECT_EQ(Plain("5.", form), "5");
    EXPECT_EQ(Plain("007", form), "7");
    EXPECT_EQ(Plain("1234567", form), "1234567");
    EXPECT_EQ(Plain("1e3", form), "1000");
    EXPECT_EQ(Plain("1.25E-2", form), "0.0125");
  }
}

TEST(WrittenNumber, WhatIsNoneIsNoneInEveryForm) {
  for (const NumberForm form : kEach) {
    for (const char* cell :
         {"",       " ",   "-",   ".",    "a",     "1a",        "1.2.3",  "1e",        "1e1000",
          "--1",    "$",   "%",   "()",   "1,2",   "12,34",     "1,2345", "1234,567",  ",123",
          "1,,234", "N/A", "1 2", "0x1f", "1_000", "1,234.5,6", "K",      "10.50 2013"}) {
      EXPECT_EQ(Plain(cell, form), "none") << cell;
    }
  }
}

TEST(WrittenNumber, ThousandsStandInGroupsOfThree) {
  EXPECT_EQ(Plain("1,300"), "1300");
  EXPECT_EQ(Plain("1,135,291"), "1135291");
  EXPECT_EQ(Plain("-12,345.60"), "-12345.60");
  EXPECT_EQ(Plain("1.234,5", NumberForm::kMarked, {',', "."}), "1234.5");
  EXPECT_EQ(Plain("1.234.567", NumberForm::kMarked, {',', "."}), "1234567");
  EXPECT_EQ(Plain("1.5", NumberForm::kMarked, {',', "."}), "none") << "half of a group";
  EXPECT_EQ(Plain("1 234,5", NumberForm::kMarked, {',', " "}), "1234.5");
  EXPECT_EQ(Plain("1\xc2\xa0"
                  "234,5",
                  NumberForm::kMarked, {',', " "}),
            "1234.5");
  EXPECT_EQ(Plain("1\xe2\x80\xaf"
                  "234,5",
                  NumberForm::kMarked, {',', " "}),
            "1234.5");
  EXPECT_EQ(Plain("1'234.5", NumberForm::kMarked, {'.', "'"}), "1234.5");
  EXPECT_EQ(Plain("1\xe2\x80\x99"
                  "234.5",
                  NumberForm::kMarked, {'.', "'"}),
            "1234.5");
  EXPECT_EQ(Plain("1,300", NumberForm::kMarked, {'.', ""}), "none");
}

TEST(WrittenNumber, FootnotesAndParentheses) {
  EXPECT_EQ(Plain("*8,097,880"), "8097880");
  EXPECT_EQ(Plain("8,097,880 **"), "8097880");
  EXPECT_EQ(Plain("12\xe2\x80\xa0"), "12");
  EXPECT_EQ(Plain("12[3]"), "12");
  EXPECT_EQ(Plain("(1,200)"), "-1200");
  EXPECT_EQ(Plain("1,200-"), "-1200");
  EXPECT_EQ(Plain("\xe2\x88\x92"
                  "5"),
            "-5");
  EXPECT_EQ(Plain("(-5)"), "none");
  EXPECT_EQ(Plain("*5", NumberForm::kMarked), "none");
  EXPECT_EQ(Plain("(5)", NumberForm::kMarked), "none");
}

TEST(WrittenNumber, Money) {
  const auto money = [](const char* cell) { return Plain(cell, NumberForm::kMoney); };
  EXPECT_EQ(money("$1,300 "), "1300");
  EXPECT_EQ(money("$920 "), "920");
  EXPECT_EQ(money("-$5.25"), "-5.25");
  EXPECT_EQ(money("$-5.25"), "-5.25");
  EXPECT_EQ(money("$(1,200)"), "-1200");
  EXPECT_EQ(money("($1,200)"), "-1200");
  EXPECT_EQ(money("$1.2M"), "1200000");
  EXPECT_EQ(money("$96M"), "96000000");
  EXPECT_EQ(money("1.25 bn EUR"), "1250000000");
  EXPECT_EQ(money("USD 12"), "12");
  EXPECT_EQ(money("12 USD"), "12");
  EXPECT_EQ(money("US$ 3 thousand"), "3000");
  EXPECT_EQ(money("\xc2\xa3"
                  "2k"),
            "2000");
  EXPECT_EQ(money("17%"), "none");
  EXPECT_EQ(money("$$5"), "none");
  EXPECT_EQ(money("12ABC"), "none");
  EXPECT_EQ(Plain("1.234,50 \xe2\x82\xac", NumberForm::kMoney, {',', "."}), "1234.50");
  EXPECT_EQ(Plain("$5"), "none");
}

TEST(WrittenNumber, PowersOfTen) {
  const auto scaled = [](const char* cell) { return Plain(cell, NumberForm::kScaled); };
  EXPECT_EQ(scaled("1.2M"), "1200000");
  EXPECT_EQ(scaled("3 Thousand"), "3000");
  EXPECT_EQ(scaled("1.23456K"), "1234.56");
  EXPECT_EQ(scaled("2.5 trillion"), "2500000000000");
  EXPECT_EQ(scaled("5MM"), "5000000");
  EXPECT_EQ(scaled("5KK"), "none");
  EXPECT_EQ(scaled("$5M"), "none");
  EXPECT_EQ(Plain("5M"), "none");
}

TEST(WrittenNumber, Percentages) {
  EXPECT_EQ(Plain("17.54%", NumberForm::kPercent), "17.54");
  EXPECT_EQ(Plain("17.54 %", NumberForm::kFraction), "0.1754");
  EXPECT_EQ(Plain("0.5%", NumberForm::kFraction), "0.005");
  EXPECT_EQ(Plain("100%", NumberForm::kFraction), "1.00");
  EXPECT_EQ(Plain("0.25", NumberForm::kFraction), "0.25");
  EXPECT_EQ(Plain("(3%)", NumberForm::kPercent), "-3");
  EXPECT_EQ(Plain("5%%", NumberForm::kPercent), "none");
  EXPECT_EQ(Plain("5%"), "none");
}

TEST(WrittenNumber, TellsWhatItTookAway) {
  std::string number;
  NumberChanges done = MakePlainNumber("$1,300 ", NumberForm::kMoney, {}, number);
  EXPECT_TRUE(done.is_number && done.was_trimmed && done.lost_thousands && done.lost_unit);
  EXPECT_FALSE(done.lost_decimal || done.lost_signs);
  done = MakePlainNumber("1300", NumberForm::kMoney, {}, number);
  EXPECT_TRUE(done.is_number);
  EXPECT_FALSE(done.was_trimmed || done.lost_thousands || done.lost_decimal || done.lost_signs ||
               done.lost_unit);
  done = MakePlainNumber("1,5", NumberForm::kMarked, {',', "."}, number);
  EXPECT_TRUE(done.lost_decimal && !done.lost_thousands && !done.lost_signs);
  done = MakePlainNumber("*5", NumberForm::kNumber, {}, number);
  EXPECT_TRUE(done.lost_signs && !done.lost_thousands && !done.lost_unit);
  done = MakePlainNumber("5%", NumberForm::kPercent, {}, number);
  EXPECT_TRUE(done.lost_unit && !done.lost_signs);
}

TEST(WrittenNumber, NamesOfForms) {
  for (const std::string& name : NumberFormNames()) EXPECT_TRUE(NumberFormNamed(name)) << name;
  EXPECT_EQ(NumberFormNamed("percent"), NumberForm::kPercent);
  EXPECT_EQ(NumberFormNamed("euros"), std::nullopt);
}

}  // namespace
}  // namespace assay::source
