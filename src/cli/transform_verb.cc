#include <cerrno>
#include <fstream>
#include <iostream>

#include "cli/verb.h"
#include "run/prepare_version.h"
#include "run/version_ref.h"
#include "store/file.h"

namespace assay::cli {
namespace {

struct TransformOptions {
  std::string version, json, rows;
};

// Longer lines are no row that a model is asked about.
constexpr std::size_t kLongestLine = 1 << 20;

Result<Json> TransformText(const prepare::Preparation& preparation, const std::string& text) {
  TRY_ASSIGN(const Json row, ParseJson(text));
  return preparation.Transform(row);
}

// One prepared row for each line, as soon as it is there.
Status TransformLines(const prepare::Preparation& preparation, std::istream& input,
                      const std::string& name) {
  std::string line;
  for (std::uint64_t number = 1; std::getline(input, line); ++number) {
    if (line.empty()) continue;
    const std::string place = name + ":" + std::to_string(number);
    if (line.size() > kLongestLine) {
      return Error{ErrorCode::kData, place + ": the line is longer than 1 MB", ""};
    }
    TRY_ASSIGN(const Json prepared, TransformText(preparation, line).While(place));
    std::cout << prepared.dump() << '\n';
  }
  std::cout.flush();
  return {};
}

Result<int> Transform(Context& context, const TransformOptions& options) {
  if (options.json.empty() == options.rows.empty()) {
    return Error{ErrorCode::kUser, "one of --json and --rows is needed",
                 "write --json '{...}' for one row, --rows FILE for JSON lines"};
  }
  TRY_ASSIGN(const auto session, context.OpenSession());
  TRY(session->OpenStore());
  TRY_ASSIGN(const run::NamedVersion version, run::FindVersion(*session, options.version));
  TRY_ASSIGN(const prepare::Preparation preparation,
             run::ReadPreparation(session->objects(), version.body));
  if (!options.json.empty()) {
    TRY_ASSIGN(const Json prepared, TransformText(preparation, options.json).While("--json"));
    context.terminal.OutJson(prepared);
    return 0;
  }
  if (options.rows == "-") {
    TRY(TransformLines(preparation, std::cin, "standard input"));
    return 0;
  }
  std::ifstream file(options.rows);
  if (!file) return store::SystemError(errno, "read", options.rows);
  TRY(TransformLines(preparation, file, options.rows));
  return 0;
}

void Add(Verb& program, Context& context) {
  Verb verb = program.AddVerb(
      "transform",
      "Prepare rows as a version's preparation does, one at a time, without an engine.");
  const auto options = std::make_shared<TransformOptions>();
  verb.AddOption("version", options->version, "NAME@REF; a bare name means the latest")
      .Required()
      .ValueName("NAME@REF");
  verb.AddOption("--json", options->json, "one row as a JSON object").ValueName("ROW");
  verb.AddOption("--rows", options->rows, "file of JSON lines, - for standard input")
      .ValueName("FILE");
  verb.AddExamples(
      "  assay transform flights_train@v1 --json '{\"date\": \"2001-06-01 09:00:00\", "
      "\"distance\": 1745, \"origin\": \"ORD\", \"destination\": \"LAX\"}'\n"
      "  assay transform flights_train --rows requests.jsonl");
  verb.OnCall(context, [&context, options] { return Transform(context, *options); });
}

}  // namespace

VerbKind transform_verb() { return {.name = "transform", .add = Add}; }

}  // namespace assay::cli
