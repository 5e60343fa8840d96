/// The form of an id: 64 lower-case hex digits, alone or somewhere in a text.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

namespace assay::store {

inline bool IsLowerHex(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); }

/// True for 64 lower-case hex digits.
inline bool IsSha256(std::string_view text) {
  return text.size() == 64 && std::all_of(text.begin(), text.end(), IsLowerHex);
}

/// Calls `take(std::string)` with each run of exactly 64 lower-case hex digits in a text.
template <typename Take>
void EachSha256(std::string_view text, Take take) {
  std::size_t begin = 0;
  for (std::size_t i = 0; i <= text.size(); ++i) {
    if (i < text.size() && IsLowerHex(text[i])) continue;
    if (i - begin == 64) take(std::string(text.substr(begin, 64)));
    begin = i + 1;
  }
}

/// Calls `take(std::string)` with the ids of the objects that lineages in a JSON text name, which
/// say what a table is made of (store/lineage.h).
template <typename Take>
void EachTableOfLineage(std::string_view text, Take take) {
  constexpr std::string_view kMember = "\"table\":\"";
  for (std::size_t at = text.find(kMember); at != std::string_view::npos;
       at = text.find(kMember, at)) {
    at += kMember.size();
    const std::string_view id = text.substr(at, 64);
    if (IsSha256(id)) take(std::string(id));
  }
}

}  // namespace assay::store
