// The project file: whatever it holds, it is read or refused with a message, and what was read can
// enter a fingerprint.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <string>

#include "base/json.h"
#include "contract/project.h"
#include "contract/sample_kinds.h"

namespace {

void Require(bool holds) {
  if (!holds) std::abort();
}

void RequireCanonical(const assay::Json& params) {
  Require(params.is_null() || assay::CanonicalJson(params).ok());
}

void CheckProject(const std::map<std::string, std::string>& files, const std::string& environment) {
  static const assay::contract::KindTables kKinds = assay::contract::SampleKinds();
  assay::contract::Diagnostics diagnostics;
  const auto project = assay::contract::ParseProject(files, kKinds, diagnostics, environment);
  Require(project.has_value() != diagnostics.has_errors());
  Require(!diagnostics.has_errors() || !diagnostics.Render().empty());
  Require(!diagnostics.ToJson().dump().empty());
  if (!project) return;
  for (const auto& source : project->sources) RequireCanonical(source.params);
  for (const auto& step : project->steps) RequireCanonical(step.params);
  for (const auto& dataset : project->datasets) RequireCanonical(dataset.split_params);
  for (const auto& gate : project->gates) {
    for (const auto& check : gate.checks) RequireCanonical(check.params);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::map<std::string, std::string> files = {
      {"assay.yaml", std::string(reinterpret_cast<const char*>(data), size)},
      {"sql/joined.sql", "SELECT * FROM plausible"},
      {"contracts/a.yaml",
       "{apiVersion: v3.1.0, kind: DataContract, id: a, version: 1, status: active, schema: "
       "[{name: "
       "a, properties: [{name: delay, required: true}]}]}"},
      {"sql/vars.sql", "SELECT ${vars.column} FROM a WHERE x > ${vars.least}"},
      {"pipelines/a.yaml",
       "{vars: {column: x}, sources: {more: {files: \"${vars.folder}/a.csv\"}}}"},
      {"pipelines/again.yaml", "include: assay.yaml"},
      {"environments/dev.yaml", "vars: {folder: small, least: 3}"},
  };
  CheckProject(files, "");
  CheckProject(files, "dev");
  return 0;
}
