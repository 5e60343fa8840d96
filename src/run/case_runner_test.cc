#include "run/case_runner.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "base/test_folder.h"
#include "contract/test_diagnostics.h"
#include "run/runner.h"
#include "run/sql_tables.h"
#include "run/test_silent_observer.h"

namespace assay::run {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::StartsWith;

// A step of each way of being computed, and gates.
constexpr char kProject[] = R"yaml(format: 1
project: p
sources:
  flights: {files: flights.csv}
  names: {files: names.csv}
steps:
  late: {sql: "SELECT *, delay > 15 AS late FROM flights", tags: nightly}
  unique: {kind: dedup, input: flights, rows: whole}
  newest: {kind: dedup, input: flights, key: origin, order_by: delay, keep: last}
  top: {sql: "SELECT * FROM flights LIMIT 3"}
  some: {sql: "SELECT first(delay) AS delay, sum(share) AS share FROM flights"}
  named: {sql: "SELECT f.*, n.name FROM flights f LEFT JOIN names n ON n.code = f.origin"}
  sums: {sql: "SELECT origin, sum(delay) AS delay, count(*) AS n, avg(share) AS share FROM flights GROUP BY origin"}
  lists: {sql: "SELECT origin, list(delay ORDER BY delay) AS delays, {'n': count(*)} AS counted FROM flights GROUP BY origin"}
  wide: {sql: "PIVOT flights ON origin USING sum(delay)", inputs: flights}
  multiplied: {sql: "SELECT f.origin, n.name FROM flights f JOIN names n ON n.code = f.origin"}
  broken: {sql: "SELECT nix FROM flights"}
gates:
  plausible:
    input: late
    fail_above: 50 %
    checks:
      - {not_null: origin}
      - {range: delay, min: -60, max: 600}
      - {rule: "delay <> 600", name: odd, severity: warning}
  kept: {input: late, bad_rows: keep, fail_above: 90 %, checks: [{not_null: origin}]}
  fresh: {input: flights, checks: [{newest: day, at_most: 3 days}]}
)yaml";

constexpr char kFlights[] =
    "origin,delay,share,day\nSFO,61,0.1,2001-01-01\nJFK,-3,0.2,2001-01-02\nSFO,61,0.1,2001-01-01\n"
    ",5,0.3,2001-01-03\nLAX,700,0.7,2001-01-02\nJFK,600,1e-3,2001-01-04\n";
constexpr char kNames[] = "code,name\nSFO,San Francisco\nJFK,New York\n";

class CaseRunnerTest : public testing::Test {
 protected:
  CaseRunnerTest() {
    folder_.Write("assay.yaml", kProject);
    folder_.Write("flights.csv", kFlights);
    folder_.Write("names.csv", kNames);
    std::filesystem::create_directories(folder_ / "tests");
  }

  std::vector<contract::Case> Read(const std::string& yaml) {
    folder_.Write("tests/a.yaml", yaml);
    contract::Diagnostics diagnostics;
    Session session({folder_.path(), 1, 0}, clock_);
    auto cases = FindCases(folder_.path(), diagnostics);
    auto prepared = Prepare(session, diagnostics);
    EXPECT_TRUE(prepared.ok()) << prepared.error().message;
    if (prepared.ok() && *prepared) {
      prepared_ = std::move(*prepared);
      CheckCases(cases, *prepared_, diagnostics);
    }
    lines_ = contract::Lines(diagnostics);
    return cases;
  }

  std::vector<CaseOutcome> Run(const std::string& yaml) {
    const std::vector<contract::Case> cases = Read(yaml);
    EXPECT_THAT(lines_, IsEmpty());
    std::vector<CaseOutcome> outcomes;
    if (!lines_.empty()) return outcomes;
    CaseRunner runner(*prepared_, clock_, 0);
    EXPECT_TRUE(runner.Open().ok());
    for (const contract::Case& test : cases) {
      auto outcome = runner.Run(test);
      EXPECT_TRUE(outcome.ok()) << outcome.error().message;
      if (outcome.ok()) outcomes.push_back(std::move(*outcome));
    }
    return outcomes;
  }

