#include "plan/plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/hash.h"
#include "plan/sample_graph.h"

namespace assay::plan {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

// A catalog in memory; `Run` plays a run that gives every node the content it is told.
class FakeCatalog {
 public:
  Lookups AsLookups() {
    Lookups lookups;
    lookups.result = [this](const Node&,
                            const std::string& fingerprint) -> Result<std::optional<Known>> {
      const auto found = results.find(fingerprint);
      if (found == results.end()) return std::optional<Known>();
      return std::optional<Known>(found->second);
    };
    lookups.newest_manifest =
        [this](const std::string& node) -> Result<std::optional<std::string>> {
      const auto found = manifests.find(node);
      if (found == manifests.end()) return std::optional<std::string>();
      return std::optional<std::string>(found->second);
    };
    return lookups;
  }

  // Runs what is not cached; content of a node is `content[name]`, else derived from its inputs.
  std::vector<std::string> Run(const Graph& graph, const std::vector<Resolved>& files) {
    std::vector<std::string> ran;
    Progress progress;
    progress.states.resize(graph.nodes.size());
    for (NodeId id = 0; id < graph.nodes.size(); ++id) {
      const Node& node = graph.nodes[id];
      const auto decision = Decide(graph, id, files[id], progress, "duckdb/1", AsLookups());
      if (decision->action == Action::kSkip) {
        progress.states[id].stopped = decision->reason;
        continue;
      }
      if (decision->action == Action::kRun) {
        ran.push_back(node.name);
        Known known;
        known.outputs[""] = content.contains(node.name) ? content[node.name]
                                                        : "content of " + decision->fingerprint;
        if (verdicts.contains(node.name)) known.verdict = verdicts[node.name];
        known.evidence = decision->evidence;
        results[decision->fingerprint] = known;
        manifests[node.name] = decision->manifest;
      }
      progress.states[id] = StateAfter(node, *decision, results[decision->fingerprint]);
    }
    return ran;
  }

  std::map<std::string, Known> results;
  std::map<std::string, std::string> manifests;
  std::map<std::string, std::string> content, verdicts;
};

class PlanTest : public testing::Test {
 protected:
  PlanTest() {
    contract::Diagnostics diagnostics;
    graph = *BuildGraph(SampleProject(), SampleKinds(), SampleFacts(), diagnostics);
    files.resize(graph.nodes.size());
    files[0].files = {"aa"};
    files[1].files = {"bb"};
  }

  std::vector<std::string> Actions() {
    const auto plan = MakePlan(graph, files, "duckdb/1", catalog.AsLookups());
    std::vector<std::string> actions;
    for (const Decision& decision : plan->decisions) actions.push_back(ActionText(decision.action));
    return actions;
  }

