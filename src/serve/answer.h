/// What a request gets back, and the one form of its errors.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/json.h"
#include "base/result.h"

namespace assay::serve {

struct Answer {
  int status = 200;
  std::string content_type = "application/json";
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers;  ///< beyond those every answer has
  /// Set for an event stream that goes on: `body` is its beginning, events after this seq follow.
  std::optional<std::int64_t> follow_after;
  /// Path in the table that it belongs to, for the metrics; empty where none was found.
  std::string route;
};

/// The status of an error that says no more than its code.
int HttpStatus(ErrorCode code);
/// `user`, `data`, `io`, `internal`, `cancelled`.
std::string ErrorCodeText(ErrorCode code);

Answer JsonAnswer(const Json& json);
/// `{"error": {"code", "message", "hint"}}` with the status of its code.
Answer ErrorAnswer(const Error& error);
/// The same where the request says more: 404, 405, 413, ...
Answer ErrorAnswer(int status, const Error& error);

}  // namespace assay::serve
