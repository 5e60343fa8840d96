// A document that may be XML: rows of valid UTF-8 or an error with a message, whatever the paths; a
// row begins on a line of the document, and the columns that are declared are its cells.
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "contract/utf8.h"
#include "source/xml_rows.h"

namespace {

using assay::source::NamedRow;
using assay::source::XmlCellPath;
using assay::source::XmlOptions;
using assay::source::XmlRowPath;

void Require(bool holds) {
  if (!holds) std::abort();
}

bool IsText(const std::string& text) {
  return !assay::contract::FindInvalidUtf8(text) && text.find('\0') == std::string::npos;
}

XmlOptions OptionsOf(std::uint8_t which) {
  constexpr const char* kRows[] = {"/*/*", "//*", "b", "/a//b/c"};
  XmlOptions options;
  options.rows = *XmlRowPath::Parse(kRows[which % 4], {});
  if ((which & 4U) != 0) {
    for (const char* path : {".", "@k", "b", "b/@k", "../c", "../@k", "../../c", "*/*"}) {
      options.paths.emplace_back(path, *XmlCellPath::Parse(path, {}));
    }
  }
  if ((which & 8U) != 0) options.lists = {"b"};
  if ((which & 16U) != 0) options.encoding = "windows-1252";
  return options;
}

void CheckRow(const NamedRow& row, const XmlOptions& options) {
  Require(row.line > 0 && row.reason.empty() == row.column.empty());
  Require(row.reason.empty() || row.cells.empty());
  for (std::size_t i = 0; i < row.cells.size(); ++i) {
    Require(IsText(row.cells[i].name) && !row.cells[i].name.empty());
    Require(!row.cells[i].text || IsText(*row.cells[i].text));
    if (!options.paths.empty()) Require(row.cells[i].name == options.paths[i].first);
    for (std::size_t j = 0; j < i; ++j) Require(row.cells[i].name != row.cells[j].name);
  }
  if (!options.paths.empty() && row.reason.empty()) {
    Require(row.cells.size() == options.paths.size());
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

// The first byte says how the rest is read.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  static const std::filesystem::path kPath =
      std::filesystem::temp_directory_path() / ("assay_xml_fuzz_" + std::to_string(getpid()));
  std::ofstream(kPath, std::ios::binary)
      .write(reinterpret_cast<const char*>(data + 1), static_cast<std::streamsize>(size - 1));
  const assay::source::SourceFile file{kPath, "a.xml"};
  const XmlOptions options = OptionsOf(data[0]);
  auto rows = assay::source::OpenXmlRows(file, options);
  Require(IsText(assay::source::FirstXmlPaths(file, options.encoding)));
  for (NamedRow row; rows.ok();) {
    const auto is_row = (*rows)->Next(row);
    if (!is_row.ok()) {
      Require(is_row.error().code == assay::ErrorCode::kData && !is_row.error().hint.empty());
      Require(is_row.error().message.starts_with("a.xml:"));
      break;
    }
    if (!*is_row) break;
    CheckRow(row, options);
  }
  std::filesystem::remove(kPath);
  return 0;
}
