#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>

#include "base/nearest.h"
#include "engine/sql_text.h"
#include "gate/check.h"

namespace assay::gate {
namespace {

// Borders between ten bins that hold a tenth of the target's values each.
constexpr const char* kTenths = "[0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9]";
// What an empty bin's share is taken for, so that the logarithm has a value.
constexpr double kEmptyShare = 0.0001;

enum class Binning { kQuantiles, kCategories };

struct Compared {
  Field field;
  Binning binning = Binning::kQuantiles;
};

// Rows of one kind of bin: how many have the value here and in the target.
struct Bin {
  double actual = 0, expected = 0;
  double repeats = 0;  // bins with these very counts
};

std::optional<Binning> BinningOf(const Type& type) {
  if (IsNumber(type)) return Binning::kQuantiles;
  switch (type.kind) {
    case TypeKind::kDate:
    case TypeKind::kTime:
    case TypeKind::kTimestamp:
    case TypeKind::kTimestampUtc:
      return Binning::kQuantiles;
    case TypeKind::kString:
    case TypeKind::kBool:
      return Binning::kCategories;
    default:
      return std::nullopt;
  }
}

Result<Compared> ComparedColumn(const CheckContext& context, const std::string& column,
                                const Target& target, const std::string& against) {
  const CheckContext one{Json{{"column", column}}, context.schema, "", ""};
  TRY_ASSIGN(const Field* field, CheckedColumn(one, "column"));
  const Field* there = FindField(target.schema, column);
  if (there == nullptr) {
    const std::string nearest = NearestName(column, FieldNames(target.schema));
    return Error{ErrorCode::kUser,
                 "the gate's input has a column `" + column + "`, `" + against + "` has none",
                 nearest.empty() ? "" : "did you mean " + nearest + "?"};
  }
  if (there->type != field->type) {
    return Error{ErrorCode::kUser,
                 "`" + column + "` is " + TypeText(field->type) + " in the gate's input and " +
                     TypeText(there->type) + " in `" + against + "`",
                 "cast one of them in a sql step"};
  }
  const auto binning = BinningOf(field->type);
  if (!binning) {
    return Error{ErrorCode::kUser,
                 "a stability index is of numbers, times, text and truth; `" + column + "` is " +
                     TypeText(field->type),
                 ""};
  }
  return Compared{*field, *binning};
}

// The bin of a value as SQL: between borders that are the target's quantiles, each bin with its
// upper border; null and not-a-number are bins of their own.
Result<std::string> QuantileBin(engine::Engine& engine, const Field& field,
                                const std::string& target) {
  const std::string name = engine::QuoteName(field.name);
  const bool is_float = IsFloat(field.type);
  const std::string numbers = is_float ? " WHERE NOT isnan(" + name + ")" : "";
  TRY_ASSIGN(
      const engine::Grid borders,
      engine.Query("SELECT border::VARCHAR FROM (SELECT DISTINCT unnest(quantile_disc(" + name +
                   ", " + kTenths + ")) AS border FROM " + target + numbers + ") ORDER BY border"));
  std::string sql = "CASE WHEN " + name + " IS NULL THEN -1";
  if (is_float) sql += " WHEN isnan(" + name + ") THEN -2";
  for (std::size_t i = 0; i < borders.rows.size(); ++i) {
    if (!borders.rows[i][0]) continue;
    sql += " WHEN " + name + " <= CAST(" + engine::QuoteText(*borders.rows[i][0]) + " AS " +
           engine::TypeSql(field.type) + ") THEN " + std::to_string(i);
  }
  return sql + " ELSE " + std::to_string(borders.rows.size()) + " END";
}

// Counts both tables by bin. Categories may be many, so bins with the same two counts are told
// once; all that the target does not know are one bin.
Result<std::vector<Bin>> CountBins(engine::Engine& engine, const Compared& column,
                                   const std::string& rows, const std::string& target) {
  std::string bin = engine::QuoteName(column.field.name);
  const bool categories = column.binning == Binning::kCategories;
  if (!categories) {
    TRY_ASSIGN(bin, QuantileBin(engine, column.field, target));
  }
  const auto counted = [&](const std::string& table, const char* here, const char* there) {
    return "SELECT bin, " + std::string(here) + " AS a, " + there + " AS e FROM (SELECT " + bin +
           " AS bin FROM " + table + ") GROUP BY bin";
  };
  const std::string unknown = categories ? "e = 0 AND bin IS NOT NULL" : "false";
  TRY_ASSIGN(
      const engine::Grid grid,
      engine.Query("SELECT a, e, count(*) FROM (SELECT sum(a) AS a, sum(e) AS e FROM (SELECT "
                   "bin, sum(a) AS a, sum(e) AS e FROM (" +
                   counted(rows, "count(*)", "0") + " UNION ALL " +
                   counted(target, "0", "count(*)") + ") GROUP BY bin) GROUP BY " + unknown +
                   ", CASE WHEN NOT (" + unknown + ") THEN bin END) GROUP BY a, e ORDER BY a, e"));
  std::vector<Bin> bins;
  for (const auto& row : grid.rows) {
    const auto number = [&](std::size_t i) { return std::strtod(row[i]->c_str(), nullptr); };
    bins.push_back({number(0), number(1), number(2)});
  }
  return bins;
}

// Population stability index: the sum of (a - e) ln(a / e) over shares of bins. Six digits, so that
// a machine's logarithm makes no difference; nothing where one side has no rows.
std::optional<double> StabilityIndex(const std::vector<Bin>& bins) {
  double actual = 0;
  double expected = 0;
  for (const Bin& bin : bins) {
    actual += bin.actual * bin.repeats;
    expected += bin.expected * bin.repeats;
  }
  if (actual == 0 || expected == 0) return std::nullopt;
  double index = 0;
  for (const Bin& bin : bins) {
    const double a = bin.actual == 0 ? kEmptyShare : bin.actual / actual;
    const double e = bin.expected == 0 ? kEmptyShare : bin.expected / expected;
    index += bin.repeats * (a - e) * std::log(a / e);
  }
  return index;
}

std::string IndexText(double index) {
  char text[32];
  std::snprintf(text, sizeof text, "%.6g", index);
  return text;
}

struct ColumnIndex {
  std::string column;
  double index = 0;
};

Result<Measured> Measure(engine::Engine& engine, const std::vector<Compared>& columns,
                         const std::string& rows, const std::string& target) {
  std::vector<ColumnIndex> found;
  for (const Compared& column : columns) {
    TRY_ASSIGN(const std::vector<Bin> bins, CountBins(engine, column, rows, target));
    const auto index = StabilityIndex(bins);
    if (!index) return Measured{std::nullopt, "no rows to compare with"};
    found.push_back({column.field.name, *index});
  }
  std::stable_sort(found.begin(), found.end(),
                   [](const ColumnIndex& a, const ColumnIndex& b) { return a.index > b.index; });
  Measured measured;
  measured.number = IndexText(found.front().index);
  for (const ColumnIndex& one : found) {
    measured.words +=
        (measured.words.empty() ? "" : ", ") + one.column + " " + IndexText(one.index);
  }
  return measured;
}

Status CheckIndex(const Json& params) { return CheckAtMost(params, "0"); }

Result<CompiledCheck> Compile(const CheckContext& context) {
  const std::string against = context.params.at("against").get<std::string>();
  if (context.targets == nullptr || !context.targets->contains(against)) {
    return Error{ErrorCode::kUser, "only a check of a gate compares with a node: " + against,
                 "put it into the gate before the dataset"};
  }
  const Target& target = context.targets->at(against);
  CompiledCheck check;
  check.form = CheckForm::kMeasure;
  std::vector<Compared> columns;
  for (const Json& column : context.params.at("columns")) {
    TRY_ASSIGN(Compared compared,
               ComparedColumn(context, column.get<std::string>(), target, against));
    check.column += (columns.empty() ? "" : ", ") + compared.field.name;
    columns.push_back(std::move(compared));
  }
  check.expected = "like " + against + "; the index";
  check.bound = AtMostBound(context.params);
  check.measure = [columns, table = target.table](engine::Engine& engine, const std::string& rows) {
    return Measure(engine, columns, rows, table);
  };
  return check;
}

}  // namespace

CheckKind population_stability_check() {
  using contract::ParamType;
  return {
      .info =
          {.name = "population_stability",
           .summary = "columns are distributed as in a target sample",
           .help =
               "The population stability index of each column: the sum of `(a - e) * ln(a / e)` "
               "over bins, `a` being a bin's share of the rows that the gate's row checks let "
               "through, `e` its share of the target. Numbers and times have ten bins between the "
               "target's deciles, text and truth a bin for each value; the values that the target "
               "does not know are one bin, nulls are one, not-a-number is one. An empty bin counts "
               "as a share of 0.0001. The largest index is judged; the finding names all columns, "
               "the worst first. As a rule of thumb, 0.1 is a small shift and 0.25 a large one. "
               "The target is the output of a node, so another content of it is another "
               "fingerprint of the gate. Needs passes of its own; all rows are judged together, "
               "not by slice.",
           .params = {{.name = "columns",
                       .type = ParamType::kColumns,
                       .summary = "the column, or a list of columns, each for itself",
                       .required = true},
                      {.name = "against",
                       .type = ParamType::kInput,
                       .summary = "the source, step or gate that has the target sample",
                       .required = true},
                      {.name = "at_most",
                       .type = ParamType::kNumber,
                       .summary = "the largest index",
                       .required = true}},
           .subject = "columns",
           .axis = contract::kRelevance,
           .over_parts = contract::OverParts::kNumber,
           .check = CheckIndex,
           .example = "- {population_stability: [distance, origin], against: target, at_most: "
                      "0.1}\n"},
      .compile = Compile,
      .needs_pass = true};
}

}  // namespace assay::gate
