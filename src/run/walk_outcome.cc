#include <algorithm>
#include <utility>

#include "contract/place_prefix.h"
#include "run/coercion_change.h"
#include "run/schema_drift.h"
#include "run/sql_place.h"
#include "run/table_sql.h"
#include "run/walk.h"

namespace assay::run {
namespace {

using plan::Node;
using plan::NodeId;
using plan::NodeType;
using SteadyClock = std::chrono::steady_clock;

// What follows a node's name; a message that begins with the name as well says it once.
std::string AfterName(const std::string& name, const std::string& message) {
  for (const char* next : {": ", ", "}) {
    if (message.starts_with(name + next)) return message.substr(name.size());
  }
  return ": " + message;
}

}  // namespace

// ---- what became of it ----

void Walk::Done(NodeId id) {
  NodeState& state = nodes_[id];
  state.stage = Stage::kDone;
  state.inputs.clear();
  if (!state.is_left) observer_.NodeFinished(state.report, id, nodes_.size());
}

void Walk::Tell(NodeId id, const std::string& text) {
  nodes_[id].report.log.push_back({UtcMillisText(session_.clock().NowMicros()), text});
}

// For the eyes of whoever waits, too.
void Walk::TellAtOnce(NodeId id, const std::string& text) {
  Tell(id, text);
  observer_.NodeTold(NodeOf(id).name, text);
}

void Walk::NoteOutputs(NodeId id, const NodeOutput& output) {
  for (const auto& [name, table] : output.outputs) {
    nodes_[id].report.outputs.push_back(NoteOf(name, table));
  }
}

void Walk::Describe(NodeId id) {
  NodeState& state = nodes_[id];
  NodeReport& report = state.report;
  const Executed& done = state.executed;
  report.rows_in = done.rows_in;
  report.rows_out = done.rows_out;
  report.rows_refused = done.rows_refused;
  report.warnings = done.warnings;
  report.examples = done.examples;
  if (!done.note.empty()) report.reason += "; " + done.note;
  if (done.output.verdict.is_object()) {
    report.verdict_body = done.output.verdict;
    report.verdict = done.output.verdict.value("verdict", "");
  }
}

// What a source had the last time and has no more, or not yet.
Status Walk::CompareWithLoadBefore(NodeId id) {
  Executed& executed = nodes_[id].executed;
  const auto loaded = executed.output.outputs.find("");
  if (NodeOf(id).type != NodeType::kSource || loaded == executed.output.outputs.end()) return {};
  if (!session_.has_catalog()) return {};
  TRY_ASSIGN(const auto newest, session_.catalog().NewestNodeResult(NodeOf(id).name));
  if (!newest) return {};
  TRY_ASSIGN(const NodeOutput before, ParseNodeOutput(newest->result));
  const auto was = before.outputs.find("");
  if (was == before.outputs.end()) return {};
  const auto changes = ColumnChanges(was->second.schema, loaded->second.schema);
  if (changes.empty()) return {};
  executed.schema_drift = ColumnChangesJson(changes);
  executed.warnings.push_back("its columns are not those of the load before: " +
                              ColumnChangesText(changes));
  return {};
}

// What was fetched for a source in this run.
const store::LoadRow* Walk::LoadOf(NodeId id) const {
  if (NodeOf(id).type != NodeType::kSource) return nullptr;
  const auto found = loads_.rows.find(NodeOf(id).name);
  return found == loads_.rows.end() ? nullptr : &found->second;
}

// What was done to values that was not done before.
Status Walk::CompareLedgers(NodeId id) {
  Executed& executed = nodes_[id].executed;
  const auto ledger = executed.output.outputs.find("ledger");
  if (ledger == executed.output.outputs.end() || !session_.has_catalog()) return {};
  TRY_ASSIGN(const auto newest, session_.catalog().NewestNodeResult(NodeOf(id).name));
  NodeOutput before;
  if (newest) {
    TRY_ASSIGN(before, ParseNodeOutput(newest->result));
  }
  const auto was = before.outputs.find("ledger");
  const bool has_before = was != before.outputs.end();
  if (has_before && was->second.content_id == ledger->second.content_id) return {};
  const bool is_source = NodeOf(id).type == NodeType::kSource;
  if (!has_before && !is_source) return {};
  TRY_ASSIGN(engine::Engine * engine, session_.Engine());
  const auto rows_of = [&](const store::Table& table) {
    const std::string from = TableSql(session_.objects(), table);
    return engine->Query(is_source ? LoadsSql(from) : SpellingsSql(from));
  };
  TRY_ASSIGN(const engine::Grid now, rows_of(ledger->second));
  engine::Grid then;
  if (has_before) {
    TRY_ASSIGN(then, rows_of(was->second));
  }
  std::vector<std::string> texts;
  if (is_source) {
    const std::vector<CoercionChange> changes = CoercionChanges(now, then);
    if (!changes.empty()) executed.coercions = CoercionsJson(changes);
    texts = CoercionTexts(changes);
  } else {
    const std::vector<NewSpelling> spellings = NewSpellings(now, then);
    if (!spellings.empty()) executed.coercions = SpellingsJson(spellings);
    texts = SpellingTexts(spellings);
  }
  executed.warnings.insert(executed.warnings.end(), texts.begin(), texts.end());
  return {};
}

Status Walk::Keep(NodeId id) {
  NodeState& state = nodes_[id];
  TRY(CompareWithLoadBefore(id));
  TRY(CompareLedgers(id));
  Describe(id);
  NoteOutputs(id, state.executed.output);
  TRY(journal_.Ran(state.decision, NodeOf(id), state.executed, state.pieces,
                   files_.sources[id].receipts, LoadOf(id), state.report));
  progress_.states[id] = StateAfter(NodeOf(id), state.decision, KnownOf(state.executed.output));
  state.output = std::move(state.executed.output);
  Done(id);
  return {};
}

// Verdicts, sources and fingerprints of everything before a node.
CommitContext Walk::ContextOf(NodeId id) const {
  CommitContext context;
  context.run = journal_.run();
  context.fingerprint = nodes_[id].decision.fingerprint;
  context.message = request_.message;
  for (const auto& [path, text] : prepared_.project.files) context.files[path] = text;
  const std::vector<bool> before = plan::WithAllBefore(prepared_.graph, id);
  for (NodeId at = 0; at <= id; ++at) {
    if (!before[at]) continue;
    const Node& node = NodeOf(at);
    if (at != id) context.nodes[node.name] = nodes_[at].decision.fingerprint;
    if (node.type == NodeType::kSource) {
      const contract::Declared& source = prepared_.project.sources[node.declared];
      context.sources.push_back(
          {source.name, source.kind, source.license, files_.sources[at].receipts});
    }
    if (node.type == NodeType::kGate) context.gates.push_back(nodes_[at].output.verdict);
  }
  return context;
}

Status Walk::Commit(NodeId id, BuiltVersion built) {
  const Node& node = NodeOf(id);
  NodeState& state = nodes_[id];
  NodeReport& report = state.report;
  report.rows_in = state.inputs.at(0).table.rows;
  report.rows_out = report.rows_in;
  if (!built.verdicts.empty()) {
    report.verdict_body = built.verdicts.back();
    report.verdict = report.verdict_body.value("verdict", "");
  }
  if (built.failed) {
    report.rows_out = 0;
    return journal_.Refused(state.decision, node, report);
  }
  CommitContext context = ContextOf(id);
  for (Json& verdict : built.verdicts) context.gates.push_back(std::move(verdict));
  TRY_ASSIGN(const CommittedVersion made,
             StoreCommit(session_, prepared_.project, prepared_.project.datasets[node.declared],
                         std::move(built.commit), context));
  return journal_.Committed(state.decision, prepared_.project, node, made, report,
                            state.dataset.emplace());
}

// A version made before from the same rows is committed again without touching them; false where
// there is none.
Result<bool> Walk::CommitAgain(NodeId id) {
  const Node& node = NodeOf(id);
  NodeState& state = nodes_[id];
  if (node.type != NodeType::kDataset || wish_.force) return false;
  TRY_ASSIGN(const auto before, FindOutput(session_, state.decision.fingerprint, journal_.now()));
  if (!before || before->commit.empty()) return false;
  const auto start = SteadyClock::now();
  TRY(journal_.Start());
  state.report.started_at = UtcMillisText(session_.clock().NowMicros());
  observer_.NodeStarted(node.name, id, nodes_.size());
  state.report.status = "ran";
  const Status committed = [&]() -> Status {
    BuiltVersion built;
    TRY_ASSIGN(built.commit, ReadCommit(session_.objects(), before->commit));
    built.verdicts = OwnVerdicts(built.commit, node.name);
    state.report.seconds = SecondsSince(start);
    return Commit(id, std::move(built));
  }();
  if (!committed.ok()) {
    TRY(Fail(id, committed.error()));
  } else {
    Done(id);
  }
  return true;
}

// What the environment did may be gone the next time; SQL and data give the same answer again.
Status Walk::TryAgainOrFail(NodeId id, Error error) {
  const Node& node = NodeOf(id);
  NodeState& state = nodes_[id];
  if (state.timed_out) {
    error = {
        ErrorCode::kIo,
        "it was stopped, for it took longer than its timeout of " + node.execution.timeout->text,
        "give it more time with `timeout`, or look at what it waits for"};
  }
  if (engine::IsOutOfMemory(error) && !budget_.IsAll(state.share)) {
    TellAtOnce(id, "its share of the memory was too small; again, alone, with all");
    state.alone = true;
    state.stage = Stage::kReady;
    return {};
  }
  if (error.code != ErrorCode::kIo || state.tried > node.execution.retries) {
    return Fail(id, std::move(error));
  }
  const auto doubled = std::min<std::int64_t>(state.tried - 1, 20);
  const std::int64_t seconds = node.execution.retry_wait.seconds << doubled;
  TellAtOnce(id, error.message + "; again in " + contract::DurationWords(seconds) + ", attempt " +
                     std::to_string(state.tried + 1) + " of " +
                     std::to_string(node.execution.retries + 1));
  state.due = SteadyClock::now() + std::chrono::seconds(seconds);
  state.stage = Stage::kWaiting;
  return {};
}

contract::Place Walk::PlaceOf(const Node& node, const Error& error) const {
  if (node.type != NodeType::kStep || error.code != ErrorCode::kUser) return node.place;
  return PlaceInSql(prepared_.project.steps[node.declared], error.message);
}

Status Walk::Fail(NodeId id, Error error) {
  const Node& node = NodeOf(id);
  NodeState& state = nodes_[id];
  NodeReport& report = state.report;
  report.status = "failed";
  report.exit = ExitStatus(error.code);
  // The files of a source have a place of their own, which stands there already; so may a check.
  if (files_.errors[id]) {
    report.error = error.message;
  } else {
    std::string place = contract::PlacePrefix(error.message);
    if (place.empty()) {
      place = PlaceText(PlaceOf(node, error));
    } else {
      error.message.erase(0, place.size() + std::string_view(": ").size());
    }
    report.error =
        place + ": " + report.type + " `" + node.name + "`" + AfterName(node.name, error.message);
  }
  report.hint = error.hint;
  if (report.hint.empty() && error.message.find("/.assay/objects/") != std::string::npos) {
    report.hint =
        "an object of the store is damaged or missing: `assay dataset verify` tells which";
  }
  progress_.states[id] = {};
  progress_.states[id].stopped = node.name + " failed";
  TRY(journal_.Stopped(state.decision.fingerprint, report));
  Done(id);
  return {};
}

Status Walk::Cancelled(NodeId id) {
  NodeState& state = nodes_[id];
  state.report.status = "cancelled";
  state.report.reason = "the run was cancelled";
  progress_.states[id] = {};
  progress_.states[id].stopped = "the run was cancelled";
  TRY(journal_.Stopped(state.decision.fingerprint, state.report));
  Done(id);
  return {};
}

Status Walk::Finish(Finished finished) {
  const NodeId id = finished.node;
  NodeState& state = nodes_[id];
  budget_.GiveBack(state.share);
  state.report.seconds = finished.seconds;
  state.report.attempts = static_cast<int>(state.tried);
  state.report.peak_buffer_bytes = finished.peak_buffer_bytes;
  state.report.engine = finished.engine;
  if (!finished.status.ok()) {
    if (stopping_ && finished.status.error().code == ErrorCode::kCancelled) return Cancelled(id);
    return TryAgainOrFail(id, std::move(finished.status).error());
  }
  state.report.status = "ran";
  if (NodeOf(id).type != NodeType::kDataset) return Keep(id);
  if (const Status kept = Commit(id, std::move(state.built)); !kept.ok()) {
    return Fail(id, kept.error());
  }
  Done(id);
  return {};
}

}  // namespace assay::run
