/// A run as one page of HTML that needs nothing beside itself: no script, no font, no network.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "engine/engine.h"
#include "run/run_record.h"
#include "run/session.h"
#include "stats/profile.h"

namespace assay::run {

/// Some of the rows that a gate or a source refused.
struct RefusedSample {
  std::string node;
  std::uint64_t rows = 0;                                      ///< that were refused
  std::vector<std::pair<std::string, std::uint64_t>> reasons;  ///< rows by check, the most first
  engine::Grid grid;                 ///< the first of them: reasons and place in front
  std::vector<std::string> origins;  ///< of each: `data/a.csv row 3`; may be empty
  std::size_t left_out = 0;          ///< columns that are not among them
  std::string note;                  ///< why there are none, where they cannot be had any more
};

/// A version that the run made, as it was committed.
struct MadeVersion {
  RunVersion version;
  std::string label;                                          ///< column; empty without
  std::vector<std::pair<std::string, std::uint64_t>> splits;  ///< rows
  std::vector<std::pair<std::string, std::vector<stats::ColumnProfile>>> profiles;  ///< by split
  std::string note;  ///< why there is no profile, where it cannot be had any more
};

struct RunPage {
  std::string project;  ///< its name as it is now; empty where the project cannot be read
  RunRecord record;     ///< with the kept verdicts
  std::vector<RefusedSample> refused;
  std::size_t refused_left_out = 0;  ///< nodes with refused rows that are not among them
  std::vector<MadeVersion> made;
};

/// What the page tells of a run, from the catalog and the objects. What gc took or what is damaged
/// is missing with a note: a page can be made of any run that is recorded.
Result<RunPage> GatherRunPage(Session& session, const std::string& run);

/// Graph, timeline, nodes, checks, refused rows, versions with histograms. Everything that comes
/// from the data or from people is escaped; long values are cut. No colour says what no word says,
/// and it prints on paper.
std::string RunPageHtml(const RunPage& page);

}  // namespace assay::run
