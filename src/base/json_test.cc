#include "base/json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace assay {
namespace {

using testing::HasSubstr;

std::string Canonical(const std::string& text) {
  const auto json = ParseJson(text);
  if (!json.ok()) return "parse: " + json.error().message;
  const auto canonical = CanonicalJson(*json);
  return canonical.ok() ? *canonical : "error: " + canonical.error().message;
}

TEST(CanonicalJson, OrdersMembersAndDropsSpace) {
  EXPECT_EQ(Canonical(R"( { "b" : [ 1 , true ] , "a" : { "z":"", "Z":false } } )"),
            R"({"a":{"Z":false,"z":""},"b":[1,true]})");
  EXPECT_EQ(Canonical(R"({"10":1,"9":2,"a b":3,"aa":4,"":5})"),
            R"({"":5,"10":1,"9":2,"a b":3,"aa":4})");
}

TEST(CanonicalJson, EscapesAsRfc8785Says) {
  EXPECT_EQ(Canonical(R"("\u0008\u0009\u000a\u000c\u000d\u0022\u005c\u002f")"),
            R"("\b\t\n\f\r\"\\/")");
  EXPECT_EQ(Canonical(R"("\u0000\u001F\u007f")"), "\"\\u0000\\u001f\x7f\"");
  EXPECT_EQ(Canonical(R"("\u00e9\u20ac\ud83d\ude00")"), "\"\u00e9\u20ac\U0001f600\"");
  EXPECT_EQ(Canonical("\"\u2028\u2029\""), "\"\u2028\u2029\"");
}

TEST(CanonicalJson, TakesIntegersBelow2To53) {
  EXPECT_EQ(Canonical("[0,-0,9007199254740991,-9007199254740991]"),
            "[0,0,9007199254740991,-9007199254740991]");
  EXPECT_THAT(Canonical("[1,9007199254740992]"), HasSubstr("integer above 2^53 at /1"));
  EXPECT_THAT(Canonical("-9007199254740992"), HasSubstr("integer above 2^53"));
  EXPECT_THAT(Canonical("18446744073709551615"), HasSubstr("integer above 2^53"));
}

TEST(CanonicalJson, HasNoOtherNumbersAndNoNull) {
  for (const char* text : {"1.5", "1.0", "1e3", "100000000000000000000", "null"}) {
    EXPECT_THAT(Canonical(text), HasSubstr("not canonical JSON")) << text;
  }
  EXPECT_THAT(Canonical(R"({"a":[{"b":null}]})"), HasSubstr("null at /a/0/b"));
}

TEST(CanonicalJson, RefusesKeysThatAreNotAsciiAndTextThatIsNotUtf8) {
  EXPECT_THAT(Canonical(R"({"\u00e9":1})"), HasSubstr("non-ASCII key"));
  for (const char* bytes : {"\xff", "\xc0\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xe2\x82"}) {
    const auto text = CanonicalJson(Json{{"a", bytes}});
    ASSERT_FALSE(text.ok());
    EXPECT_EQ(text.error().code, ErrorCode::kInternal);
  }
}

TEST(HashedText, IsAnObjectWithTheKindAsItsOneMember) {
  EXPECT_EQ(*HashedText("assay.test/1", Json{{"b", 1}, {"a", "x"}}),
            R"({"assay.test/1":{"a":"x","b":1}})");
  // printf '{"assay.test/1":{"a":"x","b":1}}' | sha256sum
  EXPECT_EQ(*TextId("assay.test/1", Json{{"b", 1}, {"a", "x"}}),
            "984178ded2d40660d86ff3cbc4cb805b11262c581a35d1dd2b4001d1d3ff1cd1");
}

TEST(ParseJson, NamesTheByteOfAnError) {
  const auto json = ParseJson("{\"a\": tru}");
  ASSERT_FALSE(json.ok());
  EXPECT_EQ(json.error().code, ErrorCode::kData);
  EXPECT_EQ(json.error().message, "not JSON: error at byte 10");
}

TEST(ParseJson, HasNoNumbersBeyondDoubles) {
  const auto json = ParseJson("{\"a\": 1e400}");
  ASSERT_FALSE(json.ok());
  EXPECT_EQ(json.error().message,
            "JSON with a number beyond the largest double, 1.8e308, is not read");
}

TEST(ParseJson, NeverThrows) {
  for (const char* text : {"", "{", "[1,]", "{}{}", "NaN", "01", "+1", "'a'", "\"\x01\"",
                           "\"\xff\"", "1e999", "\"\\ud800\"", "\"\\ude00\\ud83d\"", "{\"a\":1"}) {
    EXPECT_FALSE(ParseJson(text).ok()) << text;
  }
}

TEST(Member, OfWhatIsThereAndOfTheRightKind) {
  const Json json{{"text", "a"}, {"count", 3}, {"below", -3}, {"half", 0.5}, {"null", nullptr}};
  EXPECT_EQ(MemberText(json, "text"), "a");
  EXPECT_EQ(MemberCount(json, "count"), 3U);
  EXPECT_EQ(MemberCount(*ParseJson("{\"n\": 18446744073709551615}"), "n"),
            std::numeric_limits<std::uint64_t>::max());
  for (const char* other : {"below", "half", "null", "text", "none"}) {
    EXPECT_EQ(MemberCount(json, other), 0U) << other;
  }
  for (const char* other : {"count", "null", "none"}) {
    EXPECT_EQ(MemberText(json, other), "") << other;
  }
  EXPECT_EQ(MemberText(Json(nullptr), "text"), "");
  EXPECT_EQ(MemberCount(Json::array({1}), "count"), 0U);
}

TEST(DoubleText, IsTheShortestThatReadsBack) {
  EXPECT_EQ(DoubleText(0.1), "0.1");
  EXPECT_EQ(DoubleText(1.0 / 3), "0.3333333333333333");
  EXPECT_EQ(DoubleText(5e-324), "5e-324");
  EXPECT_EQ(DoubleText(-0.0), "-0");
  EXPECT_EQ(DoubleText(std::numeric_limits<double>::infinity()), "inf");
  EXPECT_EQ(DoubleText(-std::numeric_limits<double>::infinity()), "-inf");
  EXPECT_EQ(DoubleText(std::nan("")), "nan");
  for (const double value : {1e22, 1e23, 123456789.125, 1.7976931348623157e308}) {
    EXPECT_EQ(std::stod(DoubleText(value)), value);
  }
}

}  // namespace
}  // namespace assay
