#include "source/conform.h"

#include <algorithm>
#include <cstdlib>
#include <map>
#include <optional>
#include <utility>

#include "base/letter_case.h"
#include "contract/amount_text.h"
#include "contract/odcs_type.h"
#include "engine/checked_cast.h"
#include "engine/sql_text.h"
#include "source/united_read.h"

namespace assay::source {
namespace {

using contract::SchemaMode;
using contract::SourceColumn;
using engine::QuoteName;
using engine::QuoteText;

constexpr char kRefused[] = "_assay_not_as_declared";

// A column of the table that is made.
struct HeldColumn {
  Departure about;
  std::string sql;      // over the columns of the files
  std::string misfit;   // a condition, never null: a value that is not as declared; empty: none is
  std::string reason;   // SQL: why such a row is refused
  bool is_left = true;  // false: it is no column of the table
};

const SourceColumn* FindDeclared(const contract::SourceSchema& schema, const std::string& name) {
  for (const SourceColumn& column : schema.columns) {
    if (Lower(column.name) == Lower(name)) return &column;
  }
  return nullptr;
}

std::string Beginning100(const std::string& name) {
  return "left(CAST(" + name + " AS VARCHAR), 100)";
}

std::string TypeName(const SourceColumn& column) {
  return column.type.empty() ? "any" : column.type;
}

// A value in a column that nobody declared.
HeldColumn TooMany(const Field& field, const contract::SourceSchema& schema) {
  const std::string name = QuoteName(field.name);
  HeldColumn held;
  held.about = {field.name, "", TypeText(field.type), "", 0, schema.of_columns};
  held.sql = name;
  held.is_left = schema.of_columns == SchemaMode::kEvolve;
  if (!held.is_left) {
    held.misfit = name + " IS NOT NULL";
    held.reason = QuoteText("a value in a column that " + schema.declared_in + " does not have: ") +
                  " || " + Beginning100(name);
  }
  return held;
}

HeldColumn Typed(const Field& field, const SourceColumn& column,
                 const contract::SourceSchema& schema) {
  const std::string name = QuoteName(field.name);
  HeldColumn held;
  held.about = {
      column.name, TypeName(column), TypeText(field.type), "", 0, schema.TypeMode(column.name)};
  held.sql = name;
  if (column.type.empty() || contract::IsOfType(field.type, column.type)) return held;
  const std::optional<Type> type = contract::TypeToBe(column.type);
  // Text may be the JSON of an object or a list.
  if (!type && field.type.kind == TypeKind::kString) return held;
  held.sql = type && engine::CanCast(field.type, *type)
                 ? engine::CheckedCast(name, field.type, *type)
                 : "CAST(NULL AS " + (type ? engine::TypeSql(*type) : "VARCHAR") + ")";
  held.misfit = "(" + name + " IS NOT NULL AND (" + held.sql + ") IS NULL)";
  held.reason =
      QuoteText("not a value of type " + column.type + ": ") + " || " + Beginning100(name);
  return held;
}

std::vector<HeldColumn> HeldColumns(const Schema& found, const contract::SourceSchema& schema,
                                    const Json& params) {
  const std::string file_column = params.value("file_column", "");
  const std::string sheet_column = params.value("sheet_column", "");
  std::vector<HeldColumn> columns;
  for (const Field& field : found) {
    const SourceColumn* declared = FindDeclared(schema, field.name);
    if (declared != nullptr) {
      columns.push_back(Typed(field, *declared, schema));
    } else if (field.name == file_column || field.name == sheet_column) {
      columns.push_back(
          {{field.name, "", "", "", 0, SchemaMode::kEvolve}, QuoteName(field.name), "", ""});
    } else {
      columns.push_back(TooMany(field, schema));
    }
  }
  for (const SourceColumn& column : schema.columns) {
    const bool is_there = std::ranges::any_of(
        found, [&](const Field& field) { return Lower(field.name) == Lower(column.name); });
    if (is_there) continue;
    const std::optional<Type> type = contract::TypeToBe(column.type);
    HeldColumn held;
    held.about = {column.name, TypeName(column), "", "", 0, schema.of_columns};
    held.sql = "CAST(NULL AS " + (type ? engine::TypeSql(*type) : "VARCHAR") + ")";
    columns.push_back(std::move(held));
  }
  return columns;
}

bool IsMissing(const Departure& about) { return about.found.empty() && !about.declared.empty(); }
bool LacksSome(const Departure& about) { return !about.lacking.empty() && !about.declared.empty(); }
bool IsTooMany(const Departure& about) { return about.declared.empty() && !about.found.empty(); }

// The first column that is missing where none may be, or is there and may not.
Status CheckColumns(const std::vector<HeldColumn>& columns, const contract::SourceSchema& schema) {
  for (const HeldColumn& column : columns) {
    const Departure& about = column.about;
    const bool freezes = schema.of_columns == SchemaMode::kFreeze;
    if (IsTooMany(about) && freezes) {
      return Error{
          ErrorCode::kData,
          "the files have a column that " + schema.declared_in + " does not have: " + about.column,
          "declare it there, or let it in with `schema_mode: {columns: evolve}`"};
    }
    if (!IsMissing(about) && !LacksSome(about)) continue;
    const SourceColumn* declared = FindDeclared(schema, about.column);
    if (!freezes && !declared->required) continue;
    return Error{
        ErrorCode::kData,
        (LacksSome(about) ? about.lacking + " lacks" : "the files lack") + " a column that " +
            schema.declared_in + (declared->required ? " requires: " : " has: ") + about.column,
        declared->required
            ? "look whether it has another name in the files, or take `required` away"
            : "take it out there, or let it be null with `schema_mode: {columns: evolve}`"};
  }
  return {};
}

class Holder {
 public:
  Holder(const SourceContext& context, const contract::SourceSchema& schema, UnitedRead united)
      : context_(context),
        schema_(schema),
        read_(std::move(united.read)),
        lacking_(std::move(united.lacking)) {}

