#include "source/delimited_text.h"
#include "source/unpacked_file.h"

namespace assay::source {

SourceKind csv_source() {
  return {
      .info =
          {.name = "csv",
           .summary = "delimited text files",
           .help =
               "Column types are declared in `columns` or detected over all rows of all "
               "files. Declared types are our own (`int32`, `decimal(10,2)`, `timestamp[us]`) or "
               "common names of SQL (`INTEGER`, `DOUBLE`, `VARCHAR`). A cell that its type would "
               "round or cut is an error. A row that does not parse is refused, with its file, "
               "line, column and "
               "reason, and readable as `NAME.refused`. Text is UTF-8. "
               "Files whose name ends in `.gz` or `.zst` are unpacked as they are read.",
           .version = 1,
           .params = DelimitedParams(","),
           .refuses = [](const Json&) { return true; },
           .check = CheckDelimited,
           .suffixes = WithPacked({".csv"}),
           .example = "sources:\n  airports: {files: data/airports.csv, nulls: [\"\", NA]}\n"},
      .read = ReadDelimited};
}

}  // namespace assay::source