  Graph graph;
  std::vector<Resolved> files;
  FakeCatalog catalog;
};

TEST_F(PlanTest, AFirstPlanRunsSourcesAndWaitsForTheRest) {
  EXPECT_THAT(Actions(), ElementsAre("run", "run", "wait", "wait", "wait", "wait"));
}

TEST_F(PlanTest, AfterARunThereIsNothingToDo) {
  EXPECT_EQ(catalog.Run(graph, files).size(), 6U);
  EXPECT_TRUE(MakePlan(graph, files, "duckdb/1", catalog.AsLookups())->nothing_to_do());
  EXPECT_TRUE(catalog.Run(graph, files).empty());
}

TEST_F(PlanTest, AChangedFileIsTheReason) {
  catalog.Run(graph, files);
  files[0].files = {"ac", "ad"};
  const auto plan = MakePlan(graph, files, "duckdb/1", catalog.AsLookups());
  EXPECT_EQ(plan->decisions[0].reason, "1 file changed, 1 file added");
  EXPECT_EQ(plan->decisions[1].action, Action::kCached);
  EXPECT_EQ(plan->decisions[2].reason, "waits for flights");
}

TEST_F(PlanTest, TheSameContentAgainStopsTheWave) {
  catalog.content["flights"] = "the flights";
  catalog.Run(graph, files);
  files[0].files = {"the same rows in another file"};
  // The dataset only to be committed again: it rests on another file.
  EXPECT_THAT(catalog.Run(graph, files), ElementsAre("flights", "train"));
  EXPECT_TRUE(catalog.Run(graph, files).empty());
}

TEST_F(PlanTest, ADatasetIsCommittedAgainWhenWhatItRestsOnChanged) {
  catalog.content["checked"] = "the rows";
  catalog.Run(graph, files);
  graph.nodes[4].params["checks"] = "[\"another check\"]";
  EXPECT_THAT(catalog.Run(graph, files), ElementsAre("checked", "train"));
  graph.nodes[4].notes = "another owner";
  const auto plan = MakePlan(graph, files, "duckdb/1", catalog.AsLookups());
  EXPECT_EQ(plan->decisions[4].action, Action::kCached);
  EXPECT_EQ(plan->decisions[5].action, Action::kRun);
  EXPECT_EQ(plan->decisions[5].reason, "same rows; what they rest on changed");
  EXPECT_THAT(catalog.Run(graph, files), ElementsAre("train"));
  files[0].receipts = {"elsewhere/a.parquet aa"};
  EXPECT_THAT(catalog.Run(graph, files), ElementsAre("train"));
  EXPECT_TRUE(catalog.Run(graph, files).empty());
}

TEST_F(PlanTest, AFailedGateStopsWhatDependsOnItAlsoWhenCached) {
  catalog.verdicts["checked"] = "fail";
  EXPECT_THAT(catalog.Run(graph, files),
              ElementsAre("flights", "airports", "unique", "joined", "checked"));
  const auto plan = MakePlan(graph, files, "duckdb/1", catalog.AsLookups());
  EXPECT_EQ(plan->decisions[4].action, Action::kCached);
  EXPECT_EQ(plan->decisions[4].verdict, "fail");
  EXPECT_EQ(plan->decisions[5].action, Action::kSkip);
  EXPECT_EQ(plan->decisions[5].reason, "gate checked failed");
}

TEST_F(PlanTest, AGateThatFailsByTheClockIsNotNothingToDo) {
  catalog.Run(graph, files);
  const auto before = MakePlan(graph, files, "duckdb/1", catalog.AsLookups());
  EXPECT_TRUE(before->nothing_to_do());
  Known& known = catalog.results[before->decisions[4].fingerprint];
  known.verdict = "fail";
  known.judged_again = true;
  const auto plan = MakePlan(graph, files, "duckdb/1", catalog.AsLookups());
  EXPECT_EQ(plan->decisions[4].action, Action::kCached);
  EXPECT_EQ(plan->decisions[4].reason, "nothing changed but the time: now fail");
  EXPECT_EQ(plan->decisions[5].action, Action::kSkip);
  EXPECT_FALSE(plan->nothing_to_do());
}

TEST_F(PlanTest, AChangedParameterIsNamed) {
  catalog.Run(graph, files);
  graph.nodes[2].params["rows"] = "\"part\"";
  const auto plan = MakePlan(graph, files, "duckdb/1", catalog.AsLookups());
  EXPECT_EQ(plan->decisions[2].reason, "param rows changed");
}

TEST_F(PlanTest, AChangedInputIsNamedAsWritten) {
  catalog.Run(graph, files);
  files[1].files = {"other airports"};
  catalog.content["airports"] = "other";
  Progress progress;
  progress.states.resize(graph.nodes.size());
  progress.states[1] = StateAfter(graph.nodes[1], {}, Known{{{"", "other"}}, "", ""});
  progress.states[2] = StateAfter(graph.nodes[2], {}, Known{{{"", "content"}}, "", ""});
  const auto decision = Decide(graph, 3, files[3], progress, "duckdb/1", catalog.AsLookups());
  EXPECT_THAT(decision->reason, HasSubstr("input airports changed"));
}

TEST_F(PlanTest, TheFingerprintIsTheHashOfTheExplanation) {
  const Node& node = graph.nodes[2];
  Resolved resolved;
  resolved.inputs = {"content\\with\nline"};
  const std::string text = ManifestText(node, resolved, "duckdb/1");
  EXPECT_EQ(text,
            "kind dedup/1\nengine duckdb/1\nparam rows \"whole\"\n"
            "input 1 content\\\\with\\nline\n");
  EXPECT_EQ(Fingerprint(text), Sha256Hex("assay.node/1\n" + text));
}

TEST_F(PlanTest, AnotherEngineMajorVersionComputesAnew) {
  catalog.Run(graph, files);
  EXPECT_FALSE(MakePlan(graph, files, "duckdb/2", catalog.AsLookups())->nothing_to_do());
}

}  // namespace
}  // namespace assay::plan
