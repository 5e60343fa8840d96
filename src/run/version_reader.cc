#include "run/version_reader.h"

#include <unistd.h>

#include <algorithm>

#include "base/hash.h"
#include "base/nearest.h"
#include "engine/sql_text.h"
#include "run/prepare_version.h"
#include "run/table_sql.h"

namespace assay::run {
namespace {

namespace fs = std::filesystem;

// A row's number over all files: those of the files before its own are added.
std::string RowNumberSql(const store::Table& table) {
  if (table.files.size() < 2) return "file_row_number";
  std::string firsts;
  std::uint64_t first = 0;
  for (const store::FileRef& file : table.files) {
    firsts += (firsts.empty() ? "" : ", ") + std::to_string(first);
    first += file.rows;
  }
  return "(file_row_number + ([" + firsts + "]::BIGINT[])[(file_index + 1)::BIGINT])";
}

Result<std::string> RowsSql(const store::ObjectStore& objects, const NamedVersion& version,
                            const store::SplitTable& split, const WantedRows& wanted) {
  const std::vector<std::string> known = FieldNames(version.body.schema);
  for (const std::string& name : wanted.columns) {
    if (std::count(wanted.columns.begin(), wanted.columns.end(), name) > 1) {
      return Error{ErrorCode::kUser, "a column is asked for twice: " + name, ""};
    }
    if (FindField(version.body.schema, name) != nullptr) continue;
    const std::string nearest = NearestName(name, known);
    std::string hint = "did you mean " + nearest + "?";
    if (nearest.empty()) hint = "its columns are " + engine::NameList(known);
    return Error{ErrorCode::kUser, "no such column: " + name, hint};
  }
  const store::Table table = SplitAsTable(version.body, split);
  std::string sql = "SELECT " + engine::NameList(wanted.columns.empty() ? known : wanted.columns) +
                    " FROM " + (wanted.shuffle ? PlacedTableSql : TableSql)(objects, table);
  if (!wanted.shuffle) return sql;
  const std::uint64_t seed =
      Xxh3(version.body.version + "/" + split.name + "/" + std::to_string(wanted.shuffle->seed) +
           "/" + std::to_string(wanted.shuffle->epoch));
  const std::string number = RowNumberSql(table);
  return sql + " ORDER BY assay_shuffle_key(" + std::to_string(seed) + "::UBIGINT, (" + number +
         ")::UBIGINT), " + number;
}

// Says of which split an error is, and what to do where the files are not as they were written.
Error Explain(Error error, const std::string& split) {
  if (error.code == ErrorCode::kData && error.hint.empty()) {
    error.hint = "a file of the version is damaged: `assay dataset verify` tells which";
  }
  return std::move(error).While("reading " + split);
}

class SplitBatches : public engine::RecordBatches {
 public:
  SplitBatches(std::unique_ptr<engine::RecordBatches> batches, std::string split)
      : batches_(std::move(batches)), split_(std::move(split)) {}

  const Schema& schema() const override { return batches_->schema(); }
  Result<std::unique_ptr<engine::RecordBatch>> Next() override {
    auto next = batches_->Next();
    if (next.ok() || next.error().code == ErrorCode::kCancelled) return next;
    return Explain(std::move(next).error(), split_);
  }

 private:
  std::unique_ptr<engine::RecordBatches> batches_;
  std::string split_;
};

}  // namespace

VersionReader::VersionReader(SessionOptions options, const Clock& clock)
    : options_(std::move(options)), clock_(clock), objects_(options_.folder / ".assay") {}

Result<std::unique_ptr<VersionReader>> VersionReader::Open(SessionOptions options,
                                                           const Clock& clock) {
  std::error_code error;
  const fs::path folder = fs::canonical(options.folder, error);
  if (error) {
    return Error{ErrorCode::kIo, "no such folder: " + options.folder.string(),
                 "give the folder of a project"};
  }
  if (!fs::exists(folder / "assay.yaml", error) && !fs::exists(folder / ".assay", error)) {
    return Error{ErrorCode::kUser, "not the folder of a project: " + folder.string(),
                 "a project has a file assay.yaml"};
  }
  options.folder = folder;
  return std::unique_ptr<VersionReader>(new VersionReader(std::move(options), clock));
}

Result<NamedVersion> VersionReader::Find(const std::string& text) const {
  Session session(options_, clock_);
  TRY(session.OpenStore());
  return FindVersion(session, text);
}

Result<std::unique_ptr<engine::RecordBatches>> VersionReader::Read(const NamedVersion& version,
                                                                   const std::string& split,
                                                                   const WantedRows& wanted,
                                                                   std::function<bool()> stop) {
  TRY_ASSIGN(const store::SplitTable* table, FindSplit(version, split));
  TRY_ASSIGN(const std::string sql, RowsSql(objects_, version, *table, wanted));
  for (const store::FileRef& file : SplitAsTable(version.body, *table).files) {
    if (!objects_.Has(file)) TRY(objects_.Verify(file.sha256).While("reading " + split));
  }
  const std::lock_guard lock(mutex_);
  if (session_ == nullptr || process_ != getpid()) {
    session_ = std::make_unique<Session>(options_, clock_);
    process_ = getpid();
  }
  TRY_ASSIGN(engine::Engine * engine, session_->Engine());
  auto batches = engine->ReadArrow(sql, wanted.batch_rows, std::move(stop));
  if (!batches.ok()) return Explain(std::move(batches).error(), split);
  return std::unique_ptr<engine::RecordBatches>(
      std::make_unique<SplitBatches>(std::move(batches).value(), split));
}

Result<prepare::Preparation> VersionReader::Preparation(const NamedVersion& version) const {
  return ReadPreparation(objects_, version.body);
}

Result<NamedVersion> VersionReader::Prepared(const NamedVersion& version) const {
  NamedVersion prepared = version;
  TRY_ASSIGN(prepared.body, AsPrepared(objects_, version.body));
  return prepared;
}

Status VersionReader::Verify(const NamedVersion& version) const {
  for (const store::SplitTable& split : version.body.tables) {
    for (const store::FileRef& file : SplitAsTable(version.body, split).files) {
      TRY(objects_.Verify(file.sha256).While("verifying " + split.name));
    }
  }
  return {};
}

std::vector<fs::path> VersionReader::Files(const store::SplitTable& split) const {
  std::vector<fs::path> files;
  for (const store::Partition& partition : split.partitions) {
    for (const store::FileRef& file : partition.files) {
      files.push_back(objects_.PathOf(file.sha256));
    }
  }
  return files;
}

}  // namespace assay::run