  Result<Conformed> Hold() {
    TRY_ASSIGN(const Schema found, context_.engine.Describe(read_.query));
    columns_ = HeldColumns(found, schema_, context_.params);
    for (HeldColumn& column : columns_) {
      const auto file = lacking_.find(Lower(column.about.column));
      if (file != lacking_.end()) column.about.lacking = file->second;
    }
    TRY(CheckColumns(columns_, schema_));
    TRY(CountMisfits());
    TRY(CheckFrozenTypes());
    Conformed conformed;
    conformed.departures = Departures();
    conformed.refused_rows = refused_rows_;
    if (IsAsRead(found)) {
      conformed.read = std::move(read_);
      return conformed;
    }
    conformed.read = Rewritten();
    return conformed;
  }

 private:
  std::string From() const {
    const std::string placed =
        read_.placed_query.empty()
            ? "SELECT *, CAST(NULL AS BIGINT) AS _assay_line FROM (" + read_.indexed_query + ")"
            : read_.placed_query;
    return " FROM (" + placed + ") AS found";
  }

  // In one pass. What is read does not depend on it, but what is told and what fails does.
  Status CountMisfits() {
    std::string counts;
    std::vector<HeldColumn*> counted;
    for (HeldColumn& column : columns_) {
      if (column.misfit.empty()) continue;
      counts += (counts.empty() ? "count(CASE WHEN " : ", count(CASE WHEN ") + column.misfit +
                " THEN 1 END)";
      counted.push_back(&column);
    }
    if (counted.empty()) return {};
    std::string any = "false";
    for (const HeldColumn* column : Refusing()) any += " OR " + column->misfit;
    counts += ", count(CASE WHEN " + any + " THEN 1 END)";
    TRY_ASSIGN(const engine::Grid grid, context_.engine.Query("SELECT " + counts + From()));
    refused_rows_ = std::strtoull(grid.rows.at(0).back().value_or("0").c_str(), nullptr, 10);
    for (std::size_t i = 0; i < counted.size(); ++i) {
      counted[i]->about.values =
          std::strtoull(grid.rows.at(0).at(i).value_or("0").c_str(), nullptr, 10);
      if (counted[i]->about.values == 0) counted[i]->misfit.clear();
    }
    // A column whose values are not all of the type stays as it is where types may change.
    for (HeldColumn* column : counted) {
      const Departure& about = column->about;
      if (column->misfit.empty() || IsTooMany(about) || about.mode != SchemaMode::kEvolve) continue;
      column->misfit.clear();
      column->sql = QuoteName(about.column);
    }
    return {};
  }

  Status CheckFrozenTypes() {
    for (const HeldColumn& column : columns_) {
      const Departure& about = column.about;
      const bool is_frozen = about.mode == SchemaMode::kFreeze && about.values > 0;
      if (!is_frozen) continue;
      TRY_ASSIGN(const engine::Grid first, context_.engine.Query(Refused(column) + " LIMIT 1"));
      std::string where;
      if (!first.rows.empty()) {
        const auto& row = first.rows[0];
        where = ": " + row.at(0).value_or("") + (row.at(1) ? ":" + *row.at(1) : "") + ": " +
                row.at(3).value_or("");
      }
      return Error{ErrorCode::kData,
                   "column " + about.column + " is " + about.declared + " in " +
                       schema_.declared_in + ", and " + Values(about.values) +
                       (about.values == 1 ? " is not" : " are not") + where,
                   "mend the file, or refuse such rows with `schema_mode: {types: discard_row}`"};
    }
    return {};
  }

