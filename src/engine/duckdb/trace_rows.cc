#include "engine/duckdb/trace_rows.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "engine/duckdb/sql_tree.h"
#include "engine/duckdb/trace_tree.h"
#include "engine/duckdb/tree_node.h"
#include "engine/sql_text.h"

namespace assay::engine {
namespace {

struct Column {
  std::string name;
  std::string type;

  bool operator==(const Column&) const = default;
};

Result<std::vector<Column>> Describe(Engine& engine, const std::string& query) {
  TRY_ASSIGN(const Grid grid, engine.Query("SELECT column_name, column_type FROM (DESCRIBE (" +
                                           WithoutSemicolon(query) + "\n))"));
  std::vector<Column> columns;
  columns.reserve(grid.rows.size());
  for (const auto& row : grid.rows) columns.push_back({row[0].value_or(""), row[1].value_or("")});
  return columns;
}

Result<std::string> OneText(Engine& engine, const char* function, const std::string& argument) {
  TRY_ASSIGN(const Grid grid,
             engine.Query(std::string("SELECT ") + function + "(" + QuoteText(argument) + ")"));
  return grid.rows.at(0).at(0).value_or("");
}

Result<Json> Statement(Engine& engine, const std::string& sql) {
  TRY_ASSIGN(const std::string text, OneText(engine, "json_serialize_sql", sql));
  TRY_ASSIGN(const Json tree, ParseJson(text));
  if (tree.value("error", false) || tree["statements"].size() != 1) {
    return Error{ErrorCode::kUser, tree.value("error_message", "not one SELECT"), ""};
  }
  return tree["statements"][0];
}

// The tree without what printing changes and nothing depends on: `VALUES` is printed as a subquery
// around itself, which reads back as one subquery more, and the names of EXCLUDE in any order.
Json Settled(Json node) {
  if (!node.is_structured()) return node;
  for (Json& member : node) member = Settled(std::move(member));
  for (const char* list : {"exclude_list", "qualified_exclude_list"}) {
    if (Has(node, list)) std::sort(node[list].begin(), node[list].end());
  }
  if (MemberText(node, "type") != "SUBQUERY" || MemberText(node, "alias") != "valueslist") {
    return node;
  }
  const Json& from = node["subquery"]["node"]["from_table"];
  return MemberText(from, "type") == "EXPRESSION_LIST" ? Json(from) : node;
}

Result<std::string> TreeId(const Json& statement) {
  TRY_ASSIGN(const SqlFacts facts, FactsOfTree(Settled(statement)));
  return facts.tree;
}

// Gives the expressions of the first SELECT the names that the engine had made for the user's text,
// where printing has changed those.
void NameColumns(Json& query, const std::vector<Column>& columns) {
  if (query.contains("left")) return NameColumns(query["left"], columns);
  Json& list = query["select_list"];
  if (!list.is_array() || list.size() < columns.size()) return;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (IsClass(list[i], "STAR")) return;
    if (!Has(list[i], "alias") && !IsClass(list[i], "COLUMN_REF")) {
      list[i]["alias"] = columns[i].name;
    }
  }
}

// `1e3` is printed as `1000.0`, which is a decimal: a double gets a cast.
Status SpellDouble(Json& constant, const ParseQuery& parse) {
  const double number = constant["value"]["value"].get<double>();
  TRY_ASSIGN(const Json query, parse("SELECT '" + DoubleText(number) + "'::DOUBLE"));
  Json cast = query["select_list"][0];
  cast["alias"] = constant["alias"];
  constant = std::move(cast);
  return {};
}

// A cross join is printed as a comma, without brackets: within another join it gets a condition.
Status SpellCrossJoin(Json& join, const ParseQuery& parse) {
  TRY_ASSIGN(const Json query, parse("SELECT true"));
  join["ref_type"] = "REGULAR";
  join["condition"] = query["select_list"][0];
  return {};
}

// Writes what the engine would print as something else in another way.
Status Spell(Json& node, const ParseQuery& parse) {
  if (!node.is_structured()) return {};
  for (Json& member : node) TRY(Spell(member, parse));
  if (IsClass(node, "CONSTANT") && node["value"].contains("value") &&
      node["value"]["value"].is_number_float()) {
    return SpellDouble(node, parse);
  }
  if (MemberText(node, "type") != "JOIN") return {};
  const bool is_cross = MemberText(node, "ref_type") == "CROSS";
  for (const char* side : {"left", "right"}) {
    if (MemberText(node[side], "ref_type") != "CROSS") continue;
    if (!is_cross || side == std::string_view("right")) TRY(SpellCrossJoin(node[side], parse));
  }
  return {};
}

// The text of a rewritten statement, which must read back as the same tree.
Result<std::string> Print(Engine& engine, const Json& statement) {
  const Json tree{{"error", false}, {"statements", Json::array({statement})}};
  TRY_ASSIGN(std::string text, OneText(engine, "json_deserialize_sql", tree.dump()));
  TRY_ASSIGN(const Json again, Statement(engine, text));
  TRY_ASSIGN(const std::string expected, TreeId(statement));
  TRY_ASSIGN(const std::string found, TreeId(again));
  if (found == expected) return text;
  return Error{ErrorCode::kUser, "SQL that the engine prints in another way than it reads", ""};
}

// The user's columns, then the ids.
std::vector<Column> Expected(std::vector<Column> columns, const Trace& trace) {
  for (const auto& source : trace.sources) columns.push_back({source.column, "UBIGINT"});
  for (const auto& branch : trace.branch_columns) columns.push_back({branch, "UINTEGER"});
  return columns;
}

Result<std::string> PrintChecked(Engine& engine, Json& statement, const Trace& trace,
                                 const std::vector<Column>& own) {
  TRY_ASSIGN(std::string text, Print(engine, statement));
  const auto expected = Expected(own, trace);
  auto columns = Describe(engine, text);
  if (!columns.ok()) {
    // The first line; the rest is about tables that the user did not write.
    std::string message = columns.error().message;
    message.resize(std::min(message.find('\n'), message.size()));
    return Error{columns.error().code, "SQL that does not bind with ids: " + message, ""};
  }
  if (*columns == expected) return text;
  NameColumns(statement["node"], own);
  TRY_ASSIGN(text, Print(engine, statement));
  TRY_ASSIGN(const auto named, Describe(engine, text));
  if (named == expected) return text;
  return Error{ErrorCode::kUser, "columns that have another name or type with ids", ""};
}

// What a query is that has no tree: an error where it is wrong, else the reason.
Result<std::string> WhyNoTree(Engine& engine, const std::string& query) {
  const auto own = Describe(engine, query);
  // PIVOT without an IN list is several statements to the engine, which looks for the values first.
  const bool pivots = Lower(query).find("pivot") != std::string::npos;
  if (!own.ok() && !(pivots && own.error().message.ends_with("multiple statements at once"))) {
    return own.error();
  }
  return std::string(pivots ? "PIVOT" : "SQL that the engine cannot take apart");
}

Result<Trace> TraceStatement(Engine& engine, const std::string& query, Json statement,
                             const std::vector<TracedInput>& inputs,
                             const std::vector<Column>& own) {
  const ParseQuery parse = [&](const std::string& sql) -> Result<Json> {
    auto tree = Statement(engine, sql);
    if (tree.ok()) return Json((*tree)["node"]);
    return Error{ErrorCode::kInternal, "our own SQL: " + tree.error().message, ""};
  };
  TRY_ASSIGN(TracedTree traced, TraceTree(statement["node"], inputs, parse));
  traced.trace.query = query;
  if (traced.trace.kind == Trace::Kind::kAggregate) return traced.trace;
  statement["node"] = std::move(traced.query);
  TRY(Spell(statement["node"], parse));
  TRY_ASSIGN(traced.trace.query, PrintChecked(engine, statement, traced.trace, own));
  return traced.trace;
}

}  // namespace

Result<Trace> TraceRows(Engine& engine, const std::string& query,
                        const std::vector<TracedInput>& inputs) {
  using enum ErrorCode;
  Trace none;
  none.query = query;
  auto statement = Statement(engine, query);
  if (!statement.ok()) {
    if (statement.error().code == kIo || statement.error().code == kInternal) {
      return std::move(statement).error();
    }
    TRY_ASSIGN(none.reason, WhyNoTree(engine, query));
    return none;
  }
  TRY_ASSIGN(const auto own, Describe(engine, query));
  auto trace = TraceStatement(engine, query, *std::move(statement), inputs, own);
  if (trace.ok()) return trace;
  if (trace.error().code != kUser && trace.error().code != kData) return trace;
  none.reason = trace.error().message;
  return none;
}

}  // namespace assay::engine
