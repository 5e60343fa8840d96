#include "run/crew.h"

#include <exception>
#include <utility>

namespace assay::run {
namespace {

// An exception must not leave a thread; it is a bug wherever it comes from, but for want of memory.
Status Do(const Work& work, Workspace& workspace) {
  try {
    return work(workspace);
  } catch (const std::bad_alloc&) {
    return Error{ErrorCode::kIo, "out of memory", "give the machine more, or --memory less"};
  } catch (const std::exception& exception) {
    return Error{ErrorCode::kInternal, std::string("a bug in assay: ") + exception.what(), ""};
  }
}

}  // namespace

double SecondsSince(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

Crew::~Crew() {
  while (!jobs_.empty()) {
    for (const auto& [node, job] : jobs_) job.workspace->Interrupt();
    (void)Wait(std::chrono::milliseconds(50));
  }
}

void Crew::Start(plan::NodeId node, const Share& share, Work work) {
  Job job;
  job.workspace = std::make_unique<Workspace>(folder_, share, objects_, clock_);
  job.start = std::chrono::steady_clock::now();
  job.thread = std::thread(
      [this, node, start = job.start, workspace = job.workspace.get(), work = std::move(work)] {
        Finished finished;
        finished.node = node;
        finished.status = Do(work, *workspace);
        finished.peak_buffer_bytes = workspace->PeakBufferBytes();
        finished.engine = workspace->EngineVersion();
        workspace->CloseEngines();  // their memory is another node's from here on
        finished.seconds = SecondsSince(start);
        const std::lock_guard lock(mutex_);
        finished_.push_back(std::move(finished));
        ended_.notify_one();
      });
  jobs_.emplace(node, std::move(job));
}

std::optional<Finished> Crew::Wait(std::chrono::milliseconds patience) {
  std::unique_lock lock(mutex_);
  if (!ended_.wait_for(lock, patience, [this] { return !finished_.empty(); })) return std::nullopt;
  Finished finished = std::move(finished_.front());
  finished_.erase(finished_.begin());
  lock.unlock();
  const auto job = jobs_.find(finished.node);
  job->second.thread.join();
  jobs_.erase(job);
  return finished;
}

void Crew::Interrupt(plan::NodeId node) { jobs_.at(node).workspace->Interrupt(); }

std::vector<plan::NodeId> Crew::running() const {
  std::vector<plan::NodeId> nodes;
  nodes.reserve(jobs_.size());
  for (const auto& [node, job] : jobs_) nodes.push_back(node);
  return nodes;
}

double Crew::Progress(plan::NodeId node) { return jobs_.at(node).workspace->Progress(); }

double Crew::SecondsOf(plan::NodeId node) const { return SecondsSince(jobs_.at(node).start); }

}  // namespace assay::run
