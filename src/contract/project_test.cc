#include "contract/project.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

#include "contract/test_diagnostics.h"

namespace assay::contract {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::StartsWith;

constexpr const char* kContract = R"(apiVersion: v3.1.0
kind: DataContract
id: flights
version: 1.0.0
status: active
team: {members: [{username: ana@example.org, name: Ana, role: owner}]}
schema:
  - name: flights
    properties:
      - {name: delay, required: true}
)";

// The project file that docs and DESIGN.md show.
constexpr const char* kShown = R"(# yaml-language-server: $schema=assay.schema.json
format: 1                        # of this file; `assay migrate` moves it on
project: flights
owner: {name: ML data, email: ml-data@example.org}

sources:
  flights:  {files: data/flights-2001-*.parquet, license: LicenseRef-US-PD}
  airports: {files: data/airports.csv}

steps:
  unique:  {kind: dedup, input: flights, rows: whole}
  joined:  {sql: {file: sql/joined.sql}}

gates:
  plausible: {input: unique, contract: contracts/raw.odcs.yaml, bad_rows: drop, fail_above: 1 %}
  checked:
    input: joined
    contract: contracts/flights.odcs.yaml
    bad_rows: quarantine         # quarantine | drop | keep
    warn_above: 10 rows          # default: 0
    fail_above: 0.1 %            # default: 0
    by: month(date)              # judged per slice as well
    checks:                      # beyond the contract
      - {share: late, of: true, between: [10 %, 30 %]}
    owner: {name: Ops data, email: ops@example.org}    # defaults to the contract's

datasets:
  flights_train:
    input: checked               # a gate; anything else needs `ungated: REASON`
    key: none                    # or [columns]; unique when given
    label: late
    split: {time: date, validation_from: 2001-05-01, test_from: 2001-06-01}
)";

class ShownProject : public ::testing::Test {
 protected:
  void SetUp() override {
    Diagnostics diagnostics;
    const std::map<std::string, std::string> files = {
        {"assay.yaml", kShown},
        {"sql/joined.sql", "SELECT * FROM plausible\n"},
        {"contracts/raw.odcs.yaml", kContract},
        {"contracts/flights.odcs.yaml", kContract},
        {"README.md", "not a part of the project"},
    };
    std::optional<Project> project = ParseProject(files, SampleKinds(), diagnostics);
    ASSERT_TRUE(project) << diagnostics.Render();
    EXPECT_THAT(Lines(diagnostics), IsEmpty());
    project_ = *std::move(project);
  }
  Project project_;
};

TEST_F(ShownProject, HasItsHeadAndFiles) {
  EXPECT_EQ(project_.name, "flights");
  EXPECT_EQ(project_.format, 1);
  EXPECT_EQ(OwnerText(project_.owner), "ML data <ml-data@example.org>");
  std::vector<std::string> names;
  for (const auto& [name, text] : project_.files) names.push_back(name);
  EXPECT_THAT(names, ElementsAre("assay.yaml", "contracts/flights.odcs.yaml",
                                 "contracts/raw.odcs.yaml", "sql/joined.sql"));
}

TEST_F(ShownProject, InfersTheKindOfSources) {
  ASSERT_EQ(project_.sources.size(), 2U);
  const Declared& flights = project_.sources[0];
  EXPECT_EQ(flights.name, "flights");
  EXPECT_EQ(flights.kind, "parquet");
  EXPECT_EQ(flights.params.dump(), R"({"files":["data/flights-2001-*.parquet"]})");
  EXPECT_EQ(flights.license, "LicenseRef-US-PD");
  EXPECT_EQ(PlaceText(flights.place), "assay.yaml:7:3");
  EXPECT_EQ(PlaceText(flights.places.at("files")), "assay.yaml:7:21");
  EXPECT_EQ(project_.sources[1].kind, "csv");
  EXPECT_EQ(project_.sources[1].params.dump(), R"({"files":["data/airports.csv"],"header":true})");
}

