#include "plan/axes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "plan/sample_graph.h"

namespace assay::plan {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

contract::KindTables KindsWithChecks() {
  contract::KindTables kinds = SampleKinds();
  kinds.checks = {{.name = "not_null", .axis = contract::kIntegrity},
                  {.name = "conflict", .axis = contract::kLabelAccuracy},
                  {.name = "share", .axis = contract::kClassBalance},
                  {.name = "age",
                   .params = {{.name = "against", .type = contract::ParamType::kInput}},
                   .axis = contract::kRelevance},
                  {.name = "range", .axis = contract::kIntegrity}};
  return kinds;
}

contract::CheckDecl CheckOf(const std::string& kind) {
  contract::CheckDecl check;
  check.kind = kind;
  return check;
}

std::vector<std::string> Warnings(const contract::Project& project) {
  contract::Diagnostics diagnostics;
  const auto graph = BuildGraph(project, KindsWithChecks(), SampleFacts(), diagnostics);
  EXPECT_TRUE(graph) << diagnostics.Render();
  WarnOfMissingAxes(project, *graph, KindsWithChecks(), diagnostics);
  std::vector<std::string> texts;
  for (const contract::Diagnostic& each : diagnostics.all()) {
    EXPECT_EQ(each.severity, contract::Severity::kWarning);
    texts.push_back(PlaceText(each.place) + " " + each.message + "|" + each.hint);
  }
  return texts;
}

contract::Project Labelled() {
  contract::Project project = SampleProject();
  project.datasets[0].label = "late";
  project.datasets[0].label_place = {"assay.yaml", 30, 12};
  return project;
}

TEST(Axes, EachMissingOneIsAWarningAtTheLabel) {
  contract::Project project = Labelled();
  project.gates[0].checks = {CheckOf("range"), CheckOf("share")};
  EXPECT_THAT(
      Warnings(project),
      ElementsAre("assay.yaml:30:12 no check on label_accuracy before this labelled dataset: "
                  "train|add one to it or to a gate before it, of such a kind: conflict",
                  "assay.yaml:30:12 no check on relevance before this labelled dataset: "
                  "train|add one to it or to a gate before it, of such a kind: age"));
}

TEST(Axes, AllGatesBeforeTheDatasetCount) {
  contract::Project project = Labelled();
  project.gates.push_back(SampleGate("first", "unique"));
  project.gates[0].checks = {CheckOf("conflict"), CheckOf("age")};
  project.gates[1].checks = {CheckOf("share"), CheckOf("not_null")};
  EXPECT_EQ(Warnings(project).size(), 2U);
  project.gates[1].input = "flights";
  project.steps[0].params["input"] = "first";
  EXPECT_THAT(Warnings(project), IsEmpty());
}

TEST(Axes, AGateOfTheTargetAloneDoesNotCount) {
  contract::Project project = Labelled();
  project.gates.push_back(SampleGate("target", "airports"));
  project.gates[1].checks = {CheckOf("conflict"), CheckOf("share"), CheckOf("not_null")};
  project.gates[0].checks = {CheckOf("age")};
  project.gates[0].checks[0].params = Json{{"against", "target"}};
  EXPECT_EQ(Warnings(project).size(), 3U);
}

TEST(Axes, ADatasetWithoutALabelLacksNone) { EXPECT_THAT(Warnings(SampleProject()), IsEmpty()); }

TEST(Axes, ItsOwnChecksCount) {
  contract::Project project = Labelled();
  project.datasets[0].checks = {CheckOf("share"), CheckOf("age")};
  EXPECT_EQ(Warnings(project).size(), 2U);
}

TEST(Axes, AnUngatedDatasetLacksAll) {
  contract::Project project = Labelled();
  project.datasets[0].input = "joined";
  EXPECT_EQ(Warnings(project).size(), 4U);
}

TEST(Axes, AnUnknownKindIsOnNone) {
  const contract::CheckDecl check = CheckOf("strange");
  EXPECT_EQ(MissingAxes({&check}, KindsWithChecks()).size(), 4U);
}

}  // namespace
}  // namespace assay::plan
