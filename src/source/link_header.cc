#include "source/link_header.h"

#include <algorithm>

#include "base/letter_case.h"

namespace assay::source {
namespace {

// What is left of a header, from the left on.
class LinkText {
 public:
  explicit LinkText(std::string_view rest) : rest_(rest) {}

  void SkipBlanks() { rest_.remove_prefix(std::min(rest_.find_first_not_of(" \t"), rest_.size())); }

  bool Take(char c) {
    SkipBlanks();
    if (!rest_.starts_with(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }

  // Up to one of the characters, which stays.
  std::string_view UpTo(std::string_view ends) {
    const std::size_t end = std::min(rest_.find_first_of(ends), rest_.size());
    const std::string_view taken = rest_.substr(0, end);
    rest_.remove_prefix(end);
    return taken;
  }

  // Behind its first quote; nullopt where it has no second.
  std::optional<std::string> Quoted() {
    std::string text;
    for (std::size_t i = 0; i < rest_.size(); ++i) {
      if (rest_[i] == '"') {
        rest_.remove_prefix(i + 1);
        return text;
      }
      if (rest_[i] == '\\' && i + 1 < rest_.size()) ++i;
      text += rest_[i];
    }
    return std::nullopt;
  }

 private:
  std::string_view rest_;
};

bool HasWord(std::string_view words, std::string_view word) {
  while (!words.empty()) {
    const std::size_t begin = std::min(words.find_first_not_of(" \t"), words.size());
    words.remove_prefix(begin);
    const std::size_t end = std::min(words.find_first_of(" \t"), words.size());
    if (Lower(words.substr(0, end)) == word) return true;
    words.remove_prefix(end);
  }
  return false;
}

// Reads `; name=value` up to what ends the link. False where that is no comma.
bool TakeParameters(LinkText& text, std::string& relations) {
  bool has_relations = false;
  while (text.Take(';')) {
    text.SkipBlanks();
    const std::string name = Lower(text.UpTo("=;, \t"));
    std::string value;
    if (text.Take('=')) {
      if (text.Take('"')) {
        const auto quoted = text.Quoted();
        if (!quoted) return false;
        value = *quoted;
      } else {
        value = std::string(text.UpTo(";, \t"));
      }
    }
    if (name != "rel" || has_relations) continue;  // the first one counts
    has_relations = true;
    relations = value;
  }
  return true;
}

}  // namespace

std::optional<std::string> LinkOf(std::string_view header, std::string_view relation) {
  LinkText text(header);
  do {
    if (!text.Take('<')) {
      text.SkipBlanks();
      continue;  // an empty item of the list
    }
    const std::string target(text.UpTo(">"));
    std::string relations;
    if (!text.Take('>') || !TakeParameters(text, relations)) return std::nullopt;
    if (HasWord(relations, relation)) return target;
  } while (text.Take(','));
  return std::nullopt;
}

}  // namespace assay::source