TEST_F(ShownProject, ReadsStepsByKindAndAsSql) {
  ASSERT_EQ(project_.steps.size(), 2U);
  EXPECT_EQ(project_.steps[0].kind, "dedup");
  EXPECT_EQ(project_.steps[0].params.dump(), R"({"input":"flights","rows":"whole"})");
  EXPECT_EQ(project_.steps[1].kind, "sql");
  EXPECT_EQ(project_.steps[1].params["sql"], "SELECT * FROM plausible\n");
  EXPECT_EQ(PlaceText(project_.steps[1].text_places.at("sql")), "sql/joined.sql:1:1");
  EXPECT_EQ(PlaceText(project_.steps[1].places.at("sql")), "assay.yaml:12:18");
}

TEST_F(ShownProject, ReadsGates) {
  ASSERT_EQ(project_.gates.size(), 2U);
  const Gate& plausible = project_.gates[0];
  EXPECT_EQ(plausible.bad_rows, BadRows::kDrop);
  EXPECT_EQ(plausible.warn_above.amount, 0);
  EXPECT_EQ(plausible.fail_above.amount, 10000);
  EXPECT_EQ(plausible.owner.name, "Ana") << "the contract's";
  const Gate& checked = project_.gates[1];
  EXPECT_EQ(checked.input, "joined");
  EXPECT_EQ(checked.bad_rows, BadRows::kQuarantine);
  EXPECT_EQ(checked.warn_above.amount, 10);
  EXPECT_EQ(checked.fail_above.amount, 1000);
  EXPECT_TRUE(checked.fail_above.is_share);
  EXPECT_EQ(checked.by, "month(date)");
  EXPECT_EQ(PlaceText(checked.by_place), "assay.yaml:22:9");
  EXPECT_EQ(checked.min_rows, 100);
  EXPECT_EQ(checked.owner.name, "Ops data");
  ASSERT_TRUE(checked.contract);
  EXPECT_EQ(checked.contract->file, "contracts/flights.odcs.yaml");
  ASSERT_EQ(checked.checks.size(), 2U) << "the contract's, then the gate's";
  EXPECT_EQ(checked.checks[0].name, "not_null_delay");
  EXPECT_EQ(PlaceText(checked.checks[0].place), "contracts/flights.odcs.yaml:10:33");
  EXPECT_EQ(checked.checks[1].name, "share_late");
  EXPECT_EQ(PlaceText(checked.checks[1].place), "assay.yaml:24:10");
}

TEST_F(ShownProject, ReadsDatasets) {
  ASSERT_EQ(project_.datasets.size(), 1U);
  const Dataset& dataset = project_.datasets[0];
  EXPECT_EQ(dataset.input, "checked");
  EXPECT_THAT(dataset.key, IsEmpty());
  EXPECT_EQ(dataset.label, "late");
  EXPECT_EQ(dataset.split_kind, "time");
  EXPECT_EQ(dataset.split_params.dump(),
            R"({"test_from":"2001-06-01","time":"date","validation_from":"2001-05-01"})");
  EXPECT_EQ(dataset.owner.name, "ML data") << "the project's";
  EXPECT_EQ(PlaceText(dataset.label_place), "assay.yaml:31:12");
  EXPECT_EQ(PlaceText(dataset.split_place), "assay.yaml:32:12");
}

