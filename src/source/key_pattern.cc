#include "source/key_pattern.h"

#include <fnmatch.h>

#include <algorithm>
#include <string_view>

namespace assay::source {
namespace {

constexpr std::size_t kMostAlternatives = 1000;

// The texts between `{`, which stands at `open`, and its `}`, whose place becomes `close`. None
// where there is no such `}`.
std::vector<std::string> TextsInBraces(const std::string& pattern, std::size_t open,
                                       std::size_t& close) {
  std::vector<std::string> texts(1);
  int depth = 0;
  for (std::size_t i = open + 1; i < pattern.size(); ++i) {
    const char c = pattern[i];
    if (c == '}' && depth == 0) {
      close = i;
      return texts;
    }
    if (c == ',' && depth == 0) {
      texts.emplace_back();
      continue;
    }
    if (c == '{') ++depth;
    if (c == '}') --depth;
    texts.back() += c;
    if (c == '\\' && i + 1 < pattern.size()) texts.back() += pattern[++i];
  }
  return {};
}

// False where there are too many.
bool ExpandBraces(const std::string& pattern, std::size_t from,
                  std::vector<std::string>& expanded) {
  for (std::size_t i = from; i < pattern.size(); ++i) {
    if (pattern[i] == '\\') {
      ++i;
      continue;
    }
    if (pattern[i] != '{' || pattern.compare(i, 2, "{}") == 0) continue;
    std::size_t close = 0;
    const std::vector<std::string> texts = TextsInBraces(pattern, i, close);
    if (texts.empty()) continue;  // a brace like any character
    const std::string before = pattern.substr(0, i), behind = pattern.substr(close + 1);
    return std::all_of(texts.begin(), texts.end(), [&](const std::string& text) {
      return ExpandBraces(before + text + behind, i, expanded);
    });
  }
  if (expanded.size() == kMostAlternatives) return false;
  expanded.push_back(pattern);
  return true;
}

// Everything before the first wild card, as it is in a key.
std::string PlainStart(const std::string& pattern, std::size_t& end) {
  std::string start;
  for (end = 0; end < pattern.size(); ++end) {
    if (std::string_view("*?[{").find(pattern[end]) != std::string_view::npos) break;
    if (pattern[end] == '\\' && end + 1 < pattern.size()) ++end;
    start += pattern[end];
  }
  return start;
}

}  // namespace

Result<KeyPattern> KeyPattern::Parse(const std::string& pattern) {
  KeyPattern parsed;
  if (!ExpandBraces(pattern, 0, parsed.alternatives_)) {
    return Error{ErrorCode::kUser, "braces that stand for more than 1,000 texts: " + pattern,
                 "write `*` for what differs"};
  }
  std::size_t end = 0;
  parsed.prefix_ = PlainStart(pattern, end);
  parsed.is_flat_ = pattern.find('/', end) == std::string::npos;
  return parsed;
}

bool KeyPattern::Matches(const std::string& key) const {
  if (!key.starts_with(prefix_) || key.find('\0') != std::string::npos) return false;
  return std::any_of(alternatives_.begin(), alternatives_.end(), [&](const std::string& pattern) {
    return fnmatch(pattern.c_str(), key.c_str(), FNM_PATHNAME | FNM_PERIOD) == 0;
  });
}

std::string KeyOfPlainPattern(const std::string& pattern) {
  std::size_t end = 0;
  return PlainStart(pattern, end);
}

std::string EscapedKey(const std::string& key) {
  std::string escaped;
  for (const char c : key) {
    if (std::string_view("*?[]{}\\").find(c) != std::string_view::npos) escaped += '\\';
    escaped += c;
  }
  return escaped;
}

}  // namespace assay::source
