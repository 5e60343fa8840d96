/// A file of single events, one JSON object a line, is taken in whole: what a program has to tell
/// at once and sends nowhere. Memory does not grow with the file.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "base/result.h"
#include "contract/project.h"
#include "run/session.h"

namespace assay::feedback {

struct EventFile {
  std::filesystem::path path;
  std::string name;  ///< what messages call it
  std::string kind;  ///< `prediction` or `outcome`: any other event is wrong; empty: both
};

struct AddedEvents {
  std::uint64_t added = 0;
  std::uint64_t known = 0;  ///< the same ones were there
};

/// Puts all events of a file (see ParseEvent), in one transaction. Empty lines are passed over. Any
/// wrong one refuses the whole file (kData), with how many there are and the first five; events are
/// counted from 1. The caller has opened the store.
Result<AddedEvents> AddEvents(run::Session& session, const contract::FeedbackStream& stream,
                              const EventFile& file);

}  // namespace assay::feedback