TEST(Project, ReadsTheOtherForms) {
  const ReadProject read = ReadText(
      "sources:\n  a: {kind: csv, files: [x.tsv, y.tsv], header: false}\n"
      "  b: {files: [X.PARQUET, y.pq]}\n  c: {files: z.csv.gz}\n"
      "steps:\n  d:\n    sql: |\n      SELECT 1\n    inputs: [a, b]\n"
      "gates:\n  g: {input: d, bad_rows: keep, min_rows: 0, checks: [{rule: {file: r.sql}}]}\n"
      "datasets:\n  h: {input: g, key: [x, y], split: {hash: x, train: 80 %}, description: d}\n"
      "  i: {input: g.refused, ungated: on purpose, key: z, owner: {name: Bo}}\n",
      {{"r.sql", "x > 1"}});
  ASSERT_TRUE(read.project);
  EXPECT_THAT(read.lines, IsEmpty());
  EXPECT_EQ(read.project->sources[0].params["header"], false);
  EXPECT_EQ(read.project->sources[1].kind, "parquet");
  EXPECT_EQ(read.project->sources[2].kind, "csv");
  EXPECT_EQ(PlaceText(read.project->steps[0].text_places.at("sql")), "assay.yaml:10:7");
  const Gate& gate = read.project->gates[0];
  EXPECT_EQ(gate.bad_rows, BadRows::kKeep);
  EXPECT_EQ(gate.min_rows, 0);
  EXPECT_EQ(gate.checks[0].params["predicate"], "x > 1");
  EXPECT_THAT(read.project->datasets[0].key, ElementsAre("x", "y"));
  EXPECT_EQ(read.project->datasets[0].split_params.dump(),
            R"({"hash":["x"],"seed":0,"train":800000})");
  EXPECT_EQ(read.project->datasets[0].description, "d");
  EXPECT_THAT(read.project->datasets[1].key, ElementsAre("z"));
  EXPECT_EQ(read.project->datasets[1].ungated, "on purpose");
  EXPECT_EQ(read.project->datasets[1].owner.name, "Bo");
}

TEST(Project, LetsSectionsBeEmptyOrAbsent) { EXPECT_TRUE(ReadText("sources:\nsteps:\n").project); }

TEST(Project, NeedsItsHead) {
  Diagnostics diagnostics;
  EXPECT_FALSE(ParseProject({{"assay.yaml", "owner: {name: x}\n"}}, SampleKinds(), diagnostics));
  EXPECT_THAT(
      Lines(diagnostics),
      ElementsAre("assay.yaml:1:1: error: missing key: format (write `format: 1` at the top)",
                  "assay.yaml:1:1: error: missing key: project (write `project: NAME`)"));
}

TEST(Project, RefusesAnotherFormat) {
  Diagnostics diagnostics;
  EXPECT_FALSE(
      ParseProject({{"assay.yaml", "format: 2\nproject: x\n"}}, SampleKinds(), diagnostics));
  EXPECT_THAT(Lines(diagnostics), ElementsAre("assay.yaml:1:9: error: unknown format: 2 (this "
                                              "program reads format 1)"));
}

TEST(Project, RefusesAFileThatIsNoMapping) {
  Diagnostics diagnostics;
  EXPECT_FALSE(ParseProject({{"assay.yaml", ""}}, SampleKinds(), diagnostics));
  EXPECT_FALSE(ParseProject({{"assay.yaml", "- a\n"}}, SampleKinds(), diagnostics));
  EXPECT_THAT(Lines(diagnostics),
              ElementsAre("assay.yaml:1:1: error: project file must be a mapping, found nothing "
                          "(write `key: value` lines under it)",
                          "assay.yaml:1:1: error: project file must be a mapping, found a list "
                          "(write `key: value` lines under it)"));
}

TEST(Project, ReportsEveryUnknownKeyWithTheNearest) {
  EXPECT_THAT(
      ReadText("projekt: x\nsource: {}\nsources:\n  a: {files: a.csv, licence: x}\n"
               "steps:\n  b: {sql: SELECT 1, input: a}\n  c: {kind: dedup, input: a, rows: whole, "
               "nonsense: 1}\n"
               "gates:\n  d: {input: a, fial_above: 1 %, checks: []}\n"
               "datasets:\n  e: {input: d, lable: x, split: {hash: x, train: 80 %, tset: 20 %}}\n")
          .lines,
      ElementsAre(
          "assay.yaml:3:1: error: unknown key: projekt (did you mean project?)",
          "assay.yaml:4:1: error: unknown key: source (did you mean sources?)",
          "assay.yaml:6:21: error: unknown key: licence (did you mean license?)",
          "assay.yaml:8:22: error: unknown key: input (did you mean inputs?)",
          "assay.yaml:9:43: error: unknown key: nonsense (known here: kind, input, rows, order_by, "
          "tags, timeout, retries, retry_wait, "
          "materialize)",
          "assay.yaml:11:3: warning: gate has no check, so every row passes: d (add `contract` or "
          "`checks`)",
          "assay.yaml:11:17: error: unknown key: fial_above (did you mean fail_above?)",
          "assay.yaml:13:17: error: unknown key: lable (did you mean label?)",
          "assay.yaml:13:57: error: unknown key: tset (did you mean test?)"));
}

