/// A file that is one JSON document, and where in it the rows are. In memory as a whole.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "source/json_text.h"
#include "source/source.h"

namespace assay::source {

/// The parts of a JSON Pointer (RFC 6901); an error (kUser) where it is none.
Result<std::vector<std::string>> PointerParts(const std::string& pointer);

/// A member of an object, or an item of a list by its number.
std::optional<JsonValue> StepInto(const JsonValue& value, const std::string& part);

/// What a JSON Pointer points at; nothing where it points at nothing.
std::optional<JsonValue> ValueAt(const JsonValue& value, const std::string& pointer);

class JsonDocument {
 public:
  JsonDocument() = default;
  JsonDocument(const JsonDocument&) = delete;  // what `value` gives points into it
  JsonDocument& operator=(const JsonDocument&) = delete;

  /// Reads the file; errors (kData) name line and column. At most 1 GiB.
  Status Load(const SourceFile& file);

  std::string_view text() const { return text_; }
  const JsonValue& value() const { return value_; }

  /// The items of the list, or the one object, that the pointer `records` points at.
  Result<std::vector<JsonValue>> ItemsAt(const std::string& records) const;

 private:
  std::string PlaceOf(std::size_t offset) const;
  std::string PlaceOf(const JsonValue& value) const;

  std::string location_;
  std::string text_;
  JsonValue value_;
};

}  // namespace assay::source
