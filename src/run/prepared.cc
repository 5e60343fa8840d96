#include "run/prepared.h"

#include <algorithm>

#include "run/fetch.h"
#include "run/read_versions.h"
#include "run/sql_facts.h"
#include "step/step.h"

namespace assay::run {
namespace {

// A dataset is done only while the head of main is what this fingerprint made.
Result<bool> IsHead(Session& session, const std::string& dataset, const std::string& commit) {
  TRY_ASSIGN(const auto head, session.catalog().FindRef(dataset, "branch", "main"));
  return head == commit;
}

// Spares the next plan the reading of these files.
Status NoteHashedFiles(Session& session, const Files& files) {
  const bool any = std::any_of(files.sources.begin(), files.sources.end(),
                               [](const SourceFiles& source) { return !source.hashed.empty(); });
  if (!any || !session.has_catalog()) return {};
  store::Catalog::Transaction transaction(session.catalog());
  TRY(transaction.Begin());
  for (const SourceFiles& source : files.sources) {
    for (const store::SeenFile& file : source.hashed) TRY(session.catalog().PutSeenFile(file));
  }
  return transaction.Commit();
}

// What a program reads beside its inputs is part of what it computes, and no source.
std::optional<Error> FindFilesOfStep(Session& session, const contract::Declared& step,
                                     plan::Resolved& resolved, SourceFiles& found) {
  const step::StepKind* kind = step::FindStep(step.kind);
  if (kind == nullptr || kind->program == nullptr) return std::nullopt;
  auto looked = FindProgramFiles(session, step, kind->program(step.params));
  if (!looked.ok()) return std::move(looked).error();
  for (const store::Receipt& receipt : looked->receipts) resolved.files.push_back(receipt.sha256);
  found.hashed = std::move(looked->hashed);
  return std::nullopt;
}

}  // namespace

Result<std::optional<Prepared>> Prepare(Session& session, contract::Diagnostics& diagnostics) {
  auto project = session.LoadProject(diagnostics);
  if (!project) return std::optional<Prepared>();
  TRY(TakeVersions(session, *project, diagnostics));
  TRY_ASSIGN(const plan::SqlFacts facts, FindSqlFacts(session, *project, diagnostics));
  if (diagnostics.has_errors()) return std::optional<Prepared>();
  auto graph = plan::BuildGraph(*project, session.kinds(), facts, diagnostics);
  if (!graph) return std::optional<Prepared>();
  return std::optional<Prepared>(Prepared{std::move(*project), std::move(*graph)});
}

namespace {

// The files of a source that is no version.
Result<SourceFiles> FindFilesOfSource(Session& session, const contract::Declared& source,
                                      const Loads* loads) {
  if (!IsFetched(source)) return FindSourceFiles(session, source);
  const store::LoadRow* row = nullptr;
  if (loads != nullptr) {
    if (const auto failed = loads->errors.find(source.name); failed != loads->errors.end()) {
      return failed->second;
    }
    const auto found = loads->rows.find(source.name);
    if (found != loads->rows.end()) row = &found->second;
  }
  return FetchedFiles(session, source, row);
}

}  // namespace

Files FindFiles(Session& session, const Prepared& prepared, const Loads* loads) {
  Files files;
  for (const plan::Node& node : prepared.graph.nodes) {
    plan::Resolved& resolved = files.resolved.emplace_back();
    SourceFiles& found = files.sources.emplace_back();
    std::optional<Error>& error = files.errors.emplace_back();
    if (node.type == plan::NodeType::kStep) {
      error = FindFilesOfStep(session, prepared.project.steps[node.declared], resolved, found);
    }
    if (node.type != plan::NodeType::kSource) continue;
    const contract::Declared& source = prepared.project.sources[node.declared];
    if (source.kind == kVersionKind) {
      auto version = FindVersionFiles(session, source);
      if (!version.ok()) {
        error = std::move(version).error();
        continue;
      }
      // The rows of a version have its id, whatever files they lie in.
      resolved.files.push_back(version->id);
      for (const store::Receipt& receipt : version->files.receipts) {
        resolved.receipts.push_back(receipt.location + " " + receipt.sha256);
      }
      found = std::move(version->files);
      continue;
    }
    auto looked = FindFilesOfSource(session, source, loads);
    if (!looked.ok()) {
      error = std::move(looked).error();
      continue;
    }
    found = std::move(looked).value();
    const bool named =
        !source.params.value("file_column", "").empty() || source.load.HasFact("file");
    const bool timed = source.load.HasFact("collected_at");
    for (const store::Receipt& receipt : found.receipts) {
      resolved.files.push_back(receipt.sha256);
      resolved.receipts.push_back(receipt.location + " " + receipt.sha256);
      if (named) resolved.file_names.push_back(receipt.location);
      if (timed) resolved.file_names.push_back(receipt.collected_at);
    }
  }
  // A reader of a store that it may not write does without the note.
  (void)NoteHashedFiles(session, files).ok();
  return files;
}

plan::Lookups CatalogLookups(Session& session, std::int64_t now_micros, KeptOutputs& kept) {
  plan::Lookups lookups;
  lookups.result = [&session, &kept, now_micros](
                       const plan::Node& node,
                       const std::string& fingerprint) -> Result<std::optional<plan::Known>> {
    TRY_ASSIGN(const NodeOutput* output, kept.Find(fingerprint, now_micros));
    if (output == nullptr) return std::optional<plan::Known>();
    // A failed verdict stands until something changes; it made no commit.
    if (node.type == plan::NodeType::kDataset && !output->commit.empty()) {
      TRY_ASSIGN(const bool head, IsHead(session, node.name, output->commit));
      if (!head) return std::optional<plan::Known>();
    }
    return std::optional(KnownOf(*output));
  };
  lookups.newest_manifest =
      [&session](const std::string& node) -> Result<std::optional<std::string>> {
    if (!session.has_catalog()) return std::optional<std::string>();
    TRY_ASSIGN(const auto newest, session.catalog().NewestNodeResult(node));
    if (!newest) return std::optional<std::string>();
    return std::optional<std::string>(newest->manifest);
  };
  return lookups;
}

}  // namespace assay::run