TEST(Project, ReportsBadNamesAndTwoOfOne) {
  EXPECT_THAT(
      ReadText("sources:\n  Flights-1: {files: a.csv}\n  b: {files: a.csv}\nsteps:\n"
               "  b: {sql: SELECT 1}\n  9: {sql: SELECT 1}\n")
          .lines,
      ElementsAre(
          "assay.yaml:4:3: error: not a name for a node: Flights-1 (use a-z, 0-9 and _, a letter "
          "first, at most 63: flights_1)",
          "assay.yaml:7:3: error: two nodes have one name: b (the other stands at assay.yaml:5:3; "
          "sources, steps, gates and datasets share their names)",
          "assay.yaml:8:3: error: not a name for a node: 9 (use a-z, 0-9 and _, a letter first, at "
          "most 63)"));
}

TEST(Project, KnowsNodeNames) {
  EXPECT_TRUE(IsNodeName("a"));
  EXPECT_TRUE(IsNodeName("a_9"));
  EXPECT_TRUE(IsNodeName(std::string(63, 'a')));
  EXPECT_FALSE(IsNodeName(std::string(64, 'a')));
  for (const char* name : {"", "A", "_a", "9a", "a-b", "a.b", "ä"}) EXPECT_FALSE(IsNodeName(name));
}

TEST(Project, ReportsSourcesWhoseKindIsUnclear) {
  const std::string kinds = "parquet (.parquet, .pq), csv (.csv)";
  EXPECT_THAT(
      ReadText("sources:\n  a: {license: x}\n  b: {files: [a.pq, b.csv]}\n  c: {files: [a.pq, "
               "b.tsv]}\n  d: {kind: parket, files: a}\n  e: {files: []}\n  f: [a]\n")
          .lines,
      ElementsAre(
          "assay.yaml:4:3: error: a source needs `files` or `kind` (write `kind:` with one "
          "of " +
              kinds + ")",
          "assay.yaml:5:14: error: files are of several kinds: parquet, csv (declare one "
          "source for each kind)",
          "assay.yaml:6:21: error: the suffix tells no kind of source: b.tsv (write `kind:` "
          "with one of " +
              kinds + ")",
          "assay.yaml:7:13: error: unknown kind: parket (did you mean parquet?)",
          "assay.yaml:8:14: error: files is an empty list (write at least one item)",
          "assay.yaml:9:6: error: source must be a mapping, found a list (write `key: "
          "value` lines under it)"));
}

TEST(Project, ReportsStepsThatSayTooLittle) {
  EXPECT_THAT(
      ReadText("steps:\n  a: {where: x}\n  b: {kind: dedpu}\n  c: {kind: dedup, input: x}\n"
               "  d: {sql: }\n  e: {kind: [a]}\n  f:\n")
          .lines,
      ElementsAre(
          "assay.yaml:4:3: error: a step needs `sql` or `kind` (kinds: sql, dedup, every)",
          "assay.yaml:5:13: error: unknown kind: dedpu (did you mean dedup?)",
          "assay.yaml:6:3: error: missing key: rows (rows is one of whole, key: the rows)",
          "assay.yaml:7:7: error: key has no value: sql (sql is a text or {file: PATH}: the "
          "sql)",
          "assay.yaml:8:13: error: kind must be text, found a list",
          "assay.yaml:9:3: error: step must be a mapping, found nothing (write `key: value` "
          "lines under it)"));
}

TEST(Project, ReportsFilesThatCannotBeRead) {
  EXPECT_THAT(
      ReadText("steps:\n  a: {sql: {file: sql/joned.sql}}\n  b: {sql: {file: ../x.sql}}\n"
               "gates:\n  c: {input: a, contract: contract/x.yaml}\n",
               {{"sql/joined.sql", "SELECT 1"}, {"contracts/x.yaml", kContract}})
          .lines,
      ElementsAre("assay.yaml:4:19: error: no such file: sql/joned.sql (did you mean "
                  "sql/joined.sql?)",
                  "assay.yaml:5:19: error: path leaves the project folder: ../x.sql (name a file "
                  "inside the project folder, relative to it)",
                  "assay.yaml:7:27: error: no such file: contract/x.yaml (did you mean "
                  "contracts/x.yaml?)"));
}

