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

std::optional<YamlSource::Spot> YamlSource::BehindText(Spot spot) const {
  const char quote = lines_[spot.line][spot.column];
  ++spot.column;
  for (; spot.line < lines_.size(); ++spot.line, spot.column = 0) {
    const std::string_view text = lines_[spot.line];
    for (std::size_t& at = spot.column; at < text.size(); ++at) {
      const bool is_escape = quote == '"' ? text[at] == '\\' : text.substr(at).starts_with("''");
      if (is_escape) {
        ++at;
      } else if (text[at] == quote) {
        ++at;
        return spot;
      }
    }
  }
  return std::nullopt;
}

bool YamlSource::IsClosed(const YAML::Mark& mark) const {
  const std::string_view rest = Rest(mark);
  if (!rest.starts_with('"') && !rest.starts_with('\'')) return true;
  const auto line = static_cast<std::size_t>(mark.line);
  return BehindText({line, lines_[line].size() - rest.size()}).has_value();
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

std::optional<YamlSource::Spot> YamlSource::NextQuote(Spot spot) const {
  for (; spot.line < lines_.size(); ++spot.line, spot.column = 0) {
    const std::string& text = lines_[spot.line];
    for (std::size_t& at = spot.column; at < text.size(); ++at) {
      const bool opens =
          at == 0 || std::string_view(" [{,:").find(text[at - 1]) != std::string::npos;
      if (opens && (text[at] == '"' || text[at] == '\'')) return spot;
    }
  }
  return std::nullopt;
}

YamlSource::Spot YamlSource::SpotOf(const Place& place) const {
  Spot spot{static_cast<std::size_t>(std::max(0, place.line - origin_.line)), 0};
  if (spot.line >= lines_.size()) return spot;
  const std::string& text = lines_[spot.line];
  for (int left = place.column - origin_.column; spot.column < text.size(); ++spot.column) {
    const bool begins = (static_cast<unsigned char>(text[spot.column]) & 0xc0U) != 0x80U;
    if (begins && left-- <= 0) break;
  }
  return spot;
}

Place YamlSource::PlaceOf(const Spot& spot) const {
  return Place{
      origin_.file, origin_.line + static_cast<int>(spot.line),
      origin_.column + CountCharacters(std::string_view(lines_[spot.line]).substr(0, spot.column))};
}

Place YamlSource::FindQuote(const Place& place) const {
  const auto spot = NextQuote(SpotOf(place));
  return spot ? PlaceOf(*spot) : End();
}

std::optional<Place> YamlSource::FindUnclosedQuote(const Place& place) const {
  for (auto quote = NextQuote(SpotOf(place)); quote;) {
    const auto behind = BehindText(*quote);
    // One within a text that has no quotes around it closes nothing and needs no closing.
    const std::string_view before =
        Trim(std::string_view(lines_[quote->line]).substr(0, quote->column));
    const bool begins =
        before.empty() || std::string_view("[{,:").find(before.back()) != std::string::npos;
    if (begins && !behind) return PlaceOf(*quote);
    quote = NextQuote(begins ? *behind : Spot{quote->line, quote->column + 1});
  }
  return std::nullopt;
}

void ReportYamlError(const YamlSource& source, const std::string& message, const YAML::Mark& mark,
                     const ParsePosition& position, Diagnostics& diagnostics) {
  Place place = mark.is_null() ? source.End() : source.At(mark);
  for (const Translation& known : kTranslations) {
    if (!message.starts_with(known.parser)) continue;
    // The parser notices a missing bracket lines later, but an odd character at once.
    const bool is_late =
        mark.pos <= 0 || place.line != position.open.line || source.Rest(mark).empty();
    if (message.ends_with("flow not found") && position.open.line > 0) {
      if (const auto quote = source.FindUnclosedQuote(position.open)) {
        diagnostics.Error(*quote, "quoted text is not closed",
                          "close it with the quote it began with");
        return;
      }
      if (is_late) place = position.open;
    }
    if (known.message == "quoted text is not closed") place = source.FindQuote(position.last);
    diagnostics.Error(place, std::string(known.message), std::string(known.hint));
    return;
  }
  diagnostics.Error(place, "not YAML: " + message, "quote odd values, and check the indentation");
}

}  // namespace assay::contract
