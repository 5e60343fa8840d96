// A text that may be JSON: taken or refused as another parser does, and what is taken apart means
// the same.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/json.h"
#include "contract/utf8.h"
#include "source/json_text.h"

namespace {

using assay::Json;
using assay::source::JsonForm;
using assay::source::JsonMember;
using assay::source::JsonValue;

void Require(bool holds) {
  if (!holds) std::abort();
}

enum class Verdict { kJson, kNoJson, kUnknown };

Verdict OtherParser(std::string_view text, Json& value) {
  try {
    value = Json::parse(text);
    return Verdict::kJson;
  } catch (const Json::parse_error&) {
    return Verdict::kNoJson;
  } catch (const Json::out_of_range&) {  // a number beyond the largest double
    return Verdict::kUnknown;
  }
}

std::string Decoded(std::string_view string) {
  std::string text;
  assay::source::AppendDecoded(string, text);
  return text;
}

void CheckParts(const JsonValue& value, const Json& other) {
  if (value.form == JsonForm::kString) Require(Decoded(value.text) == other.get<std::string>());
  if (value.form == JsonForm::kList) {
    const auto items = assay::source::ItemsOf(value);
    Require(items.size() == other.size());
    for (std::size_t i = 0; i < items.size(); ++i) {
      Require(Json::parse(items[i].text) == other[i]);
    }
  }
  if (value.form != JsonForm::kObject) return;
  Json members = Json::object();
  for (const JsonMember& member : assay::source::MembersOf(value)) {
    members[Decoded(member.key)] = Json::parse(member.value.text);
  }
  Require(members == other);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  JsonValue value;
  const auto fault = assay::source::ScanJson(text, value);
  std::vector<JsonMember> members;
  const auto no_object = assay::source::ScanObject(text, members);
  Require(no_object.has_value() == (fault.has_value() || value.form != JsonForm::kObject));
  if (fault) Require(fault->offset <= size && !fault->reason.empty());
  // The other one takes a zero byte for the end of the text.
  if (text.find('\0') != std::string_view::npos) {
    Require(fault.has_value());
    return 0;
  }
  // It skips a byte-order mark, and has no limit of depth.
  const bool has_mark = assay::contract::WithoutByteOrderMark(text).size() != size;
  if (has_mark || assay::NestsDeeperThan(text, assay::source::kDeepestJson)) return 0;
  Json other;
  const Verdict verdict = OtherParser(text, other);
  if (verdict == Verdict::kUnknown) return 0;
  Require(fault.has_value() == (verdict == Verdict::kNoJson));
  if (fault) return 0;
  CheckParts(value, other);
  std::string compact;
  assay::source::AppendCompact(value.text, compact);
  Require(compact.size() <= size && Json::parse(compact) == other);
  return 0;
}
