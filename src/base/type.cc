#include "base/type.h"

#include <array>
#include <charconv>

namespace assay {
namespace {

struct ScalarName {
  TypeKind kind;
  std::string_view name;
};

constexpr std::array kScalars = {
    ScalarName{TypeKind::kInt8, "int8"},
    ScalarName{TypeKind::kInt16, "int16"},
    ScalarName{TypeKind::kInt32, "int32"},
    ScalarName{TypeKind::kInt64, "int64"},
    ScalarName{TypeKind::kUint8, "uint8"},
    ScalarName{TypeKind::kUint16, "uint16"},
    ScalarName{TypeKind::kUint32, "uint32"},
    ScalarName{TypeKind::kUint64, "uint64"},
    ScalarName{TypeKind::kInt128, "int128"},
    ScalarName{TypeKind::kFloat32, "float32"},
    ScalarName{TypeKind::kFloat64, "float64"},
    ScalarName{TypeKind::kString, "string"},
    ScalarName{TypeKind::kBytes, "bytes"},
    ScalarName{TypeKind::kBool, "bool"},
    ScalarName{TypeKind::kDate, "date"},
    ScalarName{TypeKind::kTime, "time"},
    ScalarName{TypeKind::kTimestamp, "timestamp[us]"},
    ScalarName{TypeKind::kTimestampUtc, "timestamp[us,utc]"},
};

std::string_view ScalarText(TypeKind kind) {
  for (const ScalarName& scalar : kScalars) {
    if (scalar.kind == kind) return scalar.name;
  }
  return "";
}

Error BadType(const Json& json) {
  return Error{ErrorCode::kData, "unknown type: " + json.dump(), ""};
}

Result<Type> ParseScalar(const Json& json) {
  const auto& text = json.get_ref<const std::string&>();
  for (const ScalarName& scalar : kScalars) {
    if (scalar.name == text) return Type{scalar.kind, 0, 0, {}};
  }
  Type type{TypeKind::kDecimal, 0, 0, {}};
  constexpr std::string_view kPrefix = "decimal(";
  if (text.starts_with(kPrefix)) {
    const char* end = text.data() + text.size();
    auto [comma, ec1] = std::from_chars(text.data() + kPrefix.size(), end, type.precision);
    if (ec1 == std::errc{} && comma != end && *comma == ',') {
      auto [close, ec2] = std::from_chars(comma + 1, end, type.scale);
      const bool fits = type.precision >= 1 && type.precision <= 38 && type.scale >= 0 &&
                        type.scale <= type.precision;
      const bool whole = ec2 == std::errc{} && close + 1 == end && *close == ')';
      // One spelling per type: no leading zeros, no signs.
      if (whole && fits && TypeText(type) == text) return type;
    }
  }
  return BadType(json);
}

Result<Type> ParseTypeJson(const Json& json, int depth) {
  if (depth > 100) return Error{ErrorCode::kData, "type nested deeper than 100", ""};
  if (json.is_string()) return ParseScalar(json);
  if (!json.is_object() || json.size() != 1) return BadType(json);
  const std::string form = json.begin().key();
  const Json& inner = json.begin().value();
  Type type;
  if (form == "list") {
    TRY_ASSIGN(Type element, ParseTypeJson(inner, depth + 1));
    type.kind = TypeKind::kList;
    type.children.push_back(Field{"", std::move(element)});
    return type;
  }
  if (form == "map" && inner.is_array() && inner.size() == 2) {
    type.kind = TypeKind::kMap;
    TRY_ASSIGN(Type key, ParseTypeJson(inner[0], depth + 1));
    TRY_ASSIGN(Type value, ParseTypeJson(inner[1], depth + 1));
    type.children.push_back(Field{"key", std::move(key)});
    type.children.push_back(Field{"value", std::move(value)});
    return type;
  }
  if (form != "struct" || !inner.is_array()) return BadType(json);
  type.kind = TypeKind::kStruct;
  for (const Json& field : inner) {
    if (!field.is_object() || !field.contains("name") || !field.contains("type") ||
        !field["name"].is_string()) {
      return BadType(field);
    }
    TRY_ASSIGN(Type field_type, ParseTypeJson(field["type"], depth + 1));
    type.children.push_back(Field{field["name"].get<std::string>(), std::move(field_type)});
  }
  return type;
}

}  // namespace

bool Type::operator==(const Type& other) const {
  return kind == other.kind && precision == other.precision && scale == other.scale &&
         children == other.children;
}

std::string TypeText(const Type& type) {
  switch (type.kind) {
    case TypeKind::kDecimal:
      return "decimal(" + std::to_string(type.precision) + "," + std::to_string(type.scale) + ")";
    case TypeKind::kList:
      return "list<" + TypeText(type.children[0].type) + ">";
    case TypeKind::kMap:
      return "map<" + TypeText(type.children[0].type) + ", " + TypeText(type.children[1].type) +
             ">";
    case TypeKind::kStruct: {
      std::string text = "struct<";
      for (std::size_t i = 0; i < type.children.size(); ++i) {
        if (i > 0) text += ", ";
        text += type.children[i].name + ": " + TypeText(type.children[i].type);
      }
      return text + ">";
    }
    default:
      return std::string(ScalarText(type.kind));
  }
}

Json TypeJson(const Type& type) {
  switch (type.kind) {
    case TypeKind::kList:
      return Json{{"list", TypeJson(type.children[0].type)}};
    case TypeKind::kMap:
      return Json{
          {"map", Json::array({TypeJson(type.children[0].type), TypeJson(type.children[1].type)})}};
    case TypeKind::kStruct:
      return Json{{"struct", SchemaJson(type.children)}};
    default:
      return TypeText(type);
  }
}

Json SchemaJson(const Schema& schema) {
  Json columns = Json::array();
  for (const Field& field : schema) {
    columns.push_back(Json{{"name", field.name}, {"type", TypeJson(field.type)}});
  }
  return columns;
}

Result<Schema> ParseSchemaJson(const Json& json) {
  TRY_ASSIGN(Type type, ParseTypeJson(Json{{"struct", json}}, 0));
  return std::move(type.children);
}

bool IsInteger(const Type& type) { return type.kind <= TypeKind::kInt128; }

bool IsNumber(const Type& type) { return type.kind <= TypeKind::kDecimal; }

bool IsFloat(const Type& type) {
  return type.kind == TypeKind::kFloat32 || type.kind == TypeKind::kFloat64;
}

const Field* FindField(const Schema& schema, std::string_view name) {
  for (const Field& field : schema) {
    if (field.name == name) return &field;
  }
  return nullptr;
}

std::vector<std::string> FieldNames(const Schema& schema) {
  std::vector<std::string> names;
  for (const Field& field : schema) names.push_back(field.name);
  return names;
}

bool IsReservedColumn(std::string_view name) {
  std::string lower(name);
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return lower.starts_with("_assay_") || lower == "file_row_number" || lower == "file_index";
}

}  // namespace assay
