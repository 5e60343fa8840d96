/// The tables of a page of HTML as a browser shows them, with row and column spans filled. Knows
/// no file and no source.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace assay::source {

struct HtmlOptions {
  bool displayed_only = true;  ///< leave out what a browser does not show
  bool with_footnotes = true;  ///< take marks of footnotes for text
};

struct HtmlCell {
  std::string text;  ///< as shown: white space as one blank, a line break where one is shown
  std::string link;  ///< where its first link goes, as written
  bool is_header = false;
  std::size_t columns = 1;  ///< that it covers
};

struct HtmlRow {
  std::int64_t line = 0;
  std::vector<std::size_t>
      cells;  ///< for each column one of `HtmlTable::cells`; short rows end early
};

struct HtmlTable {
  std::string id, caption;
  std::vector<HtmlCell> cells;
  std::vector<HtmlRow> rows;    ///< header rows first, those of the foot last
  std::size_t header_rows = 0;  ///< of its head, else those at the beginning that are all `th`
  std::size_t width = 0;

  const std::string& TextAt(const HtmlRow& row, std::size_t column) const;
  /// Whether one cell covers all of a row of several columns: a title.
  bool IsTitle(const HtmlRow& row) const;
  bool IsBlank(const HtmlRow& row) const;
};

/// All tables that have a cell, in the order of the page; a table within another is one of them,
/// and its text is also that of the cell that it stands in. `page` is valid UTF-8. An error for a
/// page that nests deeper than 2000 elements, or whose tables would need 2000 columns or a
/// gibibyte.
Result<std::vector<HtmlTable>> TablesOf(std::string_view page, const HtmlOptions& options);

/// All text of a page, as a browser shows it.
Result<std::string> ShownTextOf(std::string_view page);

/// The charset's label that the page tells of itself in its first bytes; empty: none.
std::string DeclaredHtmlCharset(std::string_view bytes);

/// The names of a table's columns, of its first `header_rows` rows: levels joined with a blank, a
/// title over all columns left out, `column3` where there is none, `name_1` where one comes again.
std::vector<std::string> ColumnNamesOf(const HtmlTable& table, std::size_t header_rows);

}  // namespace assay::source
