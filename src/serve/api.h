/// From a request to its answer: the part of the server that knows no socket.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "base/clock.h"
#include "run/session.h"
#include "serve/metrics.h"
#include "serve/router.h"

namespace assay::serve {

/// A request as it was read. Headers that stand more than once are joined with `, `, as HTTP has
/// it; `num_hosts` counts those of `Host`.
struct Request {
  std::string method, target;
  bool http_1_0 = false;
  int num_hosts = 0;
  std::string host, accept, content_type, last_event_id;
  std::string body;
};

class Api {
 public:
  /// `kinds`, `metrics` and `clock` must outlive it.
  Api(run::SessionOptions project, const std::vector<RouteKind>& kinds, Metrics& metrics,
      const Clock& clock);

  /// A request that found its route; `Run` answers it.
  struct Job {
    const Route* route = nullptr;
    Arguments arguments;
    Json body;
    bool wants_events = false;
    std::optional<std::int64_t> last_event;
  };
  /// All that needs neither project nor store; an answer where it ends here.
  std::variant<Job, Answer> Prepare(const Request& request) const;
  /// Runs the handler. From any thread; where the route reads the project, it may take its time.
  Answer Run(const Job& job);

  /// Events for those who follow, with the seq of each.
  Result<std::vector<std::pair<std::int64_t, std::string>>> EventsAfter(std::int64_t seq,
                                                                        int limit);
  Metrics& metrics() { return metrics_; }

 private:
  Result<Answer> RunWithSession(const Job& job);
  /// A session that nobody else uses. Its store is opened anew for each request: what was removed,
  /// damaged or made since is seen. Kept between requests for its engine.
  std::unique_ptr<run::Session> TakeSession();
  void GiveBack(std::unique_ptr<run::Session> session);

  run::SessionOptions project_;
  Router router_;
  Metrics& metrics_;
  const Clock& clock_;
  PreparationCache preparations_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<run::Session>> idle_;
};

}  // namespace assay::serve
