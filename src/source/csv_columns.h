/// The columns of delimited text that the engine reads itself: plain UTF-8 whose first line names
/// the columns.
#pragma once

#include <string>
#include <vector>

#include "source/source.h"

namespace assay::source {

/// `quote` where a quote is a character like others.
inline constexpr char kNoQuote[] = "none";
/// The column of `TextCells` that has the file.
inline constexpr char kFileOfCells[] = "_assay_source_file";

/// Options of the engine that say how the text is cut into cells, each behind a comma; for
/// detection and reading.
std::string CellOptions(const SourceContext& context);

/// `['path', ...]` of the stored objects.
std::string PathList(const std::vector<SourceFile>& files);

/// The cells of files as text, with the names of `columns`: a table expression, with the file as
/// `kFileOfCells` where asked.
std::string TextCells(const SourceContext& context, const std::vector<SourceFile>& files,
                      const Schema& columns, bool with_file = false);

/// The columns of each file as its first rows have them.
Result<std::vector<Schema>> FirstColumns(const SourceContext& context);

/// The columns of the files, with declared types and the detected ones of all of them; all files
/// must have them in one order, for cells are taken by their place in the line.
Result<Schema> EngineColumns(const SourceContext& context);

}  // namespace assay::source
