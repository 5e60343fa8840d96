/// How often requests may be sent: `5/second`.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>

#include "base/result.h"

namespace assay::source {

/// The time from one request to the next: of `5/second`, `100 / min`, `1000/hour`.
Result<std::chrono::milliseconds> ParseRate(const std::string& text);

/// Lets one request through every so often.
class Pace {
 public:
  explicit Pace(std::chrono::milliseconds interval) : interval_(interval) {}

  /// Waits until the next may be sent; false where `stopped` was true before that.
  bool Wait(const std::function<bool()>& stopped);

 private:
  std::chrono::milliseconds interval_;
  std::optional<std::chrono::steady_clock::time_point> last_;
};

}  // namespace assay::source
