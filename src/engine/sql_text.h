/// Pieces of SQL text, quoted.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/type.h"

namespace assay::engine {

/// `"name"` with quotes doubled.
std::string QuoteName(std::string_view name);
/// `'text'` with quotes doubled.
std::string QuoteText(std::string_view text);
/// `"a", "b"`; `prefix` (`t.`) stands before each.
std::string NameList(const std::vector<std::string>& names, std::string_view prefix = "");
/// The engine's own name of a type: `BIGINT`, `DECIMAL(10,2)`.
std::string TypeSql(const Type& type);
/// A statement without the semicolon that ends it, so that it can stand inside another.
std::string WithoutSemicolon(std::string sql);
/// `read_parquet([...])` over stored files: a table expression. `schema` is only needed where
/// `files` may be empty: then it is a query of no rows.
std::string ReadParquet(const std::vector<std::filesystem::path>& files, const Schema& schema);

}  // namespace assay::engine
