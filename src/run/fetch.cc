#include "run/fetch.h"

#include <algorithm>
#include <mutex>
#include <set>
#include <utility>

#include "base/hash.h"
#include "contract/amount_text.h"
#include "contract/number_text.h"
#include "run/crew.h"
#include "source/remote_files.h"
#include "source/source.h"

namespace assay::run {
namespace {

using plan::NodeId;
using SteadyClock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds kFetchTick{50};
constexpr int kAtOnce = 4;

// The addresses of its files, where they lie elsewhere; none where they are the project's own.
std::vector<std::string> RemoteFilesOf(const contract::Declared& source) {
  std::vector<std::string> files = contract::TextsOf(source.params, "files");
  std::erase_if(files, [](const std::string& file) { return !source::IsRemote(file); });
  return files;
}

// What decides what is asked, as a digest: the kind, and of its parameters what the kind says; of
// remote files the addresses alone.
Result<std::string> AsksOf(const contract::Declared& source, const source::SourceKind& kind) {
  Json asks;
  if (kind.fetch != nullptr) {
    asks = {{"kind", source.kind},
            {"asks", kind.asks == nullptr ? source.params : kind.asks(source.params)}};
  } else {
    asks = {{"files", RemoteFilesOf(source)}};
    if (source.remote.is_object()) asks["endpoint"] = source.remote.value("endpoint", "");
  }
  TRY_ASSIGN(const std::string text, CanonicalJson(asks));
  Sha256 hash;
  hash.Update(text);
  return Hex(hash.Finish());
}

contract::WriteMode WriteModeOf(const contract::Declared& source) {
  const bool has_cursor = !source.params.value("cursor", "").empty();
  return source.load.write.value_or(has_cursor ? contract::WriteMode::kAppend
                                               : contract::WriteMode::kReplace);
}

// What of old and new objects is the table from now on. An object that is there already is not
// taken twice: the same question was asked again.
source::LoadState StateAfterFetch(const source::LoadState& before, source::Fetch fetched,
                                  contract::WriteMode write) {
  source::LoadState after{{}, std::move(fetched.cursor)};
  if (fetched.is_unchanged || write == contract::WriteMode::kReplace) {
    after.objects = std::move(fetched.objects);
    return after;
  }
  after.objects = before.objects;
  std::set<std::string> known;
  for (const source::Fetched& object : before.objects) known.insert(object.receipt.sha256);
  for (source::Fetched& object : fetched.objects) {
    if (known.insert(object.receipt.sha256).second) after.objects.push_back(std::move(object));
  }
  return after;
}

// Remote files are known one by one: those that stay in the list need not be brought again.
bool KeepsWhatIsStillAsked(const contract::Declared& source) {
  return !RemoteFilesOf(source).empty() && WriteModeOf(source) == contract::WriteMode::kReplace;
}

// What there is to go on with: nothing where another thing was asked, or an object is gone.
source::LoadState StateBefore(Session& session, const contract::Declared& source,
                              const std::optional<store::LoadRow>& row, const std::string& asks,
                              std::vector<std::string>& told) {
  if (!row) return {};
  if (row->asks != asks && !KeepsWhatIsStillAsked(source)) {
    told.emplace_back("what is asked has changed, so the load begins anew");
    return {};
  }
  auto state = source::ParseLoadState(row->state);
  if (!state.ok()) {
    told.emplace_back("the state of the load was damaged, so it begins anew");
    return {};
  }
  const bool all_there =
      std::all_of(state->objects.begin(), state->objects.end(), [&](const source::Fetched& object) {
        return session.objects().Has({object.receipt.sha256, object.receipt.bytes, 0, {}, {}});
      });
  if (all_there) return *std::move(state);
  told.emplace_back("what was fetched before is no longer there, so the load begins anew");
  return {};
}

std::string FetchedText(const source::Fetch& fetched) {
  if (fetched.is_unchanged) return "asked: nothing is new";
  std::uint64_t bytes = 0;
  for (const source::Fetched& object : fetched.objects) bytes += object.receipt.bytes;
  const std::size_t count = fetched.objects.size();
  return "fetched " + std::to_string(count) + (count == 1 ? " object, " : " objects, ") +
         contract::BytesText(bytes);
}

// Fetches several sources; the thread that made it starts, waits and tells.
class Fetcher {
 public:
  Fetcher(Session& session, const Prepared& prepared, const FetchRequest& request,
          RunObserver& observer)
      : session_(session),
        prepared_(prepared),
        request_(request),
        observer_(observer),
        crew_(session.folder(), session.objects(), session.clock()) {}

  Status Add(NodeId id);
  Status Run();
  Loads Take() && { return std::move(loads_); }

