/// Rows that a gate or a source refused, with the rows of source files that they come from.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/engine.h"
#include "run/row_origin.h"
#include "store/object_store.h"
#include "store/table.h"

namespace assay::run {

struct RefusedRows {
  engine::Grid grid;
  /// Of each row; empty where a table has none: a source's rows tell their place themselves.
  std::vector<std::vector<RowOrigin>> origins;
};

/// The columns of refused rows: those of the input, then `_assay_file` (sha256 of the stored file),
/// `_assay_row` (its number in it, from 0) and `_assay_reasons`.
Schema WithRefusalColumns(Schema schema);
/// The refused rows where there are none: a table of no files.
Result<store::Table> NothingRefused(const Schema& schema);
/// How many rows of a run the record names.
inline constexpr std::uint64_t kRefusedExamples = 3;
/// The first of them, as far as it is known where they come from: `data/a.csv row 3: range_delay`.
Result<std::vector<std::string>> RefusedExamples(const store::ObjectStore& objects,
                                                 engine::Engine& engine, const std::string& node,
                                                 const store::Table& table);

/// The first rows of the refused table of `node`, by their place, of which the same are first each
/// time. `limit` 0: all.
Result<RefusedRows> ReadRefused(const store::ObjectStore& objects, engine::Engine& engine,
                                const std::string& node, const store::Table& table,
                                const std::vector<std::string>& columns, std::uint64_t limit);

}  // namespace assay::run