  // `PLACE: MESSAGE (HINT)` of the one case.
  std::vector<std::string> Findings(const std::string& yaml) {
    std::vector<std::string> told;
    const std::vector<CaseOutcome> outcomes = Run(yaml);
    EXPECT_THAT(outcomes, SizeIs(1));
    for (const CaseOutcome& outcome : outcomes) {
      for (const CaseFinding& finding : outcome.findings) {
        told.push_back(PlaceText(finding.place) + ": " + finding.message +
                       (finding.hint.empty() ? "" : " (" + finding.hint + ")"));
      }
    }
    return told;
  }

  std::vector<std::string> Mistakes(const std::string& yaml) {
    (void)Read(yaml);
    return lines_;
  }

  TestFolder folder_;
  SystemClock clock_;
  std::optional<Prepared> prepared_;
  std::vector<std::string> lines_;
};

// A value of a table as a case says it.
std::string CellYaml(const std::optional<std::string>& cell, const Type& type) {
  if (!cell) return "null";
  const bool nested = cell->starts_with('[') || cell->starts_with('{');
  if (type.kind == TypeKind::kString && !nested) return Json(*cell).dump();
  return *cell;
}

std::string RowsYaml(const engine::Grid& grid) {
  std::string rows;
  for (const auto& row : grid.rows) {
    std::string cells;
    for (std::size_t i = 0; i < row.size(); ++i) {
      cells +=
          (i > 0 ? ", " : "") + grid.schema[i].name + ": " + CellYaml(row[i], grid.schema[i].type);
    }
    rows += (rows.empty() ? "{" : ", {") + cells + "}";
  }
  return "[" + rows + "]";
}

// What a run stores is what a case gets: each step over the same rows, by both ways.
TEST_F(CaseRunnerTest, GetsTheRowsThatARunStores) {
  Session session({folder_.path(), 2, 0}, clock_);
  contract::Diagnostics diagnostics;
  SilentObserver observer;
  RunRequest request;
  request.selection.nodes = {"+late",  "+unique", "+newest", "+top",  "+some",
                             "+named", "+sums",   "+lists",  "+wide", "+plausible"};
  const auto report = RunProject(session, request, diagnostics, observer);
  ASSERT_TRUE(report.ok()) << report.error().message;
  ASSERT_EQ(report->exit, 0);
  const auto rows_of = [&](const std::string& sql) {
    auto grid = QueryTables(session, sql, 0);
    EXPECT_TRUE(grid.ok()) << grid.error().message;
    return grid.ok() ? RowsYaml(*grid) : std::string("[]");
  };
  const std::string flights = rows_of("SELECT * FROM flights");
  const std::string given = "{flights: {rows: " + flights + ", columns: {share: float64}}";
  std::string yaml;
  for (const std::string node : {"late", "unique", "newest", "top", "some", "sums", "wide"}) {
    yaml += "- name: " + node + "\n  node: " + node + "\n  given: " + given +
            "}\n  expect: " + rows_of("SELECT * FROM \"" + node + "\"") + "\n";
  }
  yaml += "- name: lists\n  node: lists\n  given: " + given + "}\n  expect: " +
          rows_of(
              "SELECT origin, to_json(delays) AS delays, to_json(counted) AS counted FROM "
              "lists") +
          "\n";
  yaml += "- name: named\n  node: named\n  given: " + given +
          ", names: " + rows_of("SELECT * FROM names") +
          "}\n  expect: " + rows_of("SELECT * FROM named") + "\n";
  yaml += "- name: plausible\n  node: plausible\n  given: {late: " + rows_of("SELECT * FROM late") +
          "}\n  verdict: warn\n  expect: " + rows_of("SELECT * FROM plausible") +
          "\n  expect_refused: [";
  const auto refused = QueryTables(session,
                                   "SELECT * EXCLUDE (_assay_file, _assay_row, "
                                   "_assay_reasons) FROM \"plausible.refused\"",
                                   0);
  ASSERT_TRUE(refused.ok()) << refused.error().message;
  ASSERT_EQ(refused->rows.size(), 2U);
  for (const auto& row : refused->rows) {
    const std::string one = RowsYaml({refused->schema, {row}});
    yaml += "{row: " + one.substr(1, one.size() - 2) +
            ", checks: " + (row[0] ? "range_delay" : "not_null_origin") + "}, ";
  }
  yaml += "]\n";
  const std::vector<CaseOutcome> outcomes = Run(yaml);
  EXPECT_THAT(outcomes, SizeIs(10));
  for (const CaseOutcome& outcome : outcomes) {
    EXPECT_TRUE(outcome.passed()) << outcome.name << ": " << outcome.findings[0].message;
  }
}

