/// Pieces of SQL text, quoted.
#pragma once

#include <cstdint>
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
/// `['text', ...]`: a constant list, also of very many.
std::string TextList(const std::vector<std::string>& texts);
/// The engine's own name of a type: `BIGINT`, `DECIMAL(10,2)`.
std::string TypeSql(const Type& type);
/// A statement without the semicolon that ends it, so that it can stand inside another.
std::string WithoutSemicolon(std::string sql);
/// `read_parquet([...])` over stored files: a table expression. `schema` is only needed where
/// `files` may be empty: then it is a query of no rows. `rows` is how many all have, where that is
/// known: the engine would guess it from the first file, and plan joins by it.
std::string ReadParquet(const std::vector<std::filesystem::path>& files, const Schema& schema,
                        std::uint64_t rows = 0);

/// From this many files on a query is to be written by `InSequence`.
inline constexpr std::size_t kManyFiles = 1000;
/// The same rows in the same order, of a query over very many files with that many columns. The
/// engine gathers what several threads read from small files, in time that grows with the square of
/// their number; this query is read by one.
std::string InSequence(const std::string& query, std::size_t columns);

}  // namespace assay::engine