  static std::string Values(std::uint64_t count) {
    return contract::GroupedText(count) + (count == 1 ? " value" : " values");
  }

  std::vector<Departure> Departures() const {
    std::vector<Departure> departures;
    for (const HeldColumn& column : columns_) {
      const Departure& about = column.about;
      const bool is_whole = !IsMissing(about) && !IsTooMany(about) && !LacksSome(about);
      if (!is_whole || about.values > 0) departures.push_back(about);
    }
    return departures;
  }

  // Whether the table is what was read, in the same columns and order.
  bool IsAsRead(const Schema& found) const {
    if (columns_.size() != found.size()) return false;
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      const HeldColumn& column = columns_[i];
      const bool is_plain = column.is_left && column.about.column == found[i].name &&
                            column.sql == QuoteName(found[i].name);
      if (!is_plain) return false;
    }
    return true;
  }

  std::vector<const HeldColumn*> Refusing() const {
    std::vector<const HeldColumn*> refusing;
    for (const HeldColumn& column : columns_) {
      const bool refuses = !column.misfit.empty() && column.about.mode == SchemaMode::kDiscardRow;
      if (refuses) refusing.push_back(&column);
    }
    return refusing;
  }

  // A SELECT of the rows that these columns refuse, the first reason of each.
  std::string Refused(const std::vector<const HeldColumn*>& refusing) const {
    std::string any, column, reason;
    for (const HeldColumn* each : refusing) {
      any += (any.empty() ? "" : " OR ") + each->misfit;
      column += " WHEN " + each->misfit + " THEN " + QuoteText(each->about.column);
      reason += " WHEN " + each->misfit + " THEN " + each->reason;
    }
    std::vector<std::string> locations;
    locations.reserve(context_.files.size());
    for (const SourceFile& file : context_.files) locations.push_back(file.location);
    return "SELECT " + engine::TextList(locations) +
           "[_assay_file_index::BIGINT + 1] AS location, _assay_line::BIGINT AS line, CASE" +
           column + " END AS \"column\", CASE" + reason + " END AS reason, " + RowText() +
           " AS text" + From() + " WHERE " + any;
  }
  std::string Refused(const HeldColumn& column) const {
    return Refused(std::vector<const HeldColumn*>{&column});
  }

  // The row as a person can read it.
  std::string RowText() const {
    std::string members;
    for (const HeldColumn& column : columns_) {
      if (column.about.found.empty()) continue;
      members += (members.empty() ? "" : ", ") + QuoteText(column.about.column) + ": " +
                 QuoteName(column.about.column);
    }
    return "CAST(to_json({" + members + "}) AS VARCHAR)";
  }

  // The counts of the columns that the table has, by their names in it.
  void HoldChanges(SourceRead& read) const {
    if (!read_.changes) return;
    std::map<std::string, std::string> names;  // by the files' own
    for (const HeldColumn& column : columns_) {
      if (column.is_left) names[Lower(column.about.column)] = column.about.column;
    }
    read.changes = [counted = read_.changes, names]() -> Result<std::vector<CellChanges>> {
      TRY_ASSIGN(std::vector<CellChanges> changes, counted());
      std::erase_if(changes,
                    [&](const CellChanges& one) { return !names.contains(Lower(one.column)); });
      for (CellChanges& one : changes) one.column = names.at(Lower(one.column));
      return changes;
    };
  }

  SourceRead Rewritten() {
    std::string select, good;
    const std::vector<const HeldColumn*> refusing = Refusing();
    for (const HeldColumn& column : columns_) {
      if (!column.is_left) continue;
      select += (select.empty() ? "SELECT " : ", ") + column.sql + " AS " +
                QuoteName(column.about.column);
    }
    for (const HeldColumn* column : refusing) {
      good += (good.empty() ? " WHERE NOT (" : " AND NOT (") + column->misfit + ")";
    }
    SourceRead read;
    read.query = select + From() + good;
    read.indexed_query = select + ", _assay_file_index" + From() + good;
    read.refused_hint = read_.refused_hint;
    read.told = read_.told;
    HoldChanges(read);
    if (!read_.refused && !schema_.RefusesRows()) return read;
    const std::string ours = refusing.empty() ? "" : Refused(refusing);
    read.refused = [own = read_.refused, ours, &engine = context_.engine]() -> Result<std::string> {
      return AllRefused(engine, own, ours);
    };
    return read;
  }

  // What does not parse was noted when the rows were read, which the second look would do again.
  static Result<std::string> AllRefused(engine::Engine& engine,
                                        const std::function<Result<std::string>()>& own,
                                        const std::string& ours) {
    TRY(engine.Execute(std::string("CREATE OR REPLACE TEMP TABLE ") + kRefused +
                       " (location VARCHAR, line BIGINT, \"column\" VARCHAR, reason VARCHAR, text "
                       "VARCHAR)"));
    const std::string insert = std::string("INSERT INTO ") + kRefused + " ";
    if (own) {
      TRY_ASSIGN(const std::string query, own());
      TRY(engine.Execute(insert + query));
    }
    if (!ours.empty()) TRY(engine.Execute(insert + ours));
    return std::string("SELECT * FROM ") + kRefused;
  }