TEST_F(CaseRunnerTest, OpensNoStoreAndWritesNothing) {
  (void)Run(
      "- node: late\n  given: {flights: [{delay: 1}]}\n  expect: [{delay: 1, late: false}]\n"
      "- node: plausible\n  given: {late: [{origin: a, delay: 1}]}\n  verdict: pass\n"
      "- node: top\n  given: {flights: [{origin: a, delay: 1}]}\n  expect: [{origin: a, "
      "delay: 1}]\n");
  std::vector<std::string> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder_.path())) {
    files.push_back(entry.path().lexically_relative(folder_.path()).string());
  }
  EXPECT_THAT(files, testing::UnorderedElementsAre("assay.yaml", "flights.csv", "names.csv",
                                                   "tests", "tests/a.yaml"));
}

TEST_F(CaseRunnerTest, TellsRowsThatDiffer) {
  EXPECT_THAT(Findings("- node: late\n  given: {flights: [{delay: 61}, {delay: 1}]}\n"
                       "  expect: [{delay: 61, late: false}, {delay: 1, late: false}]\n"),
              ElementsAre("tests/a.yaml:3:11: rows differ: 2 rows expected, 2 got"));
  const auto outcomes =
      Run("- node: top\n  given: {flights: [{delay: 2}, {delay: 1}]}\n  ordered: true\n"
          "  expect: [{delay: 2}, {delay: 1}]\n");
  ASSERT_THAT(outcomes.at(0).findings, SizeIs(1));
  EXPECT_TRUE(outcomes[0].findings[0].diff->order_alone);
}

// LIMIT over rows as a run reads them: sorted, whatever the order in which they are given.
TEST_F(CaseRunnerTest, ReadsSortedRowsWhereTheOrderDecides) {
  EXPECT_THAT(Findings("- node: top\n  given: {flights: [{d: 5}, {d: 4}, {d: 3}, {d: 2}]}\n"
                       "  ordered: true\n  expect: [{d: 2}, {d: 3}, {d: 4}]\n"),
              IsEmpty());
}

// The first of two cases of one step has other types than the second.
TEST_F(CaseRunnerTest, TakesOtherTypesInTheNextCase) {
  for (const CaseOutcome& outcome :
       Run("- node: late\n  given: {flights: [{delay: 61}]}\n  expect: [{delay: 61, late: "
           "true}]\n"
           "- node: late\n  given: {flights: [{delay: 0.5, more: x}]}\n"
           "  expect: [{delay: 0.5, more: x, late: false}]\n"
           "- node: late\n  given: {flights: [{delay: 61}]}\n"
           "  expect: [{delay: 61, late: true}]\n")) {
    EXPECT_TRUE(outcome.passed()) << outcome.name << outcome.findings[0].message;
  }
}

TEST_F(CaseRunnerTest, TellsColumnsThatAreNotThereAndThoseLeftOut) {
  EXPECT_THAT(
      Findings("- node: late\n  given: {flights: [{delay: 1}]}\n  expect: [{lat: false}]\n"),
      ElementsAre("tests/a.yaml:3:13: no column of this name comes out: lat (did you mean late?)",
                  "tests/a.yaml:3:12: expected rows lack columns: delay, late (write them)"));
  EXPECT_THAT(
      Findings("- node: late\n  given: {flights: [{delay: 1}]}\n  expect: [{late: false}]\n"),
      ElementsAre("tests/a.yaml:3:12: expected rows lack columns: delay (write them, or compare "
                  "some columns alone: `only: [late]`)"));
  EXPECT_THAT(Findings("- node: late\n  given: {flights: [{delay: 1}]}\n  only: late\n"
                       "  expect: [{late: false}]\n"),
              IsEmpty());
  EXPECT_THAT(Findings("- node: late\n  given: {flights: [{delay: 1}]}\n  only: [lte]\n"
                       "  expect: [{late: false}]\n"),
              ElementsAre("tests/a.yaml:3:10: no column of this name comes out: lte (did you mean "
                          "late?)"));
  EXPECT_THAT(Findings("- node: late\n  given: {flights: [{delay: 1}]}\n  only: [late]\n"
                       "  expect: [{late: false, delay: 1}]\n"),
              ElementsAre("tests/a.yaml:4:26: not among the columns that are compared: delay (add "
                          "it to `only`, or take it away)"));
}

