#include "cli/verb.h"
#include "contract/kind_page.h"
#include "retrain/kinds.h"

namespace assay::cli {
namespace {

struct KindsOptions {
  bool schema = false;
  std::string markdown;
};

Json KindsJson(const std::vector<contract::KindInfo>& kinds) {
  Json list = Json::array();
  for (const contract::KindInfo& kind : kinds) {
    Json params = Json::array();
    for (const contract::Param& param : kind.params) {
      Json json{{"name", param.name},
                {"type", contract::ParamTypeText(param.type)},
                {"required", param.required},
                {"summary", param.summary}};
      if (param.by_default) json["default"] = *param.by_default;
      if (!param.choices.empty()) json["choices"] = param.choices;
      params.push_back(std::move(json));
    }
    Json json{{"name", kind.name},
              {"summary", kind.summary},
              {"version", kind.version},
              {"params", params}};
    if (!kind.axis.empty()) json["axis"] = std::string(kind.axis);
    list.push_back(std::move(json));
  }
  return list;
}

void AddRows(const std::string& group, const std::vector<contract::KindInfo>& kinds,
             TextTable& table) {
  for (const contract::KindInfo& kind : kinds) table.Add({group, kind.name, kind.summary});
}

Result<int> Kinds(Context& context, const KindsOptions& options) {
  const contract::KindTables& kinds = retrain::AllKinds();
  if (options.schema) {
    context.terminal.OutJson(contract::ProjectSchema(kinds));
  } else if (!options.markdown.empty()) {
    TRY_ASSIGN(const std::string page, contract::KindPage(kinds, options.markdown));
    context.terminal.Out(page);
  } else if (context.json) {
    context.terminal.OutJson(Json{{"sources", KindsJson(kinds.sources)},
                                  {"steps", KindsJson(kinds.steps)},
                                  {"splits", KindsJson(kinds.splits)},
                                  {"checks", KindsJson(kinds.checks)},
                                  {"transforms", KindsJson(kinds.transforms)},
                                  {"exports", KindsJson(kinds.exports)},
                                  {"signals", KindsJson(kinds.signals)}});
  } else {
    TextTable table({"FOR", "KIND", "WHAT IT DOES"});
    AddRows("source", kinds.sources, table);
    AddRows("step", kinds.steps, table);
    AddRows("split", kinds.splits, table);
    AddRows("check", kinds.checks, table);
    AddRows("transform", kinds.transforms, table);
    AddRows("export", kinds.exports, table);
    AddRows("signal", kinds.signals, table);
    context.terminal.Out(table.Text());
  }
  return 0;
}

void Add(Verb& program, Context& context) {
  Verb verb = program.AddVerb(
      "kinds",
      "The kinds of sources, steps, splits, checks, transforms, exports and signals there are.");
  const auto options = std::make_shared<KindsOptions>();
  verb.AddFlag("--schema", options->schema, "JSON Schema of assay.yaml, for editors");
  verb.AddOption("--markdown", options->markdown,
                 "reference page of sources, steps, splits, checks, transforms, exports or signals")
      .ValueName("GROUP");
  verb.AddJson(context);
  verb.AddExamples("  assay kinds\n  assay kinds --schema > assay.schema.json");
  verb.OnCall(context, [&context, options] { return Kinds(context, *options); });
}

}  // namespace

VerbKind kinds_verb() { return {.name = "kinds", .add = Add}; }

}  // namespace assay::cli
