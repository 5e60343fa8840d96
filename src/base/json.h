/// JSON as a value and as canonical text (docs/design/0001, section 5).
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "base/result.h"

// Made once, in json.cc, and not anew in every file that reads this one: quicker builds.
extern template class nlohmann::basic_json<>;
extern template class nlohmann::detail::serializer<nlohmann::json>;

namespace assay {

using Json = nlohmann::json;

/// Writes RFC 8785 restricted to ASCII keys, strings, booleans and integers below 2^53. Anything
/// else (floats, null, invalid UTF-8) is an internal error that names the place.
Result<std::string> CanonicalJson(const Json& value);

/// Writes `{"KIND":value}` canonically: the text that is hashed and, for commits, stored.
Result<std::string> HashedText(const std::string& kind, const Json& value);

/// Lower-case hex sha256 of `HashedText(kind, value)`.
Result<std::string> TextId(const std::string& kind, const Json& value);

/// True when lists and objects of a JSON text stand in each other more than `limit` deep; looks at
/// the text alone, so that nothing recursive has to read it first.
bool NestsDeeperThan(std::string_view text, std::size_t limit);

/// Parses text that a stranger wrote, nested at most 1,000 deep; errors carry the byte offset.
Result<Json> ParseJson(std::string_view text);

/// The text of a member; empty where the object lacks it, where it is no text, or in what is no
/// object.
std::string MemberText(const Json& object, const char* member);

/// The same of a whole number from 0 on; otherwise 0.
std::uint64_t MemberCount(const Json& object, const char* member);

/// The text, or null for an empty one.
Json TextOrNull(const std::string& text);

/// The shortest decimal text that reads back to the same bits; `inf`, `-inf`, `nan` for those.
std::string DoubleText(double value);

}  // namespace assay
