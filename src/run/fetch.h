/// Asks the sources that lie elsewhere, before a run plans, and keeps what they answer as objects
/// (docs/design/0008, section 3). Whoever only looks works with what was fetched last.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "run/prepared.h"
#include "run/runner.h"
#include "store/load_states.h"

namespace assay::run {

/// Whether a source's files are fetched.
bool IsFetched(const contract::Declared& source);

/// What was fetched for a source, as planning takes its files: `row` where there is one, else what
/// the catalog has. An error says that nothing was fetched yet.
Result<SourceFiles> FetchedFiles(Session& session, const contract::Declared& source,
                                 const store::LoadRow* row);

/// What asking the sources brought.
struct Loads {
  std::map<std::string, store::LoadRow> rows;  ///< by source: to be recorded with its result
  std::map<std::string, Error> errors;         ///< of sources whose fetch failed
  std::map<std::string, std::vector<LogLine>> log;
};

struct FetchRequest {
  bool anew = false;  ///< from the start, whatever was fetched before
  int jobs = 0;       ///< sources at once; 0: four
  std::function<bool()> stop;
};

/// Fetches the selected sources side by side, each with its timeout and retries. A fetch that fails
/// fails its source alone. Under the lock.
Result<Loads> FetchSources(Session& session, const Prepared& prepared, const plan::Wish& wish,
                           const FetchRequest& request, RunObserver& observer);

}  // namespace assay::run
