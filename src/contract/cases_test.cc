#include "contract/cases.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "contract/test_diagnostics.h"

namespace assay::contract {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

struct CasesRead {
  std::vector<Case> cases;
  std::vector<std::string> lines;
};

CasesRead ReadFile(const std::string& text) {
  Diagnostics diagnostics;
  CasesRead read;
  read.cases = ReadCases("tests/a.yaml", text, diagnostics);
  read.lines = Lines(diagnostics);
  return read;
}

// A case with one line more.
std::vector<std::string> WrongLine(const std::string& line) {
  return ReadFile("- node: late\n  given: {flights: [{delay: 1}]}\n  expect: []\n  " + line + "\n")
      .lines;
}

TEST(Cases, KnowWhatAValueLooksLike) {
  const std::pair<const char*, CellForm> values[] = {
      {"61", CellForm::kWhole},
      {"-3", CellForm::kWhole},
      {"0", CellForm::kWhole},
      {"0.5", CellForm::kFraction},
      {"-.5", CellForm::kFraction},
      {"1e6", CellForm::kFraction},
      {"true", CellForm::kTruth},
      {"FALSE", CellForm::kTruth},
      {"2001-05-01", CellForm::kDay},
      {"2001-05-01 09:00:00", CellForm::kMoment},
      {"2001-05-01T09:00:00.5", CellForm::kMoment},
      {"2001-05-01T09:00:00Z", CellForm::kMomentUtc},
      {"2001-05-01 09:00:00+02:00", CellForm::kMomentUtc},
      {"2001-02-30", CellForm::kText},
      {"007", CellForm::kText},
      {"-01", CellForm::kText},
      {"00.5", CellForm::kText},
      {"+49", CellForm::kText},
      {"no", CellForm::kText},
      {"1,000", CellForm::kText},
      {"", CellForm::kText},
      {"SFO", CellForm::kText},
  };
  for (const auto& [text, look] : values) EXPECT_EQ(CellFormOf(std::string(text)), look) << text;
}

TEST(Cases, TakeQuotedValuesForText) {
  const CasesRead read = ReadFile(
      "- node: late\n  given: {a: [{x: '61', y: 61, z: ~, l: [1], m: {k: 1}}]}\n  expect: []\n");
  ASSERT_THAT(read.lines, IsEmpty());
  const YamlNode& row = read.cases.at(0).given.at(0).rows.at(0);
  EXPECT_EQ(CellFormOf(*row.Find("x")), CellForm::kText);
  EXPECT_EQ(CellFormOf(*row.Find("y")), CellForm::kWhole);
  EXPECT_EQ(CellFormOf(*row.Find("z")), CellForm::kNull);
  EXPECT_EQ(CellFormOf(*row.Find("l")), CellForm::kNested);
  EXPECT_EQ(CellFormOf(*row.Find("m")), CellForm::kNested);
}

TEST(Cases, AreReadWithAllTheirKeys) {
  const CasesRead read = ReadFile(R"(
- name: an hour
  node: late
  given:
    flights: {rows: [{delay: 61}], columns: {delay: int32}}
    plausible.refused: {file: tests/data/x.csv}
  expect: [{delay: 61, late: true}]
  ordered: true
  only: [late]
  tolerance: 0.5
- node: plausible
  given: {late: []}
  expect_refused:
    - {row: {delay: 700}, checks: range_delay}
    - {row: {delay: -90}}
  verdict: warn
  at: 2001-05-01
- node: late
  given: {flights: []}
  expect_error: no such column
)");
  ASSERT_THAT(read.lines, IsEmpty());
  ASSERT_EQ(read.cases.size(), 3U);
  const Case& hour = read.cases[0];
  EXPECT_EQ(hour.name, "an hour");
  EXPECT_EQ(PlaceText(hour.place), "tests/a.yaml:2:3");
  EXPECT_EQ(hour.node, "late");
  ASSERT_EQ(hour.given.size(), 2U);
  EXPECT_EQ(hour.given[0].input, "flights");
  EXPECT_EQ(hour.given[0].rows.size(), 1U);
  EXPECT_EQ(hour.given[0].columns.at(0).type, "int32");
  EXPECT_EQ(hour.given[1].input, "plausible.refused");
  EXPECT_EQ(hour.given[1].file, "tests/data/x.csv");
  EXPECT_EQ(hour.expect->rows.size(), 1U);
  EXPECT_TRUE(hour.ordered);
  EXPECT_THAT(hour.only, ElementsAre("late"));
  EXPECT_EQ(hour.tolerance, "0.5");
  const Case& gate = read.cases[1];
  EXPECT_EQ(gate.name, "case 2");
  EXPECT_FALSE(gate.expect);
  ASSERT_EQ(gate.expect_refused->size(), 2U);
  EXPECT_THAT(*(*gate.expect_refused)[0].checks, ElementsAre("range_delay"));
  EXPECT_FALSE((*gate.expect_refused)[1].checks);
  EXPECT_EQ(gate.verdict, "warn");
  EXPECT_EQ(gate.at, "2001-05-01");
  EXPECT_EQ(read.cases[2].expect_error, "no such column");
}

TEST(Cases, TellEveryMistakeOfAFileAtOnce) {
  EXPECT_THAT(
      ReadFile("- nod: late\n  given: {flights: [{delay: 1}, 3]}\n  expect: {rows: []}\n"
               "- just text\n"
               "- node: late\n  given: {flights: {file: a.txt}}\n  expect: [x]\n")
          .lines,
      ElementsAre(
          "tests/a.yaml:1:3: error: missing key: node (write `node: NAME`)",
          "tests/a.yaml:1:3: error: unknown key: nod (did you mean node?)",
          "tests/a.yaml:2:33: error: a row must be a mapping, found text (write it as {column: "
          "value})",
          "tests/a.yaml:4:3: error: a case must be a mapping, found text (write `key: value` lines "
          "under it)",
          "tests/a.yaml:6:27: error: not the name of a CSV or Parquet file: a.txt (name a file "
          "that ends with .csv or .parquet)",
          "tests/a.yaml:7:12: error: a row must be a mapping, found text (write it as {column: "
          "value})"));
}

TEST(Cases, RefuseFilesThatAreNoLists) {
  EXPECT_THAT(ReadFile("node: late\n").lines,
              ElementsAre("tests/a.yaml:1:1: error: a file of cases is a list, found a mapping "
                          "(begin each case with `- name: TEXT` or `- node: NAME`)"));
  EXPECT_THAT(ReadFile(" \n").lines, ElementsAre("tests/a.yaml:1:1: error: the file is empty "
                                                 "(write cases into it, or remove it)"));
  EXPECT_THAT(ReadFile("- [").lines.size(), 1U);
}

TEST(Cases, KnowTheWordsOfOtherTools) {
  EXPECT_THAT(WrongLine("model: late"),
              ElementsAre("tests/a.yaml:4:3: error: unknown key: model (write `node` instead)"));
  EXPECT_THAT(WrongLine("inputs: {}"),
              ElementsAre("tests/a.yaml:4:3: error: unknown key: inputs (write `given` instead)"));
  EXPECT_THAT(
      WrongLine("outputs: {}"),
      ElementsAre("tests/a.yaml:4:3: error: unknown key: outputs (write `expect` instead)"));
  EXPECT_THAT(WrongLine("partial: true"),
              ElementsAre("tests/a.yaml:4:3: error: unknown key: partial (name the columns that "
                          "are compared, as `only: [late]`)"));
}

TEST(Cases, RefuseValuesOfKeysThatAreNone) {
  EXPECT_THAT(WrongLine("verdict: good"),
              ElementsAre("tests/a.yaml:4:12: error: verdict must be one of pass, warn, fail, "
                          "found: good (write one of: pass, warn, fail)"));
  EXPECT_THAT(WrongLine("ordered: 1"),
              ElementsAre("tests/a.yaml:4:12: error: ordered must be true or false, found: 1 "
                          "(write true or false)"));
  EXPECT_THAT(WrongLine("tolerance: -1"),
              ElementsAre("tests/a.yaml:4:14: error: not a tolerance: -1 (write how far numbers "
                          "may be apart, as `tolerance: 0.001`)"));
  EXPECT_THAT(WrongLine("tolerance: much"),
              ElementsAre("tests/a.yaml:4:14: error: not a tolerance: much (write how far numbers "
                          "may be apart, as `tolerance: 0.001`)"));
  EXPECT_THAT(WrongLine("at: noon"),
              ElementsAre("tests/a.yaml:4:7: error: at: not a date or timestamp: noon (write "
                          "2001-05-01 or 2001-05-01T09:00:00Z)"));
  EXPECT_THAT(WrongLine("only: []"),
              ElementsAre("tests/a.yaml:4:9: error: only is an empty list (write at least one "
                          "item)"));
  EXPECT_THAT(WrongLine("expect_refused: {}"),
              ElementsAre("tests/a.yaml:4:19: error: expect_refused must be a list, found a "
                          "mapping (write {row: {column: value}, checks: [NAME]}; `[]` for none)"));
  EXPECT_THAT(WrongLine("expect_refused: [{checks: a}]"),
              ElementsAre("tests/a.yaml:4:20: error: missing key: row (write {row: {column: "
                          "value}, checks: [NAME]})"));
}

TEST(Cases, ExpectSomethingThatGoesTogether) {
  EXPECT_THAT(ReadFile("- node: late\n  given: {}\n").lines,
              ElementsAre("tests/a.yaml:1:3: error: the case expects nothing (write `expect`, "
                          "`expect_refused`, `verdict` or `expect_error`)"));
  EXPECT_THAT(WrongLine("expect_error: x"),
              ElementsAre("tests/a.yaml:4:17: error: a case expects rows or an error, not both "
                          "(make two cases of it)"));
  EXPECT_THAT(ReadFile("- node: g\n  given: {}\n  verdict: pass\n  only: x\n").lines,
              ElementsAre("tests/a.yaml:4:9: error: `only` without rows that are expected (write "
                          "`expect`, or take `only` away)"));
  EXPECT_THAT(ReadFile("- node: late\n  given: {a: {columns: {x: int64}}}\n  expect: []\n").lines,
              ElementsAre("tests/a.yaml:2:14: error: rows of a must have either `rows` or `file` "
                          "(write a list of rows, {rows: [...], columns: {...}} or {file: PATH})"));
}

TEST(Cases, HaveNamesOfTheirOwn) {
  const std::string one = "- name: a\n  node: late\n  given: {}\n  expect: []\n";
  EXPECT_THAT(ReadFile(one + one).lines,
              ElementsAre("tests/a.yaml:5:3: error: two cases have one name: a (the other stands "
                          "at tests/a.yaml:1:3)"));
}

TEST(Cases, SampleIsRead) {
  const CasesRead read = ReadFile(SampleCases());
  EXPECT_THAT(read.lines, IsEmpty());
  ASSERT_EQ(read.cases.size(), 1U);
  EXPECT_EQ(read.cases[0].expect->rows.size(), 2U);
}

// Whatever the reader takes is in the schema, and nothing else.
TEST(Cases, SchemaHasTheKeysThatAreRead) {
  const Json schema = CasesSchema();
  EXPECT_EQ(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
  EXPECT_EQ(schema["items"]["additionalProperties"], false);
  EXPECT_EQ(schema["items"]["properties"]["name"]["type"], "string");
  EXPECT_EQ(schema["items"]["properties"]["expect"]["oneOf"].at(0)["type"], "array");
  EXPECT_EQ(schema["items"]["properties"]["expect"]["oneOf"].at(1)["oneOf"].at(1)["required"],
            Json::array({"file"}));
  for (const auto& [key, value] : schema["items"]["properties"].items()) {
    EXPECT_TRUE(value.is_object()) << key;
    EXPECT_TRUE(value.contains("description")) << key;
    for (const std::string& line : WrongLine(key + ": {}")) {
      EXPECT_EQ(line.find("unknown key"), std::string::npos) << line;
    }
  }
  // Of the keys that are read, as the message about an unknown one lists them.
  const std::vector<std::string> lines = WrongLine("zzzzzzzzzz: 1");
  ASSERT_EQ(lines.size(), 1U);
  const std::string known = lines[0].substr(lines[0].find("known here: "));
  EXPECT_EQ(std::count(known.begin(), known.end(), ',') + 1,
            static_cast<std::ptrdiff_t>(schema["items"]["properties"].size()))
      << known;
}

}  // namespace
}  // namespace assay::contract