TEST(Project, ReportsMistakesInGates) {
  EXPECT_THAT(
      ReadText("gates:\n  a: {checks: [{not_null: x}]}\n  b: {input: A, bad_rows: quarantin, "
               "min_rows: -1, by: '', checks: {}}\n"
               "  c: {input: x, warn_above: 2 %, fail_above: 1 %, checks: [{not_null: x}]}\n"
               "  d: {input: x, warn_above: 10, checks: [{not_null: x}]}\n"
               "  e: {input: x, fail_above: 0.001, warn_above: , checks: [{shar: x}]}\n")
          .lines,
      ElementsAre(
          "assay.yaml:4:3: error: missing key: input (input is the name of a node)",
          "assay.yaml:5:14: error: input is not the name of a node: A (write the name of a source, "
          "step or gate, or an output such as gate.refused)",
          "assay.yaml:5:27: error: bad_rows must be one of quarantine, drop, keep, found: "
          "quarantin "
          "(did you mean quarantine?)",
          "assay.yaml:5:48: error: min_rows is below zero: -1 (write 0 to judge every slice)",
          "assay.yaml:5:56: error: by is empty (write a value or remove the key)",
          "assay.yaml:5:68: error: checks must be a list, found a mapping (write `- {KIND: COLUMN, "
          "…}` lines under it)",
          "assay.yaml:6:29: warning: warn_above is never reached: fail_above lies below it at 1 % "
          "(raise fail_above above 2 %, or remove warn_above)",
          "assay.yaml:7:29: warning: warn_above is never reached: fail_above lies below it at 0 "
          "(raise fail_above above 10, or remove warn_above)",
          "assay.yaml:8:29: error: fail_above: a threshold needs a unit: 0.001 (write 0.1 % or a "
          "number of rows)",
          "assay.yaml:8:36: error: key has no value: warn_above (write one or remove the key)",
          "assay.yaml:8:60: error: unknown check: shar (did you mean share?)"));
}

TEST(Project, ReportsAContractOfTwoGatesOnce) {
  const ReadProject read =
      ReadText("gates:\n  a: {input: x, contract: c.yaml}\n  b: {input: x, contract: ./c.yaml}\n",
               {{"c.yaml", "kind: DataContract\n"}});
  EXPECT_THAT(read.lines, ::testing::Contains("c.yaml:1:1: error: missing key: id (the standard "
                                              "asks for it)"));
  EXPECT_EQ(read.lines.size(), 5U);
}

TEST(Project, RefusesAGateCheckNamedLikeTheContracts) {
  EXPECT_THAT(
      ReadText("gates:\n  a: {input: x, contract: c.yaml, checks: [{rule: y, name: "
               "not_null_delay}]}\n",
               {{"c.yaml", kContract}})
          .lines,
      ElementsAre("assay.yaml:4:60: error: two checks have one name: not_null_delay (the other "
                  "stands at c.yaml:10:33)"));
}

