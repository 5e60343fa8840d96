/// Numbers of the running server, as Prometheus text 0.0.4. Safe from any thread. Labels are
/// bounded: routes and methods of the table, statuses, statuses of runs.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <tuple>

#include "store/catalog.h"

namespace assay::serve {

class Metrics {
 public:
  Metrics();

  /// An answered request. `route` is the path of the table, empty where none was found.
  void Observe(const std::string& method, const std::string& route, int status, double seconds);
  void ConnectionOpened() { ++connections_; }
  void ConnectionClosed() { --connections_; }
  void StreamOpened() { ++streams_; }
  void StreamClosed() { --streams_; }
  std::int64_t connections() const { return connections_; }

  /// The page. `counts` is what the catalog says; nothing where it cannot be read.
  std::string Text(const std::optional<store::CatalogCounts>& counts) const;

  /// Upper borders of the histogram, in seconds.
  static constexpr std::array<double, 12> kBorders = {0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025,
                                                      0.05,   0.1,   0.25,   0.5,   1,    5};

 private:
  struct Latency {
    std::array<std::uint64_t, kBorders.size()> buckets{};  ///< not cumulative
    std::uint64_t count = 0;
    double seconds = 0;
  };
  void AddRequests(std::string& text) const;

  mutable std::mutex mutex_;
  std::map<std::tuple<std::string, std::string, int>, std::uint64_t> requests_;
  std::map<std::string, Latency> latencies_;  ///< by route
  std::atomic<std::int64_t> connections_ = 0, streams_ = 0;
  double started_ = 0;  ///< seconds since 1970
};

/// Seconds since 1970 of `2026-01-31T09:00:00Z`; nothing for another form.
std::optional<std::int64_t> SecondsOfUtcText(const std::string& text);

}  // namespace assay::serve
