#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "base/nearest.h"
#include "engine/sql_text.h"
#include "gate/check.h"

namespace assay::gate {
namespace {

using engine::QuoteName;
using engine::QuoteText;

// What is counted of a source, per file; and of a step.
constexpr const char* kOfSource[] = {"nulls", "trimmed", "thousands_marks", "decimal_marks",
                                     "signs", "units",   "time_zones",      "casts"};
constexpr const char* kOfStep[] = {"mapped",  "unknown",       "converted",       "moved", "tidied",
                                   "refused", "decimal_marks", "thousands_marks", "nulls", "casts"};

std::vector<std::string> ChangeNames() {
  std::vector<std::string> names(std::begin(kOfSource), std::end(kOfSource));
  for (const char* name : kOfStep) {
    if (std::ranges::find(names, name) == names.end()) names.emplace_back(name);
  }
  return names;
}

Status CheckParameters(const Json& params) {
  if (params.contains("max") != params.contains("rises_by")) return {};
  return Error{ErrorCode::kUser,
               params.contains("max") ? "`max` and `rises_by` are two checks"
                                      : "neither `max` nor `rises_by` says what is too much",
               "write one of them, as `max: 5 %`"};
}

// How many cells of the column were changed, of how many, in the order of the loads.
struct LoadsOf {
  std::string column, change;
  bool is_source = false;

  std::string Sql(const std::string& ledger) const {
    const std::string of_column = " FROM " + ledger + " WHERE \"column\" = " + QuoteText(column);
    if (!is_source) {
      return "SELECT NULL, coalesce(sum(CASE WHEN change = " + QuoteText(change) +
             " THEN cells END), 0), max(\"of\")" + of_column + " HAVING count(*) > 0";
    }
    // A word for null has no value.
    return "SELECT file, " + QuoteName(change) + ", " +
           (change == "nulls" ? "cells + nulls" : "cells") + of_column + " ORDER BY load";
  }
};

struct LoadShare {
  std::string file;
  double cells = 0, of = 0;