TEST_F(CaseRunnerTest, TellsAStepThatFails) {
  const auto outcomes = Run("- node: broken\n  given: {flights: [{delay: 1}]}\n  expect: []\n");
  EXPECT_TRUE(outcomes.at(0).could_not_run);
  EXPECT_EQ(outcomes[0].findings.at(0).message, "broken: there is no column: nix");
  EXPECT_THAT(Findings("- node: broken\n  given: {flights: [{delay: 1}]}\n  expect_error: "
                       "no column\n"),
              IsEmpty());
  EXPECT_THAT(
      Findings("- node: broken\n  given: {flights: [{delay: 1}]}\n  expect_error: "
               "other\n"),
      ElementsAre("tests/a.yaml:3:17: it fails with another error than `other`: broken: there "
                  "is no column: nix"));
  EXPECT_THAT(Findings("- node: late\n  given: {flights: [{delay: 1}]}\n  expect_error: x\n"),
              ElementsAre("tests/a.yaml:3:17: it was expected to fail, and made 1 row"));
}

TEST_F(CaseRunnerTest, TellsAJoinThatMultipliesRowsAsARunDoes) {
  const std::string given =
      "- node: multiplied\n  given:\n    flights: [{origin: a}, {origin: a}]\n";
  EXPECT_THAT(Findings(given + "    names: [{code: a, name: A}, {code: a, name: B}]\n"
                               "  expect_error: 'multiplied: the join multiplies rows'\n"),
              IsEmpty());
  EXPECT_THAT(Findings(given + "    names: [{code: a, name: A}]\n"
                               "  expect: [{origin: a, name: A}, {origin: a, name: A}]\n"),
              IsEmpty());
}

TEST_F(CaseRunnerTest, JudgesByAGate) {
  EXPECT_THAT(Findings(R"(
- node: plausible
  given:
    late:
      - {origin: null, delay: 700}
      - {origin: b, delay: 700}
      - {origin: c, delay: 600}
      - {origin: d, delay: 1}
      - {origin: d, delay: 1}
  expect: [{origin: d, delay: 1}, {origin: c, delay: 600}, {origin: d, delay: 1}]
  expect_refused:
    - {row: {origin: b, delay: 700}}
    - {row: {origin: null, delay: 700}, checks: [range_delay, not_null_origin]}
  verdict: warn
)"),
              IsEmpty());
  EXPECT_THAT(
      Findings("- node: plausible\n  given: {late: [{origin: a, delay: 700}]}\n"
               "  expect: []\n  expect_refused: [{row: {origin: a, delay: 700}, checks: "
               "not_null_origin}]\n  verdict: pass\n"),
      ElementsAre("tests/a.yaml:4:19: refused rows differ: 1 row expected, 1 got",
                  "tests/a.yaml:5:12: the verdict is fail, not pass, bad are 1 of 1 rows\n"
                  "fail  range_delay  1 of 1 rows  expected: at least -60 and at most 600"));
  // What is bad passes as well where it is kept.
  EXPECT_THAT(
      Findings("- node: kept\n  given: {late: [{origin: a}, {origin: null}]}\n  expect: "
               "[{origin: null}, {origin: a}]\n  expect_refused: [{row: {origin: null}}]\n"),
      IsEmpty());
  EXPECT_THAT(Findings("- node: plausible\n  given: {late: [{origin: a, delay: 700, x: 1}]}\n"
                       "  only: [delay]\n  expect_refused: [{row: {delay: 700}}]\n"),
              IsEmpty());
}

TEST_F(CaseRunnerTest, JudgesAsOfTheMomentThatIsGiven) {
  const std::string text = "- node: fresh\n  given: {flights: [{day: 2001-01-01}]}\n  at: ";
  EXPECT_THAT(Findings(text + "2001-01-04\n  verdict: pass\n"), IsEmpty());
  EXPECT_THAT(Findings(text + "2001-01-05T01:00:00Z\n  verdict: fail\n"), IsEmpty());
}

