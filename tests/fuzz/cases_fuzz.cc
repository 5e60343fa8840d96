// A file of cases: whatever it holds, it is read or refused with a message.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "contract/cases.h"

namespace {

void Require(bool holds) {
  if (!holds) std::abort();
}

void RequireRow(const assay::contract::YamlNode& row) {
  Require(row.is_mapping());
  for (const auto& entry : row.entries) {
    const auto look = assay::contract::CellFormOf(entry.value);
    Require(assay::contract::CellFormText(look)[0] != '\0');
    Require((look == assay::contract::CellForm::kNull) == entry.value.is_null());
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  assay::contract::Diagnostics diagnostics;
  const auto cases = assay::contract::ReadCases("tests/a.yaml", text, diagnostics);
  Require(!diagnostics.ToJson().dump().empty());
  if (diagnostics.has_errors()) {
    Require(!diagnostics.Render().empty());
    return 0;
  }
  for (const auto& test : cases) {
    Require(!test.name.empty() && !test.node.empty() && test.place.line > 0);
    Require(test.only.size() == test.only_places.size());
    for (const auto& rows : test.given) {
      Require(rows.file.empty() || rows.rows.empty());
      for (const auto& row : rows.rows) RequireRow(row);
    }
    if (test.expect) {
      for (const auto& row : test.expect->rows) RequireRow(row);
    }
    if (!test.expect_refused) continue;
    for (const auto& refused : *test.expect_refused) {
      RequireRow(refused.row);
      if (refused.checks) Require(refused.checks->size() == refused.check_places.size());
    }
  }
  return 0;
}
