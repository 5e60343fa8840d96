#include "retrain/training_data.h"

#include <cstdio>

#include "engine/sql_text.h"
#include "run/table_sql.h"

namespace assay::retrain {
namespace {

namespace fs = std::filesystem;

Status MakeFolder(const fs::path& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (!error) return {};
  return Error{ErrorCode::kIo, "cannot write " + folder.string() + ": " + error.message(), ""};
}

// Of a split by time.
Result<std::string> TimeColumn(const store::Commit& commit) {
  if (commit.split.is_object() && commit.split.value("kind", "") == "time") {
    const Json params = commit.split.value("params", Json::object());
    const std::string column = params.value("time", "");
    if (FindField(commit.schema, column) != nullptr) return column;
  }
  return Error{ErrorCode::kUser,
               "the newest version is not split by time, so it has no data_window",
               "run `assay run`, or write `data_window: all`"};
}

}  // namespace

Status WriteSplit(run::Session& session, const store::Commit& commit,
                  const store::SplitTable& split, const fs::path& folder) {
  TRY(MakeFolder(folder));
  const store::Table table = run::SplitAsTable(commit, split);
  if (table.files.empty()) {
    TRY_ASSIGN(engine::Engine * engine, session.Engine());
    TRY(engine->CopyToParquet("SELECT * FROM " + run::TableSql(session.objects(), table),
                              folder / "00001.parquet"));
    return {};
  }
  for (std::size_t i = 0; i < table.files.size(); ++i) {
    const std::string& sha256 = table.files[i].sha256;
    // A damaged object must not be learnt from. A copy, since the program may do as it likes.
    TRY(session.objects().Verify(sha256).While("writing split " + split.name));
    char name[32];
    std::snprintf(name, sizeof name, "%05zu.parquet", i + 1);
    std::error_code error;
    fs::copy_file(session.objects().PathOf(sha256), folder / name, error);
    if (!error) {
      fs::permissions(folder / name, fs::perms::owner_write, fs::perm_options::add, error);
    }
    if (error) {
      return Error{ErrorCode::kIo,
                   "cannot write " + (folder / name).string() + ": " + error.message(), ""};
    }
  }
  return {};
}

Result<std::optional<run::TrainingWindow>> WriteSplits(run::Session& session,
                                                       const run::NamedVersion& version,
                                                       const fs::path& folder,
                                                       const std::string& window_from) {
  std::optional<run::TrainingWindow> window;
  for (const store::SplitTable& split : version.body.tables) {
    if (window_from.empty() || split.name != "train") {
      TRY(WriteSplit(session, version.body, split, folder / split.name));
      continue;
    }
    TRY_ASSIGN(const std::string column, TimeColumn(version.body));
    TRY(MakeFolder(folder / split.name));
    const store::Table table = run::SplitAsTable(version.body, split);
    for (const store::FileRef& file : table.files) {
      TRY(session.objects().Verify(file.sha256).While("writing split " + split.name));
    }
    TRY_ASSIGN(engine::Engine * engine, session.OrderedEngine());
    TRY_ASSIGN(const std::uint64_t rows,
               engine->CopyToParquet("SELECT * FROM " + run::TableSql(session.objects(), table) +
                                         " WHERE " + engine::QuoteName(column) + " >= CAST(" +
                                         engine::QuoteText(window_from) + " AS TIMESTAMP)",
                                     folder / split.name / "00001.parquet"));
    window = run::TrainingWindow{column, window_from, rows};
  }
  for (const store::SplitTable& split : version.body.prepared) {
    if (!window_from.empty() && split.name == "train") continue;
    TRY(WriteSplit(session, version.body, split, folder / (split.name + "_prepared")));
  }
  return window;
}

}  // namespace assay::retrain
