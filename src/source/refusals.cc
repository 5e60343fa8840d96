#include "source/refusals.h"

#include "contract/utf8.h"
#include "engine/sql_text.h"

namespace assay::source {
namespace {

constexpr std::size_t kMostShown = 1 << 20;

// Up to `most` bytes, not cut within a character.
std::string_view Beginning(std::string_view text, std::size_t most) {
  if (text.size() <= most) return text;
  const auto goes_on = [&] { return (static_cast<unsigned char>(text[most]) & 0xc0U) == 0x80U; };
  for (int before = 0; before < 3 && goes_on(); ++before) --most;
  return text.substr(0, most);
}

std::string AnyOf(const std::vector<FoundColumn>& columns) {
  std::string condition;
  for (const FoundColumn& column : columns) {
    if (column.misfit.empty()) continue;
    condition += (condition.empty() ? "(" : " OR (") + column.misfit + ")";
  }
  return condition;
}

// `CASE WHEN found.reason IS NOT NULL THEN own WHEN misfit THEN ... END`
std::string OfFirstMisfit(const std::vector<FoundColumn>& columns, const std::string& own,
                          const std::function<std::string(const FoundColumn&)>& of) {
  std::string sql = "CASE WHEN found.reason IS NOT NULL THEN " + own;
  for (const FoundColumn& column : columns) {
    if (!column.misfit.empty()) sql += " WHEN " + column.misfit + " THEN " + of(column);
  }
  return sql + " END";
}

}  // namespace

void PlaceCells::Put(const RowPlace& place, std::string_view text, engine::TextRows::Cells& cells) {
  file_ = std::to_string(place.file);
  line_ = std::to_string(place.line);
  cells[0] = file_;
  cells[1] = line_;
  cells[2] = cells[3] = std::nullopt;
  cells[4] = Beginning(text, kMostShown);
  if (place.reason.empty()) return;
  if (!place.column.empty()) cells[2] = place.column;
  cells[3] = place.reason;
  shown_ = ShownText(text);
  cells[4] = shown_;
}

std::string ShownText(std::string_view text) {
  const std::string_view beginning = Beginning(text, kMostShown);
  const bool is_clean =
      !contract::FindInvalidUtf8(beginning) && beginning.find('\0') == std::string_view::npos;
  return is_clean ? std::string(beginning) : contract::Escaped(beginning);
}

SourceRead ReadFoundRows(const SourceContext& context, const std::string& table,
                         const std::vector<FoundColumn>& columns, const std::string& file_column,
                         bool all_good) {
  std::vector<std::string> locations;
  locations.reserve(context.files.size());
  for (const SourceFile& file : context.files) locations.push_back(file.location);
  const std::string location = engine::TextList(locations) + "[found.file::BIGINT + 1]";
  const std::string misfit = AnyOf(columns);
  std::string select;
  for (const FoundColumn& column : columns) {
    select +=
        (select.empty() ? "SELECT " : ", ") + column.sql + " AS " + engine::QuoteName(column.name);
  }
  if (!file_column.empty()) select += ", " + location + " AS " + engine::QuoteName(file_column);
  const std::string good = " FROM " + table + " AS found WHERE found.reason IS NULL" +
                           (misfit.empty() ? "" : " AND NOT (" + misfit + ")");
  SourceRead read;
  read.query = select + good;
  read.indexed_query = select + ", found.file::BIGINT AS _assay_file_index" + good;
  read.placed_query = select +
                      ", found.file::BIGINT AS _assay_file_index, found.line::BIGINT AS "
                      "_assay_line" +
                      good;
  const bool has_refused = !all_good || !misfit.empty();
  const std::string refused =
      "SELECT " + location + " AS location, found.line::BIGINT AS line, " +
      OfFirstMisfit(columns, "found.\"column\"",
                    [](const FoundColumn& one) { return engine::QuoteText(one.name); }) +
      " AS \"column\", " +
      OfFirstMisfit(columns, "found.reason", [](const FoundColumn& one) { return one.reason; }) +
      " AS reason, found.text AS text FROM " + table + " AS found WHERE " +
      (has_refused ? "found.reason IS NOT NULL" + (misfit.empty() ? "" : " OR " + misfit)
                   : "false");
  read.refused = [refused]() -> Result<std::string> { return refused; };
  return read;
}

}  // namespace assay::source
