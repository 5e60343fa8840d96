#include <algorithm>
#include <cctype>
#include <map>

#include "cli/verb.h"
#include "run/init_project.h"

namespace assay::cli {
namespace {

struct InitOptions {
  std::string folder;
  std::vector<std::string> from;
};

std::string Listed(const std::vector<std::string>& texts) {
  std::string list;
  for (const std::string& text : texts) list += (list.empty() ? "" : ", ") + text;
  return list;
}

// As a shell takes it for one word.
std::string ShellWord(const std::string& text) {
  const bool is_plain = std::all_of(text.begin(), text.end(), [](unsigned char c) {
    return std::isalnum(c) != 0 ||
           std::string_view("/._-+,@").find(static_cast<char>(c)) != std::string_view::npos;
  });
  if (is_plain) return text;
  std::string word = "'";
  for (const char c : text) word += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return word + "'";
}

// What a person types next, in the folder they are in.
std::vector<std::string> NextCommands(const std::string& folder, const run::Begun& begun) {
  const std::string assay = folder == "." ? "assay" : "assay --project " + ShellWord(folder);
  return {assay + " run", assay + " dataset show " + begun.project.sources.at(0).dataset};
}

Json SourceJson(const run::SeenSource& seen, const run::NewSource& made) {
  Json columns = Json::array();
  for (const run::SeenColumn& column : seen.columns) {
    columns.push_back(Json{{"name", column.name}, {"type", TypeText(column.type)}});
  }
  return Json{{"source", made.source},     {"gate", made.gate},       {"dataset", made.dataset},
              {"contract", made.contract}, {"kind", seen.kind},       {"files", seen.patterns},
              {"rows", seen.rows},         {"refused", seen.refused}, {"columns", columns},
              {"key", seen.key},           {"label", made.label},     {"notes", seen.notes}};
}

Json BegunJson(const std::string& folder, const run::Begun& begun) {
  Json json{{"folder", folder}, {"next", NextCommands(folder, begun)}};
  json["written"] = Json::array();
  for (const auto& [path, text] : begun.project.files) json["written"].push_back(path);
  json["sources"] = Json::array();
  for (std::size_t i = 0; i < begun.seen.sources.size(); ++i) {
    json["sources"].push_back(SourceJson(begun.seen.sources[i], begun.project.sources[i]));
  }
  json["left_out"] = Json::array();
  for (const run::LeftOut& left : begun.seen.left_out) {
    json["left_out"].push_back(
        Json{{"file", left.file}, {"reason", left.why}, {"hint", left.hint}});
  }
  return json;
}

std::string SourceText(const run::SeenSource& seen, const run::NewSource& made) {
  std::string text = made.source + ": " + Rows(static_cast<std::uint64_t>(seen.rows)) + ", " +
                     std::to_string(seen.columns.size()) +
                     (seen.columns.size() == 1 ? " column, " : " columns, ");
  if (seen.files > 1) text += std::to_string(seen.files) + " files, ";
  text += seen.key.empty() ? "no key" : "key " + Listed(seen.key);
  if (!made.label.empty()) text += ", label perhaps " + made.label;
  if (seen.refused > 0) {
    text += "\n  " + Rows(static_cast<std::uint64_t>(seen.refused)) +
            (seen.refused == 1 ? " does" : " do") +
            " not parse and will be refused: " + seen.refused_place;
  }
  for (const std::string& note : seen.notes) text += "\n  " + note;
  return text;
}

// Files left out for one reason are told together: the first in full.
void TellLeftOut(const Terminal& terminal, const std::vector<run::LeftOut>& left_out) {
  std::map<std::string, std::vector<const run::LeftOut*>> alike;
  for (const run::LeftOut& left : left_out) {
    std::string reason = left.why;
    if (const auto at = reason.find(left.file); at != std::string::npos) {
      reason.erase(at, left.file.size());
    }
    alike[reason].push_back(&left);
  }
  for (const auto& [reason, files] : alike) {
    const run::LeftOut& first = *files[0];
    const bool is_told = first.why.starts_with(first.file);
    std::string text = "left out: " + (is_told ? "" : first.file + ": ") + first.why;
    constexpr std::size_t kNamed = 4;
    if (files.size() > 1) text += "; and alike:";
    for (std::size_t i = 1; i < std::min(files.size(), kNamed + 1); ++i) {
      text += (i > 1 ? ", " : " ") + files[i]->file;
    }
    if (files.size() > kNamed + 1) {
      text += " and " + std::to_string(files.size() - kNamed - 1) + " more";
    }
    terminal.Warn(text + (first.hint.empty() ? "" : "\n  hint: " + first.hint));
  }
}

Result<int> Init(Context& context, const InitOptions& options) {
  const std::string folder = options.folder.empty() ? context.project : options.folder;
  run::LookRequest request;
  std::error_code error;
  request.folder = std::filesystem::weakly_canonical(std::filesystem::absolute(folder), error);
  // `new/` is a folder of that name.
  if (!request.folder.has_filename()) request.folder = request.folder.parent_path();
  request.from = options.from;
  request.threads = context.threads;
  request.memory_bytes = context.memory_bytes;
  TRY_ASSIGN(const run::Begun begun, run::BeginProject(request));
  if (context.json) {
    context.terminal.OutJson(BegunJson(folder, begun));
    return 0;
  }
  TellLeftOut(context.terminal, begun.seen.left_out);
  const std::filesystem::path shown = std::filesystem::path(folder).lexically_normal();
  for (const auto& [path, text] : begun.project.files) {
    context.terminal.Out("wrote " + (shown / path).lexically_normal().string());
  }
  for (std::size_t i = 0; i < begun.seen.sources.size(); ++i) {
    context.terminal.Out(SourceText(begun.seen.sources[i], begun.project.sources[i]));
  }
  context.terminal.Out("next:");
  for (const std::string& command : NextCommands(folder, begun)) {
    context.terminal.Out("  " + command);
  }
  return 0;
}

void Add(Verb& program, Context& context) {
  Verb verb = program.AddVerb(
      "init",
      "Begin a project: write assay.yaml, a draft contract and a first gate for data files, which "
      "stay where they are. Nothing is replaced.");
  const auto options = std::make_shared<InitOptions>();
  verb.AddOption("folder", options->folder, "folder of the project (default: here)")
      .ValueName("DIR");
  verb.AddOption(
          "--from", options->from,
          "data files, folders with them, or addresses (https://..., s3://...); files of the "
          "same columns are one source (default: a small sample is written)")
      .ValueName("FILE|FOLDER|URL");
  verb.AddJson(context);
  verb.AddExamples(
      "  assay init --from data/rides.csv\n  assay init rides --from ~/Downloads/rides\n"
      "  assay init rides --from 's3://rides/2026/*.parquet'\n"
      "  assay init sample");
  verb.OnCall(context, [&context, options] { return Init(context, *options); });
}

}  // namespace

VerbKind init_verb() { return {.name = "init", .add = Add}; }

}  // namespace assay::cli
