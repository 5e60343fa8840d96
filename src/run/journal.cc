#include "run/journal.h"

#include <algorithm>
#include <utility>

#include "run/program.h"
#include "run/user_name.h"

namespace assay::run {

Json OwnVerdicts(const store::Commit& commit, const std::string& dataset) {
  Json own = Json::array();
  for (const Json& verdict : commit.gates) {
    const std::string gate = verdict.value("gate", "");
    if (gate == dataset || gate == dataset + ".parity") own.push_back(verdict);
  }
  return own;
}

Journal::Journal(Session& session, Json request, std::optional<std::int64_t> as_of)
    : session_(session), now_(as_of.value_or(session.clock().NowMicros())) {
  row_.detail = std::move(request);
  row_.id = NewRunId(session.clock());
  row_.status = "running";
  row_.started_at = UtcText(session.clock().NowMicros());
  row_.who = UserName();
  row_.program = std::string("assay ") + kProgramVersion;
}

// Runs that say they are still going on are dead, for this one holds the lock.
Status Journal::MarkInterrupted() {
  store::Catalog& catalog = session_.catalog();
  TRY_ASSIGN(const auto runs, catalog.Runs(100));
  for (store::RunRow run : runs) {
    if (run.status != "running" || run.id == row_.id) continue;
    run.status = "interrupted";
    TRY(catalog.PutRun(run));
  }
  return {};
}

Status Journal::Start() {
  if (started_) return {};
  store::Catalog& catalog = session_.catalog();
  store::Catalog::Transaction transaction(catalog);
  TRY(transaction.Begin());
  TRY(MarkInterrupted());
  TRY(catalog.PutRun(row_));
  TRY(catalog.AddEvent("run.started", row_.id, Json{{"who", row_.who}}));
  TRY(transaction.Commit());
  started_ = true;
  return {};
}

Status Journal::End(const std::string& status, int exit) {
  row_.status = status;
  row_.exit_code = exit;
  row_.finished_at = UtcText(session_.clock().NowMicros());
  store::Catalog& catalog = session_.catalog();
  store::Catalog::Transaction transaction(catalog);
  TRY(transaction.Begin());
  if (!started_) TRY(MarkInterrupted());
  TRY(catalog.PutRun(row_));
  if (!started_) TRY(catalog.AddEvent("run.started", row_.id, Json{{"who", row_.who}}));
  TRY(RecordWaiting());
  TRY(catalog.AddEvent("run.finished", row_.id, Json{{"status", status}, {"exit", exit}}));
  return transaction.Commit();
}

store::NodeRun Journal::RowOf(const NodeReport& report, const std::string& fingerprint) const {
  store::NodeRun row;
  row.run = row_.id;
  row.node = report.name;
  row.kind = report.kind;
  row.fingerprint = fingerprint;
  row.status = report.status;
  row.verdict = report.verdict;
  row.reason = report.reason;
  row.error = report.error;
  row.rows_in = report.rows_in;
  row.rows_out = report.rows_out;
  row.rows_refused = report.rows_refused;
  row.seconds = report.seconds;
  row.peak_buffer_bytes = report.peak_buffer_bytes;
  row.place = report.place;
  row.detail = NodeDetailJson(report);
  return row;
}

void Journal::Note(const std::string& fingerprint, const NodeReport& report) {
  waiting_.push_back(RowOf(report, fingerprint));
}

void Journal::NoteVerdict(const Json& verdict) { waiting_verdicts_.push_back(verdict); }

void Journal::NoteLoad(const store::LoadRow& load) { waiting_loads_.push_back(load); }

Status Journal::PutLoad(store::LoadRow load) {
  load.run = row_.id;
  return store::LoadStates(session_.catalog()).Put(load);
}

Status Journal::RecordWaiting() {
  for (const store::NodeRun& row : waiting_) TRY(session_.catalog().PutNodeRun(row));
  waiting_.clear();
  for (const store::LoadRow& load : waiting_loads_) TRY(PutLoad(load));
  waiting_loads_.clear();
  for (const Json& verdict : waiting_verdicts_) {
    TRY(session_.catalog().AddEvent("gate.judged", row_.id, verdict));
  }
  waiting_verdicts_.clear();
  return {};
}

// The last of what a node leaves behind; what waited goes with it.
Status Journal::AddFinished(const NodeReport& report, const std::string& fingerprint) {
  TRY(RecordWaiting());
  TRY(session_.catalog().AddEvent("node.finished", row_.id,
                                  Json{{"node", report.name}, {"status", report.status}}));
  return session_.catalog().PutNodeRun(RowOf(report, fingerprint));
}

Status Journal::PutOutput(const std::string& fingerprint, const std::string& node,
                          const std::string& kind, const std::string& manifest,
                          const NodeOutput& output) {
  store::Catalog& catalog = session_.catalog();
  for (const auto& [name, table] : output.outputs) {
    for (const store::FileRef& file : AllFiles(table)) TRY(catalog.PutObject(file));
  }
  return catalog.PutNodeResult({fingerprint, node, kind, manifest, NodeOutputJson(output), row_.id,
                                UtcText(session_.clock().NowMicros())});
}

Status Journal::Ran(const plan::Decision& decision, const plan::Node& node, Executed& done,
                    const std::vector<Piece>& pieces, const std::vector<store::Receipt>& receipts,
                    const store::LoadRow* load, const NodeReport& report) {
  store::Catalog& catalog = session_.catalog();
  store::Catalog::Transaction transaction(catalog);
  TRY(transaction.Begin());
  for (const store::Receipt& receipt : receipts) {
    TRY(catalog.PutObject({receipt.sha256, receipt.bytes, 0, {}, {}}));
  }
  if (load != nullptr) TRY(PutLoad(*load));
  TRY(PutOutput(decision.fingerprint, node.name, node.kind, decision.manifest, done.output));
  for (const Piece& piece : pieces) {
    if (piece.kept) continue;
    TRY(PutOutput(piece.fingerprint, node.name + "/" + piece.name, node.kind, piece.manifest,
                  piece.made.output));
  }
  const std::string now = UtcText(session_.clock().NowMicros());
  if (done.quarantine) {
    done.quarantine->fingerprint = decision.fingerprint;
    done.quarantine->run = row_.id;
    done.quarantine->created_at = now;
    TRY(catalog.PutQuarantine(*done.quarantine));
  }
  if (node.type == plan::NodeType::kGate) {
    TRY(catalog.AddEvent("gate.judged", row_.id, done.output.verdict));
  }
  if (done.schema_drift.is_array()) {
    TRY(catalog.AddEvent("schema.drifted", row_.id,
                         Json{{"node", node.name}, {"columns", done.schema_drift}}));
  }
  if (done.departures.is_array()) {
    TRY(catalog.AddEvent(
        "schema.drifted", row_.id,
        Json{{"node", node.name}, {"against", done.declared_in}, {"columns", done.departures}}));
  }
  if (done.coercions.is_array()) {
    TRY(catalog.AddEvent("coercion.changed", row_.id,
                         Json{{"node", node.name}, {"changes", done.coercions}}));
  }
  TRY(AddFinished(report, decision.fingerprint));
  return transaction.Commit();
}

namespace {

// What a commit cannot do without.
std::vector<store::FileRef> ObjectsOf(const store::ObjectStore& objects,
                                      const CommittedVersion& made) {
  std::vector<store::FileRef> all;
  for (const auto* splits : {&made.commit.tables, &made.commit.prepared}) {
    for (const store::SplitTable& split : *splits) {
      for (const store::Partition& partition : split.partitions) {
        all.insert(all.end(), partition.files.begin(), partition.files.end());
      }
    }
  }
  for (const std::string& sha256 : {made.id, made.commit.profile, made.commit.preparation}) {
    if (sha256.empty()) continue;
    std::error_code error;
    const auto bytes = std::filesystem::file_size(objects.PathOf(sha256), error);
    all.push_back({sha256, error ? 0 : bytes, 0, {}, {}});
  }
  return all;
}

}  // namespace

// The project's files that a commit names.
Status Journal::PutFiles(const CommittedVersion& made, const contract::Project& project) {
  store::Catalog& catalog = session_.catalog();
  for (const Json& file : made.commit.recipe["files"]) {
    const std::string sha256 = file["sha256"].get<std::string>();
    const std::string& text = project.files.at(file["path"].get<std::string>());
    TRY(catalog.PutObject({sha256, text.size(), 0, {}, {}}));
  }
  return {};
}

// main goes to the commit; a version that main never had gets the next number.
Status Journal::MoveRefs(const std::string& name, const CommittedVersion& made,
                         DatasetReport& dataset) {
  store::Catalog& catalog = session_.catalog();
  std::optional<std::string> head;
  if (!made.commit.parents.empty()) head = made.commit.parents[0];
  TRY(catalog.MoveRef({name, "branch", "main", made.id}, head));
  TRY_ASSIGN(const std::string number, catalog.VersionNumber(name, made.commit.version));
  if (!number.empty()) {
    dataset.ref = number;
    dataset.status = "same-content";
    dataset.same_as = number;
    return {};
  }
  TRY_ASSIGN(const auto refs, catalog.Refs(name));
  const auto numbered = std::count_if(
      refs.begin(), refs.end(), [](const store::RefRow& ref) { return ref.kind == "version"; });
  dataset.ref = "v" + std::to_string(numbered + 1);
  TRY(catalog.MoveRef({name, "version", dataset.ref, made.id}, std::nullopt));
  return catalog.AddEvent("ref.moved", row_.id,
                          Json{{"dataset", name}, {"ref", dataset.ref}, {"commit", made.id}});
}

Status Journal::Committed(const plan::Decision& decision, const contract::Project& project,
                          const plan::Node& node, const CommittedVersion& made,
                          const NodeReport& report, DatasetReport& dataset) {
  store::Catalog& catalog = session_.catalog();
  const std::string& version = made.commit.version;
  dataset = {node.name, version, made.id, "", "new", "", {}};
  for (const store::SplitTable& split : made.commit.tables) {
    dataset.splits.emplace_back(split.name, split.rows);
  }
  store::Catalog::Transaction transaction(catalog);
  TRY(transaction.Begin());
  NodeOutput output;
  output.objects = ObjectsOf(session_.objects(), made);
  for (const store::FileRef& object : output.objects) TRY(catalog.PutObject(object));
  TRY(PutFiles(made, project));
  TRY(catalog.PutCommit({made.id, node.name, version, row_.id, made.commit.created_at}));
  TRY(MoveRefs(node.name, made, dataset));
  output.commit = made.id;
  output.version = version;
  output.evidence = decision.evidence;
  for (const Json& verdict : OwnVerdicts(made.commit, node.name)) {
    TRY(catalog.AddEvent("gate.judged", row_.id, verdict));
  }
  TRY(catalog.PutNodeResult({decision.fingerprint, node.name, node.kind, decision.manifest,
                             NodeOutputJson(output), row_.id,
                             UtcText(session_.clock().NowMicros())}));
  TRY(catalog.AddEvent("ref.moved", row_.id,
                       Json{{"dataset", node.name}, {"ref", "main"}, {"commit", made.id}}));
  TRY(catalog.AddEvent("commit.created", row_.id,
                       Json{{"dataset", node.name}, {"commit", made.id}, {"version", version}}));
  TRY(AddFinished(report, decision.fingerprint));
  return transaction.Commit();
}

Status Journal::Refused(const plan::Decision& decision, const plan::Node& node,
                        const NodeReport& report) {
  NodeOutput output;
  output.verdict = report.verdict_body;
  output.evidence = decision.evidence;
  store::Catalog& catalog = session_.catalog();
  store::Catalog::Transaction transaction(catalog);
  TRY(transaction.Begin());
  TRY(catalog.PutNodeResult({decision.fingerprint, node.name, node.kind, decision.manifest,
                             NodeOutputJson(output), row_.id,
                             UtcText(session_.clock().NowMicros())}));
  TRY(catalog.AddEvent("gate.judged", row_.id, output.verdict));
  TRY(AddFinished(report, decision.fingerprint));
  return transaction.Commit();
}

Status Journal::Stopped(const std::string& fingerprint, const NodeReport& report) {
  TRY(Start());
  store::Catalog::Transaction transaction(session_.catalog());
  TRY(transaction.Begin());
  TRY(AddFinished(report, fingerprint));
  return transaction.Commit();
}

}  // namespace assay::run
