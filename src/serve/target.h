/// The target of a request (`/v1/runs?limit=5`) taken apart and decoded. A stranger's bytes: what
/// is not well formed is refused, nothing is repaired. Knows no route and no file.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace assay::serve {

struct Target {
  /// Host and port of an absolute target (`http://localhost:80/v1`), empty for the usual form.
  std::string authority;
  std::vector<std::string> segments;  ///< of the path, each decoded on its own: `%2F` is no border
  std::vector<std::pair<std::string, std::string>> query;  ///< in the order in which they stand
};

/// Errors are kUser: no path, a character that must be encoded, a wrong or unfinished `%HH`, a
/// decoded control character, text that is no UTF-8, more than 100 query parameters.
Result<Target> ParseTarget(std::string_view text);

/// Text with all but letters, digits and `-._~` as `%HH`.
std::string PercentEncoded(std::string_view text);

/// True for a `Host` that names this machine alone: `localhost`, `127.0.0.0/8`, `[::1]`, with or
/// without a port. Anything else may be a name that a stranger's page points here.
bool IsLoopbackHost(std::string_view host);

}  // namespace assay::serve
