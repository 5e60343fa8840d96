#include "engine/sql_text.h"
#include "export/export.h"

namespace assay::exports {
namespace {

// JSON has no NaN and no infinity; they become null.
std::string ToSql(const std::string& query, const Schema& schema,
                  const std::filesystem::path& path) {
  std::string columns;
  for (const Field& field : schema) {
    const std::string name = engine::QuoteName(field.name);
    const bool is_float =
        field.type.kind == TypeKind::kFloat32 || field.type.kind == TypeKind::kFloat64;
    columns += columns.empty() ? "" : ", ";
    columns +=
        is_float ? "CASE WHEN isfinite(" + name + ") THEN " + name + " END AS " + name : name;
  }
  return "COPY (SELECT " + columns + " FROM (" + query + ")) TO " +
         engine::QuoteText(path.string()) + " (FORMAT json)";
}

}  // namespace

ExportKind jsonl_export() {
  return {
      .info =
          {.name = "jsonl",
           .summary = "one JSON object a line, one file per split",
           .help =
               "UTF-8; null is null, and so are NaN and infinities; times are text in ISO form.",
           .suffixes = {".jsonl"}},
      .to_sql = ToSql};
}

}  // namespace assay::exports
