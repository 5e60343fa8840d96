#include "prepare/fit.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <map>
#include <optional>

#include "engine/sql_text.h"

namespace assay::prepare {

namespace {

// What one transform asks of the scan.
struct Request {
  std::size_t step = 0;
  std::string column;  // of the draft
  Type type;           // of that column
  Type seen_type;      // of what the transform sees
  Needs needs;
  std::optional<std::size_t> filled_by;  // an impute of this stage that stands between
};

// Present values; the others are null.
std::string Known(const Request& request) {
  const std::string x = engine::QuoteName(request.column);
  return IsFloat(request.type) ? "CASE WHEN NOT isnan(" + x + ") THEN " + x + " END" : x;
}

// A map of the values to their rows. Grouping by one column works on the entries of a stored
// dictionary; the aggregate `histogram` looks every row up and takes ten times as long.
std::string CountsOfValues(const std::string& known) {
  return "(SELECT map_from_entries(list((_assay_value, _assay_rows))) FROM (SELECT " + known +
         " AS _assay_value, count(*) AS _assay_rows FROM _assay_seen WHERE " + known +
         " IS NOT NULL GROUP BY _assay_value))";
}

// What a request asks of `_assay_seen`, in the order in which `TakeStatistics` takes it.
std::string Aggregates(const Request& request) {
  const std::string known = Known(request);
  std::string sql = ", count(" + known + ")";
  sql += ", count(CASE WHEN isinf(" +
         (IsFloat(request.type) ? engine::QuoteName(request.column) : "0.0::DOUBLE") +
         ") THEN 1 END)";
  if (request.needs.moments) sql += ", assay_moments(CAST(" + known + " AS DOUBLE))";
  if (request.needs.values) sql += ", " + CountsOfValues(known);
  if (!request.needs.shares.empty()) {
    std::string shares;
    for (const double share : request.needs.shares) {
      shares += (shares.empty() ? "" : ", ") + DoubleSql(share);
    }
    sql += ", quantile_cont(CAST(" + known + " AS DOUBLE), [" + shares + "])";
  }
  return sql;
}

// Takes values off a row in `row/1`.
class RowTaker {
 public:
  explicit RowTaker(std::string_view row) : row_(row) {}

  Result<std::int64_t> Integer() {
    TRY_ASSIGN(const Cell cell, TakeCell(row_, {TypeKind::kInt64, 0, 0, {}}));
    return IsNull(cell) ? 0 : std::get<std::int64_t>(cell);
  }
  Result<double> Real() {
    TRY_ASSIGN(const Cell cell, TakeCell(row_, {TypeKind::kFloat64, 0, 0, {}}));
    return IsNull(cell) ? 0 : std::get<double>(cell);
  }
  Result<Cell> Value(const Type& type) { return TakeCell(row_, type); }
  /// The tag of a nested value: false for null.
  bool Present() {
    const bool present = !row_.empty() && row_[0] == '\1';
    if (!row_.empty()) row_.remove_prefix(1);
    return present;
  }
  std::uint32_t Count() {
    std::uint32_t count = 0;
    if (row_.size() < sizeof count) return 0;
    std::memcpy(&count, row_.data(), sizeof count);
    row_.remove_prefix(sizeof count);
    return count;
  }

