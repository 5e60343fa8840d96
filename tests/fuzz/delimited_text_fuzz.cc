// A text file under some layout: refused with a message, or rows that have a cell for each name or
// a reason, on lines that ascend; numbers that are made plain stay so.
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "contract/utf8.h"
#include "source/cell_reader.h"
#include "source/decoded_file.h"
#include "source/laid_out_table.h"
#include "source/text_layout.h"

namespace {

using assay::source::LaidOutRow;
using assay::source::LaidOutTable;
using assay::source::SourceFile;
using assay::source::TextLayout;

void Require(bool holds) {
  if (!holds) std::abort();
}

void RequireShowable(const assay::Error& error) {
  Require(error.code == assay::ErrorCode::kData);
  Require(!error.message.empty() && !error.hint.empty());
}

// The bits of two bytes choose what is declared.
TextLayout LayoutFrom(unsigned bits) {
  constexpr const char* kEncodings[] = {"utf-8", "windows-1252", "utf-16", "shift_jis"};
  constexpr const char* kDelimiters[] = {",", ";", "||", "\t"};
  TextLayout layout;
  layout.encoding = kEncodings[bits & 3U];
  layout.delimiter = kDelimiters[(bits >> 2U) & 3U];
  if ((bits & 16U) != 0) layout.escape = '\\';
  if ((bits & 32U) != 0) layout.quote = '\0';
  if ((bits & 64U) != 0) layout.starts = {0, 3, 4};
  if ((bits & 128U) != 0) layout.end = 9;
  if ((bits & 256U) != 0) layout.comment = "#";
  if ((bits & 512U) != 0) layout.skip.rows = 1;
  if ((bits & 1024U) != 0) layout.drop_footer.rows = 2;
  if ((bits & 2048U) != 0) layout.footer_is_blank = true;
  if ((bits & 4096U) != 0) layout.table_title = "T*";
  layout.header_rows = (bits >> 13U) & 3U;
  if (layout.header_rows == 2) layout.unpivot = {"group"};
  if ((bits & 32768U) != 0) layout.pads_short_rows = true;
  if ((bits & 32768U) != 0) layout.long_rows = assay::source::LongRows::kJoin;
  return layout;
}

void CheckRows(const SourceFile& file, const TextLayout& layout) {
  const auto table = LaidOutTable::Open(file, layout);
  if (!table.ok()) return RequireShowable(table.error());
  const std::vector<std::string> names = (*table)->names();
  for (const std::string& name : names) Require(std::count(names.begin(), names.end(), name) == 1);
  LaidOutRow row;
  std::int64_t line = 0;
  for (;;) {
    const auto there = (*table)->Next(row);
    if (!there.ok()) return RequireShowable(there.error());
    if (!*there) return;
    Require(row.line >= line && row.line > 0);
    line = row.line;
    Require(!row.fault.empty() || row.cells.size() == names.size());
    for (const auto& cell : row.cells) {
      Require(!cell || !assay::contract::FindInvalidUtf8(*cell));
    }
  }
}

void CheckNumber(std::string_view cell) {
  using assay::source::NumberForm;
  for (const NumberForm form : {NumberForm::kMarked, NumberForm::kMoney, NumberForm::kFraction}) {
    std::string number, again;
    if (!assay::source::MakePlainNumber(cell, form, {}, number).is_number) continue;
    Require(number.find_first_not_of("-.0123456789") == std::string::npos);
    Require(assay::source::MakePlainNumber(number, form, {}, again).is_number && again == number);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  static const std::filesystem::path kPath =
      std::filesystem::temp_directory_path() / ("assay_fuzz_csv_" + std::to_string(getpid()));
  const std::string_view text(reinterpret_cast<const char*>(data + 2), size - 2);
  std::ofstream(kPath, std::ios::binary)
      .write(text.data(), static_cast<std::streamsize>(text.size()));
  const SourceFile file{kPath, "a.csv"};
  CheckRows(file, LayoutFrom(data[0] | static_cast<unsigned>(data[1]) << 8U));
  Require(assay::source::DetectFileEncoding(file).ok());
  CheckNumber(text.substr(0, 100));
  std::filesystem::remove(kPath);
  return 0;
}
