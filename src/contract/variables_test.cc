#include "contract/variables.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "contract/test_diagnostics.h"

namespace assay::contract {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Key;

// A project with these variables whose source reads the file `FILES`.
ReadProject ReadFiles(const std::string& vars, const std::string& files,
                      const std::map<std::string, std::string>& more = {},
                      const std::string& environment = "") {
  return ReadText("vars: " + vars + "\nsources: {a: {files: " + files + "}}\n", more, environment);
}

std::string FileOf(const ReadProject& read) {
  EXPECT_THAT(read.lines, IsEmpty());
  return read.project ? read.project->sources[0].params["files"][0].get<std::string>() : "";
}

ReadProject ReadSql(const std::string& vars, const std::string& sql,
                    const std::map<std::string, std::string>& more = {}) {
  return ReadText("vars: " + vars + "\nsteps: {s: {sql: " + sql + "}}\n", more);
}

std::string SqlOf(const ReadProject& read) {
  EXPECT_THAT(read.lines, IsEmpty());
  return read.project ? read.project->steps[0].params["sql"].get<std::string>() : "";
}

TEST(Variables, StandForTheirTextInValues) {
  EXPECT_EQ(FileOf(ReadFiles("{year: 2001, kind: csv}", "'f-${vars.year}-${vars.year}.csv'")),
            "f-2001-2001.csv");
  EXPECT_EQ(FileOf(ReadFiles("{n: 1.10}", "'${vars.n}.csv'")), "1.10.csv") << "as it is written";
  EXPECT_EQ(FileOf(ReadFiles("{n: no}", "'${vars.n}.csv'")), "no.csv");
  EXPECT_EQ(FileOf(ReadFiles("{n: ''}", "'a${vars.n}.csv'")), "a.csv");
  EXPECT_EQ(FileOf(ReadFiles("{n: x}", "'$${vars.n}.csv'")), "${vars.n}.csv");
  EXPECT_EQ(FileOf(ReadFiles("{n: '$${vars.m}'}", "'${vars.n}.csv'")), "${vars.m}.csv")
      << "what stands for a name is not looked at again";
}

TEST(Variables, ReachEverySectionAndType) {
  const ReadProject read = ReadText(
      "vars: {rows: 10 rows, name: Ana, label: late, on: 'true', most: 5, split: 80 %, m: flights, "
      "d: 3 days, hook: 'http://x/y', word: a}\n"
      "owner: {name: '${vars.name}'}\n"
      "sources: {a: {files: a.csv, header: '${vars.on}', types: {x: '${vars.word}'}}}\n"
      "steps: {e: {kind: every, count: '${vars.most}', share: '${vars.split}', names: "
      "['${vars.word}']}}\n"
      "gates: {g: {input: a, warn_above: '${vars.rows}', fail_above: '${vars.rows}', by: "
      "'upper(${vars.word})', checks: [{range: x, max: '${vars.most}'}, {rule: 'x < "
      "${vars.most}'}]}}\n"
      "datasets: {t: {input: g, label: '${vars.label}', key: ['${vars.word}'], tags: "
      "['${vars.word}']}}\n"
      "feedback: {f: {model: '${vars.m}'}}\n"
      "monitors: {w: {watch: a, reference: '${vars.m}@v1', alert: {webhook: '${vars.hook}', "
      "command: [echo, '${vars.word}']}}}\n");
  ASSERT_TRUE(read.project) << testing::PrintToString(read.lines);
  const Project& project = *read.project;
  EXPECT_EQ(project.owner.name, "Ana");
  EXPECT_EQ(project.sources[0].params["header"], true);
  EXPECT_EQ(project.sources[0].params["types"][0][1], "a");
  EXPECT_EQ(project.steps[0].params.dump(), R"({"count":5,"names":["a"],"share":800000})");
  EXPECT_EQ(project.gates[0].warn_above.amount, 10);
  EXPECT_EQ(project.gates[0].by, "upper(a)");
  EXPECT_EQ(project.gates[0].checks[0].params["max"], "5");
  EXPECT_EQ(project.gates[0].checks[1].params["predicate"], "x < 5");
  EXPECT_EQ(project.datasets[0].label, "late");
  EXPECT_THAT(project.datasets[0].key, ElementsAre("a"));
  EXPECT_THAT(project.datasets[0].execution.tags, ElementsAre("a"));
  EXPECT_EQ(project.feedback[0].model, "flights");
  EXPECT_EQ(project.monitors[0].reference, "flights@v1");
  EXPECT_EQ(project.monitors[0].webhook, "http://x/y");
  EXPECT_THAT(project.monitors[0].command->argv, ElementsAre("echo", "a"));
  EXPECT_THAT(project.monitors[0].command->as_written, ElementsAre("echo", "${vars.word}"));
}

TEST(Variables, StandForTheirTextInSql) {
  EXPECT_EQ(SqlOf(ReadSql("{from: '2001-05-01', n: 7}",
                          "\"SELECT ${vars.n} FROM a WHERE d >= DATE '${vars.from}'\"")),
            "SELECT 7 FROM a WHERE d >= DATE '2001-05-01'");
  EXPECT_EQ(SqlOf(ReadSql("{n: 7}", "{file: a.sql}", {{"a.sql", "SELECT ${vars.n}\n"}})),
            "SELECT 7\n");
}

TEST(Variables, LeaveAllElseInSqlAsItIs) {
  EXPECT_EQ(SqlOf(ReadSql("{n: 7}", "\"SELECT '${HOME} $${HOME} ${ $1 $$x$$'\"")),
            "SELECT '${HOME} $${HOME} ${ $1 $$x$$'");
  EXPECT_EQ(SqlOf(ReadSql("{n: 7}", "\"SELECT '$${vars.n}', ${vars.n}\"")),
            "SELECT '${vars.n}', 7");
}

TEST(Variables, KeepThePlaceOfSql) {
  const std::string sql = "SELECT ${vars.columns},\n  x\nFROM ${vars.table} WHERE y\n";
  const ReadProject read =
      ReadSql("{columns: 'a, b, c', table: t}", "{file: a.sql}", {{"a.sql", sql}});
  const std::string text = SqlOf(read);
  EXPECT_EQ(text, "SELECT a, b, c,\n  x\nFROM t WHERE y\n");
  const TextPlace& place = read.project->steps[0].text_places.at("sql");
  const auto at = [&](const std::string& what) {
    return PlaceText(place.Of(text, text.find(what)));
  };
  EXPECT_EQ(at("SELECT"), "a.sql:1:1");
  EXPECT_EQ(at("b, c"), "a.sql:1:8");
  EXPECT_EQ(at("x\n"), "a.sql:2:3");
  EXPECT_EQ(at("t WHERE"), "a.sql:3:6");
  EXPECT_EQ(at("WHERE"), "a.sql:3:20");
}

TEST(Variables, NameTheNearestOfAnUnknownOne) {
  EXPECT_THAT(ReadFiles("{start: 1, end: 2}", "'x-${vars.strat}.csv'").lines,
              ElementsAre("assay.yaml:4:25: error: no such variable: strat (did you mean start?)"));
  EXPECT_THAT(
      ReadSql("{start: 1}", "{file: a.sql}", {{"a.sql", "SELECT\n  ${vars.nothing}\n"}}).lines,
      ElementsAre("a.sql:2:3: error: no such variable: nothing (variables: start)"));
  EXPECT_THAT(ReadText("steps:\n  s:\n    sql: |\n      SELECT\n        ${vars.n}\n").lines,
              ElementsAre("assay.yaml:7:9: error: no such variable: n (declare it under `vars:`)"));
  EXPECT_THAT(ReadSql("{a: 1}", "\"SELECT ${vars.a }\"").lines,
              ElementsAre("assay.yaml:4:26: error: `${vars.` without the name of a variable and "
                          "`}` (write ${vars.NAME}, or `$${vars.` for the characters themselves)"));
  unsetenv("start");
  EXPECT_THAT(ReadFiles("{start: 1}", "'${start}.csv'").lines,
              ElementsAre("assay.yaml:4:23: error: environment variable is not set: start (write "
                          "${vars.start} for the variable of the project)"));
}

TEST(Variables, AreOneValueEach) {
  EXPECT_THAT(
      ReadText("vars: {a: [1], b: {c: 1}, D-1: 1}\n").lines,
      ElementsAre("assay.yaml:3:11: error: a variable must be one value, found a list: a (write "
                  "`NAME: VALUE`, the value one text, number or true or false)",
                  "assay.yaml:3:19: error: a variable must be one value, found a mapping: b (write "
                  "`NAME: VALUE`, the value one text, number or true or false)",
                  "assay.yaml:3:27: error: not a name for a variable: D-1 (use a-z, 0-9 and _, a "
                  "letter first, at most 63: d_1)"));
  EXPECT_THAT(ReadText("vars:\n  a:\n").lines,
              ElementsAre("assay.yaml:4:3: error: a variable must be one value, found nothing: a "
                          "(write '' for an empty text)"));
  EXPECT_THAT(ReadText("vars: [a]\n").lines,
              ElementsAre("assay.yaml:3:7: error: vars must be a mapping, found a list (write "
                          "`key: value` lines under it)"));
  EXPECT_THAT(ReadText("vars: {a: x, b: '${vars.a}'}\n").lines,
              ElementsAre("assay.yaml:3:18: error: a variable cannot stand here: ${vars.a} (write "
                          "its text: `vars` and `include` are read before there are variables)"));
  EXPECT_TRUE(ReadText("vars:\n").project) << "a section may be empty";
}

TEST(Variables, ReadTheEnvironmentButNotIntoTexts) {
  setenv("ASSAY_TEST_TOKEN", "hush", 1);
  unsetenv("ASSAY_TEST_UNSET");
  EXPECT_EQ(FileOf(ReadFiles("{t: '${ASSAY_TEST_TOKEN}-1'}", "'${vars.t}.csv'")), "hush-1.csv");
  EXPECT_THAT(ReadText("vars: {t: '${ASSAY_TEST_UNSET}'}\n").lines,
              ElementsAre("assay.yaml:3:12: error: environment variable is not set: "
                          "ASSAY_TEST_UNSET (set it, or write `$${` for the characters `${` "
                          "themselves)"));
  EXPECT_THAT(
      ReadSql("{t: '${ASSAY_TEST_TOKEN}'}", "\"SELECT '${vars.t}'\"").lines,
      ElementsAre("assay.yaml:4:27: error: a text cannot hold what an environment variable says: "
                  "${vars.t} (it would stand in plans and in the store; give the variable its text "
                  "in `vars:` or in environments/NAME.yaml)"));
  EXPECT_EQ(SqlOf(ReadSql("{t: '$${ASSAY_TEST_TOKEN}'}", "\"SELECT '${vars.t}'\"")),
            "SELECT '${ASSAY_TEST_TOKEN}'")
      << "an escape reads nothing";
}

TEST(Variables, CannotGrowATextWithoutBounds) {
  const std::string kilobyte(1000, 'x');
  std::string text = "SELECT '";
  for (int i = 0; i < 5000; ++i) text += "${vars.k}";
  EXPECT_THAT(ReadSql("{k: " + kilobyte + "}", "\"" + text + "'\"").lines,
              ElementsAre("assay.yaml:4:19: error: text is longer than 4 MB once its variables are "
                          "put in"));
  EXPECT_THAT(ReadFiles("{k: " + kilobyte + "}", "\"" + text + "\"").lines.at(0),
              "assay.yaml:4:22: error: text is longer than 4 MB once its variables are put in");
}

const std::map<std::string, std::string> kEnvironments = {
    {"environments/dev.yaml", "vars: {folder: small}\n"},
    {"environments/prod.yaml", "# as declared\nvars: {}\n"},
    {"environments/notes.txt", "not an environment\n"}};

TEST(Environment, PutsItsValuesInThePlaceOfTheDeclared) {
  const std::string vars = "{folder: all, year: 2001}";
  const std::string files = "'${vars.folder}/${vars.year}.csv'";
  EXPECT_EQ(FileOf(ReadFiles(vars, files, kEnvironments)), "all/2001.csv");
  const ReadProject dev = ReadFiles(vars, files, kEnvironments, "dev");
  EXPECT_EQ(FileOf(dev), "small/2001.csv");
  EXPECT_EQ(dev.project->environment, "dev");
  EXPECT_THAT(dev.project->files, ElementsAre(Key("assay.yaml"), Key("environments/dev.yaml")));
  EXPECT_EQ(FileOf(ReadFiles(vars, files, kEnvironments, "prod")), "all/2001.csv");
}

TEST(Environment, SparesWhatItOverrides) {
  unsetenv("ASSAY_TEST_UNSET");
  EXPECT_EQ(FileOf(ReadFiles("{folder: '${ASSAY_TEST_UNSET}'}", "'${vars.folder}.csv'",
                             kEnvironments, "dev")),
            "small.csv");
}

TEST(Environment, NamesThoseThereAre) {
  const auto lines = [](const std::string& environment,
                        const std::map<std::string, std::string>& files) {
    return ReadFiles("{folder: x}", "a.csv", files, environment).lines;
  };
  EXPECT_THAT(lines("prdo", kEnvironments),
              ElementsAre(": error: no such environment: prdo (did you mean prod?)"));
  EXPECT_THAT(lines("staging", kEnvironments),
              ElementsAre(": error: no such environment: staging (environments: dev, prod)"));
  EXPECT_THAT(lines("../environments/dev", kEnvironments),
              ElementsAre(": error: no such environment: ../environments/dev (environments: dev, "
                          "prod)"));
  EXPECT_THAT(lines("dev", {}),
              ElementsAre(": error: no such environment: dev (an environment NAME is a file "
                          "environments/NAME.yaml, and there is none)"));
}

TEST(Environment, HoldsVariablesOfTheProjectAlone) {
  const auto lines = [](const std::string& text) {
    return ReadFiles("{folder: x}", "'${vars.folder}.csv'", {{"environments/dev.yaml", text}},
                     "dev")
        .lines;
  };
  EXPECT_THAT(lines("vars: {foldre: y}\n"),
              ElementsAre("environments/dev.yaml:1:8: error: the project declares no such "
                          "variable: foldre (did you mean folder?)"));
  EXPECT_THAT(lines("vars: {folder: y}\nsteps: {}\n"),
              ElementsAre("environments/dev.yaml:2:1: error: unknown key: steps (known here: "
                          "vars)"));
  EXPECT_THAT(lines("folder: y\n"),
              ElementsAre("environments/dev.yaml:1:1: error: missing key: vars (write `vars: "
                          "{NAME: VALUE}`)",
                          "environments/dev.yaml:1:1: error: unknown key: folder (known here: "
                          "vars)"));
  EXPECT_THAT(lines("- a\n"), ElementsAre("environments/dev.yaml:1:1: error: environment must be "
                                          "a mapping, found a list (write `key: value` lines "
                                          "under it)"));
  EXPECT_THAT(lines("vars: {folder: [y]}\n"),
              ElementsAre("environments/dev.yaml:1:16: error: a variable must be one value, found "
                          "a list: folder (write `NAME: VALUE`, the value one text, number or "
                          "true or false)"));
  EXPECT_THAT(lines("vars: {folder: \"\xff\"}\n"),
              ElementsAre("environments/dev.yaml:1:17: error: text is no UTF-8 (save the file as "
                          "UTF-8)"));
}

}  // namespace
}  // namespace assay::contract
