#include "contract/type_name.h"

#include <array>
#include <cctype>
#include <vector>

#include "base/nearest.h"
#include "contract/kind_info.h"

namespace assay::contract {
namespace {

struct NamedSqlType {
  const char* name;
  TypeKind kind;
};
constexpr std::array kNamedSqlTypes = {
    NamedSqlType{"BOOLEAN", TypeKind::kBool},
    NamedSqlType{"TINYINT", TypeKind::kInt8},
    NamedSqlType{"SMALLINT", TypeKind::kInt16},
    NamedSqlType{"INTEGER", TypeKind::kInt32},
    NamedSqlType{"INT", TypeKind::kInt32},
    NamedSqlType{"BIGINT", TypeKind::kInt64},
    NamedSqlType{"UTINYINT", TypeKind::kUint8},
    NamedSqlType{"USMALLINT", TypeKind::kUint16},
    NamedSqlType{"UINTEGER", TypeKind::kUint32},
    NamedSqlType{"UBIGINT", TypeKind::kUint64},
    NamedSqlType{"REAL", TypeKind::kFloat32},
    NamedSqlType{"FLOAT", TypeKind::kFloat32},
    NamedSqlType{"DOUBLE", TypeKind::kFloat64},
    NamedSqlType{"VARCHAR", TypeKind::kString},
    NamedSqlType{"TEXT", TypeKind::kString},
    NamedSqlType{"BLOB", TypeKind::kBytes},
    NamedSqlType{"DATE", TypeKind::kDate},
    NamedSqlType{"TIME", TypeKind::kTime},
    NamedSqlType{"TIMESTAMP", TypeKind::kTimestamp},
    NamedSqlType{"TIMESTAMPTZ", TypeKind::kTimestampUtc},
    NamedSqlType{"TIMESTAMPWITHTIMEZONE", TypeKind::kTimestampUtc},
};

// Whether more than a type is said of a column, so that its type may be detected.
bool HasReading(const Json& params, const std::string& name) {
  for (const Json& column : params.at("columns")) {
    if (column.size() == 3 && column[0] == name) return true;
  }
  return false;
}

}  // namespace

Result<Type> TypeNamed(const std::string& text) {
  std::string lower;
  std::string upper;
  for (const char c : text) {
    if (c == ' ') continue;
    lower.push_back(static_cast<char>(std::tolower(static_cast<unsigned char>(c))));
    upper.push_back(static_cast<char>(std::toupper(static_cast<unsigned char>(c))));
  }
  const auto ours = ParseSchemaJson(Json::array({Json{{"name", "c"}, {"type", lower}}}));
  if (ours.ok()) return (*ours)[0].type;
  std::vector<std::string> names;
  for (const NamedSqlType& name : kNamedSqlTypes) {
    if (upper == name.name) return Type{name.kind, 0, 0, {}};
    names.emplace_back(name.name);
  }
  if (upper.starts_with("NUMERIC(")) return TypeNamed("decimal" + lower.substr(7));
  if (upper == "DECIMAL" || upper == "NUMERIC") {
    return Error{ErrorCode::kUser, "a decimal type needs digits and decimals: " + text,
                 "write it as decimal(10,2)"};
  }
  const std::string nearest = NearestName(upper, names);
  return Error{ErrorCode::kUser, "no such type: " + text,
               nearest.empty() ? "types are int64, float64, decimal(10,2), string, bool, date, "
                                 "timestamp[us] and so on, or BIGINT, DOUBLE, VARCHAR, ..."
                               : "did you mean " + nearest + "?"};
}

Status CheckDeclaredTypes(const Json& params) {
  for (const auto& [name, type] : PairsOf(params, "columns")) {
    if (type.empty() && HasReading(params, name)) continue;
    TRY(TypeNamed(type).While("columns: " + name));
  }
  return {};
}

}  // namespace assay::contract
