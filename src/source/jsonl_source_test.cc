#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "source/test_sources.h"

namespace assay::source {
namespace {

using testing::HasSubstr;

class JsonlSource : public SourceFiles {};

TEST_F(JsonlSource, KeysOfAllFilesAreColumnsInTheirOrder) {
  Add("a.jsonl", "{\"id\": 1, \"name\": \"x\"}\n\n  \n{\"late\": true, \"id\": 2}\r\n");
  Add("b.jsonl", "\xef\xbb\xbf{\"more\": 0.5, \"id\": null}");
  const Outcome outcome = ReadAll("jsonl", {{"file_column", "from"}});
  EXPECT_EQ(outcome.types, "id int64, name string, late bool, more float64, from string");
  EXPECT_EQ(outcome.rows,
            "1|x|-|-|data/a.jsonl\n"
            "2|-|true|-|data/a.jsonl\n"
            "-|-|-|0.5|data/b.jsonl\n");
  EXPECT_EQ(outcome.refused, "");
}

TEST_F(JsonlSource, TypesHoldAllValuesOfAKey) {
  struct Case {
    const char* values;
    const char* type;
    const char* rows;
  };
  for (const Case& each : {
           Case{"null", "string", "-\n"},
           Case{"true,false,null", "bool", "true\nfalse\n-\n"},
           Case{"1,-2", "int64", "1\n-2\n"},
           Case{"9223372036854775807,-9223372036854775808", "int64",
                "9223372036854775807\n-9223372036854775808\n"},
           Case{"9007199254740993", "int64", "9007199254740993\n"},
           Case{"1,2.5", "float64", "1.0\n2.5\n"},
           Case{"1.0,1e3", "float64", "1.0\n1000.0\n"},
           Case{"9007199254740992,0.5", "float64", "9007199254740992.0\n0.5\n"},
           Case{"9007199254740993,0.5", "string", "9007199254740993\n0.5\n"},
           Case{"9223372036854775807,0.5", "string", "9223372036854775807\n0.5\n"},
           Case{"9223372036854775808,1", "string", "9223372036854775808\n1\n"},
           Case{"1e400,1", "string", "1e400\n1\n"},
           Case{"0.1e400", "string", "0.1e400\n"},
           Case{"1e99999999999999999999", "string", "1e99999999999999999999\n"},
           Case{"1e-99999999999999999999,0.5", "float64", "0.0\n0.5\n"},
           Case{"1e-400,0.1", "float64", "0.0\n0.1\n"},
           Case{"true,1", "string", "true\n1\n"},
           Case{"1,\"1\"", "string", "1\n1\n"},
           Case{"\"2001-01-01\"", "string", "2001-01-01\n"},
           Case{"[1, 2],{\"a\": \"b c\"},\"x\"", "string", "[1,2]\n{\"a\":\"b c\"}\nx\n"},
       }) {
    files.clear();
    std::string text;
    std::string values = each.values;
    // A comma outside of brackets is between values.
    int depth = 0;
    std::string value;
    for (const char c : values + ",") {
      depth += c == '[' || c == '{' ? 1 : c == ']' || c == '}' ? -1 : 0;
      if (c != ',' || depth > 0) {
        value += c;
        continue;
      }
      text += "{\"v\": " + value + "}\n";
      value.clear();
    }
    Add("v.jsonl", text);
    const Outcome outcome = ReadAll("jsonl");
    EXPECT_EQ(outcome.types, std::string("v ") + each.type) << each.values;
    EXPECT_EQ(outcome.rows, each.rows) << each.values;
    EXPECT_EQ(outcome.refused, "") << each.values;
  }
}

TEST_F(JsonlSource, LinesThatAreNoRowsAreRefusedAndNeverNulls) {
  Add("a.jsonl",
      "{\"a\": 1}\n"
      "{\"a\": 2,}\n"
      "[1]\n"
      "\"x\"\n"
      "{\"a\": 3} x\n"
      "{\"a\": NaN}\n"
      "\n"
      "{\"a\": 4, \"b\": 1, \"a\": 5}\n"
      "{\"\": 1}\n"
      "{\"s\": \"\xe9\"}\n"
      "{\"s\": \"\\ud800\"}\n"
      "{\"s\": \"a\\u0000b\"}\n"
      "{\"k\\u0000\": 1}\n"
      "{\"\xc3\xa4\": 1, b}\n"
      "{\"a\": 6}\n"
      "{\"a\": 7");
  const Outcome outcome = ReadAll("jsonl");
  EXPECT_EQ(outcome.types, "a int64");
  EXPECT_EQ(outcome.rows, "1\n6\n");
  EXPECT_EQ(outcome.refused,
            "data/a.jsonl|2|-|not JSON at character 9: expected a key in quotes|{\"a\": 2,}\n"
            "data/a.jsonl|3|-|not an object, which is written {\"key\": value}|[1]\n"
            "data/a.jsonl|4|-|not an object, which is written {\"key\": value}|\"x\"\n"
            "data/a.jsonl|5|-|not JSON at character 10: expected nothing behind the value|"
            "{\"a\": 3} x\n"
            "data/a.jsonl|6|-|not JSON at character 7: expected a value|{\"a\": NaN}\n"
            "data/a.jsonl|8|a|a key that comes twice|{\"a\": 4, \"b\": 1, \"a\": 5}\n"
            "data/a.jsonl|9|-|an empty key, which can name no column|{\"\": 1}\n"
            "data/a.jsonl|10|-|not UTF-8: the byte 233 as character 8|{\"s\": \"\\xe9\"}\n"
            "data/a.jsonl|11|-|not JSON at character 8: half of a surrogate pair|"
            "{\"s\": \"\\ud800\"}\n"
            "data/a.jsonl|12|s|text with a zero character|{\"s\": \"a\\u0000b\"}\n"
            "data/a.jsonl|13|-|a key with a zero character, which can name no column|"
            "{\"k\\u0000\": 1}\n"
            "data/a.jsonl|14|-|not JSON at character 10: expected a key in quotes|"
            "{\"\xc3\xa4\": 1, b}\n"
            "data/a.jsonl|16|-|not JSON at character 8: it ends here, expected a comma or }|"
            "{\"a\": 7\n");
}

TEST_F(JsonlSource, KeysOfAnyTextAreNames) {
  Add("a.jsonl",
      R"({"a.b": 1, "say \"x\"": 2, "it's": 3, "n\nl": 4, "\u00e9": 5, "select": 6, "reason": 7,)"
      R"( "file": 8, "text": 9, "c0": 10, "line": 11, "a": {"b": 12}})"
      "\n");
  const auto read = Read("jsonl");
  ASSERT_TRUE(read.ok()) << read.error().message;
  const engine::Grid rows = Rows(read->query);
  EXPECT_THAT(FieldNames(rows.schema),
              testing::ElementsAre("a.b", "say \"x\"", "it's", "n\nl", "\xc3\xa9", "select",
                                   "reason", "file", "text", "c0", "line", "a"));
  EXPECT_EQ(Text(rows), "1|2|3|4|5|6|7|8|9|10|11|{\"b\":12}\n");
  const engine::Grid indexed = Rows(read->indexed_query);
  EXPECT_EQ(indexed.schema.back().name, "_assay_file_index");
  EXPECT_EQ(indexed.rows.at(0).back(), "0");
}

TEST_F(JsonlSource, DeclaredTypesRefuseWhatTheyWouldBend) {
  struct Case {
    const char* type;
    std::vector<std::string> kept, refused;
  };
  for (const Case& each : std::vector<Case>{
           {"int64",
            {"1", "-3", "\"5\"", "2.0", "null"},
            {"1.5", "9223372036854775808", "true", "\"x\"", "\"0x1f\"", "\"1_000\"", "[1]", "{}",
             "1e3", "\" 5\"", "\"\""}},
           {"int8", {"127", "-128"}, {"128", "-129"}},
           {"uint64", {"18446744073709551615", "0"}, {"-1", "18446744073709551616"}},
           {"int128", {"170141183460469231731687303715884105727"}, {"1e40"}},
           {"float64", {"1", "0.1", "1e300", "\"NaN\"", "\"-inf\""}, {"1e400", "\"x\"", "true"}},
           {"float32", {"0.5", "1e38"}, {"1e40"}},
           {"decimal(5,2)", {"1.25", "999.99", "1.230", "\"7\""}, {"1.239", "1000", "1e2"}},
           {"bool", {"true", "false", "\"true\""}, {"1", "\"t\"", "\"yes\""}},
           {"date",
            {"\"2001-02-28\"", "\"2001-01-01 00:00:00\""},
            {"\"2001-02-30\"", "\"2001-01-01 10:00:00\"", "20010101", "\"01/02/2001\"",
             "\"2001/01/02\"", "\"infinity\"", "\"epoch\""}},
           {"timestamp[us]",
            {"\"2001-01-01T10:00:00\"", "\"2001-01-01 10:00:00.123456\""},
            {"\"2001-01-01T10:00:00.1234567\"", "\"2001-01-01T10:00:00+02:00\"",
             "\"2001-01-01T10:00:00Z\"", "978307200"}},
           {"time", {"\"10:00:00\"", "\"10:00:00.5\""}, {"\"25:00:00\"", "\"10:00:00.1234567\""}},
           {"timestamp[us,utc]",
            {"\"2001-01-01T10:00:00+02:00\"", "\"2001-01-01T10:00:00Z\""},
            {"\"2001-13-01T10:00:00Z\"", "\"noon\""}},
           {"string", {"1.50", "true", "[1]", "\"x\""}, {}},
       }) {
    files.clear();
    std::string text;
    for (const std::string& value : each.kept) text += "{\"v\": " + value + "}\n";
    for (const std::string& value : each.refused) text += "{\"v\": " + value + "}\n";
    Add("v.jsonl", text);
    const auto read = Read("jsonl", {{"columns", Json::array({Json::array({"v", each.type})})}});
    ASSERT_TRUE(read.ok()) << each.type << ": " << read.error().message;
    const engine::Grid rows = Rows(read->query);
    EXPECT_EQ(rows.rows.size(), each.kept.size()) << each.type << "\n" << Text(rows);
    const engine::Grid refused = Rows(*read->refused());
    EXPECT_EQ(refused.rows.size(), each.refused.size()) << each.type << "\n" << Text(refused);
    std::int64_t nulls = 0;
    for (const auto& row : rows.rows) nulls += row[0] ? 0 : 1;
    EXPECT_EQ(nulls, std::count(each.kept.begin(), each.kept.end(), "null")) << each.type;
    for (std::size_t i = 0; i < refused.rows.size(); ++i) {
      EXPECT_EQ(refused.rows[i][1], std::to_string(each.kept.size() + i + 1));
      EXPECT_EQ(refused.rows[i][2], "v");
      EXPECT_THAT(*refused.rows[i][3], HasSubstr(std::string("not a value of type ")));
    }
  }
}

TEST_F(JsonlSource, TheFirstOfTwoMisfitsIsTold) {
  Add("a.jsonl", "{\"a\": \"x\", \"b\": \"y\"}\n{\"b\": \"z\"}\n{\"a\": 1}\n{\"a\" 1}\n");
  const Outcome outcome = ReadAll(
      "jsonl",
      {{"columns", Json::array({Json::array({"a", "int64"}), Json::array({"b", "date"})})}});
  EXPECT_EQ(outcome.rows, "1|-\n");
  EXPECT_EQ(outcome.refused,
            "data/a.jsonl|1|a|not a value of type int64: x|{\"a\": \"x\", \"b\": \"y\"}\n"
            "data/a.jsonl|2|b|not a value of type date: z|{\"b\": \"z\"}\n"
            "data/a.jsonl|4|-|not JSON at character 6: expected a colon|{\"a\" 1}\n");
}

TEST_F(JsonlSource, WhatCannotBeColumnsIsAnError) {
  const auto error = [&](const std::string& text, Json params = Json::object()) {
    files.clear();
    Add("a.jsonl", text);
    const auto read = Read("jsonl", std::move(params));
    EXPECT_FALSE(read.ok()) << text;
    if (read.ok()) return std::string();
    EXPECT_NE(read.error().hint, "");
    return read.error().message;
  };
  EXPECT_EQ(error(""), "data/a.jsonl tells no columns: no object has a key");
  EXPECT_EQ(error("{}\n"), "data/a.jsonl tells no columns: no object has a key");
  EXPECT_EQ(error("{\"id\": 1}\n{\"Id\": 2}\n"),
            "keys that differ in case alone cannot be two columns: id (data/a.jsonl:1), Id "
            "(data/a.jsonl:2)");
  EXPECT_EQ(error("{\"a\": 1}\n", {{"columns", Json::array({Json::array({"b", "int64"})})}}),
            "no object has a key of this name: b");
  EXPECT_EQ(error("\nid,name\n1,x\n"),
            "no row of the source could be read; data/a.jsonl:2: not JSON at character 1: expected "
            "a value: id,name");
  EXPECT_EQ(error("\x1f\x8b\x08"), "data/a.jsonl is compressed with gzip, not plain text in UTF-8");
  EXPECT_EQ(error(std::string("\xff\xfe{\0", 4)),
            "data/a.jsonl is UTF-16 text, not plain text in UTF-8");
  std::string many;
  for (int i = 0; i < 2001; ++i) many += "{\"k" + std::to_string(i) + "\": 1}\n";
  EXPECT_EQ(error(many),
            "the objects have more than 2000 different keys, which are columns here; "
            "data/a.jsonl:2001 has one more");
}

TEST_F(JsonlSource, RowsAreInTheirOrderWhateverTheThreads) {
  std::string expected;
  for (int file = 0; file < 5; ++file) {
    std::string text;
    for (int i = 0; i < 5000; ++i) {
      const std::string number = std::to_string(file * 5000 + i);
      text += "{\"n\": " + number + "}\n";
      expected += number + "\n";
    }
    Add("f" + std::to_string(file) + ".jsonl", text);
  }
  for (const int threads : {1, 2, 4}) {
    Open(threads);
    EXPECT_EQ(ReadAll("jsonl").rows, expected);
  }
}

TEST_F(JsonlSource, FilesOfTheSameBytesAreToldApart) {
  Add("a.jsonl", "{\"n\": 1}\n{\n");
  files.push_back({files[0].object, "data/b.jsonl"});
  const Outcome outcome = ReadAll("jsonl", {{"file_column", "from"}});
  EXPECT_EQ(outcome.rows, "1|data/a.jsonl\n1|data/b.jsonl\n");
  EXPECT_THAT(outcome.refused, HasSubstr("data/b.jsonl|2|"));
}

TEST_F(JsonlSource, TwoSourcesOfOneEngineAreReadAtWill) {
  Add("a.jsonl", "{\"n\": 1}\n");
  const auto one = Read("jsonl");
  ASSERT_TRUE(one.ok());
  files.clear();
  files.push_back({folder / "other", "data/b.jsonl"});
  std::ofstream(files[0].object) << "{\"m\": 2}\n";
  const auto two = Read("jsonl");
  ASSERT_TRUE(two.ok());
  EXPECT_EQ(Text(Rows("SELECT n, m FROM (" + one->query + ") JOIN (" + two->query + ") ON true")),
            "1|2\n");
}

TEST_F(JsonlSource, AValueOfMegabytes) {
  const std::size_t size = 20 << 20;
  Add("a.jsonl", "{\"t\": \"" + std::string(size, 'x') + "\"}\n{\"t\": \"y\"}\n");
  const auto read = Read("jsonl");
  ASSERT_TRUE(read.ok()) << read.error().message;
  EXPECT_EQ(Text(Rows("SELECT length(t) FROM (" + read->query + ")")),
            std::to_string(size) + "\n1\n");
}

TEST_F(JsonlSource, ValuesOfSeveralTypesAreToldWithTheirCounts) {
  Add("a.jsonl",
      "{\"id\": 1, \"v\": 1}\n{\"id\": 2, \"v\": \"x\"}\n{\"id\": 3, \"v\": [1]}\n"
      "{\"id\": 4, \"v\": true}\n{\"id\": 5, \"v\": 2.5}\n{\"id\": 6, \"v\": null}\n"
      "{\"id\": 7, \"v\": {}}\n");
  const auto read = Read("jsonl");
  ASSERT_TRUE(read.ok());
  EXPECT_THAT(read->told,
              testing::ElementsAre("`v` is read as text, for its values are of several types: 1 "
                                   "truth value, 2 numbers, 1 text, 1 list, 1 object"));
  const auto declared = Read("jsonl", {{"columns", Json::array({Json::array({"v", "text"})})}});
  EXPECT_TRUE(declared->told.empty());
}

TEST_F(JsonlSource, ObjectsAreFlattened) {
  Add("a.jsonl",
      "{\"id\": 1, \"a\": {\"b\": 2, \"c\": {\"d\": \"x\\u00e9\", \"e\": [1, {\"f\": 2}]}}}\n"
      "{\"id\": 2, \"a\": null}\n{\"id\": 3, \"a\": {}}\n{\"a\": {\"c\": {\"d\": \"y\"}}}\n");
  const Outcome outcome = ReadAll("jsonl", {{"nested", "flatten"}});
  EXPECT_EQ(outcome.types, "id int64, a_b int64, a_c_d string, a_c_e string");
  EXPECT_EQ(outcome.rows, "1|2|x\xc3\xa9|[1,{\"f\":2}]\n2|-|-|-\n3|-|-|-\n-|-|y|-\n");
  EXPECT_EQ(ReadAll("jsonl", {{"nested", "flatten"}, {"separator", "."}}).types,
            "id int64, a.b int64, a.c.d string, a.c.e string");
  EXPECT_EQ(ReadAll("jsonl").types, "id int64, a string");
}

TEST_F(JsonlSource, KeysThatAreOneWhenFlattenedRefuseTheRow) {
  Add("a.jsonl",
      "{\"a_b\": 1, \"a\": {\"b\": 2}}\n{\"a\": {\"\": 1}}\n{\"a\": {\"b\": \"\\u0000\"}}\n"
      "{\"a\": {\"b\": 3}}\n");
  const Outcome outcome = ReadAll("jsonl", {{"nested", "flatten"}});
  EXPECT_EQ(outcome.rows, "3\n");
  EXPECT_EQ(outcome.refused,
            "data/a.jsonl|1|a_b|a key that comes twice|{\"a_b\": 1, \"a\": {\"b\": 2}}\n"
            "data/a.jsonl|2|-|an empty key, which can name no column|{\"a\": {\"\": 1}}\n"
            "data/a.jsonl|3|a_b|text with a zero character|{\"a\": {\"b\": \"\\u0000\"}}\n");
}

TEST_F(JsonlSource, AListMakesARowOfEachItem) {
  Add("a.jsonl",
      "{\"id\": 1, \"v\": [1, \"x\\n\", null, [2]], \"z\": \"\\u00e9\"}\n{\"id\": 2, \"v\": []}\n"
      "{\"id\": 3, \"v\": 7}\n{\"id\": 4}\n");
  const Outcome outcome = ReadAll("jsonl", {{"explode", "v"}});
  EXPECT_EQ(outcome.types, "id int64, z string, v string");
  EXPECT_EQ(outcome.rows,
            "1|\xc3\xa9|1\n1|\xc3\xa9|x\n\n1|\xc3\xa9|-\n1|\xc3\xa9|[2]\n2|-|-\n3|-|7\n4|-|-\n");
  EXPECT_EQ(ReadAll("jsonl", {{"explode", "w"}}).error, "explode: no object has a list there: w");
}

TEST_F(JsonlSource, ItemsOfAListAreFlattened) {
  Add("a.jsonl",
      "{\"order\": {\"id\": 1, \"items\": [{\"sku\": \"a\", \"n\": 2}, {\"sku\": \"b\\t\"}]}}\n"
      "{\"order\": {\"id\": 2, \"items\": []}}\n{\"order\": {\"id\": 3, \"items\": [{\"\": "
      "1}]}}\n");
  const Outcome outcome = ReadAll("jsonl", {{"nested", "flatten"}, {"explode", "order_items"}});
  EXPECT_EQ(outcome.types, "order_id int64, order_items_sku string, order_items_n int64");
  EXPECT_EQ(outcome.rows, "1|a|2\n1|b\t|-\n2|-|-\n");
  EXPECT_EQ(outcome.refused,
            "data/a.jsonl|3|-|an empty key, which can name no column|{\"order\": {\"id\": 3, "
            "\"items\": [{\"\": 1}]}}\n");
}

}  // namespace
}  // namespace assay::source
