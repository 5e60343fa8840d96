/// From a stored row back to the rows of source files that it was made of (docs/design/0006).
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "run/workspace.h"
#include "store/lineage.h"
#include "store/table.h"

namespace assay::run {

/// The column that holds ids where Assay's own SQL makes rows.
inline constexpr char kRowIdColumn[] = "_assay_row_id";

/// Keeps what a table is made of as an object; returns its sha256.
Result<std::string> PutTable(store::ObjectStore& objects, const store::Table& table);
/// Of rows that each come from the row of a table that `kRowIdColumn` says.
Result<std::shared_ptr<const store::Lineage>> LineageOfInput(Workspace& workspace,
                                                             const std::string& input,
                                                             const store::Table& table);

/// A row of a table: the number of its file and its number in it, both from 0.
struct RowPlace {
  std::size_t file = 0;
  std::uint64_t row = 0;
};

/// A row of a source's file.
struct RowOrigin {
  std::string location;
  std::uint64_t row = 0;  ///< from 1, among those that could be read
  std::string lost;       ///< why it is not known, and from where on: `totals: GROUP BY`

  bool operator==(const RowOrigin&) const = default;
};

/// For each place in a table, which is called `name`, the rows it was made of, in the order of the
/// tables in FROM. What is lost on the way, also because it was swept, is said and is no error.
Result<std::vector<std::vector<RowOrigin>>> FindOrigins(const store::ObjectStore& objects,
                                                        engine::Engine& engine,
                                                        const std::string& name,
                                                        const store::Table& table,
                                                        const std::vector<RowPlace>& places);

/// `data/a.csv row 3, airports.csv row 17`; `unknown (totals: GROUP BY)`.
std::string OriginsText(const std::vector<RowOrigin>& origins);
/// `[{"location", "row"}]`, or `{"lost"}` in place of one.
Json OriginsJson(const std::vector<RowOrigin>& origins);

}  // namespace assay::run
