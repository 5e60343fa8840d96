/// Sources that lie elsewhere are asked, and what they answer is kept as objects of the store
/// (docs/design/0008, section 3). From there on the objects are files like others.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/json.h"
#include "base/result.h"
#include "engine/engine.h"
#include "store/commit.h"
#include "store/object_store.h"

namespace assay::source {

/// One object that was fetched. Its location is a URL or the name of a table, without user,
/// password and secret values; its receipt says when it was asked for.
struct Fetched {
  store::Receipt receipt;
  /// What the server said of it that helps the next time: {"etag", "last_modified"}. No secrets.
  Json answer = Json::object();
};

/// What a source fetched up to now.
struct LoadState {
  std::vector<Fetched> objects;  ///< in the order in which they are the table's files
  Json cursor;  ///< where the next fetch begins, of the kind's form; null: at the start
};

Json LoadStateJson(const LoadState& state);
Result<LoadState> ParseLoadState(const Json& json);

struct FetchContext {
  const Json& params;
  /// What was fetched before; empty at the first time, and where what is asked has changed since.
  const LoadState& before;
  store::ObjectStore& objects;
  /// Opened when it is first asked for.
  const std::function<Result<engine::Engine*>()>& engine;
  const Clock& clock;
  /// Asked several times a second, and between two requests; true ends the fetch with kCancelled.
  const std::function<bool()>& stopped;
  /// Tells whoever waits what goes on: `page 12, 3,400 rows`. From the thread that fetches.
  const std::function<void(const std::string&)>& tell;
  /// The project's, where paths of the parameters begin.
  std::filesystem::path folder{};
};

/// What a fetch brought.
struct Fetch {
  /// The objects of this fetch alone, or, where the server says that nothing is new, those of
  /// before again. What `write` makes of old and new ones is not the kind's to know.
  std::vector<Fetched> objects;
  Json cursor;
  bool is_unchanged = false;  ///< nothing is new; `objects` are those of before
};

}  // namespace assay::source
