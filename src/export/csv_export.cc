#include "engine/sql_text.h"
#include "export/export.h"

namespace assay::exports {
namespace {

std::string ToSql(const std::string& query, const Schema& /*schema*/,
                  const std::filesystem::path& path) {
  return "COPY (" + query + ") TO " + engine::QuoteText(path.string()) +
         " (FORMAT csv, HEADER true)";
}

}  // namespace

ExportKind csv_export() {
  return {
      .info = {.name = "csv",
               .summary = "comma-separated text, one file per split",
               .help = "UTF-8, a header line, quotes where needed; null is an empty cell, empty "
                       "text is quoted.",
               .suffixes = {".csv"},
               .example = "$ assay dataset export flights_train@v1 --to out --format csv\n"},
      .to_sql = ToSql};
}

}  // namespace assay::exports
