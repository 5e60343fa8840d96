// A contract from a stranger: it is read or refused with a message, and its checks can enter a
// fingerprint.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "base/json.h"
#include "contract/odcs.h"
#include "contract/sample_kinds.h"

namespace {

void Require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const assay::contract::KindTables kKinds = assay::contract::SampleKinds();
  const std::string text(reinterpret_cast<const char*>(data), size);
  assay::contract::Diagnostics diagnostics;
  const auto contract = assay::contract::ParseContract("c.odcs.yaml", text, kKinds, diagnostics);
  Require(contract.has_value() != diagnostics.has_errors());
  Require(!diagnostics.has_errors() || !diagnostics.Render().empty());
  Require(!diagnostics.ToJson().dump().empty());
  if (!contract) return 0;
  for (const auto& check : contract->checks) {
    Require(!check.name.empty());
    Require(assay::CanonicalJson(check.params).ok());
    if (check.bound) Require(!assay::contract::BoundText(*check.bound).empty());
  }
  return 0;
}