TEST_F(CaseRunnerTest, ReadsFilesOfRows) {
  folder_.Write("tests/x.csv", "delay,code\n61,007\n,008\n");
  folder_.Write("tests/y.csv", "delay,code,late\n,008,\n61,007,true\n");
  EXPECT_THAT(Findings("- node: late\n  given: {flights: {file: tests/x.csv, columns: {code: "
                       "string}}}\n  expect: {file: tests/y.csv, columns: {code: string}}\n"),
              IsEmpty());
  folder_.Write("tests/y.csv", "delay,code,late\n,8,\n61,7,true\n");
  EXPECT_THAT(Findings("- node: late\n  given: {flights: {file: tests/x.csv, columns: {code: "
                       "string}}}\n  expect: {file: tests/y.csv}\n"),
              ElementsAre("tests/a.yaml:3:11: rows differ: 2 rows expected, 2 got"));
  EXPECT_THAT(Findings("- node: late\n  given: {flights: {file: tests/z.csv}}\n  expect: []\n"),
              ElementsAre("tests/a.yaml:2:27: no such file: tests/z.csv (paths "
                          "are relative to the project folder)"));
  folder_.Write("tests/z.csv", "delay\n1\n2,3\n");
  EXPECT_THAT(Findings("- node: late\n  given: {flights: {file: tests/z.csv}}\n  expect: []\n"),
              ElementsAre(HasSubstr("tests/z.csv:3 does not parse")));
}

TEST_F(CaseRunnerTest, TakesTypesFromValuesOrDeclarations) {
  EXPECT_THAT(Findings(R"yaml(- node: late
  given:
    flights:
      rows: [{delay: 1, n: ~, s: '1', f: 1, d: 2001-01-01}, {delay: 2, f: 0.5, d: 2001-01-01 10:00}]
      columns: {n: int8, delay: "decimal(5,1)"}
  expect:
    - {delay: 1.0, n: null, s: '1', f: 1, d: 2001-01-01 00:00:00, late: false}
    - {delay: 2.0, n: null, s: null, f: 0.5, d: 2001-01-01 10:00:00, late: false}
)yaml"),
              IsEmpty());
  EXPECT_THAT(Findings("- node: late\n  given: {flights: {rows: [], columns: {delay: int32}}}\n"
                       "  expect: []\n"),
              IsEmpty());
  EXPECT_THAT(Findings("- node: late\n  given: {flights: [{delay: 1, l: [1, 2], r: {a: x}}]}\n"
                       "  expect: [{delay: 1, l: [1, 2], r: {a: x}, late: false}]\n"),
              IsEmpty());
}

TEST_F(CaseRunnerTest, TellsValuesOfNoType) {
  EXPECT_THAT(
      Mistakes("- node: late\n  given: {flights: [{delay: 1}, {delay: x}]}\n  expect: []\n"),
      ElementsAre("tests/a.yaml:2:41: error: column `delay` has a whole number and text "
                  "(quote what is text, or say the type: columns: {delay: string})"));
  EXPECT_THAT(Mistakes("- node: late\n  given: {flights: [{delay: 9223372036854775808}]}\n"
                       "  expect: []\n"),
              ElementsAre("tests/a.yaml:2:29: error: no 64 bits hold this number: "
                          "9223372036854775808 (say the type: columns: {delay: "
                          "\"decimal(38,0)\"})"));
  EXPECT_THAT(Mistakes("- node: late\n  given: {flights: {rows: [{delay: 1.5}], columns: {delay: "
                       "int32}}}\n  expect: []\n"),
              ElementsAre("tests/a.yaml:2:36: error: not of type int32: 1.5 (write a value of the "
                          "column's type)"));
  EXPECT_THAT(Mistakes("- node: late\n  given: {flights: {rows: [{delay: 1}], columns: {delay: "
                       "int23}}}\n  expect: []\n"),
              ElementsAre(StartsWith("tests/a.yaml:2:58: error: no such type: int23")));
  EXPECT_THAT(Mistakes("- node: late\n  given: {flights: []}\n  expect: []\n"),
              ElementsAre("tests/a.yaml:2:11: error: no row and no column: flights (say which "
                          "columns it has: {rows: [], columns: {NAME: int64}})"));
  EXPECT_THAT(Findings("- node: late\n  given: {flights: {rows: [{delay: 300}], columns: {delay: "
                       "int8}}}\n  expect: []\n"),
              ElementsAre("tests/a.yaml:2:36: not of type int8: 300 (write a value of the "
                          "column's type, or another type)"));
  EXPECT_THAT(Findings("- node: late\n  given: {flights: [{delay: 1, file_index: 1}]}\n"
                       "  expect: []\n"),
              ElementsAre(HasSubstr("keeps for itself: file_index")));
}

