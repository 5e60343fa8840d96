#include "run/look_notes.h"

#include <algorithm>

#include "contract/number_text.h"
#include "contract/yaml_scalar.h"
#include "run/remarked_text.h"

namespace assay::run {
namespace {

std::string Named(const std::vector<std::string>& names) {
  constexpr std::size_t kShown = 4;
  constexpr std::size_t kLongest = 40;
  const std::size_t shown = names.size() > kShown + 1 ? kShown : names.size();
  std::string text;
  for (std::size_t i = 0; i < shown; ++i) {
    text += (i > 0 ? ", " : "") + contract::CommentText(names[i], kLongest);
  }
  if (shown < names.size()) text += " and " + std::to_string(names.size() - shown) + " more";
  return text;
}

// `value_1`, `column0`: what a column is called whose name stands twice, or nowhere.
bool MayBeGiven(const std::string& name) {
  constexpr std::string_view kColumn = "column";
  const std::size_t at = name.rfind('_');
  if (at != std::string::npos && contract::IsDigits(name.substr(at + 1))) return true;
  return name.starts_with(kColumn) && contract::IsDigits(name.substr(kColumn.size()));
}

std::string GivenNamesNote(const SeenSource& source, std::string_view header) {
  std::vector<std::string> given;
  for (const SeenColumn& column : source.columns) {
    const bool stands_there = header.find(column.name) != std::string_view::npos;
    if (!stands_there && MayBeGiven(column.name)) given.push_back(column.name);
  }
  if (given.empty()) return "";
  return "the header has these columns without a name or with one that stands twice, so they are "
         "called " +
         Named(given);
}

bool HasNoHeader(const SeenSource& source) {
  return std::any_of(source.options.begin(), source.options.end(),
                     [](const SeenOption& option) { return option.name == "header"; });
}

}  // namespace

std::vector<std::string> NotesOn(const SeenSource& source, std::string_view header) {
  std::vector<std::string> notes;
  if (source.rows == 0) {
    notes.push_back("there is no row, so types, key and splits are yours to write");
  }
  if (HasNoHeader(source)) {
    notes.push_back("the first line is taken for a row: it holds no names of columns");
  } else if (!header.empty()) {
    const std::string given = GivenNamesNote(source, header);
    if (!given.empty()) notes.push_back(given);
  }
  std::vector<std::string> texts, words;
  for (const SeenColumn& column : source.columns) {
    // Lines of a text are as they are.
    if (!column.cast || source.kind == "text") continue;
    (column.stays_words ? words : texts).push_back(column.name);
  }
  if (!texts.empty()) {
    const bool is_one = texts.size() == 1;
    notes.push_back(Named(texts) + (is_one ? " stays" : " stay") + " text, though " +
                    (is_one ? "it looks" : "they look") +
                    " like numbers or days; a step for that stands in assay.yaml, as a comment");
  }
  if (!words.empty()) {
    notes.push_back(Named(words) + (words.size() == 1 ? " has" : " have") +
                    " words that differ in case or spaces alone, or stand with spaces at their "
                    "ends; a step for that stands in assay.yaml, as a comment");
  }
  if (source.repeated > 0) {
    notes.push_back(CountOf(source.repeated, "row") +
                    (source.repeated == 1 ? " repeats" : " repeat") +
                    " another one; a step for that stands in assay.yaml, as a comment");
  }
  return notes;
}

}  // namespace assay::run