 private:
  std::string_view row_;
};

Status TakeMoments(RowTaker& row, Statistics& statistics) {
  if (!row.Present()) return {};
  TRY(row.Integer());
  TRY_ASSIGN(statistics.mean, row.Real());
  TRY_ASSIGN(statistics.deviation, row.Real());
  TRY_ASSIGN(statistics.low, row.Real());
  TRY_ASSIGN(statistics.high, row.Real());
  return {};
}

Status TakeValues(RowTaker& row, const Type& type, Statistics& statistics) {
  if (!row.Present()) return {};
  std::vector<std::pair<Cell, std::uint64_t>> values;
  const std::uint32_t count = row.Count();
  for (std::uint32_t i = 0; i < count; ++i) {
    TRY_ASSIGN(Cell value, row.Value(type));
    TRY_ASSIGN(const std::int64_t rows, row.Integer());
    values.emplace_back(std::move(value), static_cast<std::uint64_t>(rows));
  }
  std::sort(values.begin(), values.end(),
            [](const auto& a, const auto& b) { return a.first < b.first; });
  for (const auto& [value, rows] : values) {
    statistics.values.emplace_back(CellText(value, type), rows);
  }
  return {};
}

Result<Statistics> TakeStatistics(RowTaker& row, const Request& request, std::uint64_t rows) {
  Statistics statistics;
  TRY_ASSIGN(const std::int64_t known, row.Integer());
  TRY_ASSIGN(const std::int64_t infinite, row.Integer());
  statistics.rows = static_cast<std::uint64_t>(known);
  statistics.missing = rows - statistics.rows;
  if (request.needs.moments) TRY(TakeMoments(row, statistics));
  if (request.needs.values) TRY(TakeValues(row, request.type, statistics));
  if (!request.needs.shares.empty() && row.Present()) {
    const std::uint32_t count = row.Count();
    for (std::uint32_t i = 0; i < count; ++i) {
      TRY_ASSIGN(const double quantile, row.Real());
      statistics.quantiles.push_back(quantile);
    }
  }
  if (infinite > 0) {
    return Error{ErrorCode::kData,
                 "`" + request.column + "` has infinite values in the training split, rows: " +
                     std::to_string(infinite),
                 "let the gate before refuse them with `range`"};
  }
  return statistics;
}

// What the statistics are with `copies` rows more of one value.
Status AddCopies(Statistics& statistics, const std::string& text, const Request& request,
                 std::uint64_t copies) {
  if (copies == 0) return {};
  if (request.needs.moments) {
    TRY_ASSIGN(const double value, StateNumber(Json{{"value", text}}, "value"));
    const auto before = static_cast<double>(statistics.rows);
    const auto more = static_cast<double>(copies);
    const double all = before + more;
    const double mean = statistics.mean + (value - statistics.mean) * (more / all);
    const double a = statistics.mean - mean, b = value - mean;
    const double variance =
        (before * (statistics.deviation * statistics.deviation + a * a) + more * (b * b)) / all;
    statistics.low = std::min(statistics.low, value);
    statistics.high = std::max(statistics.high, value);
    statistics.mean = mean;
    statistics.deviation = std::sqrt(variance);
  }
  statistics.rows += copies;
  statistics.missing -= copies;
  if (!request.needs.values) return {};
  // In its place by value; texts of numbers do not sort as numbers do.
  const Field field{request.column, request.seen_type};
  const bool as_text = request.seen_type.kind == TypeKind::kString;
  const auto value_of = [&](const std::string& shown) -> Result<Cell> {
    if (as_text) return Cell(shown);
    const Json json = Json::parse(shown, nullptr, false);
    return ReadCell(json.is_discarded() ? Json(shown) : json, field);
  };
  TRY_ASSIGN(const Cell wanted, value_of(text));
  auto at = statistics.values.begin();
  for (; at != statistics.values.end(); ++at) {
    TRY_ASSIGN(const Cell here, value_of(at->first));
    if (here == wanted) {
      at->second += copies;
      return {};
    }
    if (wanted < here) break;
  }
  statistics.values.insert(at, {CellText(wanted, request.seen_type), copies});
  return {};
}

}  // namespace

class Fitter {
 public:
  Fitter(engine::Engine& engine, const std::vector<Declaration>& declared,
         const std::vector<std::string>& places, const FitInput& input)
      : engine_(engine),
        declared_(declared),
        places_(places),
        input_(input),
        states_(declared.size()) {}

  Result<FitResult> Run() {
    for (;;) {
      std::vector<Request> requests;
      TRY_ASSIGN(Preparation draft, Draft(requests));
      if (requests.empty()) {
        draft.fitted_on_ = input_.fitted_on;
        result_.preparation = std::move(draft);
        return std::move(result_);
      }
      TRY(Scan(draft, requests));
    }
  }

 private:
  // A name whose values a transform makes that is not fitted yet.
  struct Pending {
    std::size_t step = 0;
    bool fills_in = false;
    Type type;
  };

  template <typename T>
  Result<T> At(std::size_t step, Result<T> result) const {
    return std::move(result).While(places_[step]);
  }

  // A preparation of the transforms that are known, and what to ask for the others.
  Result<Preparation> Draft(std::vector<Request>& requests) {
    Preparation draft;
    draft.Begin(input_.schema);
    std::map<std::string, Pending> pending;
    std::vector<std::string> unknown;  // beginnings of names that are not known yet
    for (std::size_t i = 0; i < declared_.size(); ++i) {
      const Declaration& declared = declared_[i];
      if (const auto found = pending.find(declared.column); found != pending.end()) {
        TRY(At(i, Ask(i, declared.column, found->second, draft, requests)));
        Wait(i, found->second.type, false, pending, unknown);
        continue;
      }
      const Result<std::size_t> place = draft.FindOutput(declared.column);
      const bool may_come = std::any_of(unknown.begin(), unknown.end(), [&](const auto& begin) {
        return declared.column.starts_with(begin);
      });
      if (!place.ok() && may_come) {
        Wait(i, {}, false, pending, unknown);
        continue;
      }
      if (!place.ok()) return At(i, Result<Preparation>(place.error()));
      const Type type = draft.outputs_[*place].field.type;
      TRY_ASSIGN(const Needs needs, At(i, NeedsOf(declared, type)));
      if (needs.nothing() || states_[i]) {
        TRY(At(i, draft.Append(declared, states_[i].value_or(Json::object()))));
        continue;
      }
      requests.push_back({i, declared.column, type, type, needs, std::nullopt});
      const TransformKind& kind = *FindTransform(declared.kind);
      const bool fills_in = kind.filled_type != nullptr;
      const TransformContext context{declared.params, declared.column, type};
      Wait(i, fills_in ? kind.filled_type(context) : type, fills_in, pending, unknown);
    }
    return draft;
  }

