// What is looked at in a YAML text before it is parsed.
#include <algorithm>
#include <string_view>

#include "contract/utf8.h"
#include "contract/yaml.h"

namespace assay::contract {
namespace {

Place Inside(const Place& origin, LineColumn at) {
  return Place{origin.file, origin.line + at.line - 1, origin.column + at.column - 1};
}

std::string_view WithoutComment(std::string_view line) {
  for (std::size_t at = 0; at < line.size(); ++at) {
    const bool begins = at == 0 || line[at - 1] == ' ' || line[at - 1] == '\t';
    if (line[at] == '#' && begins) return line.substr(0, at);
  }
  return line;
}

// Whether the line ends in the header of a block text: `sql: |`, `- >-`, `| # why`.
bool BeginsBlock(std::string_view line) {
  line = Trim(WithoutComment(line));
  while (!line.empty() &&
         (std::string_view("+-123456789").find(line.back()) != std::string_view::npos)) {
    line.remove_suffix(1);
  }
  if (line.empty() || (line.back() != '|' && line.back() != '>')) return false;
  return line.size() == 1 || line[line.size() - 2] == ' ';
}

// Column, from 0, that the lines of a block text whose header stands in `line` must go beyond.
std::size_t BlockParent(std::string_view line) {
  std::size_t parent = line.find_first_not_of(' ');
  while (line.substr(parent).starts_with("- ")) {
    const std::size_t next = line.find_first_not_of(' ', parent + 1);
    if (next == std::string_view::npos || line[next] == '|' || line[next] == '>') break;
    parent = next;
  }
  return parent;
}

}  // namespace

bool CheckText(const Place& origin, const std::string& text, Diagnostics& diagnostics) {
  if (text.size() > kMaxTextBytes) {
    diagnostics.Error(Place{origin.file, 0, 0}, "file is larger than 4 MB",
                      "only files that people write are read here");
    return false;
  }
  if (const auto bad = FindInvalidUtf8(text)) {
    diagnostics.Error(Inside(origin, LineColumnOf(text, *bad)), "text is no UTF-8",
                      "save the file as UTF-8");
    return false;
  }
  if (const auto bad = FindControlCharacter(text)) {
    diagnostics.Error(
        Inside(origin, LineColumnOf(text, *bad)),
        "text holds a control character with code: " + std::to_string(static_cast<int>(text[*bad])),
        "remove it; it cannot be seen in most editors");
    return false;
  }
  return true;
}

bool CheckTabs(const Place& origin, const std::vector<std::string>& lines,
               Diagnostics& diagnostics) {
  bool fine = true;
  bool in_block = false;
  std::size_t parent = 0;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const std::string& line = lines[i];
    const std::size_t content = line.find_first_not_of(" \t");
    if (content == std::string::npos) continue;
    const std::size_t spaces = line.find_first_not_of(' ');
    if (in_block && spaces > parent) continue;
    in_block = false;
    if (spaces < content && line[content] != '#') {
      diagnostics.Error(
          Inside(origin, LineColumn{static_cast<int>(i) + 1, static_cast<int>(spaces) + 1}),
          "tabs cannot indent YAML", "use spaces, two for each level");
      fine = false;
      continue;
    }
    if (!BeginsBlock(line)) continue;
    in_block = true;
    parent = BlockParent(line);
  }
  return fine;
}

}  // namespace assay::contract
