/// What a node's output or a version's split is made of: immutable files and what they hold.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "base/type.h"

namespace assay::store {

struct FileRef {
  std::string sha256;
  std::uint64_t bytes = 0;
  std::uint64_t rows = 0;
  /// Smallest and largest value per column as text; only in commits, may be empty.
  std::map<std::string, std::string> min, max;
};

/// The output of a node (no canonical order promised).
struct Table {
  Schema schema;
  std::uint64_t rows = 0;
  std::string content_id;
  std::string sum;  ///< of its rows, 32 hex digits; empty where an older program did not keep it
  std::vector<FileRef> files;
  /// Places of rows in these files that are not the table's: a Parquet file with the columns
  /// `file`, an index into `files`, and `row`, both from 0; its `rows` is their number.
  std::optional<FileRef> removed;
};

/// The files and what tells which of their rows count.
std::vector<FileRef> AllFiles(const Table& table);

/// Without the bounds, which only a commit writes.
Json FileJson(const FileRef& file);
Result<FileRef> ParseFileJson(const Json& json);
Json TableJson(const Table& table);
Result<Table> ParseTableJson(const Json& json);

/// Content id of rows in any order (docs/design/0001, section 7); `sum` as 32 hex digits.
Result<std::string> ContentId(const Schema& schema, std::uint64_t rows, const std::string& sum);

}  // namespace assay::store
