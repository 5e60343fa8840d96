#include "cli/grid_text.h"
#include "cli/verb.h"
#include "run/prepare_version.h"
#include "run/version_ref.h"

namespace assay::cli {
namespace {

struct PrepareOptions {
  std::string version;
};

// What was learnt, in a few words: `mean 712.25, deviation 561.5`, `50 categories`.
std::string StateText(const Json& state) {
  std::string text;
  for (auto member = state.begin(); member != state.end(); ++member) {
    const std::string value =
        member->is_array()    ? std::to_string(member->size()) + " " + member.key()
        : member->is_string() ? member.key() + " " + member->get<std::string>()
                              : member.key() + " " + member->dump();
    text += (text.empty() ? "" : ", ") + value;
  }
  return text.empty() ? "-" : CellText(text);
}

std::string OutputsText(const Schema& outputs) {
  std::string text;
  constexpr std::size_t kShown = 3;
  for (std::size_t i = 0; i < outputs.size() && i < kShown; ++i) {
    text += (i == 0 ? "" : ", ") + outputs[i].name;
  }
  if (outputs.size() > kShown) text += ", ... (" + std::to_string(outputs.size()) + ")";
  return CellText(text);
}

Result<int> Show(Context& context, const PrepareOptions& options) {
  TRY_ASSIGN(const auto session, context.OpenSession());
  TRY(session->OpenStore());
  TRY_ASSIGN(const run::NamedVersion version, run::FindVersion(*session, options.version));
  TRY_ASSIGN(const prepare::Preparation preparation,
             run::ReadPreparation(session->objects(), version.body));
  if (context.json) {
    TRY_ASSIGN(const std::string text, preparation.Text());
    TRY_ASSIGN(const Json json, ParseJson(text));
    context.terminal.OutJson(json);
    return 0;
  }
  const prepare::FittedOn& on = preparation.fitted_on();
  context.terminal.Out("learnt from `" + on.split + "`, " + Rows(on.rows) + ", digest " +
                       Short(on.digest) + "; state " + Short(version.body.preparation));
  TextTable table({"TRANSFORM", "COLUMN", "LEARNT", "MAKES"});
  for (const prepare::Preparation::Step& step : preparation.steps()) {
    table.Add({step.declared.kind, CellText(step.declared.column), StateText(step.state),
               OutputsText(step.fitted->outputs())});
  }
  context.terminal.Out(table.Text());
  return 0;
}

void Add(Verb& program, Context& context) {
  Verb prepare = program.AddVerb("prepare", "Look at what a version's preparation learnt.");
  prepare.NeedsVerb();
  Verb show = prepare.AddVerb("show", "Transforms with what they learnt.");
  const auto options = std::make_shared<PrepareOptions>();
  show.AddOption("version", options->version, "NAME@REF; a bare name means the latest")
      .Required()
      .ValueName("NAME@REF");
  show.AddJson(context);
  show.AddExamples("  assay prepare show flights_train@v1");
  show.OnCall(context, [&context, options] { return Show(context, *options); });
}

}  // namespace

VerbKind prepare_verb() { return {.name = "prepare", .add = Add}; }

}  // namespace assay::cli
