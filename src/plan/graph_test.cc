#include "plan/graph.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "plan/sample_graph.h"

namespace assay::plan {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::optional<Graph> Build(const contract::Project& project, const SqlFacts& facts,
                           contract::Diagnostics& diagnostics) {
  return BuildGraph(project, SampleKinds(), facts, diagnostics);
}

TEST(Graph, NodesStandBehindTheirInputs) {
  contract::Diagnostics diagnostics;
  const auto graph = Build(SampleProject(), SampleFacts(), diagnostics);
  ASSERT_TRUE(graph) << diagnostics.Render();
  std::vector<std::string> names;
  for (const Node& node : graph->nodes) names.push_back(node.name);
  EXPECT_THAT(names, ElementsAre("flights", "airports", "unique", "joined", "checked", "train"));
  for (NodeId id = 0; id < graph->nodes.size(); ++id) {
    for (const Input& input : graph->nodes[id].inputs) {
      EXPECT_LT(input.node, id);
      EXPECT_EQ(graph->nodes[input.node].name, input.name);
    }
  }
  EXPECT_EQ(graph->Find("joined")->inputs.size(), 2U) << "a table read twice is one input";
}

TEST(Graph, UnknownInputIsShownWhereItStandsWithTheNearestName) {
  contract::Project project = SampleProject();
  project.steps[0].params["input"] = "fligths";
  contract::Diagnostics diagnostics;
  EXPECT_FALSE(Build(project, SampleFacts(), diagnostics));
  ASSERT_EQ(diagnostics.all().size(), 1U);
  EXPECT_EQ(PlaceText(diagnostics.all()[0].place), "assay.yaml:9:20");
  EXPECT_THAT(diagnostics.all()[0].message, HasSubstr("fligths"));
  EXPECT_EQ(diagnostics.all()[0].hint, "did you mean flights?");
}

// The name of a version that is read may have a dot; an output of it there is none.
TEST(Graph, AVersionIsASourceWithItsOwnName) {
  contract::Project project = SampleProject();
  contract::Declared version = SampleSource("flights@v1.train");
  version.kind = "version";
  project.sources.push_back(version);
  SqlFacts facts = SampleFacts();
  facts["joined"].tables.push_back({"flights@v1.train", {"assay.yaml", 8, 1}});
  contract::Diagnostics diagnostics;
  const auto graph = Build(project, facts, diagnostics);
  ASSERT_TRUE(graph) << diagnostics.Render();
  const Input& input = graph->Find("joined")->inputs.back();
  EXPECT_EQ(input.name, "flights@v1.train");
  EXPECT_EQ(input.output, "");
  EXPECT_EQ(graph->nodes[input.node].name, "flights@v1.train");
  EXPECT_EQ(graph->nodes[input.node].kind, "version");
  facts["joined"].tables.back().name = "flights@v1.test";
  EXPECT_FALSE(Build(project, facts, diagnostics));
}

TEST(Graph, ACycleIsToldWithItsPath) {
  contract::Project project = SampleProject();
  project.steps[0].params["input"] = "joined";
  contract::Diagnostics diagnostics;
  EXPECT_FALSE(Build(project, SampleFacts(), diagnostics));
  ASSERT_EQ(diagnostics.all().size(), 1U);
  EXPECT_THAT(diagnostics.all()[0].message, HasSubstr("unique reads joined reads unique"));
}

TEST(Graph, ANodeThatReadsItselfIsACycle) {
  contract::Project project = SampleProject();
  project.steps[0].params["input"] = "unique";
  contract::Diagnostics diagnostics;
  EXPECT_FALSE(Build(project, SampleFacts(), diagnostics));
  EXPECT_THAT(diagnostics.all()[0].message, HasSubstr("unique reads unique"));
}

TEST(Graph, RefusedRowsOfAGateAreAnOutput) {
  contract::Project project = SampleProject();
  project.steps.push_back(SampleDedup("again", "checked.refused"));
  contract::Diagnostics diagnostics;
  const auto graph = Build(project, SampleFacts(), diagnostics);
  ASSERT_TRUE(graph) << diagnostics.Render();
  EXPECT_EQ(graph->Find("again")->inputs[0].output, "refused");
}

TEST(Graph, StepsHaveNoRefusedRowsAndDatasetsAreTheEnd) {
  for (const char* name : {"unique.refused", "train", "checked.others"}) {
    contract::Project project = SampleProject();
    project.steps.push_back(SampleDedup("again", name));
    contract::Diagnostics diagnostics;
    EXPECT_FALSE(Build(project, SampleFacts(), diagnostics)) << name;
  }
}

contract::KindTables KindsThatCount() {
  contract::KindTables kinds = SampleKinds();
  kinds.sources[0].ledger = contract::Ledger::kAlways;
  kinds.steps[1].ledger = contract::Ledger::kIfRead;
  return kinds;
}

TEST(Graph, WhatWasDoneToValuesIsAnOutputOfNodesThatCountIt) {
  for (const char* name : {"flights.ledger", "unique.ledger"}) {
    contract::Project project = SampleProject();
    project.gates.push_back(SampleGate("counted", name));
    contract::Diagnostics diagnostics;
    const auto graph = BuildGraph(project, KindsThatCount(), SampleFacts(), diagnostics);
    ASSERT_TRUE(graph) << diagnostics.Render();
    EXPECT_EQ(graph->Find("counted")->inputs[0].output, "ledger");
    contract::Diagnostics none;
    EXPECT_FALSE(Build(project, SampleFacts(), none)) << "kinds that count nothing";
  }
  contract::Project project = SampleProject();
  project.gates.push_back(SampleGate("counted", "joined.ledger"));
  contract::Diagnostics diagnostics;
  EXPECT_FALSE(BuildGraph(project, KindsThatCount(), SampleFacts(), diagnostics));
  EXPECT_THAT(diagnostics.all().at(0).hint, HasSubstr("flights.ledger"));
}

// What is counted only where it is read makes another result there; what always is does not.
TEST(Graph, AReaderOfALedgerMakesItWritten) {
  const auto node = [](const std::string& name, bool is_read) {
    contract::Project project = SampleProject();
    if (is_read) project.gates.push_back(SampleGate("counted", name + ".ledger"));
    contract::Diagnostics diagnostics;
    const auto graph = BuildGraph(project, KindsThatCount(), SampleFacts(), diagnostics);
    EXPECT_TRUE(graph) << diagnostics.Render();
    return graph ? *graph->Find(name) : Node{};
  };
  EXPECT_TRUE(node("flights", false).writes_ledger);
  EXPECT_EQ(node("flights", false).params, node("flights", true).params);
  EXPECT_FALSE(node("unique", false).writes_ledger);
  EXPECT_TRUE(node("unique", true).writes_ledger);
  EXPECT_NE(node("unique", false).params, node("unique", true).params);
}

contract::KindTables KindsThatCompare() {
  contract::KindTables kinds = SampleKinds();
  kinds.checks = {
      {.name = "like", .params = {{.name = "against", .type = contract::ParamType::kInput}}}};
  return kinds;
}

contract::CheckDecl Like(const std::string& against) {
  contract::CheckDecl check;
  check.kind = "like";
  check.params = Json{{"against", against}};
  check.place = {"assay.yaml", 20, 8};
  check.places["against"] = {"assay.yaml", 20, 30};
  return check;
}

TEST(Graph, WhatACheckComparesWithIsAnInputOfItsGate) {
  contract::Project project = SampleProject();
  project.gates[0].checks = {Like("unique"), Like("airports"), Like("unique")};
  contract::Diagnostics diagnostics;
  const auto graph = BuildGraph(project, KindsThatCompare(), SampleFacts(), diagnostics);
  ASSERT_TRUE(graph) << diagnostics.Render();
  std::vector<std::string> names;
  for (const Input& input : graph->Find("checked")->inputs) names.push_back(input.name);
  EXPECT_THAT(names, ElementsAre("joined", "unique", "airports"));
}

TEST(Graph, ACheckComparesWithANodeThatIsNoDatasetAndNotItsOwnGate) {
  for (const auto& [against, why] : std::map<std::string, std::string>{
           {"airport", "did you mean airports?"},
           {"train", "a dataset is the end of a pipeline; read the gate it is made from"}}) {
    contract::Project project = SampleProject();
    project.gates[0].checks = {Like(against)};
    contract::Diagnostics diagnostics;
    EXPECT_FALSE(BuildGraph(project, KindsThatCompare(), SampleFacts(), diagnostics));
    EXPECT_EQ(PlaceText(diagnostics.all()[0].place), "assay.yaml:20:30");
    EXPECT_EQ(diagnostics.all()[0].message, "`checked` reads what nothing makes: " + against);
    EXPECT_EQ(diagnostics.all()[0].hint, why);
  }
  contract::Project project = SampleProject();
  project.gates[0].checks = {Like("checked.refused")};
  contract::Diagnostics diagnostics;
  EXPECT_FALSE(BuildGraph(project, KindsThatCompare(), SampleFacts(), diagnostics));
  EXPECT_THAT(diagnostics.all()[0].message, HasSubstr("checked reads checked"));
}

TEST(Graph, WrittenInputsWinOverReadOnes) {
  contract::Project project = SampleProject();
  project.steps[1].params["inputs"] = Json::array({"airports"});
  contract::Diagnostics diagnostics;
  const auto graph = Build(project, SampleFacts(), diagnostics);
  ASSERT_TRUE(graph);
  ASSERT_EQ(graph->Find("joined")->inputs.size(), 1U);
  EXPECT_EQ(graph->Find("joined")->inputs[0].name, "airports");
}

TEST(Graph, PathsOwnersAndNamesAreNoParameters) {
  contract::Diagnostics diagnostics;
  const auto graph = Build(SampleProject(), SampleFacts(), diagnostics);
  EXPECT_TRUE(graph->Find("flights")->params.empty());
  EXPECT_THAT(graph->Find("unique")->params, ElementsAre(testing::Pair("rows", "\"whole\"")));
  EXPECT_EQ(graph->Find("joined")->params.at("sql"), "\"tree-1\"");
}

// flights -> chosen (row-local) -> joined, and what reads `chosen` beside.
class Fusing : public testing::Test {
 protected:
  Fusing() {
    project_.steps.push_back(SampleSql("chosen"));
    facts_["chosen"] = {{{"flights", {}}}, "tree-2", true};
    facts_["joined"] = {{{"chosen", {}}, {"airports", {}}}, "tree-1", false};
  }

