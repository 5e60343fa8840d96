#include "retrain/trigger.h"
#include "serve/route.h"

namespace assay::serve {
namespace {

// Decides without writing anything; training is the program's that was asked to train.
Result<Json> DryRun(run::Session& session, const contract::Project& project,
                    const contract::RetrainPolicy& policy, std::int64_t now, bool approved) {
  retrain::TriggerRequest request;
  request.now = now;
  request.approved = approved;
  request.dry_run = true;
  TRY_ASSIGN(const retrain::TriggerReport report,
             retrain::Trigger(session, project, policy, request, nullptr));
  return retrain::DecisionBody(report.text);
}

Result<Answer> List(const Call& call) {
  const auto project = ReadProject(*call.session);
  if (!project.ok()) return NotReady(project.error());
  Json list = Json::array();
  if (!call.session->has_catalog()) return JsonAnswer(list);
  TRY_ASSIGN(const std::int64_t now, retrain::MomentOf("", call.session->clock()));
  for (const contract::RetrainPolicy& policy : project->policies) {
    TRY_ASSIGN(Json decision, DryRun(*call.session, *project, policy, now, false));
    list.push_back(std::move(decision));
  }
  return JsonAnswer(list);
}

Result<Answer> Decisions(const Call& call) {
  const auto project = ReadProject(*call.session);
  if (!project.ok()) return NotReady(project.error());
  const auto policy = retrain::FindPolicy(*project, call.arguments.Text("policy"));
  if (!policy.ok()) return NotFound(policy.error());
  const auto limit = static_cast<std::size_t>(call.arguments.Integer("limit"));
  TRY_ASSIGN(const auto decisions, retrain::NewestDecisions(*call.session, (*policy)->name, limit));
  Json list = Json::array();
  for (const retrain::Explanation& each : decisions) {
    list.push_back(retrain::ExplanationJson(each));
  }
  return JsonAnswer(list);
}

Json BodySchema() {
  Json schema =
      ObjectSchema({{"as_of", TextSchema("moment to decide as of, 2001-06-30T12:00:00Z; now")},
                    {"approve", BoolSchema()}});
  schema["required"] = Json::array();
  schema["additionalProperties"] = false;
  return schema;
}

Result<Answer> Decide(const Call& call) {
  TRY(CheckMembers(call.body, BodySchema()));
  const auto project = ReadProject(*call.session);
  if (!project.ok()) return NotReady(project.error());
  const auto policy = retrain::FindPolicy(*project, call.arguments.Text("policy"));
  if (!policy.ok()) return NotFound(policy.error());
  const auto now = retrain::MomentOf(call.body.value("as_of", ""), call.session->clock());
  if (!now.ok()) {
    return ErrorAnswer({ErrorCode::kUser, "/as_of: " + now.error().message, now.error().hint});
  }
  auto decision =
      DryRun(*call.session, *project, **policy, *now, call.body.value("approve", false));
  if (!decision.ok()) return NotReady(decision.error());
  return JsonAnswer(Json{{"decision", *std::move(decision)}, {"dry_run", true}});
}

}  // namespace

RouteKind retrain_route() {
  const Json decision{{"type", "object"}, {"description", "the value of `assay.decision/1`"}};
  Json explained = ObjectSchema({{"number", IntegerSchema()},
                                 {"id", TextSchema()},
                                 {"created_at", TextSchema()},
                                 {"decision", decision},
                                 {"training", Json{{"type", "object"}}}});
  explained["required"] = Json::array({"number", "id", "created_at", "decision"});
  const Parameter policy{.name = "policy", .summary = "name of the policy"};
  return {
      .name = "retrain",
      .summary = "Retrain policies: what they would decide now, and what they decided",
      .routes = {{.method = "GET",
                  .path = "/v1/retrain",
                  .operation = "listPolicies",
                  .summary = "What each policy would decide now, as `assay retrain status`; "
                             "writes nothing",
                  .answer = ListSchema(decision),
                  .handle = List},
                 {.method = "GET",
                  .path = "/v1/retrain/{policy}/decisions",
                  .operation = "listDecisions",
                  .summary = "What a policy decided, the newest first, each with the training that "
                             "followed, as `assay retrain explain`",
                  .parameters = {policy,
                                 {.name = "limit",
                                  .type = ValueType::kInteger,
                                  .summary = "at most so many",
                                  .by_default = Json(20),
                                  .least = 1,
                                  .most = 1000}},
                  .answer = ListSchema(explained),
                  .handle = Decisions},
                 {.method = "POST",
                  .path = "/v1/retrain/{policy}",
                  .operation = "decide",
                  .summary = "Decides as `assay retrain trigger --dry-run`: nothing is recorded, "
                             "nothing is trained. The server trains nothing; `assay retrain "
                             "trigger` does, in a process of its own",
                  .parameters = {policy},
                  .body = BodySchema(),
                  .answer = ObjectSchema({{"decision", decision}, {"dry_run", BoolSchema()}}),
                  .handle = Decide}}};
}

}  // namespace assay::serve