  static Result<Needs> NeedsOf(const Declaration& declared, const Type& type) {
    if (!IsCellType(type)) {
      return Error{ErrorCode::kUser,
                   "`" + declared.column + "` cannot be transformed, it is " + TypeText(type),
                   "cast it in a step before, to int64, float64 or text"};
    }
    return FindTransform(declared.kind)->needs({declared.params, declared.column, type});
  }

  // A transform behind an impute of this stage asks for the impute's input, where the filled-in
  // rows can be added to what it learns; behind anything else it waits for the next stage.
  Status Ask(std::size_t step, const std::string& column, const Pending& before,
             const Preparation& draft, std::vector<Request>& requests) {
    if (states_[step] || !before.fills_in) return {};
    const auto place = draft.FindOutput(column);
    if (!place.ok() || declared_[before.step].params.contains("as")) return {};
    const Declaration& declared = declared_[step];
    TRY_ASSIGN(const Needs needs, NeedsOf(declared, before.type));
    if (needs.nothing() || !needs.shares.empty()) return {};
    const Type& type = draft.outputs_[*place].field.type;
    if (needs.values && !(type == before.type)) return {};
    requests.push_back({step, column, type, before.type, needs, before.step});
    return {};
  }

  void Wait(std::size_t step, const Type& type, bool fills_in,
            std::map<std::string, Pending>& pending, std::vector<std::string>& unknown) const {
    const Declaration& declared = declared_[step];
    const std::string name = declared.params.value("as", declared.column);
    if (!declared.keep) pending[declared.column] = {step, fills_in, type};
    pending[name] = {step, fills_in, type};
    unknown.push_back(name + "_");
  }

  Status Scan(const Preparation& draft, const std::vector<Request>& requests) {
    // Each part of the query reads the columns it needs and no other.
    std::string sql =
        "WITH _assay_seen AS NOT MATERIALIZED (" + draft.Sql(input_.table) + ") SELECT count(*)";
    for (const Request& request : requests) sql += Aggregates(request);
    sql += " FROM _assay_seen";
    std::string bytes;
    TRY(engine_.ReadRows(sql, [&](const engine::EncodedRows& rows) -> Status {
      bytes.append(rows.bytes);
      return {};
    }));
    ++result_.scans;
    RowTaker row(bytes);
    TRY_ASSIGN(const std::int64_t rows, row.Integer());
    if (rows == 0) {
      return Error{ErrorCode::kData, "the split `train` is empty, there is nothing to learn from",
                   "move the border `validation_from`, or let more rows through the gate"};
    }
    for (const Request& request : requests) {
      TRY_ASSIGN(Statistics statistics,
                 At(request.step, TakeStatistics(row, request, static_cast<std::uint64_t>(rows))));
      TRY(At(request.step, Learn(request, std::move(statistics))));
    }
    return {};
  }

  Status Learn(const Request& request, Statistics statistics) {
    const Declaration& declared = declared_[request.step];
    if (request.filled_by) {
      const std::string value = (*states_[*request.filled_by])["value"];
      TRY(AddCopies(statistics, value, request, statistics.missing));
    }
    if (statistics.rows == 0) {
      return Error{ErrorCode::kData,
                   "`" + declared.column +
                       "` has no value in the training split, there is nothing "
                       "to learn",
                   "leave the transform out, or `impute` with a constant before it"};
    }
    if (request.needs.moments && statistics.low == statistics.high && !request.filled_by) {
      result_.warnings.push_back("`" + declared.column + "` is constant in the training split (" +
                                 declared.kind + ")");
    }
    TRY_ASSIGN(states_[request.step],
               FindTransform(declared.kind)
                   ->learn({declared.params, declared.column, request.seen_type}, statistics));
    return {};
  }

  engine::Engine& engine_;
  const std::vector<Declaration>& declared_;
  const std::vector<std::string>& places_;
  const FitInput& input_;
  std::vector<std::optional<Json>> states_;
  FitResult result_;
};

Result<FitResult> Fit(engine::Engine& engine, const std::vector<Declaration>& declared,
                      const std::vector<std::string>& places, const FitInput& input) {
  return Fitter(engine, declared, places, input).Run();
}

}  // namespace assay::prepare
