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
          {"status", TextSchema("running, done, nothing-to-do, gate-failed, failed, interrupted")},
          {"started_at", TextSchema()},
          {"finished_at", TextSchema("empty while it runs")},
          {"exit", IntegerSchema()},
          {"who", TextSchema()},
          {"program", TextSchema()}};
}

Json NodeSchema() {
  return ObjectSchema({{"name", TextSchema()},
                       {"kind", TextSchema()},
                       {"fingerprint", TextSchema()},
                       {"status", TextSchema("ran, cached, failed or skipped")},
                       {"verdict", NullableSchema(TextSchema("pass, warn or fail"))},
                       {"reason", TextSchema()},
                       {"error", NullableSchema(TextSchema())},
                       {"rows_in", IntegerSchema()},
                       {"rows_out", IntegerSchema()},
                       {"rows_refused", IntegerSchema()},
                       {"seconds", NumberSchema()},
                       {"peak_buffer_bytes", IntegerSchema()}});
}

Json RecordSchema() {
  auto members = RunMembers();
  members.emplace_back("nodes", ListSchema(NodeSchema()));
  members.emplace_back("verdicts", ListSchema(Json{{"type", "object"}}));
  return ObjectSchema(members);
}

}  // namespace

RouteKind runs_route() {
  return {
      .name = "runs",
      .summary = "Runs that were made",
      .routes = {
          {.method = "GET",
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
           .parameters = {{.name = "id", .summary = "id, the unique beginning of one, or `last`"}},
           .answer = RecordSchema(),
           .handle = Show}}};
}

}  // namespace assay::serve
