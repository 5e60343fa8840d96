#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "contract/odcs.h"
#include "contract/test_diagnostics.h"

namespace assay::contract {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

struct QualityRead {
  std::vector<CheckDecl> checks;
  std::vector<std::string> lines;
};

QualityRead ReadQuality(const std::string& schema) {
  Diagnostics diagnostics;
  const auto contract =
      ParseContract("c.yaml",
                    "apiVersion: v3.1.0\nkind: DataContract\nid: a\nversion: 1\nstatus: active\n"
                    "schema:\n  - name: flights\n" +
                        schema,
                    SampleKinds(), diagnostics);
  QualityRead read;
  if (contract) read.checks = contract->checks;
  read.lines = Lines(diagnostics);
  return read;
}

// Rules of the column `delay`; each stands in a line of its own, from line 11 on, column 13.
QualityRead ColumnRules(const std::vector<std::string>& rules) {
  std::string text = "    properties:\n      - name: delay\n        quality:\n";
  for (const std::string& rule : rules) text += "          - " + rule + "\n";
  return ReadQuality(text);
}

// Rules of the object, which has columns a and b; from line 12 on, column 9.
QualityRead ObjectRules(const std::vector<std::string>& rules) {
  std::string text = "    properties:\n      - name: a\n      - name: b\n    quality:\n";
  for (const std::string& rule : rules) text += "      - " + rule + "\n";
  return ReadQuality(text);
}

// `KIND PARAMS BOUND`
std::vector<std::string> Texts(const QualityRead& read) {
  EXPECT_THAT(read.lines, IsEmpty());
  std::vector<std::string> texts;
  for (const CheckDecl& check : read.checks) {
    texts.push_back(check.kind + " " + check.params.dump() +
                    (check.bound ? " " + BoundText(*check.bound) : ""));
  }
  return texts;
}

TEST(OdcsQuality, ReadsTheMetricsOfAColumn) {
  EXPECT_THAT(
      Texts(ColumnRules(
          {"{metric: nullValues, mustBe: 0}",
           "{metric: nullValues, mustBeLessThan: 1, unit: percent}",
           "{metric: missingValues, arguments: {missingValues: [null, '', N/A]}, mustBe: 0, unit: "
           "rows}",
           "{metric: missingValues, arguments: {missingValues: [null]}, mustBeLessOrEqualTo: 3}",
           "{metric: invalidValues, arguments: {validValues: [NO, 1, true]}, mustBe: 0.0}",
           "{type: library, metric: invalidValues, arguments: {pattern: '^x$'}, mustNotBe: 7}",
           "{metric: duplicateValues, mustBeBetween: [0, 10]}"})),
      ElementsAre(R"(not_null {"column":"delay"})",
                  R"(not_null {"column":"delay"} must be below 1 %)",
                  R"(not_null {"also":["","N/A"],"column":"delay"})",
                  R"(not_null {"column":"delay"} must be at most 3)",
                  R"(accepted {"column":"delay","values":["NO","1","true"]})",
                  R"(pattern {"column":"delay","regex":"^x$"} must not be 7)",
                  R"(unique {"columns":["delay"]} must be between 0 and 10)"));
}

TEST(OdcsQuality, ReadsTheMetricsOfTheObject) {
  EXPECT_THAT(Texts(ObjectRules(
                  {"{metric: rowCount, mustBeGreaterThan: 1000}", "{metric: rowCount, mustBe: 0}",
                   "{metric: duplicateValues, arguments: {properties: [b, a]}, mustBe: 0}"})),
              ElementsAre("row_count {} must be above 1000", "row_count {} must be 0",
                          R"(unique {"columns":["b","a"]})"));
}

TEST(OdcsQuality, ReadsEveryOperator) {
  EXPECT_THAT(
      Texts(ObjectRules({"{metric: rowCount, mustBe: 1}", "{metric: rowCount, mustNotBe: 1}",
                         "{metric: rowCount, mustBeGreaterThan: 1}",
                         "{metric: rowCount, mustBeGreaterOrEqualTo: 1}",
                         "{metric: rowCount, mustBeLessThan: 1}",
                         "{metric: rowCount, mustBeLessOrEqualTo: 1}",
                         "{metric: rowCount, mustBeBetween: [1, 2]}",
                         "{metric: rowCount, mustNotBeBetween: [1, 2]}"})),
      ElementsAre("row_count {} must be 1", "row_count {} must not be 1",
                  "row_count {} must be above 1", "row_count {} must be at least 1",
                  "row_count {} must be below 1", "row_count {} must be at most 1",
                  "row_count {} must be between 1 and 2",
                  "row_count {} must not be between 1 and 2"));
}

TEST(OdcsQuality, ReadsQueries) {
  EXPECT_THAT(
      Texts(ColumnRules({"{type: sql, query: 'SELECT count(*) FROM {object} WHERE {property} < 0', "
                         "mustBe: 0}",
                         "{type: sql, query: 'SELECT ${column} FROM ${table} x', mustBe: true, "
                         "unit: minutes}",
                         R"({type: sql, query: 'SELECT "{property}", {''a'': 1} FROM flights', )"
                         "mustBeLessThan: 5}"})),
      ElementsAre(R"(query {"sql":"SELECT count(*) FROM ${object} WHERE \"delay\" < 0"} must be 0)",
                  R"(query {"sql":"SELECT \"delay\" FROM ${object} x"} must be true)",
                  R"(query {"sql":"SELECT \"delay\", {'a': 1} FROM flights"} must be below 5)"));
}

