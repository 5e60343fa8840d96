/// What a node's output or a version's split is made of: immutable files and what they hold.
#pragma once

#include <cstdint>
#include <map>
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
  std::vector<FileRef> files;
};

/// Without the bounds, which only a commit writes.
Json FileJson(const FileRef& file);
Result<FileRef> ParseFileJson(const Json& json);
Json TableJson(const Table& table);
Result<Table> ParseTableJson(const Json& json);

/// Content id of rows in any order (docs/design/0001, section 7); `sum` as 32 hex digits.
Result<std::string> ContentId(const Schema& schema, std::uint64_t rows, const std::string& sum);

}  // namespace assay::store
