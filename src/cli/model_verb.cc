#include "cli/grid_text.h"
#include "cli/verb.h"
#include "cli/verdict_text.h"
#include "cli/version_text.h"
#include "contract/number_text.h"
#include "run/model.h"
#include "store/lock.h"

namespace assay::cli {
namespace {

struct ModelOptions {
  std::string file, from, metrics, name, role, at, to;
  std::vector<std::string> splits;
  std::string model;
  bool overwrite = false;
};

using Session = std::unique_ptr<run::Session>;

Result<Session> OpenStore(Context& context) {
  TRY_ASSIGN(Session session, context.OpenSession());
  TRY(session->OpenStore());
  TRY(session->NeedCatalog());
  return session;
}

std::string RolesText(const run::NamedModel& model) {
  std::string text;
  for (const std::string& role : model.roles) text += (text.empty() ? "" : ", ") + role;
  return text;
}

// `log_loss 0.41, auc 0.7`
std::string MetricsText(const run::Model& model) {
  std::string text;
  for (const auto& [name, value] : model.metrics) {
    text += (text.empty() ? "" : ", ") + name + " " + value;
  }
  return text;
}

Result<int> AddOne(Context& context, const ModelOptions& options) {
  TRY_ASSIGN(const Session session, OpenStore(context));
  run::AddModelRequest request;
  request.file = options.file;
  request.name = options.name;
  request.role = options.role;
  if (!options.splits.empty()) request.splits = options.splits;
  TRY_ASSIGN(request.from, run::FindVersion(*session, options.from));
  if (!options.metrics.empty()) {
    TRY_ASSIGN(request.metrics, run::ReadMetrics(options.metrics));
  }
  if (!options.at.empty()) {
    TRY_ASSIGN(const std::string at, contract::ParseTime(options.at).While("--at"));
    request.created_at = UtcText(contract::TimeMicros(at));
  }
  TRY_ASSIGN(const store::Lock lock,
             store::Lock::Take(session->root(), "model add", context.clock));
  TRY_ASSIGN(const run::AddedModel added, run::AddModel(*session, request));
  TRY_ASSIGN(const std::string version, run::TrainedOn(*session, added.model.body));
  if (context.json) {
    Json json = run::ModelJson(added.model, version);
    json["new"] = added.is_new;
    context.terminal.OutJson(json);
    return 0;
  }
  const Terminal& terminal = context.terminal;
  if (added.is_new) {
    terminal.Out(terminal.Paint(added.model.Ref(), Tone::kBold, false) + ": trained on " + version +
                 (added.model.body.metrics.empty() ? "" : ", " + MetricsText(added.model.body)));
  } else {
    terminal.Out(added.model.Ref() + " is the same file from the same version with the same " +
                 "metrics: no new number");
  }
  if (added.promoted) terminal.Out(added.model.Ref() + " is now " + options.role);
  return 0;
}

Result<int> List(Context& context, const ModelOptions&) {
  TRY_ASSIGN(const Session session, OpenStore(context));
  TRY_ASSIGN(const auto models, run::AllModels(*session));
  Json list = Json::array();
  TextTable table({"MODEL", "ROLES", "TRAINED ON", "CREATED", "METRICS"});
  for (const run::NamedModel& model : models) {
    TRY_ASSIGN(const std::string version, run::TrainedOn(*session, model.body));
    table.Add(
        {model.Ref(), RolesText(model), version, model.body.created_at, MetricsText(model.body)});
    list.push_back(run::ModelJson(model, version));
  }
  if (context.json) {
    context.terminal.OutJson(list);
  } else if (models.empty()) {
    context.terminal.Talk("no model yet; `assay model add FILE --from NAME@REF` adds one");
  } else {
    context.terminal.Out(table.Text());
  }
  return 0;
}

Result<int> Show(Context& context, const ModelOptions& options) {
  TRY_ASSIGN(const Session session, OpenStore(context));
  std::string which = options.model;
  if (which.empty()) {
    TRY_ASSIGN(const auto models, run::AllModels(*session));
    if (models.empty()) {
      return Error{ErrorCode::kUser, "there is no model yet",
                   "`assay model add FILE --from NAME@REF` adds one"};
    }
    if (models.front().name != models.back().name) {
      return Error{ErrorCode::kUser, "there are several models",
                   "name one of those that `assay model list` shows"};
    }
    which = models.back().name;
  }
  TRY_ASSIGN(const run::NamedModel model, run::FindModel(*session, which));
  TRY_ASSIGN(const std::string version, run::TrainedOn(*session, model.body));
  TRY_ASSIGN(const run::NamedVersion data,
             run::FindVersion(*session, "@commit:" + model.body.commit, model.body.dataset));
  const store::Commit& commit = data.body;
  if (context.json) {
    Json json = run::ModelJson(model, version);
    json["data"] = run::TrainingDataJson(commit);
    context.terminal.OutJson(json);
    return 0;
  }
  const Terminal& terminal = context.terminal;
  const run::Model& body = model.body;
  std::string text = terminal.Paint(model.Ref(), Tone::kBold, false);
  if (!model.roles.empty()) text += "  " + terminal.Paint(RolesText(model), Tone::kGood, false);
  text += "\n  file    " + CellText(body.file_name) + ", " + Bytes(body.file.bytes) + ", sha256 " +
          body.file.sha256 + "\n  created " + body.created_at + " by " + body.created_by;
  if (!body.run.empty()) text += ", run " + body.run;
  for (const auto& [name, value] : body.metrics) text += "\n  metric  " + name + " " + value;
  text += "\ntrained on " + version;
  std::string splits;
  for (const std::string& split : body.splits) splits += (splits.empty() ? "" : ", ") + split;
  text += ", split " + splits;
  if (body.window) {
    text +=
        ": " + body.window->column + " from " + body.window->from + ", " + Rows(body.window->rows);
  }
  text += "\n  version " + body.version + "\n  commit  " + body.commit + "\n  made    " +
          commit.created_at + " by run " + commit.run;
  if (!body.preparation.empty()) text += "\n  prepared by " + body.preparation;
  if (const std::string code = commit.recipe.value("code_commit", ""); !code.empty()) {
    text += "\n  code    " + code;
  }
  for (const Json& gate : commit.gates) {
    text += "\n  gate    " + gate.value("gate", "") + ": " +
            PaintVerdict(terminal, gate.value("verdict", ""), false) + ", " +
            Grouped(gate.value("refused", std::uint64_t{0})) + " of " +
            Rows(gate.value("rows", std::uint64_t{0})) + " refused";
  }
  terminal.Out(text);
  terminal.Out(SplitsText(commit));
  terminal.Out("made from\n" + SourcesText(commit));
  return 0;
}

Result<int> Promote(Context& context, const ModelOptions& options) {
  TRY_ASSIGN(const Session session, OpenStore(context));
  TRY_ASSIGN(const store::Lock lock,
             store::Lock::Take(session->root(), "model promote", context.clock));
  TRY_ASSIGN(const run::NamedModel model, run::FindModel(*session, options.model));
  const std::string role = options.role.empty() ? run::kChampion : options.role;
  store::Catalog::Transaction transaction(session->catalog());
  TRY(transaction.Begin());
  TRY_ASSIGN(const bool moved, run::GiveRole(*session, model, role));
  TRY(transaction.Commit());
  if (context.json) {
    context.terminal.OutJson(Json{{"model", model.Ref()}, {"role", role}, {"moved", moved}});
  } else {
    context.terminal.Out(model.Ref() + (moved ? " is now " : " is already ") + role);
  }
  return 0;
}

Result<int> Export(Context& context, const ModelOptions& options) {
  TRY_ASSIGN(const Session session, OpenStore(context));
  TRY_ASSIGN(const run::NamedModel model, run::FindModel(*session, options.model));
  TRY_ASSIGN(const std::filesystem::path file,
             run::ExportModel(*session, model, options.to, options.overwrite));
  if (context.json) {
    context.terminal.OutJson(Json{{"model", model.Ref()},
                                  {"path", file.string()},
                                  {"sha256", model.body.file.sha256},
                                  {"bytes", model.body.file.bytes}});
  } else {
    context.terminal.Out(file.string() + "  " + Bytes(model.body.file.bytes));
  }
  return 0;
}

void Add(Verb& program, Context& context) {
  Verb model = program.AddVerb("model", "Keep models beside the version they know.");
  model.NeedsVerb();
  const auto options = std::make_shared<ModelOptions>();
  const auto which = [&](Verb verb) {
    return verb.AddOption("model", options->model, "NAME (the newest), NAME@vN or NAME@ROLE")
        .ValueName("MODEL");
  };

  Verb add = model.AddVerb("add", "Store a model's file with the version it was trained on.",
                           context, options, AddOne);
  add.AddOption("file", options->file, "the model's file").Required().ValueName("FILE");
  add.AddOption("--from", options->from, "the version it was trained on")
      .Required()
      .ValueName("NAME@REF");
  add.AddOption("--metrics", options->metrics, "JSON object of numbers").ValueName("FILE");
  add.AddOption("--name", options->name, "the model's name (default: from the file's)")
      .ValueName("NAME");
  add.AddOption("--role", options->role, "role that it gets, such as champion").ValueName("ROLE");
  add.AddOption("--split", options->splits, "split it was trained on (default train)")
      .ValueName("SPLIT");
  add.AddOption("--at", options->at, "when it was made (default now)").ValueName("TIME");
  add.AddExamples(
      "  assay model add late.json --from flights_train@v1 --metrics metrics.json "
      "--role champion");

  model.AddVerb("list", "All models, their roles and their data.", context, options, List);
  Verb show =
      model.AddVerb("show", "One model and its exact data: version, splits, sources, verdicts.",
                    context, options, Show);
  which(show);
  show.AddExamples("  assay model show late@champion");
  Verb promote = model.AddVerb("promote", "Give a model a role; who had it loses it.", context,
                               options, Promote);
  which(promote).Required();
  promote.AddOption("--role", options->role, "the role (default champion)").ValueName("ROLE");
  Verb out =
      model.AddVerb("export", "Copy a model's file out of the store.", context, options, Export);
  which(out).Required();
  out.AddOption("--to", options->to, "file, or a folder that is there")
      .Required()
      .ValueName("FILE");
  out.AddFlag("--overwrite", options->overwrite, "replace a file that is there");
}

}  // namespace

VerbKind model_verb() { return {.name = "model", .add = Add}; }

}  // namespace assay::cli
