#include "retrain/signal.h"

namespace assay::retrain {
namespace {

std::uint64_t RowsOf(const store::Commit& commit) {
  std::uint64_t rows = 0;
  for (const store::SplitTable& split : commit.tables) rows += split.rows;
  return rows;
}

Status Check(const Json& params) {
  if (params.at("rows").get<std::int64_t>() >= 0) return {};
  return Error{ErrorCode::kUser, "a number of rows is below zero: " + params.at("rows").dump(), ""};
}

Result<SignalReading> Read(const SignalContext& context) {
  const auto limit = context.params.at("rows").get<std::int64_t>();
  SignalReading reading;
  reading.limit = std::to_string(limit);
  if (context.champion == nullptr || context.newest == nullptr) {
    reading.note = context.champion == nullptr ? "there is no champion" : "there is no version";
    return reading;
  }
  const run::Model& model = context.champion->body;
  TRY_ASSIGN(const run::NamedVersion known,
             run::FindVersion(context.session, "@commit:" + model.commit, model.dataset));
  const auto before = static_cast<std::int64_t>(RowsOf(known.body));
  const auto now = static_cast<std::int64_t>(RowsOf(context.newest->body));
  reading.value = std::to_string(now - before);
  reading.exceeds = now - before > limit;
  reading.evidence = context.newest->commit;
  reading.note = context.newest->dataset + "@" + context.newest->number + " has " +
                 std::to_string(now) + " rows, " + context.champion->Ref() + " knew " +
                 std::to_string(before);
  return reading;
}

}  // namespace

SignalKind new_rows_signal() {
  using contract::ParamType;
  return {.info = {.name = "new_rows",
                   .summary = "the newest version has so many rows more than the champion's",
                   .help = "Rows of all splits. More than the number given; fewer rows are no "
                           "signal.",
                   .params = {{.name = "rows",
                               .type = ParamType::kInteger,
                               .summary = "how many rows more say nothing yet",
                               .required = true}},
                   .subject = "rows",
                   .check = Check,
                   .example = "- {new_rows: 200000}\n"},
          .read = Read};
}

}  // namespace assay::retrain
