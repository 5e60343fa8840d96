#include "contract/odcs_type.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <string_view>

#include "base/type.h"
#include "contract/number_text.h"
#include "contract/utf8.h"

namespace assay::contract {
namespace {

struct SqlName {
  std::string_view sql;
  std::string_view ours;
};

// Names that mean one type in the common engines. `float` is not among them: 32 bits in some, 64 in
// others. `int8` is our own name and wins over PostgreSQL's, which means 64 bits.
constexpr std::array kSqlNames = {
    SqlName{"tinyint", "int8"},
    SqlName{"smallint", "int16"},
    SqlName{"int2", "int16"},
    SqlName{"short", "int16"},
    SqlName{"integer", "int32"},
    SqlName{"int", "int32"},
    SqlName{"int4", "int32"},
    SqlName{"bigint", "int64"},
    SqlName{"long", "int64"},
    SqlName{"hugeint", "int128"},
    SqlName{"utinyint", "uint8"},
    SqlName{"usmallint", "uint16"},
    SqlName{"uinteger", "uint32"},
    SqlName{"ubigint", "uint64"},
    SqlName{"real", "float32"},
    SqlName{"float4", "float32"},
    SqlName{"double", "float64"},
    SqlName{"double precision", "float64"},
    SqlName{"float8", "float64"},
    SqlName{"boolean", "bool"},
    SqlName{"char", "string"},
    SqlName{"character", "string"},
    SqlName{"bpchar", "string"},
    SqlName{"varchar", "string"},
    SqlName{"varchar2", "string"},
    SqlName{"nvarchar", "string"},
    SqlName{"character varying", "string"},
    SqlName{"text", "string"},
    SqlName{"blob", "bytes"},
    SqlName{"bytea", "bytes"},
    SqlName{"binary", "bytes"},
    SqlName{"varbinary", "bytes"},
    SqlName{"time without time zone", "time"},
    SqlName{"timestamp", "timestamp[us]"},
    SqlName{"datetime", "timestamp[us]"},
    SqlName{"timestamp without time zone", "timestamp[us]"},
    SqlName{"timestamptz", "timestamp[us,utc]"},
    SqlName{"timestamp with time zone", "timestamp[us,utc]"},
};

// Lower case, single spaces, none around brackets.
std::string Normal(std::string_view text) {
  std::string normal;
  for (const char c : Trim(text)) {
    const bool is_blank = c == ' ' || c == '\t';
    if (!is_blank) {
      const bool closes = c == '(' || c == ')' || c == ',';
      if (closes && normal.ends_with(' ')) normal.pop_back();
      normal += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    } else if (!normal.ends_with(' ') && !normal.ends_with('(') && !normal.ends_with(',')) {
      normal += ' ';
    }
  }
  return normal;
}

// `decimal(10,2)` when it is one of ours; `numeric(10)` has scale 0.
std::string DecimalType(std::string_view arguments) {
  std::string type = "decimal(" + std::string(arguments);
  if (arguments.find(',') == std::string_view::npos) type += ",0";
  type += ")";
  const Json schema = Json::array({Json{{"name", "x"}, {"type", type}}});
  return ParseSchemaJson(schema).ok() ? type : "";
}

std::string OurType(const std::string& physical_type) {
  const std::string normal = Normal(physical_type);
  const Json schema = Json::array({Json{{"name", "x"}, {"type", normal}}});
  if (ParseSchemaJson(schema).ok()) return normal;
  const std::size_t open = normal.find('(');
  const std::string name = normal.substr(0, open);
  if (open != std::string::npos) {
    if (!normal.ends_with(')')) return "";
    const std::string arguments = normal.substr(open + 1, normal.size() - open - 2);
    if (name == "decimal" || name == "numeric") return DecimalType(arguments);
    // A length bounds a text, it is no other type; a precision of a time may be.
    if (!IsDigits(arguments)) return "";
  }
  for (const SqlName& known : kSqlNames) {
    if (known.sql != name) continue;
    const bool has_length = known.ours == "string" || known.ours == "bytes";
    if (open == std::string::npos || has_length) return std::string(known.ours);
  }
  return "";
}

std::string Repeat(int count, const std::string& piece, const std::string& rest) {
  std::string text;
  for (int i = 0; i < count; ++i) text += piece;
  return text + rest;
}

}  // namespace

const std::vector<std::string>& LogicalTypes() {
  static const std::vector<std::string> kTypes = {
      "string", "date", "timestamp", "time", "number", "integer", "boolean", "object", "array"};
  return kTypes;
}

std::string DeclaredType(const std::string& physical_type, const std::string& logical_type) {
  const std::string ours = OurType(physical_type);
  return ours.empty() ? logical_type : ours;
}

bool IsOfType(const Type& type, const std::string& declared) {
  using enum TypeKind;
  if (TypeText(type) == declared) return true;
  if (declared == "number") return IsNumber(type);
  if (declared == "integer") return IsInteger(type);
  if (declared == "boolean") return type.kind == kBool;
  if (declared == "timestamp") return type.kind == kTimestamp || type.kind == kTimestampUtc;
  if (declared == "object") return type.kind == kStruct || type.kind == kMap;
  return declared == "array" && type.kind == kList;
}

std::optional<Type> TypeToBe(const std::string& declared) {
  const auto plain = [](TypeKind kind) { return Type{kind, 0, 0, {}}; };
  if (declared == "number") return plain(TypeKind::kFloat64);
  if (declared == "integer") return plain(TypeKind::kInt64);
  if (declared == "boolean") return plain(TypeKind::kBool);
  if (declared == "timestamp") return plain(TypeKind::kTimestamp);
  const auto own = ParseSchemaJson(Json::array({Json{{"name", "x"}, {"type", declared}}}));
  if (!own.ok()) return std::nullopt;
  return (*own)[0].type;
}

std::string LengthPattern(int min, int max) {
  constexpr int kMost = 1000;
  const auto number = [](int value) { return std::to_string(value); };
  std::string pattern = "(?s)";
  if (max >= 0 && max <= kMost) return pattern + ".{" + number(min) + "," + number(max) + "}";
  if (max < 0 && min <= kMost) return pattern + ".{" + number(min) + ",}";
  pattern +=
      Repeat(min / kMost, ".{1000}", min % kMost == 0 ? "" : ".{" + number(min % kMost) + "}");
  if (max < 0) return pattern + ".*";
  const int open = max - min;
  return pattern + Repeat(open / kMost, ".{0,1000}",
                          open % kMost == 0 ? "" : ".{0," + number(open % kMost) + "}");
}

}  // namespace assay::contract
