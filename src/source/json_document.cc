#include "source/json_document.h"

#include "contract/utf8.h"
#include "source/unpacked_file.h"

namespace assay::source {
namespace {

constexpr std::size_t kLargestDocument = std::size_t{1} << 30;

}  // namespace

Result<std::vector<std::string>> PointerParts(const std::string& pointer) {
  std::vector<std::string> parts;
  if (pointer.empty()) return parts;
  const Error wrong{ErrorCode::kUser, "not a JSON Pointer: " + pointer,
                    "write the keys from the outermost on, each behind a slash: /data/rows; a "
                    "slash in a key is ~1, a tilde ~0"};
  if (pointer[0] != '/') return wrong;
  for (std::size_t i = 0; i < pointer.size(); ++i) {
    if (pointer[i] == '/') {
      parts.emplace_back();
      continue;
    }
    if (pointer[i] != '~') {
      parts.back() += pointer[i];
      continue;
    }
    const char escaped = i + 1 < pointer.size() ? pointer[++i] : ' ';
    if (escaped != '0' && escaped != '1') return wrong;
    parts.back() += escaped == '0' ? '~' : '/';
  }
  return parts;
}

std::optional<JsonValue> StepInto(const JsonValue& value, const std::string& part) {
  if (value.form == JsonForm::kList) {
    const std::vector<JsonValue> items = ItemsOf(value);
    for (std::size_t i = 0; i < items.size(); ++i) {
      if (std::to_string(i) == part) return items[i];
    }
    return std::nullopt;
  }
  if (value.form != JsonForm::kObject) return std::nullopt;
  for (const JsonMember& member : MembersOf(value)) {
    std::string key;
    AppendDecoded(member.key, key);
    if (key == part) return member.value;
  }
  return std::nullopt;
}

std::optional<JsonValue> ValueAt(const JsonValue& value, const std::string& pointer) {
  const auto parts = PointerParts(pointer);
  if (!parts.ok()) return std::nullopt;
  std::optional<JsonValue> found = value;
  for (const std::string& part : *parts) {
    found = StepInto(*found, part);
    if (!found) break;
  }
  return found;
}

Status JsonDocument::Load(const SourceFile& file) {
  location_ = file.location;
  TRY_ASSIGN(const bool is_whole, ReadWhole(file, kLargestDocument, text_));
  if (!is_whole) {
    return Error{ErrorCode::kData,
                 location_ + " is larger than 1 GiB, which is the most of one JSON document",
                 "write JSON lines, which are read one by one"};
  }
  if (const auto fault = ScanJson(text_, value_)) {
    return Error{ErrorCode::kData, PlaceOf(fault->offset) + " is not JSON: " + fault->reason,
                 "mend the file; for one object in each line write `kind: jsonl`"};
  }
  return {};
}

Result<std::vector<JsonValue>> JsonDocument::ItemsAt(const std::string& records) const {
  JsonValue value = value_;
  TRY_ASSIGN(const std::vector<std::string> parts, PointerParts(records));
  for (const std::string& part : parts) {
    const std::optional<JsonValue> inner = StepInto(value, part);
    if (!inner) {
      return Error{ErrorCode::kData, location_ + " has nothing at `records`: " + records,
                   "`" + part + "` is not in the value at " + PlaceOf(value)};
    }
    value = *inner;
  }
  if (value.form == JsonForm::kObject) return std::vector<JsonValue>{value};
  if (value.form == JsonForm::kList) return ItemsOf(value);
  return Error{ErrorCode::kData, PlaceOf(value) + " is neither an object nor a list of objects",
               "say where the rows are, as `records: /data/rows`"};
}

std::string JsonDocument::PlaceOf(std::size_t offset) const {
  const contract::LineColumn place = contract::LineColumnOf(text_, offset);
  return location_ + ":" + std::to_string(place.line) + ":" + std::to_string(place.column);
}

std::string JsonDocument::PlaceOf(const JsonValue& value) const {
  return PlaceOf(static_cast<std::size_t>(value.text.data() - text_.data()));
}

}  // namespace assay::source
