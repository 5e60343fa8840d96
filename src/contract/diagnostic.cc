#include "contract/diagnostic.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "contract/utf8.h"

namespace assay::contract {
namespace {

// More than a person reads at once; a file of garbage must not fill the screen or the memory.
constexpr std::size_t kMostDiagnostics = 200;
// A longer line is shown in part, around the place.
constexpr int kShownLine = 120;

const char* SeverityText(Severity severity) {
  return severity == Severity::kError ? "error" : "warning";
}

// Byte offset of the character with this number (from 0), or the end.
std::size_t OffsetOf(std::string_view line, int character) {
  std::size_t at = 0;
  for (; at < line.size(); ++at) {
    const bool begins = (static_cast<unsigned char>(line[at]) & 0xc0U) != 0x80U;
    if (begins && character-- == 0) break;
  }
  return at;
}

// Puts stars in place of what stands between `://USER:` and `@`, so that no message shows what
// should not have been written there.
void HidePasswords(std::string& line) {
  constexpr std::string_view kScheme = "://";
  for (std::size_t at = line.find(kScheme); at != std::string::npos;
       at = line.find(kScheme, at + 1)) {
    const std::size_t begin = at + kScheme.size();
    const std::size_t end = std::min(line.find_first_of("/ \t\"'", begin), line.size());
    const std::size_t colon = line.find(':', begin);
    const std::size_t host = line.rfind('@', end);
    if (colon >= host || host == std::string::npos || host >= end) continue;
    std::fill(line.begin() + static_cast<std::ptrdiff_t>(colon) + 1,
              line.begin() + static_cast<std::ptrdiff_t>(host), '*');
  }
}

// The line with its number, and a caret under the column (0: no caret).
std::string Excerpt(int number, std::string line, int column) {
  std::string gutter = std::to_string(number);
  gutter.insert(0, gutter.size() < 5 ? 5 - gutter.size() : 0, ' ');
  int caret = column - 1;
  if (CountCharacters(line) > kShownLine) {
    const int first = std::max(0, caret - kShownLine / 2);
    const std::size_t from = OffsetOf(line, first);
    line =
        (first > 0 ? "…" : "") + line.substr(from, OffsetOf(line.substr(from), kShownLine)) + "…";
    caret -= first - (first > 0 ? 1 : 0);
  }
  std::string text = gutter + " | " + Printable(line) + "\n";
  if (column <= 0) return text;
  text += std::string(gutter.size(), ' ') + " | ";
  const std::string_view before = std::string_view(line).substr(0, OffsetOf(line, caret));
  for (std::size_t i = 0; i < before.size(); ++i) {
    if (before[i] == '\t') {
      text += '\t';
    } else if ((static_cast<unsigned char>(before[i]) & 0xc0U) != 0x80U) {
      text += ' ';
    }
  }
  return text + "^\n";
}

}  // namespace

std::string PlaceText(const Place& place) {
  std::string text = Printable(place.file);
  if (place.line > 0) text += (text.empty() ? "" : ":") + std::to_string(place.line);
  if (place.line > 0 && place.column > 0) text += ":" + std::to_string(place.column);
  return text;
}

void Diagnostics::AddText(const std::string& file, const std::string& text) {
  for (const Text& known : texts_) {
    if (known.file == file) return;
  }
  texts_.push_back(Text{file, SplitLines(text)});
  for (std::string& line : texts_.back().lines) HidePasswords(line);
}

void Diagnostics::Add(Diagnostic diagnostic) {
  const bool needed = diagnostic.severity == Severity::kError && !has_errors();
  if (all_.size() >= kMostDiagnostics && !needed) {
    ++left_out_;
    return;
  }
  diagnostic.message = Printable(diagnostic.message);
  diagnostic.hint = Printable(diagnostic.hint);
  all_.push_back(std::move(diagnostic));
}

void Diagnostics::AddAll(const Diagnostics& other) {
  for (const Text& text : other.texts_) {
    const bool is_known = std::any_of(texts_.begin(), texts_.end(),
                                      [&](const Text& known) { return known.file == text.file; });
    if (!is_known) texts_.push_back(text);
  }
  for (const Diagnostic& diagnostic : other.all_) Add(diagnostic);
  left_out_ += other.left_out_;
}

void Diagnostics::Error(const Place& place, std::string message, std::string hint) {
  Add(Diagnostic{Severity::kError, place, std::move(message), std::move(hint)});
}

void Diagnostics::Warning(const Place& place, std::string message, std::string hint) {
  Add(Diagnostic{Severity::kWarning, place, std::move(message), std::move(hint)});
}

bool Diagnostics::has_errors() const {
  return std::any_of(all_.begin(), all_.end(),
                     [](const Diagnostic& d) { return d.severity == Severity::kError; });
}

std::vector<Diagnostic> Diagnostics::Sorted() const {
  std::vector<Diagnostic> sorted = all_;
  std::stable_sort(sorted.begin(), sorted.end(), [](const Diagnostic& a, const Diagnostic& b) {
    return std::tie(a.place.file, a.place.line, a.place.column) <
           std::tie(b.place.file, b.place.line, b.place.column);
  });
  return sorted;
}

std::string Diagnostics::Render() const {
  std::string text;
  for (const Diagnostic& diagnostic : Sorted()) {
    const Place& place = diagnostic.place;
    const std::string where = PlaceText(place);
    text += where + (where.empty() ? "" : ": ") + SeverityText(diagnostic.severity) + ": " +
            diagnostic.message + "\n";
    for (const Text& known : texts_) {
      const auto number = static_cast<std::size_t>(std::max(place.line, 0));
      if (known.file != place.file || number == 0 || number > known.lines.size()) continue;
      text += Excerpt(place.line, known.lines[number - 1], place.column);
    }
    if (!diagnostic.hint.empty()) text += "  hint: " + diagnostic.hint + "\n";
  }
  if (left_out_ > 0) text += "and " + std::to_string(left_out_) + " more\n";
  return text;
}

Json Diagnostics::ToJson() const {
  Json list = Json::array();
  for (const Diagnostic& diagnostic : Sorted()) {
    list.push_back(Json{{"severity", SeverityText(diagnostic.severity)},
                        {"file", Printable(diagnostic.place.file)},
                        {"line", diagnostic.place.line},
                        {"column", diagnostic.place.column},
                        {"message", diagnostic.message},
                        {"hint", diagnostic.hint}});
  }
  return list;
}

assay::Error Diagnostics::ToError() const {
  Diagnostics errors;
  errors.texts_ = texts_;
  errors.left_out_ = left_out_;
  for (const Diagnostic& diagnostic : all_) {
    if (diagnostic.severity == Severity::kError) errors.all_.push_back(diagnostic);
  }
  return assay::Error{ErrorCode::kUser, std::string(Trim(errors.Render())), ""};
}

}  // namespace assay::contract
