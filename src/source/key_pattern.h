/// Patterns of the keys in an object store, as those of files: `*` and `?` match within one name,
/// not a `/` and not the point that begins a name; `[..]` one character of many, `{a,b}` one of two
/// texts; `\` takes a character's meaning from it. Pure.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"

namespace assay::source {

class KeyPattern {
 public:
  /// An error (kUser) where `{..}` stands for too many texts.
  static Result<KeyPattern> Parse(const std::string& pattern);

  /// What every key begins with that matches.
  const std::string& prefix() const { return prefix_; }
  /// True where no key that matches has a `/` behind the prefix.
  bool is_flat() const { return is_flat_; }
  bool Matches(const std::string& key) const;

 private:
  std::vector<std::string> alternatives_;  // without `{..}`
  std::string prefix_;
  bool is_flat_ = true;
};

/// The key that a pattern without wild cards names.
std::string KeyOfPlainPattern(const std::string& pattern);
/// The pattern that matches this key alone.
std::string EscapedKey(const std::string& key);

}  // namespace assay::source
