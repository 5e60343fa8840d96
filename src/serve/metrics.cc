#include "serve/metrics.h"

#include <dirent.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <unistd.h>

#include <cstdio>
#include <ctime>
#include <fstream>

#include "base/json.h"
#include "run/program.h"

namespace assay::serve {
namespace {

// A value of a label: backslash, quote and line feed are escaped.
std::string Quoted(const std::string& value) {
  std::string text = "\"";
  for (const char c : value) {
    if (c == '\n') {
      text += "\\n";
      continue;
    }
    if (c == '\\' || c == '"') text += '\\';
    text += c;
  }
  return text + "\"";
}

void Head(std::string& text, const std::string& name, const std::string& type,
          const std::string& help) {
  text += "# HELP " + name + " " + help + "\n# TYPE " + name + " " + type + "\n";
}

void One(std::string& text, const std::string& name, const std::string& type,
         const std::string& help, const std::string& value) {
  Head(text, name, type, help);
  text += name + " " + value + "\n";
}

double Seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
}

std::uint64_t NumOpenFiles() {
  std::uint64_t files = 0;
  if (DIR* folder = ::opendir("/proc/self/fd"); folder != nullptr) {
    while (const dirent* entry = ::readdir(folder)) files += entry->d_name[0] == '.' ? 0 : 1;
    ::closedir(folder);
  }
  return files > 0 ? files - 1 : 0;  // the folder itself was open
}

void AddProcess(std::string& text, double started) {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  One(text, "process_cpu_seconds_total", "counter", "User and system CPU time of the process.",
      DoubleText(Seconds(usage.ru_utime) + Seconds(usage.ru_stime)));
  std::uint64_t pages = 0;
  std::ifstream("/proc/self/statm") >> pages >> pages;
  One(text, "process_resident_memory_bytes", "gauge", "Resident memory of the process.",
      std::to_string(pages * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE))));
  One(text, "process_open_fds", "gauge", "Open file descriptors.", std::to_string(NumOpenFiles()));
  One(text, "process_start_time_seconds", "gauge", "Start of the server, since 1970.",
      DoubleText(started));
  Head(text, "assay_build_info", "gauge", "The program's version.");
  text += "assay_build_info{version=" + Quoted(run::kProgramVersion) + "} 1\n";
}

void AddCatalog(std::string& text, const std::optional<store::CatalogCounts>& counts) {
  One(text, "assay_catalog_readable", "gauge", "1 where the store has a catalog that can be read.",
      counts ? "1" : "0");
  if (!counts) return;
  Head(text, "assay_runs", "gauge", "Runs in the catalog by status.");
  for (const auto& [status, runs] : counts->runs) {
    text += "assay_runs{status=" + Quoted(status) + "} " + std::to_string(runs) + "\n";
  }
  if (const auto started = SecondsOfUtcText(counts->newest_start)) {
    One(text, "assay_last_run_start_timestamp_seconds", "gauge",
        "When the newest run began, since 1970.", std::to_string(*started));
  }
  if (const auto finished = SecondsOfUtcText(counts->newest_finish)) {
    One(text, "assay_last_run_finish_timestamp_seconds", "gauge",
        "When a run ended last, since 1970.", std::to_string(*finished));
  }
  One(text, "assay_datasets", "gauge", "Datasets that have a version.",
      std::to_string(counts->datasets));
  One(text, "assay_versions", "gauge", "Versions of all datasets, by content.",
      std::to_string(counts->versions));
  One(text, "assay_commits", "gauge", "Commits of all datasets.", std::to_string(counts->commits));
  One(text, "assay_newest_event", "gauge", "Sequence number of the newest event.",
      std::to_string(counts->newest_event));
}

}  // namespace

Metrics::Metrics() {
  timeval now{};
  ::gettimeofday(&now, nullptr);
  started_ = Seconds(now);
}

void Metrics::Observe(const std::string& method, const std::string& route, int status,
                      double seconds) {
  // A stranger may send any word as a method: what no route takes is counted as one.
  const bool known = method == "GET" || method == "HEAD" || method == "POST";
  const std::string path = route.empty() ? "none" : route;
  const std::lock_guard lock(mutex_);
  ++requests_[{known ? method : "other", path, status}];
  Latency& latency = latencies_[path];
  ++latency.count;
  latency.seconds += seconds;
  for (std::size_t i = 0; i < kBorders.size(); ++i) {
    if (seconds <= kBorders[i]) {
      ++latency.buckets[i];
      break;
    }
  }
}

void Metrics::AddRequests(std::string& text) const {
  const std::lock_guard lock(mutex_);
  Head(text, "assay_http_requests_total", "counter", "Answered requests.");
  for (const auto& [labels, count] : requests_) {
    text += "assay_http_requests_total{method=" + Quoted(std::get<0>(labels)) +
            ",route=" + Quoted(std::get<1>(labels)) + ",status=\"" +
            std::to_string(std::get<2>(labels)) + "\"} " + std::to_string(count) + "\n";
  }
  const std::string name = "assay_http_request_duration_seconds";
  Head(text, name, "histogram", "Time from a whole request to its answer.");
  for (const auto& [route, latency] : latencies_) {
    const std::string label = "{route=" + Quoted(route);
    std::uint64_t below = 0;
    for (std::size_t i = 0; i < kBorders.size(); ++i) {
      below += latency.buckets[i];
      text += name + "_bucket" + label + ",le=\"" + DoubleText(kBorders[i]) + "\"} " +
              std::to_string(below) + "\n";
    }
    text += name + "_bucket" + label + ",le=\"+Inf\"} " + std::to_string(latency.count) + "\n";
    text += name + "_sum" + label + "} " + DoubleText(latency.seconds) + "\n";
    text += name + "_count" + label + "} " + std::to_string(latency.count) + "\n";
  }
}

std::string Metrics::Text(const std::optional<store::CatalogCounts>& counts) const {
  std::string text;
  AddRequests(text);
  One(text, "assay_http_connections", "gauge", "Open connections.", std::to_string(connections_));
  One(text, "assay_http_event_streams", "gauge", "Open event streams.", std::to_string(streams_));
  AddCatalog(text, counts);
  AddProcess(text, started_);
  return text;
}

std::optional<std::int64_t> SecondsOfUtcText(const std::string& text) {
  std::tm time{};
  char end = 0;
  const int read =
      std::sscanf(text.c_str(), "%4d-%2d-%2dT%2d:%2d:%2d%c", &time.tm_year, &time.tm_mon,
                  &time.tm_mday, &time.tm_hour, &time.tm_min, &time.tm_sec, &end);
  if (read != 7 || end != 'Z') return std::nullopt;
  time.tm_year -= 1900;
  time.tm_mon -= 1;
  return ::timegm(&time);
}

}  // namespace assay::serve
