/// How a delimited text is cut into cells, guessed from its beginning, and where a file stops being
/// text. Knows no engine.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string_view>

namespace assay::run {

struct TextForm {
  char delimiter = ',';
  int title_lines = 0;  ///< lines before the header: a title, remarks, empty ones
};

/// `beginning` may be cut within a line. `usual` is taken where nothing speaks for another one of
/// comma, semicolon, tab and bar.
TextForm GuessTextForm(std::string_view beginning, char usual);

/// What cuts all lines of a text alike, three at least: then they are rows of cells and no prose.
std::optional<char> FindCellDelimiter(std::string_view beginning);

/// The first byte of a file that is no UTF-8.
struct InvalidByte {
  std::int64_t line = 1;
  std::int64_t offset = 0;
  unsigned char byte = 0;
};
std::optional<InvalidByte> FindInvalidByte(const std::filesystem::path& file);

}  // namespace assay::run
