#include "run/write_split.h"

#include <future>
#include <string_view>
#include <utility>
#include <vector>

#include "base/hash.h"
#include "engine/sql_text.h"
#include "store/digest.h"
#include "store/staged_file.h"

namespace assay::run {
namespace {

// Digests rows on a thread beside the one that reads them, a lot at a time: two lots are in memory.
class DigestBeside {
 public:
  void Add(const engine::EncodedRows& rows) {
    for (const std::size_t end : rows.ends) read_.ends.push_back(read_.bytes.size() + end);
    read_.bytes += rows.bytes;
    if (read_.bytes.size() >= kLotBytes) HandOver();
  }
  /// Takes the digest, the content id and the number of rows.
  Status Finish(const Schema& schema, store::SplitTable& split) {
    HandOver();
    hashing_.get();
    split.rows = digester_.rows();
    split.digest = digester_.Finish();
    TRY_ASSIGN(split.content_id, store::ContentId(schema, split.rows, Hex128(sum_)));
    return {};
  }

 private:
  static constexpr std::size_t kLotBytes = std::size_t{1} << 20;
  struct Lot {
    std::string bytes;
    std::vector<std::size_t> ends;
  };

  void HandOver() {
    if (hashing_.valid()) hashing_.get();
    std::swap(read_, hashed_);
    read_.bytes.clear();
    read_.ends.clear();
    // Where no thread can be had, it is done when it is waited for.
    hashing_ = std::async(std::launch::async | std::launch::deferred, [this] { Hash(hashed_); });
  }

  void Hash(const Lot& lot) {
    digester_.AddRows(lot.bytes, lot.ends);
    std::size_t begin = 0;
    for (const std::size_t end : lot.ends) {
      sum_ += Xxh3Wide(std::string_view(lot.bytes).substr(begin, end - begin));
      begin = end;
    }
  }

  store::SplitDigester digester_;
  Uint128 sum_ = 0;
  Lot read_, hashed_;
  std::future<void> hashing_;  // the last member, whose end waits for the thread
};

}  // namespace

Result<store::SplitTable> WriteSplit(Workspace& workspace, engine::Engine& engine,
                                     const std::string& query, const std::string& name) {
  const store::StagedFile staged(workspace.objects().StagingPath(".parquet"));
  TRY_ASSIGN(const std::uint64_t rows, engine.CopyToParquet(query, staged.path()));
  const std::string read = "SELECT * FROM " + engine::ReadParquet({staged.path()}, {});
  TRY_ASSIGN(const Schema schema, engine.Describe(read));
  DigestBeside digest;
  TRY(engine.ReadRows(read, [&](const engine::EncodedRows& encoded) -> Status {
    digest.Add(encoded);
    return {};
  }));
  store::SplitTable split;
  split.name = name;
  TRY(digest.Finish(schema, split));
  if (split.rows != rows) {
    return Error{ErrorCode::kInternal, "split " + name + ": rows written and read back differ", ""};
  }
  TRY_ASSIGN(store::FileRef file, workspace.objects().Adopt(staged.path(), rows));
  split.partitions.push_back(store::Partition{{}, rows, {std::move(file)}});
  return split;
}

}  // namespace assay::run
