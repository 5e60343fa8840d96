/// Events as `text/event-stream` (HTML standard, section 9.2, server-sent events).
#pragma once

#include <string>

#include "store/catalog.h"

namespace assay::serve {

/// `id: 12`, `event: run.started`, `data: {...}` and an empty line; `data` is the event's JSON.
std::string EventText(const store::EventRow& event);

/// What a client may do between tries, in milliseconds, sent first.
inline constexpr char kStreamHead[] = "retry: 1000\n\n";
/// A comment, so that both sides see that the other is there.
inline constexpr char kHeartbeat[] = ":\n\n";

}  // namespace assay::serve