TEST(OdcsQuality, ReadsOurOwnChecks) {
  const QualityRead read = ColumnRules(
      {"{type: custom, engine: assay, implementation: {range: delay, min: -60, severity: warning}}",
       "{type: custom, engine: Assay, name: sane, dimension: accuracy, implementation: 'rule: "
       "delay < 600'}",
       "{type: custom, engine: assay, severity: info, implementation: {not_null: delay, name: "
       "n}}"});
  EXPECT_THAT(Texts(read),
              ElementsAre(R"(range {"column":"delay","min":"-60"})",
                          R"(rule {"predicate":"delay < 600"})", R"(not_null {"column":"delay"})"));
  EXPECT_EQ(read.checks[0].severity, CheckSeverity::kWarning);
  EXPECT_EQ(read.checks[1].name, "sane");
  EXPECT_EQ(read.checks[1].dimension, "accuracy");
  EXPECT_EQ(read.checks[2].name, "n");
  EXPECT_EQ(read.checks[2].severity, CheckSeverity::kWarning);
}

TEST(OdcsQuality, PlacesMistakesInsideAnImplementation) {
  const QualityRead read =
      ColumnRules({"type: custom\n            engine: assay\n            "
                   "implementation: |\n              range: delay\n              "
                   "mni: 1\n"});
  EXPECT_THAT(read.lines, ElementsAre("c.yaml:15:15: error: unknown key: mni (did you mean min?)"));
}

TEST(OdcsQuality, CarriesNameDimensionAndSeverity) {
  const QualityRead read = ColumnRules(
      {"{metric: nullValues, mustBe: 0, name: present, dimension: cp, severity: info}",
       "{metric: duplicateValues, mustBe: 0, severity: critical, dimension: uniqueness}",
       "{metric: invalidValues, arguments: {pattern: x}, mustBe: 0, severity: Warning}"});
  EXPECT_THAT(read.lines, IsEmpty());
  ASSERT_EQ(read.checks.size(), 3U);
  EXPECT_EQ(read.checks[0].name, "present");
  EXPECT_EQ(read.checks[0].dimension, "completeness");
  EXPECT_EQ(read.checks[0].severity, CheckSeverity::kWarning);
  EXPECT_EQ(PlaceText(read.checks[0].place), "c.yaml:11:13");
  EXPECT_EQ(read.checks[1].severity, CheckSeverity::kError);
  EXPECT_EQ(read.checks[2].severity, CheckSeverity::kWarning);
}