TEST_F(CaseRunnerTest, TellsWhatTheProjectDoesNotHave) {
  EXPECT_THAT(Mistakes("- node: lat\n  given: {}\n  expect: []\n"),
              ElementsAre("tests/a.yaml:1:9: error: no such node: lat (did you mean late?)"));
  EXPECT_THAT(Mistakes("- node: flights\n  given: {}\n  expect: []\n"),
              ElementsAre(StartsWith("tests/a.yaml:1:9: error: `flights` is a source, and cases "
                                     "are of steps and gates")));
  EXPECT_THAT(
      Mistakes("- node: named\n  given: {flihgts: [{delay: 1}], names: [{a: 1}]}\n  expect: []\n"),
      ElementsAre("tests/a.yaml:2:10: error: no rows for what `named` reads: flights (write "
                  "`given: {flights: [...]}`)",
                  "tests/a.yaml:2:11: error: `named` does not read: flihgts (did you mean "
                  "flights?)"));
  EXPECT_THAT(Mistakes("- node: plausible\n  given: {late: [{delay: 1}]}\n  expect_refused: [{row: "
                       "{delay: 1}, checks: [odd, rnage_delay]}]\n"),
              ElementsAre("tests/a.yaml:3:52: error: `plausible` has no such check: rnage_delay "
                          "(did you mean range_delay?)"));
  EXPECT_THAT(Mistakes("- node: late\n  given: {flights: [{delay: 1}]}\n  expect_refused: []\n"
                       "  verdict: pass\n  at: 2001-01-01\n"),
              ElementsAre(StartsWith("tests/a.yaml:1:3: error: `at` without a gate"),
                          StartsWith("tests/a.yaml:3:19: error: `late` is a step and refuses no"),
                          StartsWith("tests/a.yaml:4:12: error: `late` is a step and has no")));
}

TEST_F(CaseRunnerTest, SelectsByFileNodeNameAndTag) {
  std::filesystem::create_directories(folder_ / "tests/more");
  folder_.Write("tests/more/b.yml",
                "- name: b\n  node: top\n  given: {flights: [{a: 1}]}\n  expect: []\n");
  const auto cases = Read(
      "- name: an hour\n  node: late\n  given: {flights: [{a: 1}]}\n  expect: "
      "[]\n- node: unique\n  given: {flights: [{a: 1}]}\n  expect: []\n");
  ASSERT_THAT(lines_, IsEmpty());
  const auto selected = [&](const CaseSelection& selection) {
    const auto some = SelectCases(cases, selection, prepared_->graph);
    std::vector<std::string> names;
    if (!some.ok()) return std::vector<std::string>{some.error().message, some.error().hint};
    for (const contract::Case& test : *some) names.push_back(test.name);
    return names;
  };
  EXPECT_THAT(selected({}), ElementsAre("an hour", "case 2", "b"));
  EXPECT_THAT(selected({{"tests/a.yaml"}, {}}), ElementsAre("an hour", "case 2"));
  EXPECT_THAT(selected({{"./tests/more/"}, {}}), ElementsAre("b"));
  EXPECT_THAT(selected({{"tests"}, {}}), SizeIs(3));
  EXPECT_THAT(selected({{"late"}, {}}), ElementsAre("an hour"));
  EXPECT_THAT(selected({{"b", "an hour"}, {}}), ElementsAre("an hour", "b"));
  EXPECT_THAT(selected({{}, {"tag:nightly"}}), ElementsAre("an hour"));
  EXPECT_THAT(
      selected({{"lat"}, {}}),
      ElementsAre("no case, node or file of this name in tests/: lat", "did you mean late?"));
  EXPECT_THAT(selected({{}, {"tag:nightl"}}).at(0), HasSubstr("nightl"));
}

TEST_F(CaseRunnerTest, FollowsNoLinkOutOfTheProject) {
  const TestFolder other;
  other.Write("o.yaml", "- x\n");
  std::filesystem::create_symlink(other / "o.yaml", folder_ / "tests/o.yaml");
  EXPECT_THAT(Mistakes("- node: late\n  given: {flights: [{a: 1}]}\n  expect: []\n"),
              ElementsAre("tests/o.yaml: error: link leads out of the project folder: tests/o.yaml "
                          "(name a file inside the project folder, relative to it)"));
}

}  // namespace
}  // namespace assay::run
