/// A small project for tests: flights -> unique -> checked -> train, with airports joined in.
#pragma once

#include "contract/project.h"
#include "plan/graph.h"

namespace assay::plan {

inline contract::KindTables SampleKinds() {
  using contract::ParamType;
  contract::KindTables kinds;
  kinds.sources = {{.name = "parquet", .params = {{.name = "files", .type = ParamType::kPaths}}}};
  kinds.steps = {{.name = "sql",
                  .params = {{.name = "sql", .type = ParamType::kText},
                             {.name = "inputs", .type = ParamType::kInputs}}},
                 {.name = "dedup",
                  .params = {{.name = "input", .type = ParamType::kInput},
                             {.name = "rows", .type = ParamType::kString}},
                  .over_parts = contract::OverParts::kRows,
                  .together = "key"}};
  return kinds;
}

inline contract::Declared SampleSource(const std::string& name) {
  contract::Declared source;
  source.name = name;
  source.kind = "parquet";
  source.params = Json{{"files", Json::array({name + ".parquet"})}};
  return source;
}

inline contract::Declared SampleSql(const std::string& name) {
  contract::Declared step;
  step.name = name;
  step.kind = "sql";
  step.params = Json{{"sql", "SELECT 1"}};
  step.place = {"assay.yaml", 7, 3};
  return step;
}

inline contract::Declared SampleDedup(const std::string& name, const std::string& input) {
  contract::Declared step;
  step.name = name;
  step.kind = "dedup";
  step.params = Json{{"input", input}, {"rows", "whole"}};
  step.places["input"] = {"assay.yaml", 9, 20};
  return step;
}

inline contract::Gate SampleGate(const std::string& name, const std::string& input) {
  contract::Gate gate;
  gate.name = name;
  gate.input = input;
  return gate;
}

inline contract::Dataset SampleDataset(const std::string& name, const std::string& input) {
  contract::Dataset dataset;
  dataset.name = name;
  dataset.input = input;
  return dataset;
}

inline contract::Project SampleProject() {
  contract::Project project;
  project.steps = {SampleDedup("unique", "flights"), SampleSql("joined")};
  project.sources = {SampleSource("flights"), SampleSource("airports")};
  project.gates = {SampleGate("checked", "joined")};
  project.datasets = {SampleDataset("train", "checked")};
  return project;
}

inline SqlFacts SampleFacts() {
  return {{"joined", {{{"unique", {}}, {"airports", {}}, {"unique", {}}}, "tree-1"}}};
}

}  // namespace assay::plan
