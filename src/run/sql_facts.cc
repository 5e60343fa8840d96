#include "run/sql_facts.h"

#include <algorithm>

#include "base/hash.h"
#include "contract/utf8.h"

namespace assay::run {
namespace {

using contract::Declared;
using contract::Diagnostics;
using contract::Place;

// Place of a byte of a text whose first character stands at `start`.
Place PlaceInText(const Place& start, const std::string& text, std::size_t offset) {
  const contract::LineColumn at = contract::LineColumnOf(text, std::min(offset, text.size()));
  Place place = start;
  place.line += at.line - 1;
  place.column += at.column - 1;
  return place;
}

Result<engine::SqlFacts> FactsOf(Session& session, const std::string& text,
                                 std::size_t& error_offset) {
  const std::string key = Sha256Hex(text);
  const std::string engine(engine::kSqlReading);
  if (session.has_catalog()) {
    TRY_ASSIGN(const auto seen, session.catalog().FindSeenSql(key, engine));
    if (seen) {
      // Facts of another form were written by another program version; they are asked for anew.
      auto facts = engine::ParseSqlFacts(*seen);
      if (facts.ok()) return facts;
    }
  }
  TRY_ASSIGN(engine::Engine * parser, session.Engine());
  TRY_ASSIGN(engine::SqlFacts facts, parser->Parse(text, &error_offset));
  if (session.has_catalog()) {
    (void)session.catalog().PutSeenSql(key, engine, SqlFactsJson(facts)).ok();
  }
  return facts;
}

void CheckCalls(const engine::SqlFacts& facts, const Place& start, const std::string& text,
                Diagnostics& diagnostics) {
  for (const engine::TableRead& function : facts.functions) {
    diagnostics.Error(PlaceInText(start, text, function.offset),
                      "a step reads nodes only, not through a table function: " + function.name,
                      "declare what it reads as a source");
  }
  for (const engine::TableRead& call : facts.calls) {
    diagnostics.Error(
        PlaceInText(start, text, call.offset),
        "the value differs from run to run, so no version could be made again: " + call.name,
        "take it from a column, or write the value down");
  }
}

}  // namespace

Result<plan::SqlFacts> FindSqlFacts(Session& session, const contract::Project& project,
                                    Diagnostics& diagnostics) {
  plan::SqlFacts all;
  for (const Declared& step : project.steps) {
    if (!step.params.contains("sql")) continue;
    const std::string text = step.params["sql"].get<std::string>();
    const auto found = step.text_places.find("sql");
    const Place start = found == step.text_places.end() ? step.place : found->second;
    std::size_t offset = 0;
    auto facts = FactsOf(session, text, offset);
    if (!facts.ok()) {
      if (facts.error().code != ErrorCode::kUser) return std::move(facts).error();
      // What the parser cannot serialise (PIVOT without IN) may still run when inputs are named.
      if (step.params.contains("inputs") && !step.params["inputs"].empty() && offset == 0) continue;
      diagnostics.Error(PlaceInText(start, text, offset),
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
    for (const engine::TableRead& read : facts->reads) {
      reads.tables.push_back({read.name, PlaceInText(start, text, read.offset)});
    }
    all[step.name] = std::move(reads);
  }
  return all;
}

}  // namespace assay::run
