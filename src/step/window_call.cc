#include "step/window_call.h"

#include <algorithm>
#include <cctype>
#include <cstddef>
#include <optional>
#include <sstream>
#include <vector>

#include "base/letter_case.h"

namespace assay::step {
namespace {

bool IsWordByte(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

// The end of what is quoted from `at` on, behind the closing quote; nothing where it is not closed.
std::optional<std::size_t> EndOfQuoted(const std::string& sql, std::size_t at) {
  const char quote = sql[at];
  const bool escapes = quote == '\'' && at > 0 && (sql[at - 1] == 'e' || sql[at - 1] == 'E') &&
                       (at == 1 || !IsWordByte(sql[at - 2]));
  for (std::size_t i = at + 1; i < sql.size(); ++i) {
    if (escapes && sql[i] == '\\') {
      ++i;
    } else if (sql[i] == quote) {
      if (i + 1 == sql.size() || sql[i + 1] != quote) return i + 1;
      ++i;
    }
  }
  return std::nullopt;
}

std::optional<std::size_t> EndOfBlockComment(const std::string& sql, std::size_t at) {
  int depth = 0;
  for (std::size_t i = at; i + 1 < sql.size(); ++i) {
    if (sql.compare(i, 2, "/*") == 0) {
      ++depth;
      ++i;
    } else if (sql.compare(i, 2, "*/") == 0) {
      ++i;
      if (--depth == 0) return i + 1;
    }
  }
  return std::nullopt;
}

// The SQL in lower case with comments as spaces and quoted parts as `q`, so that what is left can
// be looked at byte by byte. Nothing where a part is not closed.
std::optional<std::string> Skeleton(const std::string& sql) {
  std::string skeleton;
  for (std::size_t i = 0; i < sql.size();) {
    std::optional<std::size_t> end = i + 1;
    char as = sql[i];
    if (sql[i] == '\'' || sql[i] == '"') {
      end = EndOfQuoted(sql, i);
      as = 'q';
    } else if (sql.compare(i, 2, "--") == 0) {
      end = std::min(sql.find('\n', i), sql.size());
      as = ' ';
    } else if (sql.compare(i, 2, "/*") == 0) {
      end = EndOfBlockComment(sql, i);
      as = ' ';
    } else if (sql[i] == '$' || sql[i] == ';') {
      return std::nullopt;  // of quotes with a mark, or of the next statement
    }
    if (!end) return std::nullopt;
    skeleton += as;
    i = *end;
  }
  return Lower(skeleton);
}

std::size_t AfterSpaces(const std::string& text, std::size_t at) {
  while (at < text.size() && std::isspace(static_cast<unsigned char>(text[at])) != 0) ++at;
  return at;
}

std::size_t AfterWord(const std::string& text, std::size_t at) {
  while (at < text.size() && IsWordByte(text[at])) ++at;
  return at;
}

// Behind the parenthesis that closes the one at `at`.
std::optional<std::size_t> AfterParentheses(const std::string& text, std::size_t at) {
  int depth = 0;
  for (std::size_t i = at; i < text.size(); ++i) {
    if (text[i] == '(') ++depth;
    if (text[i] == ')' && --depth == 0) return i + 1;
    if (depth == 0) return std::nullopt;
  }
  return std::nullopt;
}

bool HasWord(const std::string& text, const std::string& word) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const std::size_t end = AfterWord(text, i);
    if (text.compare(i, end - i, word) == 0 && end > i) return true;
    i = std::max(i, end);
  }
  return false;
}

// `name (...)`, perhaps with ` filter (...)` behind it.
bool IsOneCall(const std::string& skeleton) {
  const std::size_t name = AfterSpaces(skeleton, 0);
  const std::size_t behind = AfterWord(skeleton, name);
  if (behind == name) return false;
  std::optional<std::size_t> end = AfterParentheses(skeleton, AfterSpaces(skeleton, behind));
  if (!end) return false;
  std::size_t at = AfterSpaces(skeleton, *end);
  if (skeleton.compare(at, 6, "filter") == 0) {
    end = AfterParentheses(skeleton, AfterSpaces(skeleton, at + 6));
    if (!end) return false;
    at = AfterSpaces(skeleton, *end);
  }
  return at == skeleton.size();
}

std::vector<std::string> UpperWords(const std::string& text) {
  std::istringstream stream(text);
  std::vector<std::string> words;
  for (std::string word; stream >> word;) {
    std::transform(word.begin(), word.end(), word.begin(),
                   [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    words.push_back(word);
  }
  return words;
}

bool IsRowCount(const std::string& word) {
  return !word.empty() && word.size() <= 9 &&
         std::all_of(word.begin(), word.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// Takes `CURRENT ROW`, `UNBOUNDED PRECEDING`, `3 FOLLOWING` and the like from the front.
bool TakeBound(std::vector<std::string>& words, const std::string& last_word) {
  if (words.size() < 2) return false;
  const bool is_current = words[0] == "CURRENT" && words[1] == "ROW";
  const bool is_far = words[0] == "UNBOUNDED" && words[1] == last_word;
  const bool is_count =
      IsRowCount(words[0]) && (words[1] == "PRECEDING" || words[1] == "FOLLOWING");
  if (!is_current && !is_far && !is_count) return false;
  words.erase(words.begin(), words.begin() + 2);
  return true;
}

bool IsFrameOfRows(std::vector<std::string> words) {
  if (words.empty() || words[0] != "ROWS") return false;
  words.erase(words.begin());
  if (!words.empty() && words[0] == "BETWEEN") {
    words.erase(words.begin());
    if (!TakeBound(words, "PRECEDING") || words.empty() || words[0] != "AND") return false;
    words.erase(words.begin());
    return TakeBound(words, "FOLLOWING") && words.empty();
  }
  const bool is_behind = words.size() == 2 && words[1] == "FOLLOWING";
  return !is_behind && TakeBound(words, "PRECEDING") && words.empty();
}

}  // namespace

Status CheckWindowCall(const std::string& name, const std::string& expression) {
  const std::optional<std::string> skeleton = Skeleton(expression);
  if (!skeleton || !IsOneCall(*skeleton)) {
    return Error{ErrorCode::kUser, "`" + name + "` is not one call of a function: " + expression,
                 "write a call such as lag(delay) or avg(delay); what is computed with it belongs "
                 "into a derive step"};
  }
  for (const char* word : {"over", "select"}) {
    if (!HasWord(*skeleton, word)) continue;
    return Error{ErrorCode::kUser,
                 "`" + name + "` has a word that a window step does not take: " + word,
                 std::string(word) == "over"
                     ? "the step writes OVER (...) itself, by partition_by, order_by and frame"
                     : "write such a query as a sql step"};
  }
  return {};
}

Status CheckFrame(const std::string& frame) {
  const std::vector<std::string> words = UpperWords(frame);
  if (IsFrameOfRows(words)) return {};
  const bool by_value = !words.empty() && (words[0] == "RANGE" || words[0] == "GROUPS");
  return Error{ErrorCode::kUser, "not a frame of rows: " + frame,
               by_value ? "only ROWS are taken: for spans of time, resample first, or write a sql "
                          "step"
                        : "write `ROWS 6 PRECEDING` or `ROWS BETWEEN 3 PRECEDING AND 3 FOLLOWING`"};
}

}  // namespace assay::step
