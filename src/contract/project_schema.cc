// The JSON Schema of the project file, derived from the tables of kinds.
#include <utility>

#include "contract/project.h"
#include "contract/remote_options.h"
#include "contract/value_reader.h"

namespace assay::contract {
namespace {

constexpr const char* kName = "^[a-z][a-z0-9_]{0,62}$";
constexpr const char* kOutput = "^[a-z][a-z0-9_]{0,62}(\\.[a-z][a-z0-9_]{0,62})?$";
constexpr const char* kPercent = "^[0-9]+(\\.[0-9]{1,4})? *%$";

Json Ref(const std::string& name) { return Json{{"$ref", "#/$defs/" + name}}; }

Json Text(const std::string& pattern = "") {
  Json text = {{"type", "string"}, {"minLength", 1}};
  if (!pattern.empty()) text["pattern"] = pattern;
  return text;
}

Json ListOf(Json items) {
  return Json{{"type", "array"}, {"items", std::move(items)}, {"minItems", 1}};
}

Json OneOrList(const Json& item) { return Json{{"anyOf", Json::array({item, ListOf(item)})}}; }

Json AnyOf(Json first, Json second) {
  return Json{{"anyOf", Json::array({std::move(first), std::move(second)})}};
}

// A value, or the environment variable that holds it.
Json OrVariable(Json value) { return AnyOf(std::move(value), Ref("variable")); }

Json NumberOrPercent() {
  return Json{{"type", Json::array({"number", "string", "null"})},
              {"pattern", "^[-+]?[0-9.]+([eE][-+]?[0-9]+)? *%?$"}};
}

// A column's type, or what is said of its cells.
Json CellTypesSchema(const Param& param) {
  Json reading{{"type", Ref("scalar")},          {"read", Json{{"enum", param.choices}}},
               {"nulls", ListOf(Ref("scalar"))}, {"decimal", Ref("scalar")},
               {"thousands", Ref("scalar")},     {"format", Ref("scalar")}};
  Json column{
      {"type", "object"}, {"properties", std::move(reading)}, {"additionalProperties", false}};
  return Json{{"type", "object"},
              {"additionalProperties", AnyOf(Ref("scalar"), std::move(column))}};
}

Json ValueSchema(const Param& param) {
  switch (param.type) {
    case ParamType::kText:
      return Ref("text");
    case ParamType::kInteger:
      return OrVariable({{"type", "integer"}});
    case ParamType::kNumber:
      return OrVariable({{"type", "number"}});
    case ParamType::kBool:
      return OrVariable({{"type", "boolean"}});
    case ParamType::kColumn:
    case ParamType::kPath:
      return Text();
    case ParamType::kColumns:
    case ParamType::kPaths:
      return OneOrList(Text());
    case ParamType::kInput:
      return Text(kOutput);
    case ParamType::kInputs:
      return OneOrList(Text(kOutput));
    case ParamType::kString:
    case ParamType::kScalar:
      return Ref("scalar");
    case ParamType::kScalars:
      return ListOf(Ref("scalar"));
    case ParamType::kTime:
      return OrVariable(
          Text("^[0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9:.]+(Z|[+-][0-9]{2}:[0-9]{2})?)?$"));
    case ParamType::kShare:
      return OrVariable(Text(kPercent));
    case ParamType::kRange:
      return Json{
          {"type", "array"}, {"items", NumberOrPercent()}, {"minItems", 2}, {"maxItems", 2}};
    case ParamType::kNames:
      return ListOf(Text("^[A-Za-z_][A-Za-z0-9_]*$"));
    case ParamType::kChoice:
      return Json{{"enum", param.choices}};
    case ParamType::kMapping:
      return Json{{"type", "object"}, {"additionalProperties", Ref("scalar")}};
    case ParamType::kCellTypes:
      return CellTypesSchema(param);
    case ParamType::kExpression:
      return Ref("scalar");
    case ParamType::kExpressions:
      return Json{
          {"type", "object"}, {"additionalProperties", Ref("scalar")}, {"minProperties", 1}};
    case ParamType::kTaxonomy:
      return Json{{"type", "object"}, {"minProperties", 1}};
    case ParamType::kSecret:
      return Ref("variable");
  }
  return Json::object();
}

Json ParamSchema(const Param& param) {
  Json schema = ValueSchema(param);
  if (!param.summary.empty()) schema["description"] = param.summary;
  if (param.by_default) schema["default"] = *param.by_default;
  return schema;
}

Json ObjectSchema(Json properties, Json required) {
  return Json{{"type", "object"},
              {"properties", std::move(properties)},
              {"required", std::move(required)},
              {"additionalProperties", false}};
}

// The keys that every node has, beside its own.
Json WithExecution(Json properties) {
  properties["tags"] = OneOrList(Text(kName));
  properties["timeout"] = Ref("duration");
  properties["retries"] = OrVariable({{"type", "integer"}, {"minimum", 0}, {"maximum", 100}});
  properties["retry_wait"] = Ref("duration");
  return properties;
}

// One kind: its parameters, and the keys that every kind of its table has.
Json KindSchema(const KindInfo& kind, const Json& common) {
  Json properties = common;
  Json required = Json::array();
  for (const Param& param : kind.params) {
    const std::string key = param.name == kind.subject ? kind.name : param.name;
    properties[key] = ParamSchema(param);
    if (param.required || param.name == kind.subject) required.push_back(key);
  }
  Json schema = ObjectSchema(std::move(properties), std::move(required));
  schema["title"] = kind.name;
  schema["description"] = kind.summary;
  return schema;
}

Json KindKey(const KindInfo& kind) { return Json{{"kind", Json{{"const", kind.name}}}}; }

// A source's kind may be left out where the suffix of its files tells it.
Json OneSourceSchema(const KindInfo& kind) {
  Json common = KindKey(kind);
  common["license"] =
      Json{{"type", "string"}, {"description", "SPDX expression, or LicenseRef-NAME"}};
  common["contract"] = Json{{"type", "string"},
                            {"description", "path of an ODCS contract that the rows are held to"}};
  common["schema_mode"] = SchemaModeSchema();
  common["partition"] = Text("^(file|(year|month|day|hour)\\(.+\\))$");
  for (const Param& param : LoadParams().params) common[param.name] = ParamSchema(param);
  common["remote"] = Ref("remote");
  Json schema = KindSchema(kind, WithExecution(std::move(common)));
  std::string ends;
  for (const std::string& suffix : kind.suffixes) {
    std::string escaped;
    for (const char c : suffix) escaped += c == '.' ? std::string("\\.") : std::string(1, c);
    ends += (ends.empty() ? "" : "|") + escaped;
  }
  if (ends.empty()) {
    schema["required"].push_back("kind");
    return schema;
  }
  schema["if"] = Json{{"not", Json{{"required", Json::array({"kind"})}}}};
  schema["then"] = Json{{"properties", Json{{"files", OneOrList(Text("(" + ends + ")($|[?#])"))}}},
                        {"required", Json::array({"files"})}};
  return schema;
}

Json StepSchema(const KindInfo& kind) {
  Json common = WithExecution(KindKey(kind));
  common["materialize"] = OrVariable({{"type", "boolean"}});
  Json schema = KindSchema(kind, common);
  if (kind.name != "sql") schema["required"].push_back("kind");
  return schema;
}

Json CheckSchema(const KindInfo& kind) {
  const Json common = {{"name", Text()},
                       {"dimension", Text()},
                       {"severity", Json{{"enum", Json::array({"error", "warning"})}}},
                       {"warn_above", Ref("threshold")},
                       {"fail_above", Ref("threshold")},
                       {"owner", Ref("owner")}};
  Json schema = KindSchema(kind, common);
  if (kind.subject.empty()) {
    schema["properties"][kind.name] = Json{{"type", "null"}};
    schema["required"].push_back(kind.name);
  }
  return schema;
}

Json TransformSchema(const KindInfo& kind) {
  return KindSchema(kind, Json{{"keep", OrVariable({{"type", "boolean"}})}});
}

template <typename OneSchema>
Json OneOf(const std::vector<KindInfo>& kinds, OneSchema one_schema) {
  Json schemas = Json::array();
  for (const KindInfo& kind : kinds) schemas.push_back(one_schema(kind));
  // An empty oneOf is no JSON Schema; nothing fits where there is no kind.
  if (schemas.empty()) return Json{{"not", Json::object()}};
  return Json{{"oneOf", std::move(schemas)}};
}

Json GateSchema() {
  return ObjectSchema(
      WithExecution(
          {{"input", Text(kOutput)},
           {"contract", Json{{"type", "string"}, {"description", "path of an ODCS contract"}}},
           {"bad_rows",
            Json{{"enum", Json::array({"quarantine", "drop", "keep"})}, {"default", "quarantine"}}},
           {"warn_above", Ref("threshold")},
           {"fail_above", Ref("threshold")},
           {"by", Json{{"type", "string"}, {"description", "SQL expression of the slice"}}},
           {"min_rows", OrVariable({{"type", "integer"}, {"minimum", 0}, {"default", 100}})},
           {"checks", Json{{"type", "array"}, {"items", Ref("check")}}},
           {"owner", Ref("owner")}}),
      Json::array({"input"}));
}

Json DatasetSchema() {
  return ObjectSchema(
      WithExecution(
          {{"input", Text(kOutput)},
           {"ungated", Json{{"type", "string"}, {"description", "why the input is no gate"}}},
           {"key", AnyOf({{"const", "none"}}, OneOrList(Text()))},
           {"label", Text()},
           {"split", Ref("split")},
           {"prepare", Json{{"type", "array"}, {"items", Ref("transform")}}},
           {"checks", Json{{"type", "array"}, {"items", Ref("check")}}},
           {"owner", Ref("owner")},
           {"description", Text()}}),
      Json::array({"input"}));
}

Json FeedbackSchema() {
  Json schema = ObjectSchema(
      {{"model", Json{{"type", "string"},
                      {"pattern", kName},
                      {"description", "whose predictions those are that name no model"}}},
       {"positive", Json{{"type", Json::array({"string", "number", "boolean"})},
                         {"description", "the outcome that a score speaks of"}}},
       {"id", Json{{"type", "string"}, {"default", "id"}}},
       {"time", Json{{"type", "string"}, {"default", "time"}}},
       {"slices", OneOrList(Text())}},
      Json::array());
  schema["type"] = Json::array({"object", "null"});
  return schema;
}

Json MonitorSchema(const KindTables& kinds) {
  const Json method = kinds.drift_methods.empty() ? Text() : Json{{"enum", kinds.drift_methods}};
  return ObjectSchema(
      {{"watch", Text()},
       {"reference", Text()},
       {"split", Text()},
       {"skew", Text(kName)},
       {"against", Text(kOutput)},
       {"id", Text()},
       {"columns", OneOrList(Text())},
       {"methods", Json{{"type", "object"}, {"additionalProperties", method}}},
       {"thresholds",
        Json{{"type", "object"},
             {"additionalProperties", OrVariable({{"type", "number"}, {"minimum", 0}})}}},
       {"drift_share", OrVariable(Text(kPercent))},
       {"alert", ObjectSchema({{"webhook", Text()}, {"command", ListOf(Text())}}, Json::array())},
       {"owner", Ref("owner")}},
      Json::array());
}

Json PolicySchema(const KindTables& kinds) {
  const Json command = ListOf(Text());
  Json metric = kinds.metrics.empty() ? Text() : Json{{"enum", kinds.metrics}};
  return ObjectSchema(
      {{"model", Text(kName)},
       {"dataset", Text(kName)},
       {"when", Json{{"enum", Json::array({"any", "all"})}, {"default", "any"}}},
       {"signals", ListOf(Ref("signal"))},
       {"cooldown", Ref("duration")},
       {"budget", Text("^[0-9]+ +per +[0-9]+ *[a-z]+$")},
       {"data_window", AnyOf({{"const", "all"}}, Ref("duration"))},
       {"train", ObjectSchema({{"command", command}, {"max_duration", Ref("duration")}},
                              Json::array({"command"}))},
       {"predict", ObjectSchema({{"command", command}}, Json::array({"command"}))},
       {"evaluate", ObjectSchema({{"split", Json{{"enum", Json::array({"validation", "test"})}}},
                                  {"metric", std::move(metric)},
                                  {"better_by", OrVariable({{"type", "number"}, {"minimum", 0}})},
                                  {"positive", Ref("scalar")}},
                                 Json::array({"split", "metric"}))},
       {"approval", Json{{"enum", Json::array({"yes", "no"})}, {"default", "no"}}}},
      Json::array({"dataset", "signals", "train", "evaluate"}));
}

// What stands on its own in the file.
Json SmallDefinitions() {
  return Json{
      {"owner", Json{{"type", "object"},
                     {"properties", Json{{"name", Text()}, {"email", Text("@")}}},
                     {"additionalProperties", false},
                     {"minProperties", 1}}},
      {"threshold",
       Json{{"anyOf", Json::array({Json{{"type", "integer"}, {"minimum", 0}},
                                   Text("^[0-9]+ *rows?$"), Text(kPercent), Ref("variable")})},
            {"description", "a number of rows such as `10 rows`, or a share such as `0.1 %`"}}},
      {"duration",
       OrVariable(Text("^[0-9]+ *(s|sec|seconds?|min|minutes?|h|hours?|days?|weeks?)$"))},
      {"text", AnyOf(Text(), ObjectSchema({{"file", Text()}}, Json::array({"file"})))},
      {"scalar", Json{{"type", Json::array({"string", "number", "boolean"})}}},
      {"variable", Text("\\$\\{(vars\\.)?[A-Za-z_][A-Za-z0-9_]*\\}")}};
}

Json Described(Json schema, const std::string& description) {
  schema["description"] = description;
  return schema;
}

Json VariablesSchema() {
  return Json{{"type", Json::array({"object", "null"})},
              {"propertyNames", Json{{"pattern", kName}}},
              {"additionalProperties", Ref("scalar")},
              {"description", "texts that values name as ${vars.NAME}"}};
}

Json SectionSchema(const std::string& definition, const std::string& description) {
  return Json{{"type", Json::array({"object", "null"})},
              {"propertyNames", Json{{"pattern", kName}}},
              {"additionalProperties", Ref(definition)},
              {"description", description}};
}

}  // namespace

Json ProjectSchema(const KindTables& kinds) {
  Json definitions = SmallDefinitions();
  definitions["source"] = OneOf(kinds.sources, OneSourceSchema);
  definitions["remote"] = KindSchema(RemoteOptionsInfo(), Json::object());
  definitions["step"] = OneOf(kinds.steps, StepSchema);
  definitions["check"] = OneOf(kinds.checks, CheckSchema);
  definitions["split"] =
      OneOf(kinds.splits, [](const KindInfo& kind) { return KindSchema(kind, Json::object()); });
  definitions["transform"] = OneOf(kinds.transforms, TransformSchema);
  definitions["gate"] = GateSchema();
  definitions["dataset"] = DatasetSchema();
  definitions["monitor"] = MonitorSchema(kinds);
  definitions["feedback"] = FeedbackSchema();
  definitions["signal"] =
      OneOf(kinds.signals, [](const KindInfo& kind) { return KindSchema(kind, Json::object()); });
  definitions["policy"] = PolicySchema(kinds);
  Json schema = ObjectSchema(
      {{"format", Json{{"const", 1}, {"description", "of this file"}}},
       {"project", Text()},
       {"include", Described(OneOrList(Text()), "files with further sections; paths or patterns")},
       {"vars", VariablesSchema()},
       {"owner", Ref("owner")},
       {"sources", SectionSchema("source", "where rows come from")},
       {"steps", SectionSchema("step", "transformations")},
       {"gates", SectionSchema("gate", "nodes that judge data by a contract and checks")},
       {"datasets", SectionSchema("dataset", "named, versioned outputs")},
       {"monitors", SectionSchema("monitor", "standing comparisons with a reference")},
       {"feedback", SectionSchema("feedback", "predictions and what came of them")},
       {"retrain", SectionSchema("policy", "when models are trained anew, and how")}},
      Json::array({"format", "project"}));
  schema["$schema"] = "https://json-schema.org/draft/2020-12/schema";
  schema["title"] = "Assay project file";
  schema["$defs"] = std::move(definitions);
  return schema;
}

}  // namespace assay::contract
