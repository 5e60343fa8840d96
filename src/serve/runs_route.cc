#include "run/run_record.h"
#include "serve/route.h"

namespace assay::serve {
namespace {

Result<Answer> List(const Call& call) {
  Json list = Json::array();
  if (call.session->has_catalog()) {
    const int limit = static_cast<int>(call.arguments.Integer("limit"));
    TRY_ASSIGN(const auto runs, call.session->catalog().Runs(limit));
    for (const store::RunRow& run : runs) list.push_back(run::RunRowJson(run));
  }
  return JsonAnswer(list);
}

Result<Answer> Show(const Call& call) {
  const auto catalog = call.session->NeedCatalog();
  if (!catalog.ok()) return NotFound(catalog.error());
  const auto record = run::FindRunRecord(**catalog, call.arguments.Text("id"));
  if (!record.ok()) return NotFound(record.error());
  return JsonAnswer(run::RunRecordJson(*record));
}

std::vector<std::pair<std::string, Json>> RunMembers() {
  return {{"id", TextSchema()},
          {"status",
           TextSchema("running, done, nothing-to-do, gate-failed, failed, cancelled, interrupted")},
          {"started_at", TextSchema()},
          {"finished_at", TextSchema("empty while it runs")},
          {"exit", IntegerSchema()},
          {"who", TextSchema()},
          {"program", TextSchema()}};
}

Json TableSchema() {
  return ObjectSchema({{"name", TextSchema("of an output: empty for what passed, or refused")},
                       {"content", TextSchema("content id; empty where no table was there")},
                       {"rows", IntegerSchema()},
                       {"bytes", IntegerSchema()}});
}

Json NodeSchema() {
  return ObjectSchema(
      {{"name", TextSchema()},
       {"type", NullableSchema(TextSchema("source, step, gate or dataset"))},
       {"kind", TextSchema()},
       {"fingerprint", TextSchema()},
       {"status", TextSchema("ran, cached, fused, failed, skipped or cancelled")},
       {"verdict", NullableSchema(TextSchema("pass, warn or fail"))},
       {"reason", TextSchema()},
       {"error", NullableSchema(TextSchema())},
       {"hint", NullableSchema(TextSchema("the way out of the error"))},
       {"rows_in", IntegerSchema()},
       {"rows_out", IntegerSchema()},
       {"rows_refused", IntegerSchema()},
       {"started_at", NullableSchema(TextSchema("of the last attempt"))},
       {"seconds", NumberSchema()},
       {"attempts", IntegerSchema()},
       {"engine", NullableSchema(TextSchema())},
       {"peak_buffer_bytes", IntegerSchema()},
       {"inputs", ListSchema(TableSchema())},
       {"outputs", ListSchema(TableSchema())},
       {"warnings", ListSchema(TextSchema())},
       {"log", ListSchema(ObjectSchema({{"at", TextSchema()}, {"text", TextSchema()}}))}});
}

Json VersionSchema() {
  return ObjectSchema({{"dataset", TextSchema()},
                       {"version", TextSchema("version id")},
                       {"commit", TextSchema()},
                       {"number", NullableSchema(TextSchema("as v2"))},
                       {"made", BoolSchema()}});
}

Json RecordSchema() {
  auto members = RunMembers();
  members.emplace_back("request", Json{{"type", "object"}});
  members.emplace_back("nodes", ListSchema(NodeSchema()));
  members.emplace_back("verdicts", ListSchema(Json{{"type", "object"}}));
  members.emplace_back("versions", ListSchema(VersionSchema()));
  return ObjectSchema(members);
}

}  // namespace

RouteKind runs_route() {
  return {.name = "runs",
          .summary = "Runs that were made",
          .routes = {{.method = "GET",
                      .path = "/v1/runs",
                      .operation = "listRuns",
                      .summary = "The newest runs, newest first, as `assay runs list`",
                      .parameters = {{.name = "limit",
                                      .type = ValueType::kInteger,
                                      .summary = "how many",
                                      .by_default = Json(20),
                                      .least = 1,
                                      .most = 10'000}},
                      .answer = ListSchema(ObjectSchema(RunMembers())),
                      .handle = List},
                     {.method = "GET",
                      .path = "/v1/runs/{id}",
                      .operation = "getRun",
                      .summary = "One run: its nodes and verdicts, as `assay runs show`",
                      .parameters = {{.name = "id",
                                      .summary = "id, the unique beginning of one, `last`, or "
                                                 "`last~1` for the one before"}},
                      .answer = RecordSchema(),
                      .handle = Show}}};
}

}  // namespace assay::serve
