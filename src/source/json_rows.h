/// Rows of objects in JSON: what the kinds `jsonl` and `json` share. They differ in where the
/// objects stand in a file.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "source/source.h"

namespace assay::source {

/// What should be one object.
struct JsonItem {
  std::int64_t line = 0;
  std::string_view text;  ///< lives until the next item is asked for
  std::string reason;     ///< why it cannot be looked at; empty as a rule
};

/// The items of one file, in their order.
class JsonItems {
 public:
  virtual ~JsonItems() = default;
  /// Nullopt behind the last.
  virtual Result<std::optional<JsonItem>> Next() = 0;
};

using OpenJsonItems = std::function<Result<std::unique_ptr<JsonItems>>(const SourceFile& file)>;

/// The parameters that both kinds have.
std::vector<contract::Param> JsonParams();
/// What both say of columns, types and refused rows, as a paragraph for the reference.
std::string JsonColumnsHelp();

/// Reads all items twice: once for the columns and their types, and, when the query runs, for the
/// rows. An item that is no object, or has a value that its column's declared type would bend, is a
/// refused row.
Result<SourceRead> ReadJsonRows(const SourceContext& context, const OpenJsonItems& open);

}  // namespace assay::source
