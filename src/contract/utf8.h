/// UTF-8 text as a person counts it: lines and characters. Knows no format.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace assay::contract {

/// Offset of the first byte that begins no well-formed UTF-8 character.
std::optional<std::size_t> FindInvalidUtf8(std::string_view text);

/// Offset of the first control character other than tab, line feed and carriage return.
std::optional<std::size_t> FindControlCharacter(std::string_view text);

/// The lines of a text without their line breaks (`\n` or `\r\n`).
std::vector<std::string> SplitLines(std::string_view text);

/// Line and column, counted in characters from 1, of a byte of the text.
struct LineColumn {
  int line = 1;
  int column = 1;
};
LineColumn LineColumnOf(std::string_view text, std::size_t offset);

/// The number of characters (code points) in valid or invalid UTF-8.
int CountCharacters(std::string_view text);

/// The text with what a terminal or JSON cannot show (control characters, invalid bytes) replaced
/// by U+FFFD; tabs stay.
std::string Printable(std::string_view text);

/// The text with control characters and invalid bytes as `\xHH`, so that a name can be told.
std::string Escaped(std::string_view text);

/// The text without the mark that some editors put before UTF-8.
std::string_view WithoutByteOrderMark(std::string_view text);

/// The text without spaces, tabs and line breaks at its ends.
std::string_view Trim(std::string_view text);

}  // namespace assay::contract