TEST(OdcsQuality, TakesOneCheckForTwoWaysOfSayingIt) {
  const QualityRead read = ReadQuality(
      "    properties:\n      - name: a\n        required: true\n        quality:\n"
      "          - {metric: nullValues, mustBe: 0, name: present, dimension: completeness, "
      "severity: warning}\n"
      "          - {metric: nullValues, mustBe: 0, name: again}\n");
  EXPECT_THAT(read.lines, IsEmpty());
  ASSERT_EQ(read.checks.size(), 2U);
  EXPECT_EQ(read.checks[0].name, "present");
  EXPECT_EQ(read.checks[0].dimension, "completeness");
  EXPECT_EQ(read.checks[0].severity, CheckSeverity::kError) << "the stricter of both";
  EXPECT_EQ(read.checks[1].name, "again");
}

TEST(OdcsQuality, WarnsOfWhatItTakesDifferently) {
  const QualityRead read = ColumnRules(
      {"{type: custom, engine: soda, implementation: {a: b}}", "{type: text, description: words}",
       "{metric: nullValues, mustBe: 0, severity: sever, dimension: acuracy}"});
  EXPECT_THAT(
      read.lines,
      ElementsAre("c.yaml:11:36: warning: not checked here: rule of engine soda (write it "
                  "with `engine: assay` to have it checked)",
                  "c.yaml:13:55: warning: severity is taken as error: sever (known: error, "
                  "warning, info, critical)",
                  "c.yaml:13:73: warning: not a dimension of the standard: acuracy (did you "
                  "mean accuracy?)"));
  EXPECT_EQ(read.checks.size(), 1U);
}

TEST(OdcsQuality, ReportsRulesThatSayTooLittle) {
  const std::string rule = "rule has neither a metric nor a type";
  EXPECT_THAT(
      ColumnRules({"{description: x}", "{query: SELECT 1}", "{engine: assay}", "{type: libary}",
                   "{type: library, mustBe: 0}", "{metric: nullValues}", "{type: sql, mustBe: 0}",
                   "{type: custom}", "text"})
          .lines,
      ElementsAre("c.yaml:11:13: error: " + rule +
                      " (write `metric: NAME`, or `type: sql`, `custom` or `text`)",
                  "c.yaml:12:13: error: " + rule + " (add `type: sql`)",
                  "c.yaml:13:13: error: " + rule + " (add `type: custom`)",
                  "c.yaml:14:20: error: type must be one of library, sql, custom, text, found: "
                  "libary (did you mean library?)",
                  "c.yaml:15:13: error: missing key: metric (metrics: nullValues, missingValues, "
                  "invalidValues, duplicateValues, rowCount)",
                  "c.yaml:16:13: error: rule has no operator (add one, for example `mustBe: 0` or "
                  "`mustBeLessThan: 10`)",
                  "c.yaml:17:13: error: missing key: query (a rule of type sql has a `query`)",
                  "c.yaml:18:13: error: missing key: engine (write `engine: assay`)",
                  "c.yaml:18:13: error: missing key: implementation (write the check, for example "
                  "{range: delay, min: 0})",
                  "c.yaml:19:13: error: quality rule must be a mapping, found text (write `key: "
                  "value` lines under it)"));
}

TEST(OdcsQuality, ReportsMistakesInMetrics) {
  EXPECT_THAT(
      ColumnRules({"{metric: nulValues, mustBe: 0}", "{metric: rowCount, mustBe: 0}",
                   "{metric: missingValues, mustBe: 0}",
                   "{metric: invalidValues, arguments: {validValues: a}, mustBe: 0}",
                   "{metric: invalidValues, arguments: {validValues: [a], pattern: b}, mustBe: 0}",
                   "{metric: invalidValues, pattern: b, arguments: {}, mustBe: 0}",
                   "{metric: nullValues, mustBe: 0, unit: percentage}",
                   "{metric: nullValues, mustBe: 0, arguments: {missingValue: [a]}}"})
          .lines,
      ElementsAre(
          "c.yaml:11:22: error: metric must be one of nullValues, missingValues, invalidValues, "
          "duplicateValues, rowCount, found: nulValues (did you mean nullValues?)",
          "c.yaml:12:13: error: metric belongs to the object, not to a property: rowCount (move "
          "the "
          "rule to the `quality` of the schema object)",
          "c.yaml:13:13: error: metric needs arguments: missingValues (write `arguments: "
          "{missingValues: [null, '', N/A]}`)",
          "c.yaml:14:62: error: validValues must be a list, found text (write [a, b])",
          "c.yaml:15:76: error: arguments hold both validValues and pattern (write a rule for "
          "each)",
          "c.yaml:16:37: error: unknown key: pattern (write it under `arguments:`)",
          "c.yaml:16:60: error: metric needs arguments: invalidValues (write `arguments: "
          "{validValues: [a, b]}` or `arguments: {pattern: REGEX}`)",
          "c.yaml:17:51: error: unit must be one of rows, percent, found: percentage (did you mean "
          "percent?)",
          "c.yaml:18:57: error: unknown key: missingValue"));
}

