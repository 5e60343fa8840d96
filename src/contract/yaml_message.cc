#include "contract/yaml_message.h"

#include <algorithm>
#include <array>
#include <utility>

#include "contract/utf8.h"

namespace assay::contract {
namespace {

struct Translation {
  std::string_view parser;  // what its message begins with
  std::string_view message;
  std::string_view hint;
};

constexpr std::array kTranslations = {
    Translation{"illegal map value", "a mapping cannot begin here",
                "quote a value that holds `: `; check the indentation and the colon above"},
    Translation{"end of map not found", "line does not fit the mapping it stands in",
                "begin all keys of a mapping in the same column, and quote odd values"},
    Translation{"end of sequence not found", "line does not fit the list it stands in",
                "begin all items of a list in the same column, each with `- `"},
    Translation{"end of map flow not found", "`{` is not closed",
                "close it with `}`; quote text that holds any of { } [ ] ,"},
    Translation{"end of sequence flow not found", "`[` is not closed",
                "close it with `]`; quote text that holds any of { } [ ] ,"},
    Translation{"illegal flow end", "a bracket is closed that was not opened",
                "remove it, or quote the text it belongs to"},
    Translation{"unknown token", "a value cannot begin with this character", "quote the value"},
    Translation{"illegal EOF in scalar", "quoted text is not closed",
                "close it with the quote it began with"},
    Translation{"illegal document indicator in scalar", "quoted text is not closed",
                "close it with the quote it began with"},
    Translation{"unknown escape character", "unknown escape in a \"quoted\" text",
                "use 'single quotes', in which a backslash is a backslash"},
    Translation{"bad character found while scanning hex number",
                "unknown escape in a \"quoted\" text",
                "use 'single quotes', in which a backslash is a backslash"},
    Translation{"invalid unicode", "unknown escape in a \"quoted\" text",
                "write the character itself"},
    Translation{"the referenced anchor is not defined", "anchors and aliases are not read here",
                "quote a text that begins with `*` or `&`"},
    Translation{"illegal block entry", "a list cannot begin here",
                "put it on a line of its own, or write [a, b]"},
    Translation{"illegal tab when looking", "tabs cannot indent YAML",
                "use spaces, two for each level; remove a tab from an empty line"},
    Translation{"illegal map key", "a mapping cannot begin here", "check the indentation"},
};

}  // namespace

YamlSource::YamlSource(Place origin, const std::string& text)
    : origin_(std::move(origin)), lines_(SplitLines(text)) {}

std::string_view YamlSource::Rest(const YAML::Mark& mark) const {
  if (mark.line < 0 || static_cast<std::size_t>(mark.line) >= lines_.size()) return {};
  const std::string_view line = lines_[static_cast<std::size_t>(mark.line)];
  return line.substr(std::min(line.size(), static_cast<std::size_t>(std::max(mark.column, 0))));
}

Place YamlSource::At(const YAML::Mark& mark) const {
  if (mark.line < 0 || static_cast<std::size_t>(mark.line) >= lines_.size()) return End();
  const auto line = static_cast<std::size_t>(mark.line);
  const std::size_t column = lines_[line].size() - Rest(mark).size();
  return Place{origin_.file, origin_.line + mark.line,
               origin_.column + CharactersBefore(line, column)};
}

int YamlSource::CharactersBefore(std::size_t line, std::size_t column) const {
  if (counted_.line != line || counted_.column > column) counted_ = Counted{line, 0, 0};
  const std::string_view text = lines_[line];
  counted_.characters += CountCharacters(text.substr(counted_.column, column - counted_.column));
  counted_.column = column;
  return counted_.characters;
}

Place YamlSource::TextPlace(const YAML::Mark& mark, std::string_view value, bool quoted) const {
  Place place = At(mark);
  if (!quoted) return place;
  const std::string_view rest = Rest(mark);
  const bool is_block = rest.starts_with("|") || rest.starts_with(">");
  if (!is_block) {
    ++place.column;
    return place;
  }
  // A block's text begins on the next line; its indentation is what the first line that is not
  // blank has beyond what the text itself begins with.
  const auto header = static_cast<std::size_t>(mark.line);
  const std::size_t in_text = value.find_first_not_of("\n");
  const std::size_t text_spaces =
      in_text == std::string_view::npos
          ? 0
          : std::min(value.size(), value.find_first_not_of(' ', in_text)) - in_text;
  std::size_t indent = 0;
  for (std::size_t i = header + 1; i < lines_.size(); ++i) {
    const std::size_t spaces = lines_[i].find_first_not_of(' ');
    if (spaces == std::string::npos) continue;
    indent = spaces > text_spaces ? spaces - text_spaces : 0;
    break;
  }
  return Place{origin_.file, origin_.line + mark.line + 1,
               origin_.column + static_cast<int>(indent)};
}

bool YamlSource::IsClosed(const YAML::Mark& mark) const {
  const std::string_view first = Rest(mark);
  if (!first.starts_with('"') && !first.starts_with('\'')) return true;
  const char quote = first[0];
  std::string_view text = first.substr(1);
  for (auto line = static_cast<std::size_t>(mark.line);;) {
    for (std::size_t at = 0; at < text.size(); ++at) {
      const bool is_escape = quote == '"' ? text[at] == '\\' : text.substr(at).starts_with("''");
      if (is_escape) {
        ++at;
      } else if (text[at] == quote) {
        return true;
      }
    }
    if (++line >= lines_.size()) return false;
    text = lines_[line];
  }
}

bool YamlSource::HasColon(const YAML::Mark& mark, const std::string& key) const {
  const std::string_view rest = Rest(mark);
  // A quoted key may be longer than its text, never shorter.
  return rest.find(':', std::min(rest.size(), key.size())) != std::string_view::npos;
}

Place YamlSource::End() const {
  if (lines_.empty()) return origin_;
  return Place{origin_.file, origin_.line + static_cast<int>(lines_.size()) - 1,
               origin_.column + std::max(0, CountCharacters(lines_.back()) - 1)};
}

Place YamlSource::FindQuote(const Place& place) const {
  auto line = static_cast<std::size_t>(std::max(0, place.line - origin_.line));
  auto from = static_cast<std::size_t>(std::max(0, place.column - origin_.column));
  for (; line < lines_.size(); ++line, from = 0) {
    const std::string& text = lines_[line];
    for (std::size_t at = from; at < text.size(); ++at) {
      const bool opens =
          at == 0 || std::string_view(" [{,:").find(text[at - 1]) != std::string::npos;
      if (!opens || (text[at] != '"' && text[at] != '\'')) continue;
      return Place{origin_.file, origin_.line + static_cast<int>(line),
                   origin_.column + CountCharacters(std::string_view(text).substr(0, at))};
    }
  }
  return End();
}

void ReportYamlError(const YamlSource& source, const std::string& message, const YAML::Mark& mark,
                     const ParsePosition& position, Diagnostics& diagnostics) {
  Place place = mark.is_null() ? source.End() : source.At(mark);
  for (const Translation& known : kTranslations) {
    if (!message.starts_with(known.parser)) continue;
    // The parser notices a missing bracket lines later, but an odd character at once.
    const bool is_late =
        mark.pos <= 0 || place.line != position.open.line || source.Rest(mark).empty();
    if (message.ends_with("flow not found") && is_late && position.open.line > 0) {
      place = position.open;
    }
    if (known.message == "quoted text is not closed") place = source.FindQuote(position.last);
    diagnostics.Error(place, std::string(known.message), std::string(known.hint));
    return;
  }
  diagnostics.Error(place, "not YAML: " + message, "quote odd values, and check the indentation");
}

}  // namespace assay::contract
