// A page of HTML in any charset: tables whose cells are valid UTF-8 and whose rows are no wider
// than the table, with a different name for each column; and the text of all of it.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <set>
#include <string>
#include <string_view>

#include "base/letter_case.h"
#include "contract/utf8.h"
#include "source/charset.h"
#include "source/html_tables.h"

namespace {

using assay::source::HtmlTable;

void Require(bool holds) {
  if (!holds) std::abort();
}

bool IsText(const std::string& text) { return !assay::contract::FindInvalidUtf8(text); }

void CheckTable(const HtmlTable& table) {
  Require(table.width > 0 && !table.cells.empty() && table.header_rows <= table.rows.size());
  Require(IsText(table.caption) && IsText(table.id));
  for (const auto& cell : table.cells) {
    Require(IsText(cell.text) && IsText(cell.link));
    Require(cell.text.find_first_of("\r\f") == std::string::npos || !cell.text.empty());
    if (!cell.text.empty()) Require(cell.text.front() != ' ' && cell.text.back() != ' ');
  }
  for (const auto& row : table.rows) {
    Require(row.line > 0 && row.cells.size() <= table.width);
    for (const std::size_t cell : row.cells) Require(cell < table.cells.size());
  }
  for (const std::size_t rows : {std::size_t{0}, table.header_rows, std::size_t{1000}}) {
    const auto names = assay::source::ColumnNamesOf(table, rows);
    Require(names.size() == table.width);
    std::set<std::string> different;
    for (const std::string& name : names) Require(different.insert(assay::Lower(name)).second);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const std::string label = assay::source::DeclaredHtmlCharset(bytes);
  const auto charset = assay::source::CharsetOf(label.empty() ? "windows-1252" : label);
  std::string page;
  if (!charset || assay::source::AppendDecodedText(bytes, *charset, page)) return 0;
  Require(IsText(page));
  for (const bool all : {false, true}) {
    const auto tables = assay::source::TablesOf(page, {!all, all});
    if (!tables.ok()) {
      Require(tables.error().code == assay::ErrorCode::kData);
      continue;
    }
    for (const HtmlTable& table : *tables) CheckTable(table);
  }
  const auto text = assay::source::ShownTextOf(page);
  Require(text.ok() && IsText(*text));
  return 0;
}