TEST(OdcsQuality, ReportsMistakesInRulesOfTheObject) {
  EXPECT_THAT(
      ObjectRules({"{metric: nullValues, mustBe: 0}",
                   "{metric: rowCount, mustBe: 5, unit: percent}",
                   "{metric: duplicateValues, mustBe: 0}",
                   "{metric: duplicateValues, arguments: {properties: [a, bb]}, mustBe: 0}",
                   "{type: sql, query: 'SELECT {property}', mustBe: 0}"})
          .lines,
      ElementsAre("c.yaml:12:9: error: metric belongs to a property, not to the object: nullValues "
                  "(move the rule to the `quality` of a property)",
                  "c.yaml:13:45: error: rowCount has no percentage (remove `unit`)",
                  "c.yaml:14:9: error: metric needs arguments: duplicateValues (write `arguments: "
                  "{properties: [COLUMN, COLUMN]}`)",
                  "c.yaml:15:63: error: contract has no such column: bb (did you mean b?)",
                  "c.yaml:16:28: error: query names {property} outside of a property (write the "
                  "column's name, or move the rule to the property)"));
}

TEST(OdcsQuality, ReportsMistakesInOperators) {
  const std::string number = " (write 10, 0.5 or 1e6; say percent with `unit: percent`)";
  EXPECT_THAT(
      ColumnRules({"{metric: nullValues, mustBe: none}",
                   "{metric: nullValues, mustBeLessThan: 5 %}",
                   "{metric: nullValues, mustBe: true}", "{metric: nullValues, mustBeBetween: [1]}",
                   "{metric: nullValues, mustBeBetween: [2, 1]}",
                   "{metric: nullValues, mustBe: 0, mustBeLessThan: 5}",
                   "{metric: nullValues, mustBeLesThan: 5}"})
          .lines,
      ElementsAre("c.yaml:11:42: error: mustBe: not a number: none" + number,
                  "c.yaml:12:50: error: mustBeLessThan: not a number: 5 %" + number,
                  "c.yaml:13:42: error: mustBe: not a number: true" + number,
                  "c.yaml:14:49: error: mustBeBetween must be a list of two numbers (write [10, "
                  "20])",
                  "c.yaml:15:49: error: mustBeBetween has its smaller number last (write [1, 2])",
                  "c.yaml:16:45: error: rule has two operators: mustBe, mustBeLessThan (keep one; "
                  "mustBeBetween holds two numbers)",
                  "c.yaml:17:13: error: rule has no operator (add one, for example `mustBe: 0` or "
                  "`mustBeLessThan: 10`)",
                  "c.yaml:17:34: error: unknown key: mustBeLesThan (did you mean "
                  "mustBeLessThan?)"));
}

TEST(OdcsQuality, RefusesTheSpellingBeforeV31) {
  EXPECT_THAT(
      ColumnRules({"{type: library, rule: duplicateCount, mustBe: 0}",
                   "{rule: nullCheck, mustBe: 0}", "{rule: freshness, mustBe: 0}"})
          .lines,
      ElementsAre("c.yaml:11:29: error: the spelling before v3.1 is not read here: rule (write "
                  "`metric: duplicateValues` instead)",
                  "c.yaml:12:14: error: the spelling before v3.1 is not read here: rule (write "
                  "`metric: nullValues` instead)",
                  "c.yaml:13:14: error: the spelling before v3.1 is not read here: rule (write "
                  "`metric: NAME` instead)"));
}

}  // namespace
}  // namespace assay::contract
