#include "engine/sql_text.h"

#include <algorithm>

namespace assay::engine {
namespace {

std::string Quote(std::string_view text, char quote) {
  std::string quoted(1, quote);
  for (const char c : text) {
    if (c == quote) quoted.push_back(quote);
    quoted.push_back(c);
  }
  quoted.push_back(quote);
  return quoted;
}

std::string NoRows(const Schema& schema) {
  std::string sql = "(SELECT ";
  for (std::size_t i = 0; i < schema.size(); ++i) {
    if (i > 0) sql += ", ";
    sql += "CAST(NULL AS " + TypeSql(schema[i].type) + ") AS " + QuoteName(schema[i].name);
  }
  return sql + ", 0 AS file_row_number, 0 AS file_index WHERE false)";
}

}  // namespace

std::string QuoteName(std::string_view name) { return Quote(name, '"'); }

std::string QuoteText(std::string_view text) { return Quote(text, '\''); }

std::string TextList(const std::vector<std::string>& texts) {
  // A list of many constants costs the engine far more than one constant that it cuts into many;
  // by a character that none of them has.
  constexpr std::size_t kMany = 100;
  constexpr std::string_view kSeparators = "\n\x01\x02\x03";
  for (const char separator : texts.size() > kMany ? kSeparators : std::string_view()) {
    const auto has = [&](const std::string& text) {
      return text.find(separator) != std::string::npos;
    };
    if (std::any_of(texts.begin(), texts.end(), has)) continue;
    std::string joined;
    for (std::size_t i = 0; i < texts.size(); ++i) {
      if (i > 0) joined.push_back(separator);
      joined += texts[i];
    }
    return "string_split(" + QuoteText(joined) + ", chr(" + std::to_string(separator) + "))";
  }
  std::string list = "[";
  for (std::size_t i = 0; i < texts.size(); ++i) {
    if (i > 0) list += ", ";
    list += QuoteText(texts[i]);
  }
  return list + "]";
}

std::string NameList(const std::vector<std::string>& names, std::string_view prefix) {
  std::string list;
  for (const std::string& name : names) {
    if (!list.empty()) list += ", ";
    list += prefix;
    list += QuoteName(name);
  }
  return list;
}

std::string WithoutSemicolon(std::string sql) {
  const std::size_t end = sql.find_last_not_of("; \t\r\n");
  sql.resize(end == std::string::npos ? 0 : end + 1);
  return sql;
}

std::string TypeSql(const Type& type) {
  switch (type.kind) {
    case TypeKind::kInt8:
      return "TINYINT";
    case TypeKind::kInt16:
      return "SMALLINT";
    case TypeKind::kInt32:
      return "INTEGER";
    case TypeKind::kInt64:
      return "BIGINT";
    case TypeKind::kUint8:
      return "UTINYINT";
    case TypeKind::kUint16:
      return "USMALLINT";
    case TypeKind::kUint32:
      return "UINTEGER";
    case TypeKind::kUint64:
      return "UBIGINT";
    case TypeKind::kInt128:
      return "HUGEINT";
    case TypeKind::kFloat32:
      return "FLOAT";
    case TypeKind::kFloat64:
      return "DOUBLE";
    case TypeKind::kDecimal:
      return "DECIMAL(" + std::to_string(type.precision) + "," + std::to_string(type.scale) + ")";
    case TypeKind::kString:
      return "VARCHAR";
    case TypeKind::kBytes:
      return "BLOB";
    case TypeKind::kBool:
      return "BOOLEAN";
    case TypeKind::kDate:
      return "DATE";
    case TypeKind::kTime:
      return "TIME";
    case TypeKind::kTimestamp:
      return "TIMESTAMP";
    case TypeKind::kTimestampUtc:
      return "TIMESTAMP WITH TIME ZONE";
    case TypeKind::kList:
      return TypeSql(type.children[0].type) + "[]";
    case TypeKind::kMap:
      return "MAP(" + TypeSql(type.children[0].type) + ", " + TypeSql(type.children[1].type) + ")";
    case TypeKind::kStruct:
      break;
  }
  std::string sql = "STRUCT(";
  for (std::size_t i = 0; i < type.children.size(); ++i) {
    if (i > 0) sql += ", ";
    sql += QuoteName(type.children[i].name) + " " + TypeSql(type.children[i].type);
  }
  return sql + ")";
}

std::string ReadParquet(const std::vector<std::filesystem::path>& files, const Schema& schema,
                        std::uint64_t rows) {
  if (files.empty()) return NoRows(schema);
  std::vector<std::string> paths;
  paths.reserve(files.size());
  for (const std::filesystem::path& file : files) paths.push_back(file.string());
  // A folder on the way that is called `key=value` is no column.
  return "read_parquet(" + TextList(paths) + ", hive_partitioning = false" +
         (rows > 0 ? ", explicit_cardinality = " + std::to_string(rows) : "") + ")";
}

std::string InSequence(const std::string& query, std::size_t columns) {
  // No row comes from the second part, but it has no numbered pieces that could be put in order
  // after they were read.
  std::string nothing = "SELECT ";
  for (std::size_t i = 0; i < columns; ++i) nothing += i > 0 ? ", NULL" : "NULL";
  return "(" + query + "\n) UNION ALL " + nothing + " FROM range(0)";
}

}  // namespace assay::engine
