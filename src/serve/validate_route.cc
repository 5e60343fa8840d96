#include "base/nearest.h"
#include "run/validate_row.h"
#include "serve/route.h"

namespace assay::serve {
namespace {

Status CheckBody(const Json& body) {
  const Error wrong{ErrorCode::kUser, "the body must be an object with `gate` and `row`",
                    R"(send {"gate": "NAME", "row": {"COLUMN": VALUE, ...}})"};
  if (!body.is_object() || !body.contains("gate") || !body.contains("row")) return wrong;
  for (const auto& [name, value] : body.items()) {
    if (name == "gate" || name == "row") continue;
    return Error{ErrorCode::kUser, "unknown member of the body: " + name, wrong.hint};
  }
  if (!body.at("gate").is_string()) {
    return Error{ErrorCode::kUser, "`gate` must be the name of a gate", wrong.hint};
  }
  if (!body.at("row").is_object()) {
    return Error{ErrorCode::kUser, "`row` must be an object of columns and values", wrong.hint};
  }
  return {};
}

Result<Answer> Validate(const Call& call) {
  TRY(CheckBody(call.body));
  const auto project = ReadProject(*call.session);
  if (!project.ok()) return NotReady(project.error());
  const std::string name = call.body.at("gate").get<std::string>();
  std::vector<std::string> names;
  for (const contract::Gate& gate : project->gates) {
    if (gate.name != name) {
      names.push_back(gate.name);
      continue;
    }
    const auto verdict = run::ValidateRow(*call.session, gate, call.body.at("row"));
    if (!verdict.ok()) return NotReady(verdict.error());
    return JsonAnswer(run::RowVerdictJson(*verdict));
  }
  const std::string nearest = NearestName(name, names);
  return ErrorAnswer(
      404, {ErrorCode::kUser, "no such gate: " + name,
            nearest.empty() ? "GET /v1/project tells all nodes" : "did you mean " + nearest + "?"});
}

}  // namespace

RouteKind validate_route() {
  const Json finding = ObjectSchema(
      {{"check", NullableSchema(TextSchema("name of the check; null where the row is wrong"))},
       {"kind", TextSchema("of the check, or missing_field, extra_field, wrong_type")},
       {"column", NullableSchema(TextSchema())},
       {"severity", TextSchema("error or warning")},
       {"message", TextSchema()},
       {"hint", TextSchema()}});
  Json body = ObjectSchema({{"gate", TextSchema("name of the gate")},
                            {"row", Json{{"type", "object"}, {"description", "column: value"}}}});
  body["additionalProperties"] = false;
  return {.name = "validate",
          .summary = "Single rows judged by the checks of a gate",
          .routes = {{.method = "POST",
                      .path = "/v1/validate",
                      .operation = "validateRow",
                      .summary = "Judges one row by a gate's checks of single rows; checks that "
                                 "need more rows are named as not judged",
                      .body = body,
                      .answer = ObjectSchema({{"gate", TextSchema()},
                                              {"verdict", TextSchema("pass, warn or fail")},
                                              {"findings", ListSchema(finding)},
                                              {"not_judged", ListSchema(TextSchema())}}),
                      .handle = Validate}}};
}

}  // namespace assay::serve
