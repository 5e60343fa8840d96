#include "contract/type_name.h"

#include <array>
#include <cctype>
#include <vector>

#include "base/nearest.h"
#include "contract/kind_info.h"

namespace assay::contract {
namespace {

struct SqlName {
  const char* name;
  TypeKind kind;
};
constexpr std::array kSqlNames = {
    SqlName{"BOOLEAN", TypeKind::kBool},
    SqlName{"TINYINT", TypeKind::kInt8},
    SqlName{"SMALLINT", TypeKind::kInt16},
    SqlName{"INTEGER", TypeKind::kInt32},
    SqlName{"INT", TypeKind::kInt32},
    SqlName{"BIGINT", TypeKind::kInt64},
    SqlName{"UTINYINT", TypeKind::kUint8},
    SqlName{"USMALLINT", TypeKind::kUint16},
    SqlName{"UINTEGER", TypeKind::kUint32},
    SqlName{"UBIGINT", TypeKind::kUint64},
    SqlName{"REAL", TypeKind::kFloat32},
    SqlName{"FLOAT", TypeKind::kFloat32},
    SqlName{"DOUBLE", TypeKind::kFloat64},
    SqlName{"VARCHAR", TypeKind::kString},
    SqlName{"TEXT", TypeKind::kString},
    SqlName{"BLOB", TypeKind::kBytes},
    SqlName{"DATE", TypeKind::kDate},
    SqlName{"TIME", TypeKind::kTime},
    SqlName{"TIMESTAMP", TypeKind::kTimestamp},
    SqlName{"TIMESTAMPTZ", TypeKind::kTimestampUtc},
    SqlName{"TIMESTAMPWITHTIMEZONE", TypeKind::kTimestampUtc},
};

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
  for (const SqlName& name : kSqlNames) {
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
    TRY(TypeNamed(type).While("columns: " + name));
  }
  return {};
}

}  // namespace assay::contract
