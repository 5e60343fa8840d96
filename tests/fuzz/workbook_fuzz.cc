// Bytes that may be a workbook, or the parts of one: read to the end or refused with a message;
// what is read is text, at places in ascending order, and the table in it the same in a second
// reading.
#include <minizip/zip.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "contract/utf8.h"
#include "source/sheet_table.h"

namespace {

using assay::source::SheetCell;
using assay::source::SheetCellKind;
using assay::source::SheetLayout;
using assay::source::SheetRow;
using assay::source::SheetTableRows;
using assay::source::Workbook;
using assay::source::WorkbookSheet;

void Require(bool holds) {
  if (!holds) std::abort();
}

void RequireShowable(const assay::Error& error) {
  Require(error.code == assay::ErrorCode::kData);
  Require(!error.message.empty() && !error.hint.empty());
  Require(!assay::contract::FindInvalidUtf8(error.message));
}

// The parts in the order of the text, which parts them by a byte that XML cannot hold.
void WriteParts(const std::string& path, std::string_view text) {
  constexpr const char* kNames[] = {"xl/worksheets/sheet1.xml", "xl/sharedStrings.xml",
                                    "xl/styles.xml", "xl/workbook.xml",
                                    "xl/_rels/workbook.xml.rels"};
  const std::string otherwise[] = {
      "", "<sst/>", "<styleSheet/>",
      "<workbook xmlns:r='r'><sheets><sheet name='S' sheetId='1' r:id='a'/></sheets></workbook>",
      "<Relationships><Relationship Id='a' Type='/worksheet' Target='worksheets/sheet1.xml'/>"
      "<Relationship Id='b' Type='/sharedStrings' Target='sharedStrings.xml'/><Relationship "
      "Id='c' Type='/styles' Target='styles.xml'/></Relationships>"};
  zipFile archive = zipOpen64(path.c_str(), APPEND_STATUS_CREATE);
  Require(archive != nullptr);
  for (std::size_t i = 0; i < std::size(kNames); ++i) {
    const std::size_t end = std::min(text.find('\1'), text.size());
    const std::string_view given = text.substr(0, end);
    const std::string_view part = given.empty() ? std::string_view(otherwise[i]) : given;
    text.remove_prefix(std::min(end + 1, text.size()));
    const zip_fileinfo info{};
    Require(zipOpenNewFileInZip64(archive, kNames[i], &info, nullptr, 0, nullptr, 0, nullptr, 0, 0,
                                  0) == ZIP_OK);
    Require(zipWriteInFileInZip(archive, part.data(), static_cast<unsigned>(part.size())) ==
            ZIP_OK);
    zipCloseFileInZip(archive);
  }
  zipClose(archive, nullptr);
}

void CheckRow(const SheetRow& row) {
  for (std::size_t i = 0; i < row.cells.size(); ++i) {
    const SheetCell& cell = row.cells[i];
    Require(i == 0 || row.cells[i - 1].column < cell.column);
    Require(!cell.text().empty());
    // Bytes that are no text are shown of a fault only where the parser let them through: never.
    Require(!assay::contract::FindInvalidUtf8(cell.text()));
    Require(cell.kind == SheetCellKind::kFault || cell.text().find('\0') == std::string_view::npos);
  }
}

void CheckSheet(const std::shared_ptr<const Workbook>& book, const WorkbookSheet& sheet,
                const SheetLayout& layout) {
  std::vector<std::int64_t> looked;
  const auto table = assay::source::FindSheetTable(book, sheet, layout, [&](const SheetRow& row) {
    CheckRow(row);
    looked.push_back(row.number);
  });
  if (!table.ok()) return RequireShowable(table.error());
  if (table->is_empty()) return;
  const auto rows = SheetTableRows::Open(book, sheet, *table, layout);
  Require(rows.ok());
  SheetRow row;
  std::size_t number = 0;
  for (;;) {
    const auto is_row = (*rows)->Next(row);
    Require(is_row.ok());
    if (!*is_row) break;
    CheckRow(row);
    Require(number < looked.size() && row.number == looked[number++]);
  }
  Require(number == looked.size());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

// The first byte says whether the rest is an archive or the parts of one, and how it is read.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  static const std::filesystem::path kPath =
      std::filesystem::temp_directory_path() / ("assay_workbook_fuzz_" + std::to_string(getpid()));
  const std::string_view rest(reinterpret_cast<const char*>(data + 1), size - 1);
  if ((data[0] & 1U) != 0) {
    std::ofstream(kPath, std::ios::binary)
        .write(rest.data(), static_cast<std::streamsize>(rest.size()));
  } else {
    WriteParts(kPath.string(), rest);
  }
  SheetLayout layout;
  layout.header_rows = (data[0] >> 1U) & 3U;
  layout.fills_merged = (data[0] & 8U) != 0;
  layout.fills_header = (data[0] & 16U) != 0;
  layout.drop_footer.rows = (data[0] & 32U) != 0 ? 1 : 0;
  layout.ends_at_blank = (data[0] & 64U) != 0;
  const auto book = Workbook::Open({kPath, "a.xlsx"});
  if (book.ok()) {
    for (const WorkbookSheet& sheet : (*book)->sheets()) CheckSheet(*book, sheet, layout);
  } else {
    RequireShowable(book.error());
  }
  std::filesystem::remove(kPath);
  return 0;
}
