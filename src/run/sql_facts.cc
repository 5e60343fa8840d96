#include "run/sql_facts.h"

#include <algorithm>
#include <map>
#include <set>

#include "base/hash.h"
#include "run/read_versions.h"
#include "step/step.h"

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

namespace {

// Where a text begins in the project's files.
TextPlace StartOf(const Declared& step, const std::string& param) {
  const auto found = step.text_places.find(param);
  return found == step.text_places.end() ? TextPlace{step.place, {}, {}} : found->second;
}

// The expressions of a kind's parameters, with the parameter of each.
std::vector<std::pair<std::string, std::string>> ExpressionsOf(const contract::KindInfo& kind,
                                                               const Json& params) {
  std::vector<std::pair<std::string, std::string>> expressions;
  for (const contract::Param& param : kind.params) {
    if (!params.contains(param.name)) continue;
    if (param.type == contract::ParamType::kExpression) {
      expressions.emplace_back(param.name, params[param.name].get<std::string>());
    }
    if (param.type != contract::ParamType::kExpressions) continue;
    for (const auto& [name, expression] : contract::PairsOf(params, param.name)) {
      expressions.emplace_back(param.name + "." + name, expression);
    }
  }
  return expressions;
}

// An expression alone must be one, or what a kind writes around it would mean something else.
constexpr std::string_view kExpressionHead = "SELECT (";

std::string ExpressionAlone(const std::string& expression) {
  return std::string(kExpressionHead) + expression + "\n)";
}

// Each expression of a step's parameters by itself, at its own place; false where one is wrong.
Result<bool> CheckExpressions(const FactsByText& by_text, const Declared& step,
                              const contract::KindInfo& kind, Diagnostics& diagnostics) {
  bool fine = true;
  const auto wrong = [&](const contract::Place& place, const std::string& what,
                         const std::string& hint) {
    diagnostics.Error(place, what, hint);
    fine = false;
  };
  for (const auto& [param, expression] : ExpressionsOf(kind, step.params)) {
    const TextPlace start = StartOf(step, param);
    const auto place = [&, text = &expression](std::size_t offset) {
      return start.Of(*text, offset - std::min(offset, kExpressionHead.size()));
    };
    const auto& [facts, offset] = by_text.at(ExpressionAlone(expression));
    if (!facts.ok()) {
      if (facts.error().code != ErrorCode::kUser) return facts.error();
      wrong(place(offset), param + " of `" + step.name + "`: " + facts.error().message,
            facts.error().hint);
      continue;
    }
    if (!facts->reads.empty() || !facts->functions.empty()) {
      wrong(start, param + " of `" + step.name + "` reads a table",
            "an expression sees the columns of its input; join the table before, or write a sql "
            "step");
    }
    for (const engine::TableRead& call : facts->calls) {
      wrong(place(call.offset),
            "the value differs from run to run, so no version could be made again: " + call.name,
            "take it from a column, or write the value down");
    }
  }
  return fine;
}

std::string HintOf(const Error& error, std::size_t offset) {
  // What cannot be told apart from a statement of another kind may be a PIVOT without IN.
  const std::string inputs = "; of a PIVOT without IN, name its inputs in `inputs`";
  if (offset == 0 && error.hint.starts_with("write one SELECT,")) return error.hint + inputs;
  return error.hint.empty() && offset == 0 ? "a step is one SELECT" : error.hint;
}

plan::SqlReads ReadsOf(const engine::SqlFacts& facts, const Declared& step, const TextPlace& start,
                       const std::string& text) {
  plan::SqlReads reads;
  reads.tree = facts.tree;
  reads.row_local = facts.row_local;
  reads.distributes = facts.distributes;
  for (const auto& [table, column, as] : facts.kept) reads.kept.push_back({table, column, as});
  const bool written = step.params.contains("sql");
  for (const engine::TableRead& read : facts.reads) {
    reads.tables.push_back({read.name, written ? start.Of(text, read.offset) : step.place});
  }
  return reads;
}

}  // namespace

Result<plan::SqlFacts> FindSqlFacts(Session& session, const contract::Project& project,
                                    Diagnostics& diagnostics) {
  std::map<std::string, std::string> text_of;  // by step
  std::set<std::string> texts;
  for (const Declared& step : project.steps) {
    const step::StepKind* kind = step::FindStep(step.kind);
    if (kind == nullptr) continue;
    TRY_ASSIGN(const std::string text, TextOf(*kind, step.params));
    if (!text.empty()) texts.insert(text_of[step.name] = text);
    for (const auto& [param, expression] : ExpressionsOf(kind->info, step.params)) {
      texts.insert(ExpressionAlone(expression));
    }
  }
  TRY_ASSIGN(const FactsByText by_text, FactsOfTexts(session, texts));
  plan::SqlFacts all;
  for (const Declared& step : project.steps) {
    const step::StepKind* kind = step::FindStep(step.kind);
    if (kind == nullptr) continue;
    TRY_ASSIGN(const bool fine, CheckExpressions(by_text, step, kind->info, diagnostics));
    const auto text = text_of.find(step.name);
    if (!fine || text == text_of.end()) continue;
    const TextPlace start = StartOf(step, "sql");
    const auto& [facts, offset] = by_text.at(text->second);
    if (!facts.ok()) {
      if (facts.error().code != ErrorCode::kUser) return facts.error();
      // What the parser cannot serialise (PIVOT without IN) may still run when inputs are named.
      if (step.params.contains("inputs") && !step.params["inputs"].empty() && offset == 0) continue;
      diagnostics.Error(start.Of(text->second, offset),
                        "SQL of `" + step.name + "`: " + facts.error().message,
                        HintOf(facts.error(), offset));
      continue;
    }
    CheckCalls(*facts, start, text->second, diagnostics);
    all[step.name] = ReadsOf(*facts, step, start, text->second);
  }
  return all;
}

}  // namespace assay::run
