#include "run/runner.h"

#include <algorithm>
#include <chrono>
#include <set>

#include "gate/gate.h"
#include "run/dataset.h"
#include "run/execute.h"
#include "run/prepared.h"
#include "run/program.h"
#include "run/user_name.h"
#include "store/lock.h"

namespace assay::run {
namespace {

using plan::Action;
using plan::Decision;
using plan::Node;
using plan::NodeId;
using plan::NodeType;

double SecondsSince(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

// Verdicts that a dataset passed on itself, among those of the gates before it.
Json OwnVerdicts(const store::Commit& commit, const std::string& dataset) {
  Json own = Json::array();
  for (const Json& verdict : commit.gates) {
    const std::string gate = verdict.value("gate", "");
    if (gate == dataset || gate == dataset + ".parity") own.push_back(verdict);
  }
  return own;
}

class Runner {
 public:
  Runner(Session& session, const RunRequest& request, RunObserver& observer, Prepared prepared,
         Files files)
      : session_(session),
        request_(request),
        observer_(observer),
        prepared_(std::move(prepared)),
        files_(std::move(files)) {}

  Result<RunReport> Run();

 private:
  Status RunNode(NodeId id);
  Status TakeCached(NodeId id, const Decision& decision, NodeReport& report);
  Status ExecuteAndRecord(NodeId id, const Decision& decision, NodeReport& report);
  Result<Executed> Execute(NodeId id);
  Result<InputTables> Inputs(const Node& node) const;
  Status Record(const Node& node, const Decision& decision, Executed& done, NodeReport& report);
  Status CommitDataset(NodeId id, const Decision& decision, NodeReport& report);
  Result<std::optional<CommittedVersion>> MakeCommit(NodeId id, const Decision& decision,
                                                     NodeReport& report);
  Status RecordRefused(NodeId id, const Decision& decision, NodeReport& report);
  Status RecordCommit(const Node& node, const Decision& decision, const CommittedVersion& made,
                      NodeReport& report);
  CommitContext ContextOf(NodeId id, const Decision& decision) const;
  Status TakeUnchangedDataset(const Node& node, const NodeOutput& output);
  Status Follow(NodeId id, const Decision& decision, NodeReport& report);
  Status RecordFailure(const NodeReport& report, const std::string& fingerprint);
  Status AddFinished(const NodeReport& report);
  Status RecordWaiting();
  Status MarkInterrupted();
  store::NodeRun RowOf(const NodeReport& report, const std::string& fingerprint) const;
  void Begin();
  Status RecordStart();
  Status End();
  void Describe(NodeReport& report, const Executed& done) const;
  void Measure(std::chrono::steady_clock::time_point start, NodeReport& report);

  Session& session_;
  const RunRequest& request_;
  RunObserver& observer_;
  const Prepared prepared_;
  const Files files_;
  RunReport report_;
  plan::Progress progress_;
  std::vector<NodeOutput> outputs_;        // by NodeId
  std::vector<std::string> fingerprints_;  // by NodeId
  store::RunRow row_;
  bool started_ = false;
  std::int64_t now_ = 0;  // of the whole run, so that all that look at a verdict see the same
  // Records of cached and skipped nodes: they go into the next transaction, so that a run with
  // nothing to do has one.
  std::vector<store::NodeRun> waiting_;
  std::vector<Json> waiting_verdicts_;  // that changed with the clock
};

void Runner::Begin() {
  report_.run = NewRunId(session_.clock());
  row_.id = report_.run;
  row_.status = "running";
  now_ = session_.clock().NowMicros();
  row_.started_at = UtcText(now_);
  row_.who = UserName();
  row_.program = std::string("assay ") + kProgramVersion;
}

// Runs that say they are still going on are dead, for this one holds the lock.
Status Runner::MarkInterrupted() {
  store::Catalog& catalog = session_.catalog();
  TRY_ASSIGN(const auto runs, catalog.Runs(100));
  for (store::RunRow run : runs) {
    if (run.status != "running" || run.id == report_.run) continue;
    run.status = "interrupted";
    TRY(catalog.PutRun(run));
  }
  return {};
}

// Before the first node runs: from here on a killed run leaves a trace.
Status Runner::RecordStart() {
  if (started_) return {};
  store::Catalog& catalog = session_.catalog();
  store::Catalog::Transaction transaction(catalog);
  TRY(transaction.Begin());
  TRY(MarkInterrupted());
  TRY(catalog.PutRun(row_));
  TRY(catalog.AddEvent("run.started", report_.run, Json{{"who", row_.who}}));
  TRY(transaction.Commit());
  started_ = true;
  return {};
}

Status Runner::End() {
  row_.status = report_.status;
  row_.exit_code = report_.exit;
  row_.finished_at = UtcText(session_.clock().NowMicros());
  store::Catalog& catalog = session_.catalog();
  store::Catalog::Transaction transaction(catalog);
  TRY(transaction.Begin());
  if (!started_) TRY(MarkInterrupted());
  TRY(catalog.PutRun(row_));
  if (!started_) TRY(catalog.AddEvent("run.started", report_.run, Json{{"who", row_.who}}));
  TRY(RecordWaiting());
  TRY(catalog.AddEvent("run.finished", report_.run,
                       Json{{"status", report_.status}, {"exit", report_.exit}}));
  return transaction.Commit();
}

Result<InputTables> Runner::Inputs(const Node& node) const {
  InputTables tables;
  for (const plan::Input& input : node.inputs) {
    const auto& outputs = outputs_[input.node].outputs;
    const auto found = outputs.find(input.output);
    if (found == outputs.end()) {
      return Error{ErrorCode::kInternal, "no table of input: " + input.name, ""};
    }
    tables.push_back(found->second);
  }
  return tables;
}

Result<Executed> Runner::Execute(NodeId id) {
  const Node& node = prepared_.graph.nodes[id];
  const contract::Project& project = prepared_.project;
  TRY_ASSIGN(const InputTables inputs, Inputs(node));
  switch (node.type) {
    case NodeType::kSource:
      return ExecuteSource(session_, project.sources[node.declared], files_.sources[id]);
    case NodeType::kStep:
      return ExecuteStep(session_, project.steps[node.declared], node, inputs);
    case NodeType::kGate:
      return ExecuteGate(session_, project.gates[node.declared], node, inputs, now_);
    case NodeType::kDataset:
      break;
  }
  return Error{ErrorCode::kInternal, "a dataset is committed, not executed", ""};
}

store::NodeRun Runner::RowOf(const NodeReport& report, const std::string& fingerprint) const {
  store::NodeRun row;
  row.run = report_.run;
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
  return row;
}

Status Runner::RecordWaiting() {
  for (const store::NodeRun& row : waiting_) TRY(session_.catalog().PutNodeRun(row));
  waiting_.clear();
  for (const Json& verdict : waiting_verdicts_) {
    TRY(session_.catalog().AddEvent("gate.judged", report_.run, verdict));
  }
  waiting_verdicts_.clear();
  return {};
}

Status Runner::AddFinished(const NodeReport& report) {
  return session_.catalog().AddEvent("node.finished", report_.run,
                                     Json{{"node", report.name}, {"status", report.status}});
}

// Before the record is written, which is the last that a node does.
void Runner::Measure(std::chrono::steady_clock::time_point start, NodeReport& report) {
  report.seconds = SecondsSince(start);
  report.peak_buffer_bytes = session_.PeakBufferBytes();
}

void Runner::Describe(NodeReport& report, const Executed& done) const {
  report.rows_in = done.rows_in;
  report.rows_out = done.rows_out;
  report.rows_refused = done.rows_refused;
  report.warnings = done.warnings;
  if (!done.note.empty()) report.reason += "; " + done.note;
  if (done.output.verdict.is_object()) {
    report.verdict_body = done.output.verdict;
    report.verdict = done.output.verdict.value("verdict", "");
  }
}

// Everything a node left behind, in one transaction.
Status Runner::Record(const Node& node, const Decision& decision, Executed& done,
                      NodeReport& report) {
  store::Catalog& catalog = session_.catalog();
  store::Catalog::Transaction transaction(catalog);
  TRY(transaction.Begin());
  for (const auto& [name, table] : done.output.outputs) {
    for (const store::FileRef& file : table.files) TRY(catalog.PutObject(file));
  }
  if (node.type == NodeType::kSource) {
    const std::size_t id = static_cast<std::size_t>(&node - prepared_.graph.nodes.data());
    for (const store::Receipt& receipt : files_.sources[id].receipts) {
      TRY(catalog.PutObject({receipt.sha256, receipt.bytes, 0, {}, {}}));
    }
  }
  const std::string now = UtcText(session_.clock().NowMicros());
  TRY(catalog.PutNodeResult({decision.fingerprint, node.name, node.kind, decision.manifest,
                             NodeOutputJson(done.output), report_.run, now}));
  if (done.quarantine) {
    done.quarantine->fingerprint = decision.fingerprint;
    done.quarantine->run = report_.run;
    done.quarantine->created_at = now;
    TRY(catalog.PutQuarantine(*done.quarantine));
  }
  if (node.type == NodeType::kGate) {
    TRY(catalog.AddEvent("gate.judged", report_.run, done.output.verdict));
  }
  TRY(RecordWaiting());
  TRY(AddFinished(report));
  TRY(catalog.PutNodeRun(RowOf(report, decision.fingerprint)));
  return transaction.Commit();
}

Status Runner::ExecuteAndRecord(NodeId id, const Decision& decision, NodeReport& report) {
  const Node& node = prepared_.graph.nodes[id];
  const auto start = std::chrono::steady_clock::now();
  TRY_ASSIGN(Executed done, Execute(id));
  report.status = "ran";
  Describe(report, done);
  Measure(start, report);
  TRY(Record(node, decision, done, report));
  progress_.states[id] = StateAfter(node, decision, KnownOf(done.output));
  outputs_[id] = std::move(done.output);
  return {};
}

Status Runner::TakeUnchangedDataset(const Node& node, const NodeOutput& output) {
  DatasetReport dataset{node.name, output.version, output.commit, "", "unchanged", "", {}};
  TRY_ASSIGN(dataset.ref, session_.catalog().VersionNumber(node.name, output.version));
  report_.datasets.push_back(std::move(dataset));
  return {};
}

Status Runner::TakeCached(NodeId id, const Decision& decision, NodeReport& report) {
  const Node& node = prepared_.graph.nodes[id];
  TRY_ASSIGN(auto output, FindOutput(session_, decision.fingerprint, now_));
  if (!output) return Error{ErrorCode::kInternal, "a cached result is gone: " + node.name, ""};
  report.status = "cached";
  if (node.type == NodeType::kGate) {
    gate::NameOwners(prepared_.project.gates[node.declared], output->verdict);
  }
  report.verdict = decision.verdict;
  report.verdict_body = output->verdict;
  if (output->judged_again) waiting_verdicts_.push_back(output->verdict);
  TRY_ASSIGN(const InputTables inputs, Inputs(node));
  for (const store::Table& table : inputs) {
    // What a gate compares with does not go through it.
    if (node.type != NodeType::kGate || &table == &inputs.front()) report.rows_in += table.rows;
  }
  const auto passed = output->outputs.find("");
  if (passed != output->outputs.end()) report.rows_out = passed->second.rows;
  if (node.type == NodeType::kDataset) report.rows_out = report.rows_in;
  if (output->verdict.is_object()) {
    report.rows_refused = output->verdict.value("refused", std::uint64_t{0});
  }
  if (node.type == NodeType::kSource) report.rows_in = report.rows_out + report.rows_refused;
  if (node.type == NodeType::kDataset && !output->commit.empty()) {
    TRY(TakeUnchangedDataset(node, *output));
  }
  progress_.states[id] = StateAfter(node, decision, KnownOf(*output));
  outputs_[id] = std::move(*output);
  return {};
}

// Verdicts, sources and fingerprints of everything before a node.
CommitContext Runner::ContextOf(NodeId id, const Decision& decision) const {
  CommitContext context;
  context.run = report_.run;
  context.fingerprint = decision.fingerprint;
  context.message = request_.message;
  for (const auto& [path, text] : prepared_.project.files) context.files[path] = text;
  std::set<NodeId> before;
  std::vector<NodeId> open = {id};
  while (!open.empty()) {
    const NodeId at = open.back();
    open.pop_back();
    if (!before.insert(at).second) continue;
    for (const plan::Input& input : prepared_.graph.nodes[at].inputs) open.push_back(input.node);
  }
  for (const NodeId at : before) {
    const Node& node = prepared_.graph.nodes[at];
    if (at != id) context.nodes[node.name] = fingerprints_[at];
    if (node.type == NodeType::kSource) {
      const contract::Declared& source = prepared_.project.sources[node.declared];
      context.sources.push_back(
          {source.name, source.kind, source.license, files_.sources[at].receipts});
    }
    if (node.type == NodeType::kGate) context.gates.push_back(outputs_[at].verdict);
  }
  return context;
}

// A version made before from the same rows is committed again without touching them. Nothing where
// a verdict on the version itself is `fail`; the report has it.
Result<std::optional<CommittedVersion>> Runner::MakeCommit(NodeId id, const Decision& decision,
                                                           NodeReport& report) {
  const Node& node = prepared_.graph.nodes[id];
  const contract::Dataset& dataset = prepared_.project.datasets[node.declared];
  TRY_ASSIGN(const InputTables inputs, Inputs(node));
  report.rows_in = inputs.at(0).rows;
  report.rows_out = report.rows_in;
  TRY_ASSIGN(const auto before, FindOutput(session_, decision.fingerprint, now_));
  BuiltVersion built;
  if (before && !before->commit.empty()) {
    TRY_ASSIGN(built.commit, ReadCommit(session_.objects(), before->commit));
    built.verdicts = OwnVerdicts(built.commit, dataset.name);
  } else {
    TRY_ASSIGN(built, BuildVersion(session_, dataset, inputs[0], report.warnings));
  }
  if (!built.verdicts.empty()) {
    report.verdict_body = built.verdicts.back();
    report.verdict = report.verdict_body.value("verdict", "");
  }
  if (built.failed) {
    report.rows_out = 0;
    return std::optional<CommittedVersion>();
  }
  CommitContext context = ContextOf(id, decision);
  for (Json& verdict : built.verdicts) context.gates.push_back(std::move(verdict));
  TRY_ASSIGN(CommittedVersion made,
             StoreCommit(session_, prepared_.project, dataset, std::move(built.commit), context));
  return std::optional<CommittedVersion>(std::move(made));
}

Status Runner::RecordCommit(const Node& node, const Decision& decision,
                            const CommittedVersion& made, NodeReport& report) {
  store::Catalog& catalog = session_.catalog();
  const std::string& version = made.commit.version;
  DatasetReport dataset{node.name, version, made.id, "", "new", "", {}};
  for (const store::SplitTable& split : made.commit.tables) {
    dataset.splits.emplace_back(split.name, split.rows);
  }
  const std::string now = UtcText(session_.clock().NowMicros());
  store::Catalog::Transaction transaction(catalog);
  TRY(transaction.Begin());
  for (const auto* splits : {&made.commit.tables, &made.commit.prepared}) {
    for (const store::SplitTable& split : *splits) {
      for (const store::Partition& partition : split.partitions) {
        for (const store::FileRef& file : partition.files) TRY(catalog.PutObject(file));
      }
    }
  }
  for (const std::string& sha256 : {made.id, made.commit.profile, made.commit.preparation}) {
    if (sha256.empty()) continue;
    std::error_code error;
    const auto bytes = std::filesystem::file_size(session_.objects().PathOf(sha256), error);
    TRY(catalog.PutObject({sha256, error ? 0 : bytes, 0, {}, {}}));
  }
  for (const Json& file : made.commit.recipe["files"]) {
    const std::string sha256 = file["sha256"].get<std::string>();
    const std::string& text = prepared_.project.files.at(file["path"].get<std::string>());
    TRY(catalog.PutObject({sha256, text.size(), 0, {}, {}}));
  }
  TRY(catalog.PutCommit({made.id, node.name, version, report_.run, made.commit.created_at}));
  std::optional<std::string> head;
  if (!made.commit.parents.empty()) head = made.commit.parents[0];
  TRY(catalog.MoveRef({node.name, "branch", "main", made.id}, head));
  TRY_ASSIGN(const std::string number, catalog.VersionNumber(node.name, version));
  if (number.empty()) {
    TRY_ASSIGN(const auto refs, catalog.Refs(node.name));
    const auto numbered = std::count_if(
        refs.begin(), refs.end(), [](const store::RefRow& ref) { return ref.kind == "version"; });
    dataset.ref = "v" + std::to_string(numbered + 1);
    TRY(catalog.MoveRef({node.name, "version", dataset.ref, made.id}, std::nullopt));
    TRY(catalog.AddEvent("ref.moved", report_.run,
                         Json{{"dataset", node.name}, {"ref", dataset.ref}, {"commit", made.id}}));
  } else {
    dataset.ref = number;
    dataset.status = "same-content";
    dataset.same_as = number;
  }
  NodeOutput output;
  output.commit = made.id;
  output.version = version;
  output.evidence = decision.evidence;
  for (const Json& verdict : OwnVerdicts(made.commit, node.name)) {
    TRY(catalog.AddEvent("gate.judged", report_.run, verdict));
  }
  TRY(catalog.PutNodeResult({decision.fingerprint, node.name, node.kind, decision.manifest,
                             NodeOutputJson(output), report_.run, now}));
  TRY(catalog.AddEvent("ref.moved", report_.run,
                       Json{{"dataset", node.name}, {"ref", "main"}, {"commit", made.id}}));
  TRY(catalog.AddEvent("commit.created", report_.run,
                       Json{{"dataset", node.name}, {"commit", made.id}, {"version", version}}));
  TRY(RecordWaiting());
  TRY(AddFinished(report));
  TRY(catalog.PutNodeRun(RowOf(report, decision.fingerprint)));
  TRY(transaction.Commit());
  report_.datasets.push_back(std::move(dataset));
  return {};
}

Status Runner::CommitDataset(NodeId id, const Decision& decision, NodeReport& report) {
  const auto start = std::chrono::steady_clock::now();
  TRY_ASSIGN(const auto made, MakeCommit(id, decision, report));
  report.status = "ran";
  Measure(start, report);
  return made ? RecordCommit(prepared_.graph.nodes[id], decision, *made, report)
              : RecordRefused(id, decision, report);
}

// A verdict on the version itself stopped it: the verdict is kept, so that the same version is not
// built again.
Status Runner::RecordRefused(NodeId id, const Decision& decision, NodeReport& report) {
  const Node& node = prepared_.graph.nodes[id];
  NodeOutput output;
  output.verdict = report.verdict_body;
  output.evidence = decision.evidence;
  store::Catalog& catalog = session_.catalog();
  store::Catalog::Transaction transaction(catalog);
  TRY(transaction.Begin());
  TRY(catalog.PutNodeResult({decision.fingerprint, node.name, node.kind, decision.manifest,
                             NodeOutputJson(output), report_.run,
                             UtcText(session_.clock().NowMicros())}));
  TRY(catalog.AddEvent("gate.judged", report_.run, output.verdict));
  TRY(RecordWaiting());
  TRY(AddFinished(report));
  TRY(catalog.PutNodeRun(RowOf(report, decision.fingerprint)));
  return transaction.Commit();
}

// What follows from a decision.
Status Runner::Follow(NodeId id, const Decision& decision, NodeReport& report) {
  report.reason = decision.reason;
  if (decision.action == Action::kSkip) {
    report.status = "skipped";
    progress_.states[id].stopped = decision.reason;
    return {};
  }
  if (decision.action == Action::kCached) return TakeCached(id, decision, report);
  // Opened here, so that the observer can ask it for progress.
  TRY_ASSIGN(engine::Engine * engine, session_.Engine());
  observer_.NodeStarted(report.name, id, prepared_.graph.nodes.size(), engine);
  return prepared_.graph.nodes[id].type == NodeType::kDataset
             ? CommitDataset(id, decision, report)
             : ExecuteAndRecord(id, decision, report);
}

// What stopped a node is told at once, so that a run that is killed later has told it.
Status Runner::RecordFailure(const NodeReport& report, const std::string& fingerprint) {
  TRY(RecordStart());
  store::Catalog& catalog = session_.catalog();
  store::Catalog::Transaction transaction(catalog);
  TRY(transaction.Begin());
  TRY(RecordWaiting());
  TRY(AddFinished(report));
  TRY(catalog.PutNodeRun(RowOf(report, fingerprint)));
  return transaction.Commit();
}

Status Runner::RunNode(NodeId id) {
  const Node& node = prepared_.graph.nodes[id];
  NodeReport report;
  report.name = node.name;
  report.type = NodeTypeText(node.type);
  report.kind = node.kind;
  const auto start = std::chrono::steady_clock::now();
  Status status;
  if (files_.errors[id]) {
    status = *files_.errors[id];
    report.reason = "its files cannot be had";
  } else {
    TRY_ASSIGN(const Decision decision,
               Decide(prepared_.graph, id, files_.resolved[id], progress_, engine::kEngineMajor,
                      CatalogLookups(session_, now_)));
    fingerprints_[id] = decision.fingerprint;
    if (decision.action == Action::kRun) TRY(RecordStart());
    status = Follow(id, decision, report);
  }
  if (report.status != "ran") report.seconds = SecondsSince(start);
  if (!status.ok()) {
    Error error = std::move(status).error();
    report.status = "failed";
    report.exit = ExitStatus(error.code);
    const std::string place = PlaceText(node.place);
    // The files of a source have a place of their own, which stands there already.
    report.error = files_.errors[id]
                       ? error.message
                       : place + ": " + report.type + " `" + node.name + "`: " + error.message;
    report.hint = error.hint;
    if (report.hint.empty() && error.message.find("/.assay/objects/") != std::string::npos) {
      report.hint =
          "an object of the store is damaged or missing: `assay dataset verify` tells which";
    }
    progress_.states[id] = {};
    progress_.states[id].stopped = node.name + " failed";
    TRY(RecordFailure(report, fingerprints_[id]));
  } else if (report.status != "ran") {
    waiting_.push_back(RowOf(report, fingerprints_[id]));
  }
  observer_.NodeFinished(report, id, prepared_.graph.nodes.size());
  // The next node begins with all the memory, and has a peak of its own.
  session_.CloseEngines();
  report_.nodes.push_back(std::move(report));
  return {};
}

Result<RunReport> Runner::Run() {
  const auto start = std::chrono::steady_clock::now();
  Begin();
  progress_.states.resize(prepared_.graph.nodes.size());
  outputs_.resize(prepared_.graph.nodes.size());
  fingerprints_.resize(prepared_.graph.nodes.size());
  for (NodeId id = 0; id < prepared_.graph.nodes.size(); ++id) {
    if (Status status = RunNode(id); !status.ok()) {
      // Nothing runs unrecorded, not even what ends here.
      report_.status = "failed";
      report_.exit = ExitStatus(status.error().code);
      (void)End().ok();
      return std::move(status).error();
    }
  }

  bool ran = false;
  report_.status = "nothing-to-do";
  for (const NodeReport& node : report_.nodes) {
    ran = ran || node.status == "ran";
    if (node.status == "failed") {
      report_.status = "failed";
      report_.exit = std::max(report_.exit, node.exit);
    } else if (node.verdict == "fail" && report_.status != "failed") {
      report_.status = "gate-failed";
      report_.exit = std::max(report_.exit, 1);
    }
  }
  if (ran && report_.status == "nothing-to-do") report_.status = "done";
  report_.seconds = SecondsSince(start);
  TRY(End());
  return std::move(report_);
}

}  // namespace

Json RunReportJson(const RunReport& report) {
  Json nodes = Json::array();
  for (const NodeReport& node : report.nodes) {
    Json json{{"name", node.name},
              {"kind", node.kind},
              {"status", node.status},
              {"verdict", node.verdict.empty() ? Json(nullptr) : Json(node.verdict)},
              {"reason", node.reason},
              {"rows_in", node.rows_in},
              {"rows_out", node.rows_out},
              {"rows_refused", node.rows_refused},
              {"seconds", node.seconds},
              {"peak_buffer_bytes", node.peak_buffer_bytes}};
    if (!node.error.empty()) json["error"] = node.error;
    if (!node.hint.empty()) json["hint"] = node.hint;
    if (!node.warnings.empty()) json["warnings"] = node.warnings;
    if (node.verdict_body.is_object()) json["checks"] = node.verdict_body["checks"];
    nodes.push_back(std::move(json));
  }
  Json datasets = Json::array();
  for (const DatasetReport& dataset : report.datasets) {
    datasets.push_back(Json{{"name", dataset.name},
                            {"version", dataset.version},
                            {"commit", dataset.commit},
                            {"ref", dataset.ref},
                            {"status", dataset.status}});
  }
  return Json{{"run", report.run},         {"status", report.status},
              {"exit", report.exit},       {"seconds", report.seconds},
              {"nodes", std::move(nodes)}, {"datasets", std::move(datasets)}};
}

Result<RunReport> RunProject(Session& session, const RunRequest& request,
                             contract::Diagnostics& diagnostics, RunObserver& observer) {
  // A project that cannot be read makes no store.
  std::error_code error;
  if (!std::filesystem::exists(session.folder() / "assay.yaml", error)) {
    (void)contract::LoadProject(session.folder(), {}, diagnostics);
    return diagnostics.ToError();
  }
  TRY(session.objects().Create());
  TRY_ASSIGN(const store::Lock lock, store::Lock::Take(session.root(), "run", session.clock()));
  TRY(session.CreateStore());
  TRY(session.objects().EmptyStaging());
  TRY_ASSIGN(auto prepared, Prepare(session, diagnostics));
  if (!prepared) return diagnostics.ToError();
  Files files = FindFiles(session, *prepared);
  return Runner(session, request, observer, std::move(*prepared), std::move(files)).Run();
}

}  // namespace assay::run