 private:
  struct Job {
    NodeId id = 0;
    const source::SourceKind* kind = nullptr;
    std::string asks;
    source::LoadState before;
    source::Fetch fetched;
    std::int64_t tried = 0;
    bool is_running = false;
    bool timed_out = false;
    SteadyClock::time_point due;
  };

  const contract::Declared& SourceOf(const Job& job) const {
    return prepared_.project.sources[prepared_.graph.nodes[job.id].declared];
  }
  Status Ask(Job& job, Workspace& workspace);
  void StartDue();
  void Watch();
  void Finish(Job& job, const Finished& finished);
  void Fail(Job& job, Error error);
  void Tell(const std::string& source, const std::string& text);
  void PassOn();
  bool IsStopped() const { return request_.stop && request_.stop(); }

  Session& session_;
  const Prepared& prepared_;
  const FetchRequest& request_;
  RunObserver& observer_;
  Loads loads_;
  std::vector<std::unique_ptr<Job>> jobs_;
  std::size_t done_ = 0;
  std::mutex mutex_;                                          // of what follows
  std::vector<std::pair<std::string, std::string>> to_tell_;  // by the threads that fetch
  Crew crew_;  // last, so that it has stopped before what its work looks at goes
};

void Fetcher::Tell(const std::string& source, const std::string& text) {
  loads_.log[source].push_back({UtcMillisText(session_.clock().NowMicros()), text});
}

Status Fetcher::Add(NodeId id) {
  auto job = std::make_unique<Job>();
  job->id = id;
  const contract::Declared& source = SourceOf(*job);
  job->kind = source::FindSource(source.kind);
  TRY_ASSIGN(job->asks, AsksOf(source, *job->kind));
  TRY_ASSIGN(const auto row, store::LoadStates(session_.catalog()).Find(source.name));
  std::vector<std::string> told;
  if (!request_.anew) job->before = StateBefore(session_, source, row, job->asks, told);
  for (const std::string& text : told) Tell(source.name, text);
  const bool has_some = row && row->asks == job->asks && !request_.anew && told.empty();
  if (has_some && source.load.refresh) {
    const std::int64_t now = session_.clock().NowMicros();
    const auto asked = contract::TimeMicros(row->fetched_at);
    const bool is_fresh = *source.load.refresh == contract::Load::kNever ||
                          now - asked < *source.load.refresh * 1'000'000;
    if (is_fresh) return {};
  }
  jobs_.push_back(std::move(job));
  return {};
}

Status Fetcher::Ask(Job& job, Workspace& workspace) {
  const contract::Declared& source = SourceOf(job);
  const std::function<Result<engine::Engine*>()> engine = [&workspace] {
    return workspace.Engine();
  };
  const std::function<bool()> stopped = [&workspace] { return workspace.interrupted(); };
  const std::function<void(const std::string&)> tell = [&](const std::string& text) {
    const std::lock_guard lock(mutex_);
    to_tell_.emplace_back(source.name, text);
  };
  const source::FetchContext context{source.params, job.before,        workspace.objects(),
                                     engine,        workspace.clock(), stopped,
                                     tell,          session_.folder()};
  if (job.kind->fetch != nullptr) {
    TRY_ASSIGN(job.fetched, job.kind->fetch(context));
    return {};
  }
  TRY_ASSIGN(const source::RemoteOptions options, source::ReadRemoteOptions(source.remote));
  TRY_ASSIGN(job.fetched, source::FetchRemoteFiles(context, RemoteFilesOf(source), options));
  return {};
}

void Fetcher::StartDue() {
  const auto at_once = static_cast<std::size_t>(request_.jobs > 0 ? request_.jobs : kAtOnce);
  for (auto& job : jobs_) {
    if (job->is_running || crew_.running().size() >= at_once) continue;
    if (SteadyClock::now() < job->due) continue;
    job->is_running = true;
    ++job->tried;
    const Share share{session_.options().threads, session_.options().memory_bytes / at_once};
    crew_.Start(job->id, share,
                [this, job = job.get()](Workspace& workspace) { return Ask(*job, workspace); });
  }
}

void Fetcher::PassOn() {
  std::vector<std::pair<std::string, std::string>> told;
  {
    const std::lock_guard lock(mutex_);
    told.swap(to_tell_);
  }
  for (const auto& [source, text] : told) {
    Tell(source, text);
    observer_.NodeTold(source, text);
  }
}

void Fetcher::Watch() {
  PassOn();
  std::vector<RunningNode> running;
  for (const auto& job : jobs_) {
    if (!job->is_running) continue;
    const plan::Node& node = prepared_.graph.nodes[job->id];
    const double seconds = crew_.SecondsOf(job->id);
    const auto& timeout = node.execution.timeout;
    if (timeout && seconds > static_cast<double>(timeout->seconds)) job->timed_out = true;
    if (job->timed_out || IsStopped()) crew_.Interrupt(job->id);
    running.push_back({node.name, seconds, -1});
  }
  observer_.Working(running, done_, done_ + jobs_.size());
}

void Fetcher::Fail(Job& job, Error error) {
  const contract::Declared& source = SourceOf(job);
  error.message = PlaceText(source.place) + ": source `" + source.name + "`: " + error.message;
  loads_.errors.emplace(source.name, std::move(error));
}

// What failed for the world's sake may go well the next time, as in every node.
void Fetcher::Finish(Job& job, const Finished& finished) {
  const contract::Declared& source = SourceOf(job);
  const plan::Node& node = prepared_.graph.nodes[job.id];
  job.is_running = false;
  if (finished.status.ok()) {
    Tell(source.name, FetchedText(job.fetched));
    const source::LoadState after =
        StateAfterFetch(job.before, std::move(job.fetched), WriteModeOf(source));
    loads_.rows[source.name] = {source.name, job.asks, LoadStateJson(after),
                                UtcText(session_.clock().NowMicros()), ""};
    job.id = prepared_.graph.nodes.size();
    return;
  }
  Error error = finished.status.error();
  if (job.timed_out) {
    error = {ErrorCode::kIo,
             "the fetch was stopped, for it took longer than the timeout of " +
                 node.execution.timeout->text,
             "give it more time with `timeout`, or look at what it waits for"};
  }
  const bool again =
      error.code == ErrorCode::kIo && job.tried <= node.execution.retries && !IsStopped();
  if (!again) {
    Fail(job, std::move(error));
    job.id = prepared_.graph.nodes.size();
    return;
  }
  const std::int64_t seconds = node.execution.retry_wait.seconds
                               << std::min<std::int64_t>(job.tried - 1, 20);
  const std::string text = error.message + "; again in " + contract::DurationWords(seconds);
  Tell(source.name, text);
  observer_.NodeTold(source.name, text);
  job.timed_out = false;
  job.due = SteadyClock::now() + std::chrono::seconds(seconds);
}

Status Fetcher::Run() {
  while (!jobs_.empty()) {
    if (!IsStopped()) StartDue();
    if (IsStopped() && crew_.running().empty()) {
      for (auto& job : jobs_) Fail(*job, {ErrorCode::kCancelled, "the run was cancelled", ""});
      break;
    }
    if (const auto finished = crew_.Wait(kFetchTick)) {
      const auto job = std::find_if(jobs_.begin(), jobs_.end(),
                                    [&](const auto& one) { return one->id == finished->node; });
      Finish(**job, *finished);
      if ((*job)->id == prepared_.graph.nodes.size()) {
        jobs_.erase(job);
        ++done_;
      }
    }
    Watch();
  }
  PassOn();
  return {};
}

}  // namespace

bool IsFetched(const contract::Declared& source) {
  const source::SourceKind* kind = source::FindSource(source.kind);
  return kind != nullptr && (kind->fetch != nullptr || !RemoteFilesOf(source).empty());
}

Result<SourceFiles> FetchedFiles(Session& session, const contract::Declared& source,
                                 const store::LoadRow* row) {
  std::optional<store::LoadRow> kept;
  if (row == nullptr && session.has_catalog()) {
    TRY_ASSIGN(kept, store::LoadStates(session.catalog()).Find(source.name));
    if (kept) row = &*kept;
  }
  const std::string where = PlaceText(source.place) + ": source `" + source.name + "`";
  const Error nothing{ErrorCode::kUser, where + ": nothing was fetched yet",
                      "`assay run` fetches it"};
  if (row == nullptr) return nothing;
  const source::SourceKind* kind = source::FindSource(source.kind);
  TRY_ASSIGN(const std::string asks, AsksOf(source, *kind));
  if (row->asks != asks) {
    return Error{ErrorCode::kUser, where + ": what it asks for has changed since it was fetched",
                 "`assay run` fetches it anew"};
  }
  TRY_ASSIGN(const source::LoadState state, source::ParseLoadState(row->state).While(where));
  if (state.objects.empty()) return nothing;
  SourceFiles files;
  for (const source::Fetched& object : state.objects) files.receipts.push_back(object.receipt);
  return files;
}

Result<Loads> FetchSources(Session& session, const Prepared& prepared, const plan::Wish& wish,
                           const FetchRequest& request, RunObserver& observer) {
  Fetcher fetcher(session, prepared, request, observer);
  for (NodeId id = 0; id < prepared.graph.nodes.size(); ++id) {
    const plan::Node& node = prepared.graph.nodes[id];
    if (node.type != plan::NodeType::kSource || !wish.Selects(id)) continue;
    if (IsFetched(prepared.project.sources[node.declared])) TRY(fetcher.Add(id));
  }
  TRY(fetcher.Run());
  return std::move(fetcher).Take();
}

}  // namespace assay::run
