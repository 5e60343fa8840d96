#include "run/case_table.h"

#include <algorithm>
#include <limits>
#include <map>

#include "base/nearest.h"
#include "contract/mapping.h"
#include "contract/number_text.h"
#include "contract/type_name.h"
#include "engine/sql_text.h"
#include "run/execute.h"
#include "source/source.h"

namespace assay::run {
namespace {

using contract::CaseColumn;
using contract::CaseRows;
using contract::CellForm;
using contract::YamlNode;
using engine::QuoteName;
using engine::QuoteText;

constexpr char kPlaces[] = "file_index, file_row_number";

Type Plain(TypeKind kind) { return Type{kind, 0, 0, {}}; }

// The columns that rows name, in the order in which they come up.
std::vector<std::string> NamedColumns(const CaseRows& rows) {
  std::vector<std::string> names;
  const auto add = [&](const std::string& name) {
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
  };
  for (const YamlNode& row : rows.rows) {
    for (const contract::YamlEntry& entry : row.entries) add(entry.key);
  }
  for (const CaseColumn& column : rows.columns) add(column.name);
  return names;
}

bool IsEither(CellForm a, CellForm b, CellForm one, CellForm other) {
  return (a == one && b == other) || (a == other && b == one);
}

// What holds values that look like the one and the other; nothing where they are unlike.
std::optional<CellForm> CommonLook(CellForm a, CellForm b) {
  if (a == b || b == CellForm::kNull) return a;
  if (a == CellForm::kNull) return b;
  if (IsEither(a, b, CellForm::kWhole, CellForm::kFraction)) return CellForm::kFraction;
  if (IsEither(a, b, CellForm::kDay, CellForm::kMoment)) return CellForm::kMoment;
  return std::nullopt;
}

Type TypeOfLook(CellForm look) {
  switch (look) {
    case CellForm::kWhole:
      return Plain(TypeKind::kInt64);
    case CellForm::kFraction:
      return Plain(TypeKind::kFloat64);
    case CellForm::kTruth:
      return Plain(TypeKind::kBool);
    case CellForm::kDay:
      return Plain(TypeKind::kDate);
    case CellForm::kMoment:
      return Plain(TypeKind::kTimestamp);
    case CellForm::kMomentUtc:
      return Plain(TypeKind::kTimestampUtc);
    default:
      return Plain(TypeKind::kString);
  }
}

bool FitsInt64(const std::string& text) {
  return contract::CompareNumbers(text, "-9223372036854775808") >= 0 &&
         contract::CompareNumbers(text, "9223372036854775807") <= 0;
}

// The look of a column; mistakes where its values are unlike.
CellForm LookOfColumn(const CaseRows& rows, const std::string& name,
                      std::vector<CaseMistake>& mistakes) {
  CellForm look = CellForm::kNull;
  for (const YamlNode& row : rows.rows) {
    const YamlNode* cell = row.Find(name);
    if (cell == nullptr) continue;
    const CellForm next = CellFormOf(*cell);
    const std::optional<CellForm> common = CommonLook(look, next);
    if (!common) {
      mistakes.push_back(
          {cell->place,
           "column `" + name + "` has " + CellFormText(look) + " and " + CellFormText(next),
           "quote what is text, or say the type: columns: {" + name + ": string}"});
      return look;
    }
    if (next == CellForm::kWhole && !FitsInt64(cell->text)) {
      mistakes.push_back({cell->place, "no 64 bits hold this number: " + cell->text,
                          "say the type: columns: {" + name + ": \"decimal(38,0)\"}"});
    }
    look = *common;
  }
  return look;
}

// What the engine would bend to the type without a word.
std::string WhyNotOfType(const YamlNode& cell, const Type& type) {
  const CellForm look = CellFormOf(cell);
  if (look == CellForm::kNull || look == CellForm::kNested || type.kind == TypeKind::kString) {
    return "";
  }
  const bool number = contract::IsNumber(cell.text);
  const std::string text = "not of type " + TypeText(type) + ": " + cell.text;
  if (IsInteger(type)) {
    const std::string plain = number ? contract::PlainNumber(cell.text) : "";
    return number && plain.find('.') == std::string::npos ? "" : text;
  }
  if (type.kind == TypeKind::kDecimal && number) {
    const std::string plain = contract::PlainNumber(cell.text);
    const std::size_t point = plain.find('.');
    const std::size_t places = point == std::string::npos ? 0 : plain.size() - point - 1;
    return places > static_cast<std::size_t>(type.scale) ? text : "";
  }
  const bool day = type.kind == TypeKind::kDate;
  return day && contract::ParseTime(cell.text).ok() && cell.text.size() > 10 ? text : "";
}

void CheckDeclaredCells(const CaseRows& rows, const Field& column,
                        std::vector<CaseMistake>& mistakes) {
  for (const YamlNode& row : rows.rows) {
    const YamlNode* cell = row.Find(column.name);
    if (cell == nullptr) continue;
    const std::string why = WhyNotOfType(*cell, column.type);
    if (!why.empty()) mistakes.push_back({cell->place, why, "write a value of the column's type"});
  }
}

const CaseColumn* DeclaredColumn(const CaseRows& rows, const std::string& name) {
  for (const CaseColumn& column : rows.columns) {
    if (column.name == name) return &column;
  }
  return nullptr;
}

// A value as SQL; what is a text there is cast by its column.
std::string CaseCellSql(const YamlNode& cell) {
  if (cell.is_null()) return "NULL";
  if (cell.is_scalar()) return QuoteText(cell.text);
  const auto inner = [](const YamlNode& node) {
    const CellForm look = CellFormOf(node);
    const bool plain =
        look == CellForm::kWhole || look == CellForm::kFraction || look == CellForm::kTruth;
    return plain ? node.text : CaseCellSql(node);
  };
  std::string sql;
  for (const YamlNode& item : cell.items) sql += (sql.empty() ? "" : ", ") + inner(item);
  if (cell.is_list()) return "[" + sql + "]";
  for (const contract::YamlEntry& entry : cell.entries) {
    sql += (sql.empty() ? "" : ", ") + QuoteText(entry.key) + ": " + inner(entry.value);
  }
  return "{" + sql + "}";
}

bool IsNestedColumn(const CaseRows& rows, const std::string& name) {
  return std::any_of(rows.rows.begin(), rows.rows.end(), [&](const YamlNode& row) {
    const YamlNode* cell = row.Find(name);
    return cell != nullptr && CellFormOf(*cell) == CellForm::kNested;
  });
}

// A SELECT of the rows, with their places.
std::string RowsQuery(const CaseRows& rows, const Schema& schema) {
  std::string columns;
  for (std::size_t i = 0; i < schema.size(); ++i) {
    const bool as_it_is =
        IsNestedColumn(rows, schema[i].name) && DeclaredColumn(rows, schema[i].name) == nullptr;
    const std::string cell = "c" + std::to_string(i);
    columns += (as_it_is ? cell : "CAST(" + cell + " AS " + engine::TypeSql(schema[i].type) + ")") +
               " AS " + QuoteName(schema[i].name) + ", ";
  }
  std::string values, names;
  for (std::size_t i = 0; i < schema.size(); ++i) names += "c" + std::to_string(i) + ", ";
  for (std::size_t number = 0; number < rows.rows.size(); ++number) {
    values += number > 0 ? ", (" : "(";
    for (const Field& field : schema) {
      const YamlNode* cell = rows.rows[number].Find(field.name);
      values += (cell == nullptr ? "NULL" : CaseCellSql(*cell)) + ", ";
    }
    values += std::to_string(number) + ")";
  }
  if (!values.empty()) {
    return "SELECT " + columns +
           "0::BIGINT AS file_index, n::BIGINT AS file_row_number FROM (VALUES " + values +
           ") AS t(" + names + "n)";
  }
  std::string nothing;
  for (const Field& field : schema) {
    nothing +=
        "CAST(NULL AS " + engine::TypeSql(field.type) + ") AS " + QuoteName(field.name) + ", ";
  }
  return "SELECT " + nothing + "0::BIGINT AS file_index, 0::BIGINT AS file_row_number WHERE false";
}

// The cells that cannot be cast, one by one: the engine names none.
void BlameCells(engine::Engine& engine, const CaseRows& rows, const Schema& schema,
                std::vector<CaseMistake>& mistakes) {
  for (const YamlNode& row : rows.rows) {
    for (const Field& field : schema) {
      const YamlNode* cell = row.Find(field.name);
      if (cell == nullptr || cell->is_null()) continue;
      if (engine
              .Query("SELECT CAST(" + CaseCellSql(*cell) + " AS " + engine::TypeSql(field.type) +
                     ")")
              .ok()) {
        continue;
      }
      const std::string value = cell->is_scalar() ? cell->text : FormText(*cell);
      mistakes.push_back({cell->place, "not of type " + TypeText(field.type) + ": " + value,
                          "write a value of the column's type, or another type"});
    }
  }
}

// The query of a file, by the kind of source that reads such files.
Result<std::string> FileQuery(engine::Engine& engine, const CaseRows& rows,
                              const std::filesystem::path& folder) {
  const bool csv = rows.file.ends_with(".csv");
  const source::SourceKind* kind = source::FindSource(csv ? "csv" : "parquet");
  if (kind == nullptr) return Error{ErrorCode::kInternal, "no source reads " + rows.file, ""};
  const std::filesystem::path path = folder / rows.file;
  std::error_code error;
  if (!std::filesystem::is_regular_file(path, error)) {
    return Error{ErrorCode::kUser, "no such file: " + rows.file,
                 "paths are relative to the project folder"};
  }
  Json params = Json::object();
  if (!rows.columns.empty()) {
    params["columns"] = Json::array();
    for (const CaseColumn& column : rows.columns) {
      params["columns"].push_back(Json::array({column.name, column.type}));
    }
  }
  const std::vector<source::SourceFile> files = {{path, rows.file}};
  TRY_ASSIGN(const source::SourceRead read, kind->read({engine, params, files}));
  if (!read.refused) return read.query;
  // Rows that do not parse are known when the others were read.
  TRY(engine.Execute("CREATE OR REPLACE TABLE _assay_case_file AS " + read.query));
  TRY_ASSIGN(const std::string refused, read.refused());
  TRY_ASSIGN(const engine::Grid bad,
             engine.Query("SELECT line, reason FROM (" + refused + ") LIMIT 1"));
  if (!bad.rows.empty()) {
    const std::string reason = bad.rows[0][1].value_or("");
    return Error{ErrorCode::kUser,
                 rows.file + ":" + bad.rows[0][0].value_or("") +
                     " does not parse: " + reason.substr(0, reason.find('\n')),
                 "mend the row"};
  }
  return std::string("SELECT * FROM _assay_case_file");
}

YamlNode NodeOfCell(const std::optional<std::string>& cell, const Type& type) {
  YamlNode node;
  if (!cell) return node;
  node.form = YamlNode::Form::kScalar;
  node.text = *cell;
  node.quoted = type.kind == TypeKind::kString;
  if (type.children.empty()) return node;
  contract::Diagnostics ignored;
  return contract::ParseYaml("", *cell, ignored).value_or(node);
}

}  // namespace

Schema SchemaOfRows(const CaseRows& rows, std::vector<CaseMistake>& mistakes) {
  Schema schema;
  for (const CaseColumn& column : rows.columns) {
    const Result<Type> type = contract::TypeNamed(column.type);
    if (type.ok()) continue;
    mistakes.push_back({column.place, type.error().message, type.error().hint});
  }
  for (const std::string& name : NamedColumns(rows)) {
    const CaseColumn* declared = DeclaredColumn(rows, name);
    if (declared == nullptr) {
      schema.push_back({name, TypeOfLook(LookOfColumn(rows, name, mistakes))});
      continue;
    }
    const Result<Type> type = contract::TypeNamed(declared->type);
    schema.push_back({name, type.ok() ? *type : Plain(TypeKind::kString)});
    if (type.ok()) CheckDeclaredCells(rows, schema.back(), mistakes);
  }
  if (schema.empty() && rows.file.empty()) {
    mistakes.push_back({rows.place, "no row and no column: " + rows.input,
                        "say which columns it has: {rows: [], columns: {NAME: int64}}"});
  }
  return schema;
}

Result<Schema> MakeCaseTable(engine::Engine& engine, const CaseRows& rows,
                             const std::filesystem::path& folder, const std::string& table,
                             std::vector<CaseMistake>& mistakes) {
  const std::string create = "CREATE OR REPLACE TABLE " + table + " AS ";
  Schema schema;
  if (!rows.file.empty()) {
    TRY_ASSIGN(const std::string query, FileQuery(engine, rows, folder));
    TRY_ASSIGN(schema, engine.Describe(query));
    TRY(CheckColumnNames(schema, rows.file));
    TRY(engine.Execute(create +
                       "SELECT *, 0::BIGINT AS file_index, row_number() OVER () - 1 AS "
                       "file_row_number FROM (" +
                       query + ")"));
    return schema;
  }
  schema = SchemaOfRows(rows, mistakes);
  TRY(CheckColumnNames(schema, rows.input));
  Status made = engine.Execute(create + RowsQuery(rows, schema));
  if (!made.ok()) {
    BlameCells(engine, rows, schema, mistakes);
    if (mistakes.empty()) return std::move(made).error();
    return schema;
  }
  const bool nested = std::any_of(schema.begin(), schema.end(), [&](const Field& field) {
    return IsNestedColumn(rows, field.name);
  });
  if (!nested) return schema;
  TRY_ASSIGN(schema,
             engine.Describe("SELECT * EXCLUDE (" + std::string(kPlaces) + ") FROM " + table));
  return schema;
}

Result<engine::Grid> ReadCells(engine::Engine& engine, const std::string& query,
                               const Schema& schema) {
  std::string columns;
  bool nested = false;
  for (const Field& field : schema) {
    const std::string name = QuoteName(field.name);
    const bool inner = !field.type.children.empty();
    nested = nested || inner;
    columns += (columns.empty() ? "" : ", ") +
               (inner ? "to_json(" + name + ")::VARCHAR AS " + name : name);
  }
  if (!nested) return engine.Query(query);
  TRY_ASSIGN(engine::Grid grid, engine.Query("SELECT " + columns + " FROM (" + query + "\n)"));
  grid.schema = schema;
  return grid;
}

Result<std::vector<YamlNode>> RowsOfFile(engine::Engine& engine, const CaseRows& rows,
                                         const std::filesystem::path& folder) {
  TRY_ASSIGN(const std::string query, FileQuery(engine, rows, folder));
  TRY_ASSIGN(const Schema schema, engine.Describe(query));
  TRY_ASSIGN(const engine::Grid grid, ReadCells(engine, query, schema));
  std::vector<YamlNode> read;
  for (const auto& row : grid.rows) {
    YamlNode& node = read.emplace_back();
    node.form = YamlNode::Form::kMapping;
    node.place = rows.file_place;
    for (std::size_t i = 0; i < row.size(); ++i) {
      node.entries.push_back(
          {grid.schema[i].name, rows.file_place, NodeOfCell(row[i], grid.schema[i].type)});
    }
  }
  return read;
}

}  // namespace assay::run
