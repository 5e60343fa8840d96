#include "engine/duckdb/logical_type.h"

#include "engine/duckdb/duck.h"
#include "engine/sql_text.h"

namespace assay::engine {
namespace {

std::optional<TypeKind> ScalarKind(duckdb_type type) {
  switch (type) {
    case DUCKDB_TYPE_TINYINT:
      return TypeKind::kInt8;
    case DUCKDB_TYPE_SMALLINT:
      return TypeKind::kInt16;
    case DUCKDB_TYPE_INTEGER:
      return TypeKind::kInt32;
    case DUCKDB_TYPE_BIGINT:
      return TypeKind::kInt64;
    case DUCKDB_TYPE_UTINYINT:
      return TypeKind::kUint8;
    case DUCKDB_TYPE_USMALLINT:
      return TypeKind::kUint16;
    case DUCKDB_TYPE_UINTEGER:
      return TypeKind::kUint32;
    case DUCKDB_TYPE_UBIGINT:
      return TypeKind::kUint64;
    case DUCKDB_TYPE_HUGEINT:
      return TypeKind::kInt128;
    case DUCKDB_TYPE_FLOAT:
      return TypeKind::kFloat32;
    case DUCKDB_TYPE_DOUBLE:
      return TypeKind::kFloat64;
    case DUCKDB_TYPE_VARCHAR:
      return TypeKind::kString;
    case DUCKDB_TYPE_BLOB:
      return TypeKind::kBytes;
    case DUCKDB_TYPE_BOOLEAN:
      return TypeKind::kBool;
    case DUCKDB_TYPE_DATE:
      return TypeKind::kDate;
    case DUCKDB_TYPE_TIME:
      return TypeKind::kTime;
    case DUCKDB_TYPE_TIMESTAMP:
      return TypeKind::kTimestamp;
    case DUCKDB_TYPE_TIMESTAMP_TZ:
      return TypeKind::kTimestampUtc;
    default:
      return std::nullopt;
  }
}

// What a scalar that ScalarKind does not know is cast to.
std::string ScalarCast(duckdb_type type) {
  switch (type) {
    case DUCKDB_TYPE_HUGEINT:
      return "DECIMAL(38,0)";
    case DUCKDB_TYPE_UUID:
    case DUCKDB_TYPE_ENUM:
    case DUCKDB_TYPE_SQLNULL:
      return "VARCHAR";
    case DUCKDB_TYPE_TIMESTAMP_S:
    case DUCKDB_TYPE_TIMESTAMP_MS:
    case DUCKDB_TYPE_TIMESTAMP_NS:
      return "TIMESTAMP";
    default:
      return "";
  }
}

LogicalType Child(duckdb_logical_type type, duckdb_type id) {
  return LogicalType(id == DUCKDB_TYPE_ARRAY ? duckdb_array_type_child_type(type)
                                             : duckdb_list_type_child_type(type));
}

}  // namespace

std::optional<Type> FromLogicalType(duckdb_logical_type type) {
  const duckdb_type id = duckdb_get_type_id(type);
  if (const auto kind = ScalarKind(id)) return Type{*kind, 0, 0, {}};
  Type ours;
  if (id == DUCKDB_TYPE_DECIMAL) {
    ours.kind = TypeKind::kDecimal;
    ours.precision = duckdb_decimal_width(type);
    ours.scale = duckdb_decimal_scale(type);
    return ours;
  }
  if (id == DUCKDB_TYPE_LIST) {
    ours.kind = TypeKind::kList;
    const auto element = FromLogicalType(Child(type, id).get());
    if (!element) return std::nullopt;
    ours.children.push_back(Field{"", *element});
    return ours;
  }
  if (id == DUCKDB_TYPE_MAP) {
    ours.kind = TypeKind::kMap;
    const auto key = FromLogicalType(LogicalType(duckdb_map_type_key_type(type)).get());
    const auto value = FromLogicalType(LogicalType(duckdb_map_type_value_type(type)).get());
    if (!key || !value) return std::nullopt;
    ours.children = {Field{"key", *key}, Field{"value", *value}};
    return ours;
  }
  if (id != DUCKDB_TYPE_STRUCT) return std::nullopt;
  ours.kind = TypeKind::kStruct;
  for (idx_t i = 0; i < duckdb_struct_type_child_count(type); ++i) {
    const auto child = FromLogicalType(LogicalType(duckdb_struct_type_child_type(type, i)).get());
    if (!child) return std::nullopt;
    ours.children.push_back(Field{TakeText(duckdb_struct_type_child_name(type, i)), *child});
  }
  return ours;
}

bool IsStorable(const Type& type) {
  if (type.kind == TypeKind::kInt128) return false;
  for (const Field& child : type.children) {
    if (!IsStorable(child.type)) return false;
  }
  return true;
}

std::string CanonicalSql(duckdb_logical_type type) {
  const auto ours = FromLogicalType(type);
  if (ours && IsStorable(*ours)) return TypeSql(*ours);
  const duckdb_type id = duckdb_get_type_id(type);
  if (id == DUCKDB_TYPE_LIST || id == DUCKDB_TYPE_ARRAY) {
    const std::string element = CanonicalSql(Child(type, id).get());
    return element.empty() ? "" : element + "[]";
  }
  if (id == DUCKDB_TYPE_MAP) {
    const std::string key = CanonicalSql(LogicalType(duckdb_map_type_key_type(type)).get());
    const std::string value = CanonicalSql(LogicalType(duckdb_map_type_value_type(type)).get());
    return key.empty() || value.empty() ? "" : "MAP(" + key + ", " + value + ")";
  }
  if (id != DUCKDB_TYPE_STRUCT) return ScalarCast(id);
  std::string sql = "STRUCT(";
  for (idx_t i = 0; i < duckdb_struct_type_child_count(type); ++i) {
    const std::string child =
        CanonicalSql(LogicalType(duckdb_struct_type_child_type(type, i)).get());
    if (child.empty()) return "";
    if (i > 0) sql += ", ";
    sql += QuoteName(TakeText(duckdb_struct_type_child_name(type, i))) + " " + child;
  }
  return sql + ")";
}

bool HasNanoseconds(duckdb_logical_type type) {
  const duckdb_type id = duckdb_get_type_id(type);
  if (id == DUCKDB_TYPE_TIMESTAMP_NS) return true;
  if (id == DUCKDB_TYPE_LIST || id == DUCKDB_TYPE_ARRAY) {
    return HasNanoseconds(Child(type, id).get());
  }
  if (id == DUCKDB_TYPE_MAP) {
    return HasNanoseconds(LogicalType(duckdb_map_type_key_type(type)).get()) ||
           HasNanoseconds(LogicalType(duckdb_map_type_value_type(type)).get());
  }
  if (id != DUCKDB_TYPE_STRUCT) return false;
  for (idx_t i = 0; i < duckdb_struct_type_child_count(type); ++i) {
    if (HasNanoseconds(LogicalType(duckdb_struct_type_child_type(type, i)).get())) return true;
  }
  return false;
}

std::string EngineTypeName(duckdb_logical_type type) {
  switch (duckdb_get_type_id(type)) {
    case DUCKDB_TYPE_INTERVAL:
      return "INTERVAL";
    case DUCKDB_TYPE_UHUGEINT:
      return "UHUGEINT";
    case DUCKDB_TYPE_TIME_TZ:
      return "TIME WITH TIME ZONE";
    case DUCKDB_TYPE_BIT:
      return "BIT";
    case DUCKDB_TYPE_UNION:
      return "UNION";
    case DUCKDB_TYPE_TIMESTAMP_NS:
      return "TIMESTAMP_NS";
    case DUCKDB_TYPE_LIST:
      return "a list";
    case DUCKDB_TYPE_STRUCT:
      return "a struct";
    case DUCKDB_TYPE_MAP:
      return "a map";
    default:
      return "type number " + std::to_string(duckdb_get_type_id(type));
  }
}

}  // namespace assay::engine