  bool IsFused() {
    contract::Diagnostics diagnostics;
    const auto graph = Build(project_, facts_, diagnostics);
    EXPECT_TRUE(graph) << diagnostics.Render();
    return graph && graph->Find("chosen")->fused;
  }

  contract::Project project_ = SampleProject();
  SqlFacts facts_ = SampleFacts();
};

TEST_F(Fusing, ARowLocalStepIsComputedByTheOneStepThatReadsIt) { EXPECT_TRUE(IsFused()); }

TEST_F(Fusing, WhatIsMoreThanRowLocalIsWritten) {
  facts_["chosen"].row_local = false;
  EXPECT_FALSE(IsFused());
}

TEST_F(Fusing, WhoAsksForItsRowsGetsThem) {
  project_.steps.back().execution.materialize = true;
  EXPECT_FALSE(IsFused());
}

TEST_F(Fusing, WhatTwoStepsReadIsWrittenUnlessTheyAreToldOtherwise) {
  project_.steps.push_back(SampleSql("other"));
  facts_["other"] = {{{"chosen", {}}}, "tree-3", false};
  EXPECT_FALSE(IsFused());
  project_.steps[2].execution.materialize = false;
  EXPECT_TRUE(IsFused());
}

TEST_F(Fusing, WhatAGateADatasetADedupOrAMonitorReadsIsWritten) {
  const contract::Project plain = project_;
  project_.gates.push_back(SampleGate("judged", "chosen"));
  EXPECT_FALSE(IsFused());
  project_ = plain;
  project_.datasets.push_back(SampleDataset("kept", "chosen"));
  EXPECT_FALSE(IsFused());
  project_ = plain;
  project_.steps.push_back(SampleDedup("once", "chosen"));
  EXPECT_FALSE(IsFused());
  project_ = plain;
  project_.monitors.emplace_back().watch = "chosen";
  EXPECT_FALSE(IsFused());
}

TEST_F(Fusing, WhoseLedgerIsReadIsWritten) {
  contract::KindTables kinds = SampleKinds();
  kinds.steps[0].ledger = contract::Ledger::kAlways;
  facts_["joined"] = {{{"chosen", {}}, {"chosen.ledger", {}}}, "tree-1", false};
  contract::Diagnostics diagnostics;
  const auto graph = BuildGraph(project_, kinds, facts_, diagnostics);
  ASSERT_TRUE(graph) << diagnostics.Render();
  EXPECT_FALSE(graph->Find("chosen")->fused);
}

TEST_F(Fusing, WhatCannotBeFusedSaysWhyWhereItWasAsked) {
  project_.gates.push_back(SampleGate("judged", "chosen"));
  project_.steps.back().execution.materialize = false;
  project_.steps.back().execution.materialize_place = {"assay.yaml", 8, 30};
  contract::Diagnostics diagnostics;
  EXPECT_FALSE(Build(project_, facts_, diagnostics));
  ASSERT_EQ(diagnostics.all().size(), 1U);
  EXPECT_EQ(PlaceText(diagnostics.all()[0].place), "assay.yaml:8:30");
  EXPECT_EQ(diagnostics.all()[0].message,
            "the rows of `chosen` must be written: gate `judged` reads them");
}

// flights, cut into months -> unique (dedup) -> joined with airports -> checked
class Parts : public testing::Test {
 protected:
  Parts() {
    project_.sources[0].partition = contract::Partition{"month", "date", {}};
    facts_["joined"].distributes = {"unique", "airports"};
  }

