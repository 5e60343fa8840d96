/// Links that an answer of HTTP carries in its header `Link` (RFC 8288).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace assay::source {

/// Where the first link with this relation points, as it is written there; nothing where there is
/// none, or the header stops being one before it. `relation` is in lower case: `next`.
std::optional<std::string> LinkOf(std::string_view header, std::string_view relation);

}  // namespace assay::source
