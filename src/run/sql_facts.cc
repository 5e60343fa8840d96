#include "run/sql_facts.h"

#include <algorithm>
#include <map>
#include <set>

#include "base/hash.h"
#include "run/read_versions.h"

namespace assay::run {
namespace {

using contract::Declared;
using contract::Diagnostics;
using contract::TextPlace;

// What the catalog knows of the texts.
Result<FactsByText> SeenFacts(Session& session, const std::set<std::string>& texts) {
  FactsByText seen;
  if (!session.has_catalog()) return seen;
  store::Catalog::Transaction reading(session.catalog());
  TRY(reading.BeginReading());
  for (const std::string& text : texts) {
    TRY_ASSIGN(const auto json,
               session.catalog().FindSeenSql(Sha256Hex(text), std::string(engine::kSqlReading)));
    if (!json) continue;
    // Facts of another form were written by another program version; they are asked for anew.
    auto facts = engine::ParseSqlFacts(*json);
    if (facts.ok()) seen.insert({text, {std::move(facts), 0}});
  }
  return seen;
}

Status NoteFacts(Session& session, const std::vector<std::string>& texts,
                 const std::vector<engine::ParsedSql>& parsed) {
  if (!session.has_catalog()) return {};
  store::Catalog::Transaction transaction(session.catalog());
  TRY(transaction.Begin());
  for (std::size_t i = 0; i < texts.size(); ++i) {
    if (!parsed[i].facts.ok()) continue;
    TRY(session.catalog().PutSeenSql(Sha256Hex(texts[i]), std::string(engine::kSqlReading),
                                     SqlFactsJson(*parsed[i].facts)));
  }
  return transaction.Commit();
}

void CheckCalls(const engine::SqlFacts& facts, const TextPlace& start, const std::string& text,
                Diagnostics& diagnostics) {
  for (const engine::TableRead& function : facts.functions) {
    // Those that name a version have been taken out before.
    if (function.name == kVersionFunction) {
      diagnostics.Error(start.Of(text, function.offset),
                        "a version is read by its dataset and its name, both as texts",
                        "write dataset('NAME', 'v3')");
      continue;
    }
    diagnostics.Error(start.Of(text, function.offset),
                      "a step reads nodes only, not through a table function: " + function.name,
                      "declare what it reads as a source");
  }
  for (const engine::TableRead& call : facts.calls) {
    diagnostics.Error(
        start.Of(text, call.offset),
        "the value differs from run to run, so no version could be made again: " + call.name,
        "take it from a column, or write the value down");
  }
}

}  // namespace

Result<FactsByText> FactsOfTexts(Session& session, const std::set<std::string>& texts) {
  TRY_ASSIGN(FactsByText facts, SeenFacts(session, texts));
  std::vector<std::string> unseen;
  for (const std::string& text : texts) {
    if (!facts.contains(text)) unseen.push_back(text);
  }
  if (unseen.empty()) return facts;
  TRY_ASSIGN(engine::Engine * parser, session.Engine());
  std::vector<engine::ParsedSql> parsed = parser->ParseAll(unseen);
  // A reader of a store that it may not write does without the note.
  (void)NoteFacts(session, unseen, parsed).ok();
  for (std::size_t i = 0; i < unseen.size(); ++i) {
    facts.insert({std::move(unseen[i]), std::move(parsed[i])});
  }
  return facts;
}

Result<plan::SqlFacts> FindSqlFacts(Session& session, const contract::Project& project,
                                    Diagnostics& diagnostics) {
  std::set<std::string> texts;
  for (const Declared& step : project.steps) {
    if (step.params.contains("sql")) texts.insert(step.params["sql"].get<std::string>());
  }
  TRY_ASSIGN(const FactsByText by_text, FactsOfTexts(session, texts));
  plan::SqlFacts all;
  for (const Declared& step : project.steps) {
    if (!step.params.contains("sql")) continue;
    const std::string text = step.params["sql"].get<std::string>();
    const auto found = step.text_places.find("sql");
    const TextPlace start =
        found == step.text_places.end() ? TextPlace{step.place, {}, {}} : found->second;
    const auto& [facts, offset] = by_text.at(text);
    if (!facts.ok()) {
      if (facts.error().code != ErrorCode::kUser) return facts.error();
      // What the parser cannot serialise (PIVOT without IN) may still run when inputs are named.
      if (step.params.contains("inputs") && !step.params["inputs"].empty() && offset == 0) continue;
      diagnostics.Error(start.Of(text, offset),
                        "SQL of `" + step.name + "`: " + facts.error().message,
                        offset == 0 ? "a step is one SELECT; name its inputs with `inputs:` if the "
                                      "parser cannot find them"
                                    : "");
      continue;
    }
    CheckCalls(*facts, start, text, diagnostics);
    plan::SqlReads reads;
    reads.tree = facts->tree;
    reads.row_local = facts->row_local;
    reads.distributes = facts->distributes;
    for (const auto& [table, column, as] : facts->kept) reads.kept.push_back({table, column, as});
    for (const engine::TableRead& read : facts->reads) {
      reads.tables.push_back({read.name, start.Of(text, read.offset)});
    }
    all[step.name] = std::move(reads);
  }
  return all;
}

}  // namespace assay::run
