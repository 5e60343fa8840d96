#include "run/text_form.h"

#include <algorithm>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include "contract/utf8.h"

namespace assay::run {
namespace {

constexpr std::size_t kMostLines = 500;

// One record of a text: the line on which it begins, counted from 0, and its number of cells.
struct Record {
  int line = 0;
  std::size_t cells = 1;
  std::size_t filled = 0;  // of those
};

// Quotes hold delimiters and line ends. The last record may be cut and is left out, unless it is
// the only one.
std::vector<Record> RecordsOf(std::string_view text, char delimiter) {
  std::vector<Record> records;
  Record record;
  int line = 0;
  bool in_quotes = false;
  bool is_empty = true;  // the cell so far
  for (std::size_t at = 0; at < text.size() && records.size() < kMostLines; ++at) {
    const char c = text[at];
    if (c == '"' && (is_empty || in_quotes)) in_quotes = !in_quotes;
    if (c == '\n') ++line;
    if (c == '\n' && !in_quotes) {
      records.push_back(record);
      record = Record{line, 1, 0};
      is_empty = true;
    } else if (c == delimiter && !in_quotes) {
      ++record.cells;
      is_empty = true;
    } else if (c != ' ' && c != '\r') {
      if (is_empty) ++record.filled;
      is_empty = false;
    }
  }
  if (records.empty()) records.push_back(record);
  return records;
}

struct Guess {
  TextForm form;
  std::size_t cells = 1;  // of most records
  double share = 0;       // of records that have so many
};

Guess GuessWith(std::string_view text, char delimiter) {
  const std::vector<Record> records = RecordsOf(text, delimiter);
  std::map<std::size_t, std::size_t> counts;
  std::size_t present = 0;
  for (const Record& record : records) {
    if (record.filled == 0) continue;
    ++counts[record.cells];
    ++present;
  }
  Guess guess;
  guess.form.delimiter = delimiter;
  std::size_t most = 0;
  for (const auto& [cells, count] : counts) {
    if (count < most) continue;
    most = count;
    guess.cells = cells;
  }
  guess.share = present == 0 ? 0 : static_cast<double>(most) / static_cast<double>(present);
  // A header with one cell less than the rows is a header; a title has far fewer.
  const auto is_title = [&](const Record& record) { return record.filled * 2 <= guess.cells; };
  const auto header = std::find_if_not(records.begin(), records.end(), is_title);
  if (guess.cells > 1 && header != records.end()) guess.form.title_lines = header->line;
  return guess;
}

}  // namespace

TextForm GuessTextForm(std::string_view beginning, char usual) {
  const std::string_view text = contract::WithoutByteOrderMark(beginning);
  constexpr double kMostAgree = 0.5;
  Guess best;
  best.form.delimiter = usual;
  bool found = false;
  for (const char delimiter : {usual, ',', ';', '\t', '|'}) {
    const Guess guess = GuessWith(text, delimiter);
    if (guess.cells < 2 || guess.share < kMostAgree) continue;
    const bool fewer_titles = guess.form.title_lines < best.form.title_lines;
    const bool as_many = guess.form.title_lines == best.form.title_lines;
    if (!found || fewer_titles || (as_many && guess.share > best.share)) best = guess;
    found = true;
  }
  return best.form;
}

std::optional<char> FindCellDelimiter(std::string_view beginning) {
  constexpr std::size_t kFewest = 3;
  const std::string_view text = contract::WithoutByteOrderMark(beginning);
  for (const char delimiter : {'\t', ';', '|', ','}) {
    std::vector<Record> records = RecordsOf(text, delimiter);
    std::erase_if(records, [](const Record& record) { return record.filled == 0; });
    if (records.size() < kFewest || records[0].cells < 2) continue;
    const bool are_alike = std::all_of(records.begin(), records.end(), [&](const Record& record) {
      return record.cells == records[0].cells;
    });
    // A sentence has blanks behind its commas.
    const bool is_prose = delimiter == ',' && text.find(", ") != std::string_view::npos;
    if (are_alike && !is_prose) return delimiter;
  }
  return std::nullopt;
}

std::optional<InvalidByte> FindInvalidByte(const std::filesystem::path& file) {
  constexpr std::size_t kBlock = std::size_t{1} << 20;
  constexpr std::size_t kLongestCharacter = 4;
  std::ifstream stream(file, std::ios::binary);
  InvalidByte found;
  std::string block;
  std::string next(kBlock, '\0');
  while (stream) {
    stream.read(next.data(), static_cast<std::streamsize>(kBlock));
    const auto size = static_cast<std::size_t>(stream.gcount());
    block.append(next, 0, size);
    const bool is_last = size < kBlock;
    const auto invalid = contract::FindInvalidUtf8(block);
    const std::size_t fine = invalid.value_or(block.size());
    found.line +=
        std::count(block.begin(), block.begin() + static_cast<std::ptrdiff_t>(fine), '\n');
    found.offset += static_cast<std::int64_t>(fine);
    // What is wrong at the end of a block may be a character that goes on in the next one.
    if (invalid && (is_last || block.size() - *invalid >= kLongestCharacter)) {
      found.byte = static_cast<unsigned char>(block[*invalid]);
      return found;
    }
    block.erase(0, fine);
  }
  return std::nullopt;
}

}  // namespace assay::run
