// Projects of several files.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "contract/test_diagnostics.h"

namespace assay::contract {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Key;

using Files = std::map<std::string, std::string>;

TEST(Include, TakesSectionsOfOtherFiles) {
  const ReadProject read = ReadText(
      "owner: {name: Ana}\ninclude: [pipelines/first.yaml, 'pipelines/*.yaml', '*/shared.yml']\n"
      "vars: {a: one}\nsources: {a: {files: a.csv}}\n",
      {{"pipelines/first.yaml",
        "vars: {f: flights}\nsteps: {s: {sql: {file: sql/s.sql}}}\n"
        "gates: {g: {input: s, checks: [{not_null: '${vars.a}'}]}}\n"
        "datasets: {d: {input: g}}\n"},
       {"pipelines/other.yaml",
        "sources: {o: {files: o.csv}}\nfeedback: {stream: {model: '${vars.f}'}}\n"
        "monitors: {m: {watch: o, reference: d@v1}}\n"},
       {"more/shared.yml", "sources: {z: {files: z.csv}}\n"},
       {"pipelines/.hidden.yaml", "nonsense\n"},
       {"pipelines/deep/unread.yaml", "nonsense\n"},
       {"sql/s.sql", "SELECT '${vars.a}'"}});
  EXPECT_THAT(read.lines, IsEmpty());
  ASSERT_TRUE(read.project);
  const Project& project = *read.project;
  EXPECT_THAT(project.files,
              ElementsAre(Key("assay.yaml"), Key("more/shared.yml"), Key("pipelines/first.yaml"),
                          Key("pipelines/other.yaml"), Key("sql/s.sql")));
  ASSERT_EQ(project.sources.size(), 3U);
  EXPECT_EQ(project.sources[0].name, "a");
  EXPECT_EQ(project.sources[1].name, "o");
  EXPECT_EQ(PlaceText(project.sources[1].place), "pipelines/other.yaml:1:11");
  EXPECT_EQ(project.sources[2].name, "z");
  EXPECT_EQ(project.steps[0].params["sql"], "SELECT 'one'") << "paths begin at the project";
  EXPECT_EQ(project.gates[0].owner.name, "Ana") << "the project's owner";
  EXPECT_EQ(project.gates[0].checks[0].params["column"], "one");
  EXPECT_EQ(project.datasets[0].input, "g");
  EXPECT_EQ(project.feedback[0].model, "flights") << "variables are the whole project's";
  EXPECT_EQ(project.monitors[0].watch, "o");
}

TEST(Include, MayBeOnePath) {
  EXPECT_TRUE(ReadText("include: a.yaml\n", {{"a.yaml", "sources:\n"}}).project);
}

TEST(Include, RefusesANameThatStandsInTwoFiles) {
  const Files files = {{"a.yaml",
                        "vars: {v: 1}\nsources: {x: {files: a.csv}}\nfeedback: {f:}\n"
                        "monitors: {m: {watch: x, reference: d@v1}}\n"},
                       {"b.yaml",
                        "vars: {v: 2}\nsteps: {x: {sql: SELECT 1}}\nfeedback: {f:}\n"
                        "monitors: {m: {watch: x, reference: d@v1}}\n"}};
  EXPECT_THAT(
      ReadText("include: [b.yaml, a.yaml]\n", files).lines,
      ElementsAre("a.yaml:1:8: error: a variable is declared twice: v (the other stands at "
                  "b.yaml:1:8)",
                  "a.yaml:2:11: error: two nodes have one name: x (the other stands at "
                  "b.yaml:2:9; sources, steps, gates and datasets share their names)",
                  "a.yaml:3:12: error: the name of a stream of feedback stands twice: f (the "
                  "other stands at b.yaml:3:12)",
                  "a.yaml:4:12: error: the name of a monitor stands twice: m (the other stands "
                  "at b.yaml:4:12)"));
}

TEST(Include, NamesTheNearestOfAMissingFile) {
  const Files files = {{"pipelines/rides.yaml", "sources:\n"}};
  EXPECT_THAT(ReadText("include: [pipelines/rides.yml]\n", files).lines,
              ElementsAre("assay.yaml:3:11: error: no such file: pipelines/rides.yml (did you mean "
                          "pipelines/rides.yaml?)"));
  EXPECT_THAT(ReadText("include: ['pipeline/*.yaml', 'nothing/?.x']\n", files).lines,
              ElementsAre("assay.yaml:3:11: error: no file matches: pipeline/*.yaml (did you mean "
                          "pipelines/rides.yaml?)",
                          "assay.yaml:3:30: error: no file matches: nothing/?.x (paths are "
                          "relative to the project folder)"));
  EXPECT_THAT(ReadText("include: 'pipelines/*.sql'\n", files).lines,
              ElementsAre("assay.yaml:3:10: error: no file matches: pipelines/*.sql (did you mean "
                          "pipelines/rides.yaml?)"));
  EXPECT_THAT(ReadText("include: ../other.yaml\n", files).lines,
              ElementsAre("assay.yaml:3:10: error: path leaves the project folder: ../other.yaml "
                          "(name a file inside the project folder, relative to it)"));
  EXPECT_THAT(ReadText("include: '../*.yaml'\n", files).lines,
              ElementsAre("assay.yaml:3:10: error: path leaves the project folder: ../*.yaml "
                          "(name a file inside the project folder, relative to it)"));
}

TEST(Include, GoesOneStepAndNotInACircle) {
  EXPECT_THAT(ReadText("include: a.yaml\n", {{"a.yaml", "include: assay.yaml\n"}}).lines,
              ElementsAre("a.yaml:1:1: error: unknown key: include (only assay.yaml includes "
                          "files: name it there)"));
  EXPECT_THAT(ReadText("include: ./assay.yaml\n").lines,
              ElementsAre("assay.yaml:3:10: error: the project file includes itself: ./assay.yaml "
                          "(name files with further sections)"));
}

TEST(Include, TakesNoHeadAndNoUnknownKeys) {
  EXPECT_THAT(ReadText("include: a.yaml\n",
                       {{"a.yaml", "format: 1\nproject: x\nowner: {name: x}\nsource: {}\n"}})
                  .lines,
              ElementsAre("a.yaml:1:1: error: unknown key: format (it stands once, in assay.yaml)",
                          "a.yaml:2:1: error: unknown key: project (it stands once, in assay.yaml)",
                          "a.yaml:3:1: error: unknown key: owner (it stands once, in assay.yaml)",
                          "a.yaml:4:1: error: unknown key: source (did you mean sources?)"));
  EXPECT_THAT(ReadText("include: a.yaml\n", {{"a.yaml", "- a\n"}}).lines,
              ElementsAre("a.yaml:1:1: error: included file must be a mapping, found a list (write "
                          "`key: value` lines under it)"));
  EXPECT_THAT(ReadText("include: a.yaml\n", {{"a.yaml", "a: [\n"}}).lines.size(), 1U);
}

TEST(Include, SaysWhereAMistakeInAnIncludedFileStands) {
  EXPECT_THAT(ReadText("include: a.yaml\n",
                       {{"a.yaml", "# one\ngates:\n  g: {input: x, checks: [{not_nul: a}]}\n"}})
                  .lines,
              ElementsAre("a.yaml:3:27: error: unknown check: not_nul (did you mean not_null?)"));
}

TEST(Include, TakesNoVariablesInItsPaths) {
  EXPECT_THAT(ReadText("vars: {a: b}\ninclude: '${vars.a}.yaml'\n").lines,
              ElementsAre("assay.yaml:4:11: error: a variable cannot stand here: ${vars.a} (write "
                          "its text: `vars` and `include` are read before there are variables)"));
}

}  // namespace
}  // namespace assay::contract
