/// What the files that implement `Catalog` share.
#pragma once

#include <memory>
#include <string>

#include "base/clock.h"
#include "base/json.h"
#include "store/catalog.h"
#include "store/sqlite.h"

namespace assay::store {

struct Catalog::State {
  std::unique_ptr<Database> database;
  const Clock* clock;
};

/// Values of the `ref` table's `kind`.
inline constexpr auto kBranch = "branch";
inline constexpr auto kTag = "tag";
inline constexpr auto kVersion = "version";

/// JSON for a column. Text that is no UTF-8 (a file's name may be) is written with U+FFFD.
std::string ColumnText(const Json& json);
/// JSON from a column; `column` names it in the error.
Result<Json> ColumnJson(const std::string& text, const std::string& column);

}  // namespace assay::store