  Graph Built() {
    contract::Diagnostics diagnostics;
    auto graph = Build(project_, facts_, diagnostics);
    EXPECT_TRUE(graph) << diagnostics.Render();
    return graph ? std::move(*graph) : Graph{};
  }

  contract::Project project_ = SampleProject();
  SqlFacts facts_ = SampleFacts();
};

TEST_F(Parts, GoThroughWhatDistributesOverThem) {
  const Graph graph = Built();
  EXPECT_EQ(graph.Find("unique")->by_part, 0U) << "equal rows lie in one month";
  EXPECT_EQ(graph.Find("joined")->by_part, 0U);
  EXPECT_TRUE(graph.Find("checked")->parts.has_value());
  EXPECT_EQ(graph.Find("checked")->by_part, 0U) << "counts of bad rows add up";
  EXPECT_FALSE(graph.Find("train")->parts.has_value());
  EXPECT_FALSE(graph.Find("airports")->parts.has_value());
}

TEST_F(Parts, EndWhereAStepLooksAtAllRows) {
  facts_["joined"].distributes = {"airports"};
  const Graph graph = Built();
  EXPECT_FALSE(graph.Find("joined")->by_part.has_value());
  EXPECT_FALSE(graph.Find("joined")->parts.has_value());
  EXPECT_FALSE(graph.Find("checked")->parts.has_value());
}

TEST_F(Parts, RepeatsMayLieInSeveralFiles) {
  project_.sources[0].partition = contract::Partition{"file", "", {}};
  const Graph graph = Built();
  EXPECT_FALSE(graph.Find("unique")->by_part.has_value());
  EXPECT_TRUE(graph.Find("unique")->parts.has_value()) << "the rest keeps its parts";
}

TEST_F(Parts, RepeatsOfAKeyStayInAPartWithItsColumn) {
  project_.steps[0].params = Json{{"input", "flights"}, {"key", {"flight"}}};
  contract::KindTables kinds = SampleKinds();
  kinds.steps[1].params.push_back({.name = "key", .type = contract::ParamType::kColumns});
  contract::Diagnostics diagnostics;
  const auto without = BuildGraph(project_, kinds, facts_, diagnostics);
  EXPECT_FALSE(without->Find("unique")->by_part.has_value());
  project_.steps[0].params["key"].push_back("Date");
  const auto with = BuildGraph(project_, kinds, facts_, diagnostics);
  EXPECT_EQ(with->Find("unique")->by_part, 0U);
}

TEST_F(Parts, BehindAStepThatMayHaveChangedItNobodyKnowsTheirColumn) {
  project_.steps.push_back(SampleDedup("again", "joined"));
  EXPECT_FALSE(Built().Find("again")->by_part.has_value());
  EXPECT_TRUE(Built().Find("again")->parts.has_value());
  facts_["joined"].kept = {{"airports", "date", "date"}};
  EXPECT_FALSE(Built().Find("again")->by_part.has_value()) << "a date of another table";
  facts_["joined"].kept = {{"unique", "Date", "day"}};
  EXPECT_EQ(Built().Find("again")->by_part, 0U);
  EXPECT_EQ(Built().Find("joined")->parts->column, "day");
  facts_["joined"].kept = {{"unique", "*", "*"}};
  EXPECT_EQ(Built().Find("joined")->parts->column, "date");
}

// A gate is judged part by part only where the parts say all of the whole.
class GateParts : public Parts {
 protected:
  GateParts() {
    facts_["joined"].kept = {{"unique", "date", "date"}};
    kinds_.checks.push_back({.name = "number", .over_parts = contract::OverParts::kNumber});
    kinds_.checks.push_back({.name = "all_rows"});
    kinds_.checks.push_back({.name = "equal",
                             .subject = "columns",
                             .over_parts = contract::OverParts::kCounts,
                             .together = "columns"});
    kinds_.checks.push_back({.name = "conflict",
                             .subject = "label",
                             .over_parts = contract::OverParts::kCounts,
                             .together = "inputs"});
  }

