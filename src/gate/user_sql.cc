#include "gate/user_sql.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "engine/sql_text.h"
#include "gate/check.h"

namespace assay::gate {
namespace {

using engine::QuoteName;
using engine::QuoteText;

// What a person wrote must have the same answer at every call and read nothing but the gate's
// input.
Status CheckReads(const engine::SqlFacts& facts, const std::string& object) {
  const bool others =
      std::any_of(facts.reads.begin(), facts.reads.end(),
                  [&](const engine::TableRead& read) { return read.name != object; });
  if (others || !facts.functions.empty()) {
    return Error{ErrorCode::kUser,
                 object.empty() ? "an expression reads no tables"
                                : "a query check reads the gate's input alone, as ${object}",
                 object.empty() ? "use a query check, or a sql step before the gate"
                                : "join what it needs in a sql step before the gate"};
  }
  if (!facts.calls.empty()) {
    return Error{ErrorCode::kUser,
                 "the value differs from call to call (" + facts.calls[0].name + ")",
                 "take it from a column, or write the value down"};
  }
  return {};
}

struct Calendar {
  std::string_view function;
  std::string_view format;
};
constexpr std::array kCalendars = {Calendar{"year", "%Y"}, Calendar{"month", "%Y-%m"},
                                   Calendar{"day", "%Y-%m-%d"}, Calendar{"hour", "%Y-%m-%d %H"}};

// A plain name is a column, also when the name is a keyword of SQL; anything else is an expression.
std::string ColumnOrExpression(const std::string& text) {
  const bool plain = !text.empty() && text.find_first_not_of(
                                          "abcdefghijklmnopqrstuvwxyz"
                                          "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                          "0123456789_") == std::string::npos;
  return plain ? QuoteName(text) : text;
}

}  // namespace

Status CheckExpression(engine::Engine& engine, const std::string& text, bool one_row,
                       const std::string& table) {
  // Parsed as it stands, so that it closes no bracket of ours, and in brackets, so that it is one.
  for (const std::string& query : {"SELECT " + text + "\n", "SELECT (" + text + "\n) IS NULL"}) {
    const auto facts = engine.Parse(query, nullptr);
    if (!facts.ok()) {
      return Error{ErrorCode::kUser, "not an expression (" + facts.error().message + ")", ""};
    }
    TRY(CheckReads(*facts, ""));
    if (!facts->expanding.empty()) {
      return Error{ErrorCode::kUser,
                   "it makes several rows of one (" + facts->expanding[0].name + ")",
                   "expand the rows in a sql step before"};
    }
    if (one_row && !facts->windows.empty()) {
      return Error{ErrorCode::kUser, "it must see one row alone, not a window",
                   "compute the column in a sql step before"};
    }
  }
  // COLUMNS(*) stands for one value per column, of which only the first would be looked at. What
  // does not bind is told when the scan is made.
  const auto columns =
      engine.Describe("SELECT (" + text + "\n) FROM " + table + " AS _assay_input");
  if (columns.ok() && columns->size() != 1) {
    return Error{ErrorCode::kUser,
                 "it gives " + std::to_string(columns->size()) + " values, not one",
                 "write a check for each column"};
  }
  return {};
}

Status CheckQuery(engine::Engine& engine, const std::string& text) {
  TRY_ASSIGN(const engine::SqlFacts facts, engine.Parse(text, nullptr));
  return CheckReads(facts, std::string(kObjectName));
}

Status WithText(Status status, const std::string& text) {
  if (!status.ok()) status.error().message += ": " + text;
  return status;
}

std::string SliceSql(const std::string& by) {
  for (const Calendar& calendar : kCalendars) {
    const std::string prefix = std::string(calendar.function) + "(";
    if (by.starts_with(prefix) && by.ends_with(")") && by.find('(', prefix.size()) == by.npos) {
      const std::string column = by.substr(prefix.size(), by.size() - prefix.size() - 1);
      return "strftime(" + ColumnOrExpression(column) + ", " + QuoteText(calendar.format) + ")";
    }
  }
  return ColumnOrExpression(by);
}

}  // namespace assay::gate