  double percent() const { return of == 0 ? 0 : 100 * cells / of; }
};

std::string NumberText(double number) {
  char text[32];
  std::snprintf(text, sizeof text, "%.6g", number);
  return text;
}

Result<std::vector<LoadShare>> SharesOf(engine::Engine& engine, const LoadsOf& loads,
                                        const std::string& ledger) {
  TRY_ASSIGN(const engine::Grid grid, engine.Query(loads.Sql(ledger)));
  std::vector<LoadShare> shares;
  for (const auto& row : grid.rows) {
    // Who read it did not count it.
    if (!row.at(1)) continue;
    shares.push_back({row.at(0).value_or(""), std::strtod(row[1]->c_str(), nullptr),
                      std::strtod(row.at(2).value_or("0").c_str(), nullptr)});
  }
  if (!shares.empty()) return shares;
  TRY_ASSIGN(const engine::Grid columns,
             engine.Query("SELECT DISTINCT \"column\" FROM " + ledger + " ORDER BY 1"));
  std::vector<std::string> names;
  names.reserve(columns.rows.size());
  for (const auto& row : columns.rows) names.push_back(row.at(0).value_or(""));
  const std::string nearest = NearestName(loads.column, names);
  // Of a step it is empty where nothing had a value.
  if (names.empty() && !loads.is_source) return shares;
  return grid.rows.empty()
             ? Error{ErrorCode::kUser, "the ledger has no column of this name: " + loads.column,
                     nearest.empty() ? "the source's own columns are counted, by their names there"
                                     : "did you mean " + nearest + "?"}
             : Error{ErrorCode::kUser,
                     "`" + loads.change + "` of `" + loads.column +
                         "` is not counted where the engine alone reads the files",
                     "a csv source with `trim: true` counts it"};
}

// For people.
std::string ShareInWords(double percent) {
  char text[32];
  std::snprintf(text, sizeof text, "%.4g %%", percent);
  return text;
}

std::string InFile(const LoadShare& share) {
  return ShareInWords(share.percent()) + (share.file.empty() ? "" : " in " + share.file);
}

// The largest share.
Measured Largest(const std::vector<LoadShare>& shares) {
  const LoadShare* worst = nullptr;
  for (const LoadShare& share : shares) {
    if (worst == nullptr || share.percent() > worst->percent()) worst = &share;
  }
  if (worst == nullptr) return {"0", "no cells"};
  return {NumberText(worst->percent()), InFile(*worst)};
}

// By how much the share of a file lies above that of all files before it, at most.
Measured LargestRise(const std::vector<LoadShare>& shares) {
  LoadShare before;
  double most = 0;
  std::string words = "no rise";
  for (const LoadShare& share : shares) {
    const double rise = share.percent() - before.percent();
    if (before.of > 0 && share.of > 0 && rise > most) {
      most = rise;
      words = InFile(share) + ", " + ShareInWords(before.percent()) + " before";
    }
    before.cells += share.cells;
    before.of += share.of;
  }
  return {NumberText(most), words};
}

// Millionths as percent.
std::string PercentOf(const Json& millionths) {
  return NumberText(static_cast<double>(millionths.get<std::int64_t>()) / 10'000);
}

Result<CompiledCheck> Compile(const CheckContext& context) {
  const Json& params = context.params;
  const std::string ledger = params.at("ledger").get<std::string>();
  if (context.targets == nullptr || !context.targets->contains(ledger)) {
    return Error{ErrorCode::kUser, "only a check of a gate looks at a ledger: " + ledger,
                 "put it into the gate before the dataset"};
  }
  const Target& target = context.targets->at(ledger);
  LoadsOf loads{params.at("column").get<std::string>(), params.at("change").get<std::string>()};
  loads.is_source = FindField(target.schema, "load") != nullptr;
  const bool is_ledger = loads.is_source || FindField(target.schema, "change") != nullptr;
  const bool is_counted = loads.is_source
                              ? FindField(target.schema, loads.change) != nullptr
                              : std::ranges::find(kOfStep, loads.change) != std::end(kOfStep);
  if (!is_ledger || !is_counted) {
    return Error{ErrorCode::kUser,
                 "`" + ledger + "` " +
                     (is_ledger ? "does not count: " + loads.change
                                : "is no ledger, which counts: " + loads.change),
                 "NAME.ledger of a source of text counts what reading did, that of a step what "
                 "its page says"};
  }
  const bool is_rise = params.contains("rises_by");
  if (is_rise && !loads.is_source) {
    return Error{ErrorCode::kUser, "`" + ledger + "` tells no files, so nothing rises in it",
                 "write `max` in place of `rises_by`"};
  }
  CompiledCheck check;
  check.form = CheckForm::kMeasure;
  check.column = loads.column;
  check.expected =
      loads.change + ", in % of the cells of a file" + (is_rise ? " above those before it," : ",");
  if (!loads.is_source) check.expected = loads.change + ", in % of the cells,";
  check.bound = contract::Bound{
      contract::BoundOp::kLessOrEqual, {PercentOf(params.at(is_rise ? "rises_by" : "max"))}, false};
  check.measure = [loads, is_rise, table = target.table](engine::Engine& engine,
                                                         const std::string&) -> Result<Measured> {
    TRY_ASSIGN(const std::vector<LoadShare> shares, SharesOf(engine, loads, table));
    return is_rise ? LargestRise(shares) : Largest(shares);
  };
  return check;
}

}  // namespace

CheckKind coercion_check() {
  using contract::ParamType;
  return {
      .info =
          {.name = "coercion",
           .summary = "reading or mapping changed no more of a column's cells than is normal",
           .help =
               "Looks at what was done to the values on the way in, which the ledger of a source "
               "or a step counts (`NAME.ledger`), not at the gate's rows. `change` is one of its "
               "counts. `max` is the largest share of the column's cells in any file; `rises_by` "
               "is by how much, in percent points, the share of a file may lie above that of all "
               "files before it. A step has no files: its share is of all cells. Shares are of the "
               "cells with a value, those of `nulls` also of the words for null. The finding names "
               "the worst file; no row is bad, so the gate's verdict holds back the whole table. "
               "The column is called as in the source. The ledger is an input of the gate, so "
               "another ledger is another fingerprint.",
           .params = {{.name = "column",
                       .type = ParamType::kColumn,
                       .summary = "the column, by its name in the source",
                       .required = true},
                      {.name = "change",
                       .type = ParamType::kChoice,
                       .summary = "what was done",
                       .required = true,
                       .choices = ChangeNames()},
                      {.name = "max",
                       .type = ParamType::kShare,
                       .summary = "the largest share in a file"},
                      {.name = "rises_by",
                       .type = ParamType::kShare,
                       .summary = "by how much a file may lie above those before it"},
                      {.name = "ledger",
                       .type = ParamType::kInput,
                       .summary = "the ledger, as `readings.ledger`; not said: that of the gate's "
                                  "input",
                       .by_default = ".ledger"}},
           .subject = "column",
           .axis = contract::kIntegrity,
           .over_parts = contract::OverParts::kNumber,
           .check = CheckParameters,
           .example = "- {coercion: distance, change: decimal_marks, max: 5 %, ledger: "
                      "flights.ledger}\n"},
      .compile = Compile,
      .needs_pass = true};
}

}  // namespace assay::gate
