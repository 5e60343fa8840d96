#include "source/guessed_csv.h"

#include <algorithm>
#include <system_error>

#include "contract/kind_info.h"
#include "engine/sql_text.h"
#include "source/csv_columns.h"

namespace assay::source {
namespace {

using engine::QuoteName;

constexpr std::uintmax_t kLeastBytes = 1'000'000;
constexpr std::size_t kMostFiles = 32;

bool IsWorthIt(const SourceContext& context) {
  if (!contract::PairsOf(context.params, "columns").empty() || !context.as_text.empty()) {
    return false;
  }
  if (context.files.size() > kMostFiles) return false;
  std::uintmax_t bytes = 0;
  for (const SourceFile& file : context.files) {
    std::error_code error;
    const auto size = std::filesystem::file_size(file.object, error);
    if (!error) bytes += size;
  }
  return bytes >= kLeastBytes;
}

bool CanBeChecked(const Type& type) {
  switch (type.kind) {
    case TypeKind::kString:
    case TypeKind::kInt64:
    case TypeKind::kFloat64:
    case TypeKind::kDate:
    case TypeKind::kTimestamp:
      return true;
    default:
      return false;
  }
}

// Whether the first rows of each file have a value in each column of text: without one, what comes
// later decides.
Result<bool> TextIsSeen(const SourceContext& context, const Schema& columns) {
  std::string counts;
  for (const Field& field : columns) {
    if (field.type.kind != TypeKind::kString) continue;
    counts += (counts.empty() ? "count(" : " > 0 AND count(") + QuoteName(field.name) + ")";
  }
  if (counts.empty()) return true;
  for (const SourceFile& file : context.files) {
    TRY_ASSIGN(const engine::Grid grid,
               context.engine.Query("SELECT " + counts + " > 0 FROM (SELECT * FROM " +
                                    TextCells(context, {file}, columns) + " LIMIT 2000)"));
    if (grid.rows.at(0).at(0) != "true") return false;
  }
  return true;
}

// What a cell of a column must not be, as SQL over its text and its value.
std::string Unlike(const Type& type, const std::string& text, const std::string& value) {
  if (type.kind != TypeKind::kFloat64) {
    // As the engine itself would write it.
    return "CAST(" + value + " AS VARCHAR) IS DISTINCT FROM " + text;
  }
  // Whole numbers of more digits may not survive as doubles.
  constexpr char kForm[] = "'-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][+-]?[0-9]+)?'";
  return text + " IS NOT NULL AND (" + value + " IS NULL OR NOT regexp_full_match(" + text + ", " +
         kForm + ") OR (strlen(" + text + ") > 15 AND NOT contains(" + text + ", '.')))";
}

}  // namespace

Result<std::optional<Schema>> GuessColumns(const SourceContext& context) {
  std::optional<Schema> nothing;
  if (!IsWorthIt(context)) return nothing;
  auto found = FirstColumns(context);
  if (!found.ok()) return nothing;  // the exact way says what is wrong
  const std::vector<Schema>& files = *found;
  const bool alike =
      std::all_of(files.begin(), files.end(), [&](const Schema& file) { return file == files[0]; });
  const bool can_be_checked = std::all_of(files[0].begin(), files[0].end(), [](const Field& field) {
    return CanBeChecked(field.type);
  });
  if (!alike || !can_be_checked) return nothing;
  TRY_ASSIGN(const bool seen, TextIsSeen(context, files[0]));
  if (!seen) return nothing;
  return std::optional(files[0]);
}

std::string CheckedCells(const Schema& columns) {
  std::string list;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const std::string text = QuoteName(columns[i].name);
    const Type& type = columns[i].type;
    list += i > 0 ? ", " : "";
    if (type.kind == TypeKind::kString) {
      list += text;
      continue;
    }
    const std::string value = "TRY_CAST(" + text + " AS " + engine::TypeSql(type) + ")";
    list += "CASE WHEN " + Unlike(type, text, value) +
            " THEN error('a cell is not as the first rows') ELSE " + value + " END AS " + text;
  }
  return list;
}

}  // namespace assay::source
