#include "cli/terminal.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "contract/amount_text.h"
#include "contract/place_prefix.h"

namespace assay::cli {
namespace {

bool EnvironmentAllowsColour() {
  const char* no_color = std::getenv("NO_COLOR");
  const char* term = std::getenv("TERM");
  return (no_color == nullptr || *no_color == '\0') &&
         (term == nullptr || std::string(term) != "dumb");
}

const char* CodeOf(Tone tone) {
  switch (tone) {
    case Tone::kGood:
      return "\033[32m";
    case Tone::kWarning:
      return "\033[33m";
    case Tone::kBad:
      return "\033[31m";
    case Tone::kDim:
      return "\033[2m";
    case Tone::kBold:
      return "\033[1m";
    case Tone::kPlain:
      break;
  }
  return "";
}

// East Asian wide and emoji ranges, roughly: they take two columns.
bool IsWide(char32_t point) {
  return (point >= 0x1100 && point <= 0x115f) || (point >= 0x2e80 && point <= 0xa4cf) ||
         (point >= 0xac00 && point <= 0xd7a3) || (point >= 0xf900 && point <= 0xfaff) ||
         (point >= 0xfe30 && point <= 0xfe6f) || (point >= 0xff00 && point <= 0xff60) ||
         (point >= 0x1f300 && point <= 0x1faff) || (point >= 0x20000 && point <= 0x3fffd);
}

void Write(std::FILE* stream, const std::string& text) {
  std::fwrite(text.data(), 1, text.size(), stream);
  std::fputc('\n', stream);
}

}  // namespace

Terminal::Terminal() {
  const bool allowed = EnvironmentAllowsColour();
  const char* term = std::getenv("TERM");
  can_redraw_ = isatty(STDERR_FILENO) != 0 && term != nullptr && std::string(term) != "dumb";
  colour_out_ = allowed && isatty(STDOUT_FILENO) != 0;
  colour_err_ = allowed && isatty(STDERR_FILENO) != 0;
}

Terminal Terminal::Plain() {
  Terminal terminal;
  terminal.can_redraw_ = terminal.colour_out_ = terminal.colour_err_ = false;
  return terminal;
}

std::string Terminal::Paint(const std::string& text, Tone tone, bool to_stderr) const {
  const bool colour = to_stderr ? colour_err_ : colour_out_;
  if (!colour || tone == Tone::kPlain || text.empty()) return text;
  return CodeOf(tone) + text + "\033[0m";
}

void Terminal::Out(const std::string& text) const { Write(stdout, text); }

void Terminal::Talk(const std::string& text) const { Write(stderr, text); }

void Terminal::OutJson(const Json& json) const {
  Out(json.dump(2, ' ', false, Json::error_handler_t::replace));
}

// `FILE:LINE:COLUMN: error: ...`, as editors look for it; `error: ...` of what has no place.
std::string Terminal::Marked(const std::string& mark, Tone tone, const std::string& text) const {
  const std::string place = contract::PlacePrefix(text);
  const std::size_t rest = place.empty() ? 0 : place.size() + std::string_view(": ").size();
  return text.substr(0, rest) + Paint(mark, tone, true) + text.substr(rest);
}

void Terminal::Say(const Error& error) const {
  // Diagnostics arrive rendered, each with its own `error:`.
  const bool rendered =
      error.message.starts_with("error: ") || error.message.find(": error: ") != std::string::npos;
  Talk(rendered ? error.message : Marked("error: ", Tone::kBad, error.message));
  if (!error.hint.empty()) Talk(Paint("  hint: ", Tone::kBold, true) + error.hint);
}

void Terminal::Warn(const std::string& text) const {
  Talk(Marked("warning: ", Tone::kWarning, text));
}

TextTable::TextTable(std::vector<std::string> header, std::vector<std::size_t> right)
    : right_(std::move(right)) {
  if (!header.empty()) rows_.push_back(std::move(header));
}

void TextTable::Add(std::vector<std::string> row) { rows_.push_back(std::move(row)); }

std::string TextTable::Text(const std::string& indent) const {
  std::vector<std::size_t> widths;
  for (const auto& row : rows_) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], TextWidth(row[i]));
  }
  std::string text;
  for (const auto& row : rows_) {
    std::string line = indent;
    for (std::size_t i = 0; i < row.size(); ++i) {
      const std::string pad(widths[i] - TextWidth(row[i]), ' ');
      const bool right = std::find(right_.begin(), right_.end(), i) != right_.end();
      if (i > 0) line += "  ";
      line += right ? pad + row[i] : row[i] + pad;
    }
    line.erase(line.find_last_not_of(' ') + 1);
    text += (text.empty() ? "" : "\n") + line;
  }
  return text;
}

std::string Grouped(std::uint64_t number) { return contract::GroupedText(number); }

std::string Rows(std::uint64_t number) { return contract::RowsText(number); }

std::string Duration(double seconds) { return contract::SecondsText(seconds); }

std::string Bytes(std::uint64_t bytes) { return contract::BytesText(bytes); }

std::string Short(const std::string& id) { return id.substr(0, 12); }

std::size_t TextWidth(const std::string& text) {
  std::size_t width = 0;
  for (std::size_t i = 0; i < text.size();) {
    const auto lead = static_cast<unsigned char>(text[i]);
    if (lead == 0x1b) {  // a colour: up to its `m`
      while (i < text.size() && text[i] != 'm') ++i;
      ++i;
      continue;
    }
    std::size_t length = 1;
    char32_t point = lead;
    if (lead >= 0xf0) {
      length = 4;
      point = lead & 0x07U;
    } else if (lead >= 0xe0) {
      length = 3;
      point = lead & 0x0fU;
    } else if (lead >= 0xc0) {
      length = 2;
      point = lead & 0x1fU;
    }
    for (std::size_t k = 1; k < length && i + k < text.size(); ++k) {
      point = (point << 6) | (static_cast<unsigned char>(text[i + k]) & 0x3fU);
    }
    width += IsWide(point) ? 2 : 1;
    i += length;
  }
  return width;
}

}  // namespace assay::cli