TEST(Project, ReportsMistakesInDatasets) {
  const std::string gate = "gates:\n  g: {input: s, checks: [{not_null: x}]}\n";
  EXPECT_THAT(
      ReadText(
          "sources:\n  s: {files: a.csv}\n" + gate +
          "datasets:\n  a: {input: s}\n  b: {input: g.refused}\n  c: {input: g, ungated: why}\n"
          "  d: {key: []}\n  e: {input: g, split: {tme: x}}\n"
          "  f: {input: g, split: {time: x, hash: y}}\n  h: {input: nobody}\n"
          "  i: {input: g, split: {time: d, validation_from: may}}\n")
          .lines,
      ElementsAre(
          "assay.yaml:8:14: error: input of a dataset is no gate: s (gate g judges it; or write "
          "`ungated: REASON`)",
          "assay.yaml:9:14: error: input of a dataset is no gate: g.refused (put a gate between, "
          "or "
          "write `ungated: REASON`)",
          "assay.yaml:10:14: warning: `ungated` has no effect, the input is a gate: g (remove "
          "`ungated`)",
          "assay.yaml:11:3: error: missing key: input (input is the name of a gate)",
          "assay.yaml:11:12: error: key is an empty list (write at least one item)",
          "assay.yaml:12:24: error: a split needs one of `time`, `hash` (for example {time: "
          "COLUMN, "
          "validation_from: …, test_from: …})",
          "assay.yaml:13:24: error: a split has one kind, found `time` and `hash` (remove all but "
          "one)",
          "assay.yaml:15:24: error: missing key: test_from (test_from is a date or timestamp such "
          "as 2001-05-01: the test_from)",
          "assay.yaml:15:51: error: validation_from: not a date or timestamp: may (write "
          "2001-05-01 or 2001-05-01T09:00:00Z)"));
}

TEST(Project, RefusesTabsAndDuplicateKeysBeforeAnythingElse) {
  EXPECT_THAT(
      ReadText("steps:\n\ta: {sql: x}\n").lines,
      ElementsAre("assay.yaml:4:1: error: tabs cannot indent YAML (use spaces, two for each "
                  "level)"));
  EXPECT_THAT(ReadText("steps:\n  a: {sql: x}\n  a: {sql: y}\n").lines,
              ElementsAre("assay.yaml:5:3: error: duplicate key: a (it stands at assay.yaml:4:3 "
                          "already)"));
}

class ProjectFolder : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string name = (fs::temp_directory_path() / "assay-project-XXXXXX").string();
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    folder_ = fs::canonical(name);
  }
  void TearDown() override { fs::remove_all(folder_); }
  void Write(const std::string& path, const std::string& text) {
    fs::create_directories((folder_ / path).parent_path());
    std::ofstream(folder_ / path, std::ios::binary) << text;
  }
  std::vector<std::string> Refused(const fs::path& folder) {
    Diagnostics diagnostics;
    EXPECT_FALSE(LoadProject(folder, SampleKinds(), diagnostics));
    return Lines(diagnostics);
  }
  fs::path folder_;
};

TEST_F(ProjectFolder, IsLoaded) {
  Write("assay.yaml", "format: 1\nproject: x\nsteps:\n  a: {sql: {file: sql/a.sql}}\n");
  Write("sql/a.sql", "SELECT 1");
  Diagnostics diagnostics;
  const auto project = LoadProject(folder_ / "sql" / "..", SampleKinds(), diagnostics);
  ASSERT_TRUE(project) << diagnostics.Render();
  EXPECT_EQ(project->folder, folder_);
  EXPECT_THAT(project->files, ElementsAre(Pair("assay.yaml", HasSubstr("project: x")),
                                          Pair("sql/a.sql", "SELECT 1")));
}

TEST_F(ProjectFolder, NeedsAProjectFile) {
  EXPECT_THAT(
      Refused(folder_),
      ElementsAre("assay.yaml: error: this folder has no assay.yaml, so it is no project (go "
                  "to the project's folder, or write --project DIR)"));
  Write("assay.yml", "format: 1\n");
  EXPECT_THAT(Refused(folder_),
              ElementsAre("assay.yaml: error: this folder has no assay.yaml, so it is no project "
                          "(did you mean assay.yml?)"));
  EXPECT_THAT(Refused(folder_ / "nowhere"),
              ElementsAre(HasSubstr("error: no such folder: " + (folder_ / "nowhere").string())));
}

TEST_F(ProjectFolder, IsNotLeftThroughLinks) {
  Write("outside.sql", "SELECT 1");
  Write("project/assay.yaml", "format: 1\nproject: x\nsteps:\n  a: {sql: {file: link.sql}}\n");
  fs::create_symlink("../outside.sql", folder_ / "project/link.sql");
  EXPECT_THAT(Refused(folder_ / "project"),
              ElementsAre("assay.yaml:4:19: error: link leads out of the project folder: link.sql "
                          "(name a file inside the project folder, relative to it)"));
}

}  // namespace
}  // namespace assay::contract
