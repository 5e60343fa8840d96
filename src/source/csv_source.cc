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
               "reason, and readable as `NAME.refused`. "
               "Files whose name ends in `.gz` or `.zst` are unpacked as they are read.\n\n"
               "A plain file needs none of the parameters behind `file_column`. They are for files "
               "as people and programs leave them; with any of them the rows are read one by one, "
               "which takes longer.\n\n" +
               LayoutHelp(),
           .version = 2,
           .params = DelimitedParams(","),
           .refuses = [](const Json&) { return true; },
           .ledger = contract::Ledger::kAlways,
           .check = CheckDelimited,
           .suffixes = WithPacked({".csv"}),
           .example = "sources:\n  airports: {files: data/airports.csv, nulls: [\"\", NA]}\n"
                      "  reports:\n    files: data/reports-*.csv\n    encoding: windows-1252\n"
                      "    skip: 2\n    drop_footer: blank\n"
                      "    columns:\n"
                      "      amount: {type: \"decimal(12,2)\", read: money, nulls: [N/A]}\n"
                      "      share: {read: percent}\n"},
      .read = ReadDelimited};
}

}  // namespace assay::source
