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

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const assay::contract::KindTables kKinds = assay::contract::SampleKinds();
  const std::map<std::string, std::string> files = {
      {"assay.yaml", std::string(reinterpret_cast<const char*>(data), size)},
      {"sql/joined.sql", "SELECT * FROM plausible"},
      {"contracts/a.yaml",
       "{apiVersion: v3.1.0, kind: DataContract, id: a, version: 1, status: active, schema: "
       "[{name: "
       "a, properties: [{name: delay, required: true}]}]}"},
  };
  assay::contract::Diagnostics diagnostics;
  const auto project = assay::contract::ParseProject(files, kKinds, diagnostics);
  Require(project.has_value() != diagnostics.has_errors());
  Require(!diagnostics.has_errors() || !diagnostics.Render().empty());
  Require(!diagnostics.ToJson().dump().empty());
  if (!project) return 0;
  for (const auto& source : project->sources) RequireCanonical(source.params);
  for (const auto& step : project->steps) RequireCanonical(step.params);
  for (const auto& dataset : project->datasets) RequireCanonical(dataset.split_params);
  for (const auto& gate : project->gates) {
    for (const auto& check : gate.checks) RequireCanonical(check.params);
  }
  return 0;
}
