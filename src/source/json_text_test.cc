#include "source/json_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "base/json.h"

namespace assay::source {
namespace {

std::string FaultOf(const std::string& text) {
  JsonValue value;
  const auto fault = ScanJson(text, value);
  return fault ? std::to_string(fault->offset) + ": " + fault->reason : "";
}

std::string DecodedText(std::string_view string) {
  std::string text;
  AppendDecoded(string, text);
  return text;
}

TEST(JsonText, FaultsHaveAPlaceAndAReason) {
  EXPECT_EQ(FaultOf(" {\"a\" : [1, -2.5e+3, true, null, \"x\"] , \"b\":{}}\n"), "");
  EXPECT_EQ(FaultOf(""), "0: it ends here, expected a value");
  EXPECT_EQ(FaultOf("{"), "1: it ends here, expected a key in quotes");
  EXPECT_EQ(FaultOf("{a: 1}"), "1: expected a key in quotes");
  EXPECT_EQ(FaultOf("{\"a\" 1}"), "5: expected a colon");
  EXPECT_EQ(FaultOf("{\"a\":1 \"b\":2}"), "7: expected a comma or }");
  EXPECT_EQ(FaultOf("{\"a\":1,}"), "7: expected a key in quotes");
  EXPECT_EQ(FaultOf("[1 2]"), "3: expected a comma or ]");
  EXPECT_EQ(FaultOf("[1,]"), "3: expected a value");
  EXPECT_EQ(FaultOf("[1"), "2: it ends here, expected a comma or ]");
  EXPECT_EQ(FaultOf("[1}"), "2: expected a comma or ]");
  EXPECT_EQ(FaultOf("1 2"), "2: expected nothing behind the value");
  EXPECT_EQ(FaultOf("NaN"), "0: expected a value");
  EXPECT_EQ(FaultOf("nul"), "0: expected a value");
  EXPECT_EQ(FaultOf("01"), "1: a number does not begin with 0");
  EXPECT_EQ(FaultOf("1."), "2: expected a digit");
  EXPECT_EQ(FaultOf("-"), "1: expected a digit");
  EXPECT_EQ(FaultOf("1e"), "2: expected a digit");
  EXPECT_EQ(FaultOf("\"a"), "0: a string without its closing quote");
  EXPECT_EQ(FaultOf("\"\\"), "1: a string without its closing quote");
  EXPECT_EQ(FaultOf("\"\\x\""), "1: no such escape");
  EXPECT_EQ(FaultOf("\"\\u12\""), "1: no such escape");
  EXPECT_EQ(FaultOf("\"a\tb\""), "2: a control character in a string is written \\u00..");
  EXPECT_EQ(FaultOf("\"\\ud83d\""), "1: half of a surrogate pair");
  EXPECT_EQ(FaultOf("\"\\ud83d\\u0041\""), "1: half of a surrogate pair");
  EXPECT_EQ(FaultOf("\"\\ude00\""), "1: half of a surrogate pair");
  EXPECT_EQ(FaultOf("[\"\xe9\"]"), "2: not UTF-8: the byte 233");
  EXPECT_EQ(FaultOf(std::string("1\0", 2)), "1: expected nothing behind the value");
}

TEST(JsonText, NestsAThousandDeepAndNoDeeper) {
  const auto nested = [](std::size_t deep) {
    return std::string(deep, '[') + std::string(deep, ']');
  };
  EXPECT_EQ(FaultOf(nested(kDeepestJson)), "");
  EXPECT_EQ(FaultOf(nested(kDeepestJson + 1)), "1000: nested deeper than 1000");
  std::string objects;
  for (int i = 0; i < 999; ++i) objects += "{\"a\":[";
  EXPECT_EQ(FaultOf(objects), "3000: nested deeper than 1000");
}

TEST(JsonText, AnObjectIsTakenApartInItsOrder) {
  std::vector<JsonMember> members;
  const std::string text = " { \"b\" : [1, {\"c\": 2}], \"a\\u0041\": \"x\", \"n\":null } ";
  ASSERT_FALSE(ScanObject(text, members));
  ASSERT_EQ(members.size(), 3U);
  EXPECT_EQ(members[0].key, "\"b\"");
  EXPECT_EQ(members[0].value.form, JsonForm::kList);
  EXPECT_EQ(members[0].value.text, "[1, {\"c\": 2}]");
  EXPECT_EQ(DecodedText(members[1].key), "aA");
  EXPECT_EQ(members[1].value.form, JsonForm::kString);
  EXPECT_EQ(members[2].value.form, JsonForm::kNull);
  const auto items = ItemsOf(members[0].value);
  ASSERT_EQ(items.size(), 2U);
  EXPECT_EQ(MembersOf(items[1])[0].value.text, "2");
  EXPECT_EQ(ScanObject("{}", members), std::nullopt);
  EXPECT_TRUE(members.empty());
  const auto other = ScanObject(" [1]", members);
  ASSERT_TRUE(other);
  EXPECT_EQ(other->reason, "not an object, which is written {\"key\": value}");
  EXPECT_EQ(other->kind, JsonFaultKind::kNoObject);
  EXPECT_EQ(other->offset, 1U);
  EXPECT_EQ(ScanObject("[1", members)->reason, "it ends here, expected a comma or ]");
  EXPECT_EQ(ScanObject("{} {}", members)->reason, "expected nothing behind the value");
}

TEST(JsonText, StringsMeanWhatAnotherParserSays) {
  for (const std::string string :
       {R"("")", R"("plain")", R"("\"\\\/\b\f\n\r\t")", R"("\u0041\u00e9\u20ac\uD83D\uDE00")",
        R"("a\u0000b")", "\"\xc3\xa9\xf0\x9f\x98\x80\"",
        R"("\uDBFF\uDFFF\u007f\u0080\u07ff\u0800")"}) {
    ASSERT_EQ(FaultOf(string), "") << string;
    EXPECT_EQ(DecodedText(string), Json::parse(string).get<std::string>()) << string;
  }
}

TEST(JsonText, CompactTextIsTheSameValue) {
  const std::string text = "{ \"a b\" : [ 1 , 2.50 ,\t\"x \\\" y\\\\\" ],\n\"c\" : { } }";
  std::string compact;
  AppendCompact(text, compact);
  EXPECT_EQ(compact, "{\"a b\":[1,2.50,\"x \\\" y\\\\\"],\"c\":{}}");
  EXPECT_EQ(Json::parse(compact), Json::parse(text));
}

// The cases of github.com/nst/JSONTestSuite: y_ must be accepted, n_ refused, i_ may be either.
TEST(JsonText, AcceptsAndRefusesWhatTheTestSuiteSays) {
  const char* source = std::getenv("ASSAY_SOURCE_DIR");
  const auto folder = std::filesystem::path(source != nullptr ? source : ".") /
                      "../shared/cases/jsontestsuite/test_parsing";
  if (!std::filesystem::is_directory(folder)) GTEST_SKIP() << "the suite is not there: " << folder;
  int accepted = 0, refused = 0, either = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    const std::string name = entry.path().filename().string();
    std::ifstream stream(entry.path(), std::ios::binary);
    const std::string text((std::istreambuf_iterator<char>(stream)), {});
    const bool is_json = FaultOf(text).empty();
    if (name.starts_with("y_")) {
      EXPECT_TRUE(is_json) << name << " " << FaultOf(text);
      ++accepted;
    } else if (name.starts_with("n_")) {
      EXPECT_FALSE(is_json) << name;
      ++refused;
    } else {
      ++either;
    }
    if (!is_json || name.starts_with("i_")) continue;
    std::string compact;
    AppendCompact(text, compact);
    EXPECT_EQ(Json::parse(compact), Json::parse(text)) << name;
  }
  EXPECT_EQ(accepted, 95);
  EXPECT_EQ(refused, 188);
  EXPECT_EQ(either, 35);
}

}  // namespace
}  // namespace assay::source
