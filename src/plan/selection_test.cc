#include "plan/selection.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "plan/plan.h"
#include "plan/sample_graph.h"

namespace assay::plan {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

// flights, airports -> unique, joined -> checked -> train
class SelectionTest : public testing::Test {
 protected:
  SelectionTest() {
    contract::Project project = SampleProject();
    project.steps[0].execution.tags = {"nightly"};
    project.gates[0].execution.tags = {"nightly", "slow"};
    contract::Diagnostics diagnostics;
    graph_ = *BuildGraph(project, SampleKinds(), SampleFacts(), diagnostics);
  }

  std::vector<std::string> Selected(const Selection& selection) {
    const auto selected = SelectNodes(graph_, selection);
    if (!selected.ok()) return {selected.error().message, selected.error().hint};
    std::vector<std::string> names;
    for (NodeId id = 0; id < graph_.nodes.size(); ++id) {
      if ((*selected)[id]) names.push_back(graph_.nodes[id].name);
    }
    std::sort(names.begin(), names.end());
    return names;
  }

  Graph graph_;
};

TEST_F(SelectionTest, NothingAskedForIsEverything) {
  EXPECT_THAT(Selected({}),
              ElementsAre("airports", "checked", "flights", "joined", "train", "unique"));
}

TEST_F(SelectionTest, ANodeIsItselfAlone) {
  EXPECT_THAT(Selected({{"joined"}, {}, {}}), ElementsAre("joined"));
}

TEST_F(SelectionTest, APlusReachesToEitherSide) {
  EXPECT_THAT(Selected({{"+joined"}, {}, {}}),
              ElementsAre("airports", "flights", "joined", "unique"));
  EXPECT_THAT(Selected({{"joined+"}, {}, {}}), ElementsAre("checked", "joined", "train"));
  EXPECT_THAT(Selected({{"+unique+"}, {}, {}}),
              ElementsAre("checked", "flights", "joined", "train", "unique"));
}

TEST_F(SelectionTest, UntilIsWithAllBefore) {
  EXPECT_THAT(Selected({{}, {"unique"}, {}}), ElementsAre("flights", "unique"));
}

TEST_F(SelectionTest, TagsAndNamesUnite) {
  EXPECT_THAT(Selected({{}, {}, {"tag:nightly"}}), ElementsAre("checked", "unique"));
  EXPECT_THAT(Selected({{"airports"}, {}, {"tag:slow"}}), ElementsAre("airports", "checked"));
}

TEST_F(SelectionTest, AnUnknownNodeIsToldWithTheNearest) {
  EXPECT_THAT(Selected({{"+joind"}, {}, {}}),
              ElementsAre("no such node: joind", "did you mean joined?"));
  EXPECT_THAT(Selected({{}, {}, {"tag:nightli"}}),
              ElementsAre("no such tag: nightli", "did you mean nightly?"));
  EXPECT_THAT(Selected({{}, {}, {"nightly"}}),
              ElementsAre("nodes are selected by tag: nightly", HasSubstr("write tag:nightly")));
}

// ---- what the plan makes of it ----

class FakeResults {
 public:
  Lookups AsLookups() {
    Lookups lookups;
    lookups.result = [this](const Node&,
                            const std::string& fingerprint) -> Result<std::optional<Known>> {
      const auto found = known.find(fingerprint);
      if (found == known.end()) return std::optional<Known>();
      return std::optional<Known>(found->second);
    };
    lookups.newest_manifest = [](const std::string&) -> Result<std::optional<std::string>> {
      return std::optional<std::string>();
    };
    return lookups;
  }
  std::map<std::string, Known> known;
};

class WishTest : public SelectionTest {
 protected:
  WishTest() : files_(graph_.nodes.size()) {
    for (NodeId id = 0; id < graph_.nodes.size(); ++id) {
      if (graph_.nodes[id].type == NodeType::kSource) files_[id].files = {graph_.nodes[id].name};
    }
  }

  // Everything up to and with `last` has run.
  void RunUntil(const std::string& last) {
    Progress progress;
    progress.states.resize(graph_.nodes.size());
    const NodeId end = static_cast<NodeId>(graph_.Find(last) - graph_.nodes.data());
    for (NodeId id = 0; id <= end; ++id) {
      const auto decision =
          Decide(graph_, id, files_[id], progress, "duckdb/1", results_.AsLookups());
      Known known;
      known.outputs[""] = "content of " + graph_.nodes[id].name;
      known.evidence = decision->evidence;
      results_.known[decision->fingerprint] = known;
      progress.states[id] = StateAfter(graph_.nodes[id], *decision, known);
    }
  }

  std::vector<std::string> Planned(const Selection& selection, bool force = false) {
    Wish wish;
    wish.selected = *SelectNodes(graph_, selection);
    wish.force = force;
    const auto plan = MakePlan(graph_, files_, "duckdb/1", results_.AsLookups(), wish);
    std::vector<std::string> texts;
    for (NodeId id = 0; id < graph_.nodes.size(); ++id) {
      texts.push_back(graph_.nodes[id].name + " " + ActionText(plan->decisions[id].action));
    }
    std::sort(texts.begin(), texts.end());
    return texts;
  }

  std::vector<Resolved> files_;
  FakeResults results_;
};

TEST_F(WishTest, WhatReadsSomethingOutOfDateIsRefused) {
  EXPECT_THAT(Planned({{"joined"}, {}, {}}),
              ElementsAre("airports leave", "checked skip", "flights leave", "joined refuse",
                          "train skip", "unique leave"));
  Wish wish;
  wish.selected = *SelectNodes(graph_, {{"joined"}, {}, {}});
  const auto plan = MakePlan(graph_, files_, "duckdb/1", results_.AsLookups(), wish);
  const auto joined = static_cast<NodeId>(graph_.Find("joined") - graph_.nodes.data());
  EXPECT_EQ(plan->decisions[joined].reason, "flights is not up to date (never ran)");
}

TEST_F(WishTest, WhatReadsUpToDateResultsRuns) {
  RunUntil("airports");
  RunUntil("unique");
  EXPECT_THAT(Planned({{"joined"}, {}, {}}),
              testing::IsSupersetOf({std::string("joined run"), std::string("unique cached")}));
}

TEST_F(WishTest, ForceRunsWhatIsSelectedAndNothingElse) {
  RunUntil("train");
  EXPECT_THAT(Planned({{"unique"}, {}, {}}, true),
              testing::IsSupersetOf({std::string("unique run"), std::string("flights cached")}));
  EXPECT_THAT(Planned({{"unique"}, {}, {}}, false),
              testing::IsSupersetOf({std::string("unique cached"), std::string("train cached")}));
}

}  // namespace
}  // namespace assay::plan
