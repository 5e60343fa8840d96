/// Column types and schemas as they enter an id (docs/design/0001, section 1). Engine-free.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"

namespace assay {

enum class TypeKind {
  kInt8,
  kInt16,
  kInt32,
  kInt64,
  kUint8,
  kUint16,
  kUint32,
  kUint64,
  kInt128,
  kFloat32,
  kFloat64,
  kDecimal,
  kString,
  kBytes,
  kBool,
  kDate,
  kTime,
  kTimestamp,
  kTimestampUtc,
  kList,
  kStruct,
  kMap,
};

struct Field;

struct Type {
  TypeKind kind = TypeKind::kString;
  int precision = 0;            ///< decimal only
  int scale = 0;                ///< decimal only
  std::vector<Field> children;  ///< list: the element; struct: its fields; map: key and value

  bool operator==(const Type&) const;
};

struct Field {
  std::string name;
  Type type;

  bool operator==(const Field&) const = default;
};

/// Columns in order.
using Schema = std::vector<Field>;

/// What a person reads: `int64`, `decimal(10,2)`, `list<string>`, `struct<a: int64>`.
std::string TypeText(const Type& type);
Json TypeJson(const Type& type);
Json SchemaJson(const Schema& schema);
/// Reads what `SchemaJson` writes.
Result<Schema> ParseSchemaJson(const Json& json);

bool IsInteger(const Type& type);
/// Integers, floats and decimals.
bool IsNumber(const Type& type);
bool IsFloat(const Type& type);
/// The column of this name, or nullptr.
const Field* FindField(const Schema& schema, std::string_view name);
std::vector<std::string> FieldNames(const Schema& schema);
/// True for names that Assay keeps for itself: `_assay_...`, `file_row_number`, `file_index`.
bool IsReservedColumn(std::string_view name);

}  // namespace assay