  bool ByPart() {
    contract::Diagnostics diagnostics;
    const auto graph = BuildGraph(project_, kinds_, facts_, diagnostics);
    EXPECT_TRUE(graph.has_value());
    return graph->Find("checked")->by_part == 0U;
  }

  bool ByPartWith(const std::string& kind, Json params) {
    contract::Gate& gate = project_.gates[0];
    const auto before = gate.checks;
    contract::CheckDecl& check = gate.checks.emplace_back();
    check.kind = kind;
    check.name = kind;
    check.params = std::move(params);
    const bool by_part = ByPart();
    gate.checks = before;
    return by_part;
  }

  contract::KindTables kinds_ = SampleKinds();
};

TEST_F(GateParts, NeedChecksWhoseCountsAddUp) {
  EXPECT_TRUE(ByPart());
  EXPECT_TRUE(ByPartWith("number", Json::object()));
  EXPECT_FALSE(ByPartWith("all_rows", Json::object()));
}

TEST_F(GateParts, NeedComparedRowsInOnePart) {
  EXPECT_TRUE(ByPartWith("equal", {{"columns", {"flight", "DATE"}}}));
  EXPECT_FALSE(ByPartWith("equal", {{"columns", {"flight"}}}));
  EXPECT_FALSE(ByPartWith("equal", {{"columns", "flight"}}));
  EXPECT_TRUE(ByPartWith("conflict", {{"label", "late"}})) << "all columns but the label";
  EXPECT_FALSE(ByPartWith("conflict", {{"label", "date"}}));
  EXPECT_FALSE(ByPartWith("conflict", {{"label", "late"}, {"inputs", {"flight"}}}));
  facts_["joined"].kept.clear();
  EXPECT_FALSE(ByPartWith("equal", {{"columns", {"date"}}})) << "another date, perhaps";
  EXPECT_TRUE(ByPart());
  project_.sources[0].partition = contract::Partition{"file", "", {}};
  EXPECT_FALSE(ByPartWith("equal", {{"columns", {"date"}}}));
}

TEST_F(GateParts, NeedAQuarantine) {
  project_.gates[0].bad_rows = contract::BadRows::kKeep;
  EXPECT_FALSE(ByPart());
  project_.gates[0].bad_rows = contract::BadRows::kDrop;
  EXPECT_FALSE(ByPart());
}

// `joined` reads the months themselves beside a row-local step over them: by one name they would be
// a month for the one and the whole for the other.
TEST_F(Parts, WhatIsReadTwiceIsNotFused) {
  project_.steps.push_back(SampleSql("chosen"));
  facts_["chosen"] = {{{"flights", {}}}, "tree-2", true, {"flights"}};
  facts_["joined"] = {{{"chosen", {}}, {"airports", {}}}, "tree-1", false, {"chosen"}};
  EXPECT_TRUE(Built().Find("chosen")->fused);
  facts_["joined"].tables.push_back({"flights", {}});
  const Graph graph = Built();
  EXPECT_FALSE(graph.Find("chosen")->fused);
  EXPECT_EQ(graph.Find("joined")->by_part, 0U);
  project_.steps.back().execution.materialize = false;
  contract::Diagnostics diagnostics;
  EXPECT_FALSE(Build(project_, facts_, diagnostics));
  EXPECT_EQ(diagnostics.all()[0].message,
            "the rows of `chosen` must be written: `joined` reads `flights`, which has parts, also "
            "in another way");
  project_.sources[0].partition.reset();
  EXPECT_TRUE(Built().Find("chosen")->fused) << "without parts there is only the whole";
}

}  // namespace
}  // namespace assay::plan
