/// What a node's output or a version's split is made of: immutable files and what they hold.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "base/type.h"
#include "store/lineage.h"

namespace assay::store {

struct FileRef {
  std::string sha256;
  std::uint64_t bytes = 0;
  std::uint64_t rows = 0;
  /// Smallest and largest value per column as text; only in commits, may be empty.
  std::map<std::string, std::string> min, max;
  /// Of a node's table; none where an older program made it.
  std::shared_ptr<const Lineage> lineage = nullptr;
};

/// Places of rows in some files that do not count: a Parquet file with the columns `file`, an index
/// into them, and `row`, both from 0. Its `rows` is their number.
using Removed = std::optional<FileRef>;

/// The rows of a month, or of one file. It has some of the table's files, behind those of the parts
/// before it.
struct Part {
  std::string key;  ///< `2001-06`, `data/a.csv`; a table has each once
  std::uint64_t rows = 0;
  std::string sum;        ///< of its rows, 32 hex digits
  std::size_t files = 0;  ///< how many
  Removed removed;
};

/// The output of a node (no canonical order promised).
struct Table {
  Schema schema;
  std::uint64_t rows = 0;
  std::string content_id;
  std::string sum;  ///< of its rows, 32 hex digits; empty where an older program did not keep it
  std::vector<FileRef> files;
  Removed removed;  ///< of a table without parts
  /// By key. Empty for a table that is not partitioned. The content does not depend on them.
  std::vector<Part> parts;
};

/// The files and what tells which of their rows count.
std::vector<FileRef> AllFiles(const Table& table);
/// Of the rows of all files: `join`, `none: GROUP BY`; empty where nobody knows.
std::string LineageWords(const Table& table);

/// The parts as tables of their own, in order.
Result<std::vector<Table>> PartsAsTables(const Table& table);
/// The same tables, which have sums and no parts, as parts of one; keys in their order.
Result<Table> UniteParts(const std::vector<std::string>& keys, const std::vector<Table>& tables);

/// Without the bounds, which only a commit writes, and the lineage, which only a node's table has.
Json FileJson(const FileRef& file);
Result<FileRef> ParseFileJson(const Json& json);
Json TableJson(const Table& table);
Result<Table> ParseTableJson(const Json& json);

/// Content id of rows in any order (docs/design/0001, section 7); `sum` as 32 hex digits.
Result<std::string> ContentId(const Schema& schema, std::uint64_t rows, const std::string& sum);

}  // namespace assay::store
