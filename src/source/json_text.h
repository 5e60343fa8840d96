/// JSON as text (RFC 8259, and nothing beyond it): whether it is any, and where its parts stand.
/// Values stay as they are written, so that no number is bent.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace assay::source {

enum class JsonForm { kNull, kBool, kNumber, kString, kList, kObject };

/// A value where it stands in a text.
struct JsonValue {
  JsonForm form = JsonForm::kNull;
  std::string_view text;  ///< as written, a string with its quotes
};

struct JsonMember {
  std::string_view key;  ///< as written, with its quotes
  JsonValue value;
};

enum class JsonFaultKind { kSyntax, kEncoding, kNoObject };

/// Where and why a text is not the JSON that it should be.
struct JsonFault {
  std::size_t offset = 0;  ///< in bytes
  std::string reason;      ///< `expected a comma or }`
  JsonFaultKind kind = JsonFaultKind::kSyntax;
};

/// Lists and objects may stand in each other this deep.
inline constexpr std::size_t kDeepestJson = 1000;

/// The one value of a text, with white space around it; a fault when it is no JSON: other syntax,
/// half of a surrogate pair, nested too deep, no UTF-8.
std::optional<JsonFault> ScanJson(std::string_view text, JsonValue& value);

/// The members of an object, which is the one value of the text, in their order; a fault as above,
/// also where the value is JSON but no object.
std::optional<JsonFault> ScanObject(std::string_view text, std::vector<JsonMember>& members);

/// The members of an object that ScanJson found.
std::vector<JsonMember> MembersOf(const JsonValue& object);
/// The items of a list that ScanJson found.
std::vector<JsonValue> ItemsOf(const JsonValue& list);

/// Appends what a string that was found means; `string` is as written, with its quotes.
void AppendDecoded(std::string_view string, std::string& text);

/// Appends a value that was found without the white space between its parts.
void AppendCompact(std::string_view value, std::string& text);

}  // namespace assay::source
