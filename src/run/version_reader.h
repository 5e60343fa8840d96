/// Hands the rows of versions to another program in the same process, as Arrow record batches. The
/// catalog is open only while a name is looked up; what is read afterwards is immutable files. May
/// be used by several threads.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "engine/engine.h"
#include "prepare/preparation.h"
#include "run/session.h"
#include "run/version_ref.h"

namespace assay::run {

/// One order of a split's rows. All rows are there once, and the order depends on these numbers,
/// the version and the split alone: rows stand in ascending order of
/// `xxh3-64(row number as 8 bytes little-endian, seed = xxh3-64("VERSION/SPLIT/SEED/EPOCH"))`,
/// equal keys in ascending order of the row number. VERSION is the version id, SEED and EPOCH are
/// decimal; rows are numbered from 0 in stored order over all files of the split. Prepared rows of
/// a split have the numbers of the raw ones, and so the same order.
struct Shuffle {
  std::uint64_t seed = 0;
  std::uint64_t epoch = 0;
};

struct WantedRows {
  std::vector<std::string> columns;  ///< in this order; empty: all in schema order
  std::optional<Shuffle> shuffle;    ///< nothing: stored order
  std::size_t batch_rows = 65536;    ///< of each batch but the last
};

class VersionReader {
 public:
  /// The folder of a project. One that is none is kUser.
  static Result<std::unique_ptr<VersionReader>> Open(SessionOptions options, const Clock& clock);

  /// What `NAME@REF` names now.
  Result<NamedVersion> Find(const std::string& text) const;
  /// Begins to read a split. A file that is missing or has another size is kData here already, a
  /// column that the version lacks kUser. `stop` is as in Engine::ReadArrow.
  Result<std::unique_ptr<engine::RecordBatches>> Read(const NamedVersion& version,
                                                      const std::string& split,
                                                      const WantedRows& wanted,
                                                      std::function<bool()> stop = {});
  /// What was learnt from the version's training split; kUser where it has no preparation.
  Result<prepare::Preparation> Preparation(const NamedVersion& version) const;
  /// The version with its prepared rows in place of the raw ones. They stand in the same order, and
  /// so does a shuffle of them.
  Result<NamedVersion> Prepared(const NamedVersion& version) const;
  /// Hashes the files of all splits; kData names the first one that is not what was committed.
  Status Verify(const NamedVersion& version) const;
  /// The stored files of a split in their order.
  std::vector<std::filesystem::path> Files(const store::SplitTable& split) const;

 private:
  VersionReader(SessionOptions options, const Clock& clock);

  const SessionOptions options_;
  const Clock& clock_;
  store::ObjectStore objects_;
  std::mutex mutex_;  // for the two below
  std::unique_ptr<Session> session_;
  int process_ = 0;  // that opened the session: an engine's threads do not follow a fork
};

}  // namespace assay::run
