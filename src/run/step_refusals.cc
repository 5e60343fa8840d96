#include "run/step_refusals.h"

#include <cstdlib>
#include <map>

#include "engine/sql_text.h"
#include "run/refused_rows.h"
#include "run/row_origin.h"

namespace assay::run {
namespace {

// Reasons that a verdict tells apart; the rest are told as one.
constexpr std::size_t kReasons = 20;
constexpr char kOtherReasons[] = "other reasons";

Result<Json> CountReasons(engine::Engine& engine, const std::string& refused) {
  TRY_ASSIGN(const engine::Grid grid, engine.Query("SELECT _assay_reasons[1], count(*) FROM " +
                                                   refused + " GROUP BY 1 ORDER BY 2 DESC, 1"));
  Json reasons = Json::object();
  for (std::size_t i = 0; i < grid.rows.size(); ++i) {
    const auto& row = grid.rows[i];
    const std::uint64_t rows = std::strtoull(row.at(1).value_or("0").c_str(), nullptr, 10);
    const std::string reason = i < kReasons ? row.at(0).value_or("") : kOtherReasons;
    reasons[reason] = reasons.value(reason, std::uint64_t{0}) + rows;
  }
  return reasons;
}

Status TellRefusals(Workspace& workspace, engine::Engine& engine, const std::string& step,
                    const Json& reasons, Executed& done) {
  const store::Table& refused = done.output.outputs.at("refused");
  done.rows_refused = refused.rows;
  if (refused.rows == 0) return {};
  done.output.verdict = Json{{"gate", step},
                             {"verdict", "warn"},
                             {"rows", done.rows_in},
                             {"refused", refused.rows},
                             {"checks", Json::array()},
                             {"reasons", reasons},
                             {"note", "rows that the step refused"}};
  done.quarantine = store::QuarantineRow{};
  done.quarantine->gate = step;
  done.quarantine->rows = refused.rows;
  done.quarantine->table = TableJson(refused);
  done.quarantine->reasons = reasons;
  done.warnings.push_back(std::to_string(refused.rows) + (refused.rows == 1 ? " row" : " rows") +
                          " refused; `assay quarantine show " + step + "` shows them");
  TRY_ASSIGN(done.examples, RefusedExamples(workspace.objects(), engine, step, refused));
  return {};
}

}  // namespace

Status TakeRefusals(Workspace& workspace, engine::Engine& engine, const contract::Declared& step,
                    const NodeInput& input, const std::string& refusals, Executed& done) {
  std::vector<std::string> files;
  files.reserve(input.table.files.size());
  for (const store::FileRef& file : input.table.files) files.push_back(file.sha256);
  store::Table& refused = done.output.outputs["refused"];
  if (files.empty()) {
    TRY_ASSIGN(refused, NothingRefused(input.table.schema));
    return {};
  }
  const std::string query =
      "SELECT " + engine::NameList(FieldNames(input.table.schema)) + ", " +
      engine::TextList(files) +
      "[(file_index + 1)::BIGINT] AS _assay_file, file_row_number::BIGINT AS _assay_row, "
      "[reason::VARCHAR] AS _assay_reasons, " +
      engine::RowIdSql() + " AS " + kRowIdColumn + " FROM (" + refusals + "\n)";
  TRY_ASSIGN(const auto lineage, LineageOfInput(workspace, input.name, input.table));
  TRY_ASSIGN(refused, StoreTraced(workspace, engine, {query, 1, lineage, true},
                                  step.name + ".refused", Columns::kWithOurs));
  if (refused.rows == 0) {
    TRY_ASSIGN(refused, NothingRefused(input.table.schema));
    return {};
  }
  TRY_ASSIGN(
      const Json reasons,
      CountReasons(engine, engine::ReadParquet(
                               {workspace.objects().PathOf(refused.files.at(0).sha256)}, {})));
  return TellRefusals(workspace, engine, step.name, reasons, done);
}

Status UniteStepRefusals(Workspace& workspace, engine::Engine& engine, const std::string& step,
                         const std::vector<Json>& part_verdicts, Executed& done) {
  std::map<std::string, std::uint64_t> sums;
  for (const Json& verdict : part_verdicts) {
    if (!verdict.is_object()) continue;
    const Json reasons = verdict.value("reasons", Json::object());
    for (const auto& [reason, rows] : reasons.items()) {
      sums[reason] += rows.get<std::uint64_t>();
    }
  }
  // Each part has told its own already.
  done.warnings.clear();
  return TellRefusals(workspace, engine, step, Json(sums), done);
}

}  // namespace assay::run
