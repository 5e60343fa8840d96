#include "export/export.h"

namespace assay::exports {

ExportKind parquet_export() {
  return {
      .info = {.name = "parquet",
               .summary = "the stored Parquet files, byte for byte",
               .help = "One file per split, `SPLIT.parquet` (`SPLIT-00001.parquet` and so on "
                       "where a split has several).",
               .suffixes = {".parquet"},
               .example = "$ assay dataset export flights_train@v1 --to out --format parquet\n"},
      .copies_files = true};
}

}  // namespace assay::exports
