/// Opens the catalog's file: creates it, checks its version, or falls back to reading only.
#pragma once

#include <filesystem>
#include <memory>

#include "base/clock.h"
#include "base/result.h"
#include "store/sqlite.h"

namespace assay::store {

/// The version of the tables that this program knows (`PRAGMA user_version`).
inline constexpr int kCatalogVersion = 4;

/// As `Catalog::Open` says; null where nothing has been made yet and `create` is not set.
Result<std::unique_ptr<Database>> OpenCatalogFile(const std::filesystem::path& root, bool create,
                                                  const Clock& clock);

}  // namespace assay::store
