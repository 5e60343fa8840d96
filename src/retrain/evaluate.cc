#include "retrain/evaluate.h"

#include <cstdlib>

#include "contract/class_text.h"
#include "engine/sql_text.h"
#include "feedback/class_sql.h"
#include "run/table_sql.h"
#include "run/version_ref.h"

namespace assay::retrain {
namespace {

using engine::QuoteName;
using engine::QuoteText;

// Labels of a split with the number of their row in it.
std::string LabelsSql(run::Session& session, const EvaluationRequest& request,
                      const std::string& label) {
  const store::Table table = run::SplitAsTable(request.commit, request.split);
  std::string offset = "CASE file_index";
  std::uint64_t before = 0;
  for (std::size_t i = 0; i < table.files.size(); ++i) {
    offset += " WHEN " + std::to_string(i) + " THEN " + std::to_string(before);
    before += table.files[i].rows;
  }
  if (table.files.empty()) offset += " WHEN 0 THEN 0";
  return "(SELECT " + feedback::ClassSql("CAST(" + QuoteName(label) + " AS VARCHAR)") +
         " AS label, file_row_number + " + offset + " END AS \"row\" FROM " +
         run::PlacedTableSql(session.objects(), table) + ")";
}

Result<std::uint64_t> CountOf(engine::Engine& engine, const std::string& query) {
  TRY_ASSIGN(const engine::Grid grid, engine.Query(query));
  return std::strtoull(grid.rows.at(0).at(0).value_or("0").c_str(), nullptr, 10);
}

Error Wrong(const std::string& what) {
  return Error{
      ErrorCode::kData, "predictions.parquet " + what,
      "it must have `row` (from 0 in the order of the split), and `score` or `prediction`"};
}

Status CheckColumns(const Schema& schema, const std::string& value, bool is_score) {
  for (const std::string& name : {std::string("row"), value}) {
    if (FindField(schema, name) == nullptr) return Wrong("has no column: " + name);
  }
  if (!IsInteger(FindField(schema, "row")->type)) return Wrong("has a `row` that is no integer");
  if (is_score && !IsNumber(FindField(schema, value)->type)) {
    return Wrong("has a `score` that is no number");
  }
  return {};
}

Status CheckRows(engine::Engine& engine, const std::string& file, const std::string& value,
                 bool is_score, std::uint64_t rows) {
  TRY_ASSIGN(const std::uint64_t count, CountOf(engine, "SELECT count(*) FROM " + file));
  if (count != rows) {
    return Wrong("has " + std::to_string(count) + " rows, the split has " + std::to_string(rows));
  }
  TRY_ASSIGN(const std::uint64_t different,
             CountOf(engine, "SELECT count(DISTINCT \"row\") FROM " + file +
                                 " WHERE \"row\" >= 0 AND \"row\" < " + std::to_string(rows)));
  if (different != rows) return Wrong("does not have each row of the split once");
  const std::string bad =
      is_score ? "score IS NULL OR isnan(CAST(score AS DOUBLE)) OR score < 0 OR score > 1"
               : value + " IS NULL";
  TRY_ASSIGN(const std::uint64_t wrong,
             CountOf(engine, "SELECT count(*) FROM " + file + " WHERE " + bad));
  if (wrong == 0) return {};
  return Wrong("has " + std::to_string(wrong) + (wrong == 1 ? " row" : " rows") + " without " +
               (is_score ? "a score from 0 to 1" : "a prediction"));
}

std::uint64_t NumberAt(const std::vector<std::optional<std::string>>& row, std::size_t at) {
  return std::strtoull(row.at(at).value_or("0").c_str(), nullptr, 10);
}

}  // namespace

Result<double> Evaluate(run::Session& session, const EvaluationRequest& request,
                        const feedback::MetricInfo& metric) {
  const std::string label = request.commit.label.value("column", "");
  if (label.empty()) {
    return Error{ErrorCode::kUser, "the version has no label to judge predictions by",
                 "declare `label` in the dataset and run `assay run`"};
  }
  TRY_ASSIGN(engine::Engine * engine, session.Engine());
  const std::string file = engine::ReadParquet({request.predictions}, {});
  const std::string value = metric.needs_score ? "score" : "prediction";
  TRY_ASSIGN(const Schema schema,
             engine->Describe("SELECT * FROM " + file).While("reading predictions.parquet"));
  TRY(CheckColumns(schema, value, metric.needs_score));
  TRY(CheckRows(*engine, file, value, metric.needs_score, request.split.rows));

  const std::string joined = " FROM " + file + " AS p JOIN " + LabelsSql(session, request, label) +
                             " AS l ON l.\"row\" = p.\"row\" WHERE l.label IS NOT NULL";
  const std::string positive = contract::ClassText(request.positive);
  const std::string is_positive = "l.label = " + QuoteText(positive);
  feedback::Values values;
  if (metric.needs_score) {
    TRY_ASSIGN(const engine::Grid grid,
               engine->Query("SELECT CAST(p.score AS DOUBLE) AS score, count(*) FILTER (" +
                             is_positive + "), count(*) FILTER (NOT " + is_positive + ")" + joined +
                             " GROUP BY 1 ORDER BY 1"));
    feedback::ScoreJudge judge;
    for (const auto& row : grid.rows) {
      judge.Add(std::strtod(row.at(0).value_or("0").c_str(), nullptr), NumberAt(row, 1),
                NumberAt(row, 2));
    }
    judge.Extract(values);
  } else {
    TRY_ASSIGN(const engine::Grid grid,
               engine->Query("SELECT " + feedback::ClassSql("CAST(p.prediction AS VARCHAR)") +
                             ", l.label, count(*)" + joined + " GROUP BY 1, 2"));
    feedback::ClassJudge judge(positive);
    for (const auto& row : grid.rows) {
      judge.Add(row.at(0).value_or(""), row.at(1).value_or(""), NumberAt(row, 2));
    }
    judge.Extract(values);
  }
  if (const auto number = values.Of(metric.name)) return *number;
  const auto why = values.undefined.find(metric.name);
  return Error{ErrorCode::kData,
               metric.name + " of split " + request.split.name +
                   " is not defined: " + (why == values.undefined.end() ? "no value" : why->second),
               "choose another split or metric in `evaluate`"};
}

}  // namespace assay::retrain