  const SourceContext& context_;
  const contract::SourceSchema& schema_;
  SourceRead read_;
  std::map<std::string, std::string> lacking_;
  std::vector<HeldColumn> columns_;
  std::uint64_t refused_rows_ = 0;
};

// Of a column more may be said than its type: how its cells are read. It comes as that says.
bool IsReadAsDeclared(const Json& column) { return column.size() > 2; }

// The parameters without types of columns that are declared in the schema: their cells are read as
// text, and held to the type here.
Json ParamsOf(const SourceContext& context, const contract::SourceSchema& schema) {
  Json params = context.params;
  if (!params.contains("columns")) return params;
  Json rest = Json::array();
  for (const Json& column : params["columns"]) {
    const bool is_held = FindDeclared(schema, column.at(0).get<std::string>()) != nullptr;
    if (!is_held || IsReadAsDeclared(column)) rest.push_back(column);
  }
  params["columns"] = std::move(rest);
  return params;
}

// The declared columns that are to come as the text of the files.
std::vector<std::string> AsText(const Json& params, const contract::SourceSchema& schema) {
  std::vector<std::string> names;
  names.reserve(schema.columns.size());
  for (const SourceColumn& column : schema.columns) {
    if (!column.type.empty()) names.push_back(column.name);
  }
  if (!params.contains("columns")) return names;
  for (const Json& column : params["columns"]) {
    std::erase_if(names, [&](const std::string& name) {
      return Lower(name) == Lower(column.at(0).get<std::string>());
    });
  }
  return names;
}

std::string DepartureText(const Departure& about) {
  const std::string values =
      contract::GroupedText(about.values) + (about.values == 1 ? " value" : " values");
  const bool is_one = about.values == 1;
  if (IsMissing(about)) return about.column + " is missing, and null in each row";
  if (LacksSome(about)) {
    const std::string text = about.column + " is missing in " + about.lacking + ", and null there";
    if (about.values == 0) return text;
    Departure rest = about;
    rest.lacking.clear();
    return text + ", " + DepartureText(rest);
  }
  if (IsTooMany(about)) {
    const std::string text = about.column + " is new (" + about.found + ")";
    if (about.mode == SchemaMode::kDiscardValue) return text + " and left out";
    if (about.mode != SchemaMode::kDiscardRow || about.values == 0) return text;
    return text + " and has " + values + (is_one ? ", whose row is" : ", whose rows are") +
           " refused";
  }
  const std::string text = about.column + " has " + values +
                           (is_one ? " that is not of type " : " that are not of type ") +
                           about.declared;
  switch (about.mode) {
    case SchemaMode::kEvolve:
      return text + ", so it is " + about.found;
    case SchemaMode::kDiscardValue:
      return text + " and " + (is_one ? "is null instead" : "are null instead");
    default:
      return text + (is_one ? ", whose row is refused" : ", whose rows are refused");
  }
}

}  // namespace

Result<Conformed> ReadHeld(const SourceKind& kind, const SourceContext& context,
                           const contract::SourceSchema& schema) {
  const Json params = ParamsOf(context, schema);
  const SourceContext held{context.engine, params, context.files, AsText(params, schema)};
  TRY_ASSIGN(UnitedRead united, ReadUnited(kind, held));
  return Holder(held, schema, std::move(united)).Hold();
}

std::string DeparturesText(const std::vector<Departure>& departures) {
  constexpr std::size_t kMost = 10;
  std::string text;
  for (std::size_t i = 0; i < std::min(departures.size(), kMost); ++i) {
    text += (text.empty() ? "" : ", ") + DepartureText(departures[i]);
  }
  if (departures.size() > kMost) {
    text += " and " + contract::GroupedText(departures.size() - kMost) + " more";
  }
  return text;
}

Json DeparturesJson(const std::vector<Departure>& departures) {
  const auto or_null = [](const std::string& type) { return type.empty() ? Json() : Json(type); };
  Json list = Json::array();
  for (const Departure& about : departures) {
    list.push_back(Json{
        {"column", about.column},
        {"before", or_null(about.declared)},
        {"after", or_null(about.values == 0 && LacksSome(about) ? about.declared : about.found)},
        {"mode", contract::SchemaModeText(about.mode)},
        {"values", about.values}});
    if (LacksSome(about)) list.back()["lacking"] = about.lacking;
  }
  return list;
}

}  // namespace assay::source
