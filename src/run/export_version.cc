#include "run/export_version.h"

#include <cstdio>

#include "engine/sql_text.h"
#include "export/export.h"
#include "run/table_sql.h"
#include "store/staged_file.h"

namespace assay::run {
namespace {

namespace fs = std::filesystem;

Error CannotWrite(const fs::path& path, const std::error_code& error) {
  return Error{ErrorCode::kIo, "cannot write " + path.string() + ": " + error.message(), ""};
}

// One file to be written: from a stored object, or from a query.
struct OutputFile {
  std::string name;
  std::uint64_t rows = 0;
  fs::path object;    // copied when not empty
  std::string query;  // else written
  Schema schema;
};

std::vector<OutputFile> OutputFilesOf(Session& session, const NamedVersion& version,
                                      const exports::ExportKind& kind) {
  std::vector<OutputFile> files;
  const std::string suffix = kind.info.suffixes.at(0);
  for (const store::SplitTable& split : version.body.tables) {
    const store::Table table = SplitAsTable(version.body, split);
    if (!kind.copies_files) {
      files.push_back({split.name + suffix,
                       split.rows,
                       {},
                       "SELECT * FROM " + TableSql(session.objects(), table),
                       version.body.schema});
      continue;
    }
    for (std::size_t i = 0; i < table.files.size(); ++i) {
      char number[32] = "";
      if (table.files.size() > 1) std::snprintf(number, sizeof number, "-%05zu", i + 1);
      files.push_back({split.name + number + suffix,
                       table.files[i].rows,
                       session.objects().PathOf(table.files[i].sha256),
                       "",
                       {}});
    }
  }
  return files;
}

Status Write(Session& session, const exports::ExportKind& kind, const OutputFile& file,
             const fs::path& path) {
  if (kind.copies_files) {
    std::error_code error;
    fs::copy_file(file.object, path, error);
    if (error) return CannotWrite(path, error);
    fs::permissions(path, fs::perms::owner_write, fs::perm_options::add, error);
    return {};
  }
  TRY_ASSIGN(engine::Engine * engine, session.Engine());
  // The engine may write below the store only; what it wrote moves from there.
  const store::StagedFile staged(session.objects().StagingPath(file.name));
  TRY(engine->Execute(kind.to_sql(file.query, file.schema, staged.path()))
          .While("writing " + file.name));
  std::error_code error;
  fs::copy_file(staged.path(), path, error);
  if (error) return CannotWrite(path, error);
  return {};
}

}  // namespace

Result<std::vector<ExportedFile>> ExportVersion(Session& session, const NamedVersion& version,
                                                const std::string& format, const fs::path& folder,
                                                bool overwrite) {
  const exports::ExportKind* kind = exports::FindExport(format);
  if (kind == nullptr) {
    std::string known;
    for (const auto& each : exports::AllExports()) {
      known += (known.empty() ? "" : ", ") + each.info.name;
    }
    return Error{ErrorCode::kUser, "no such export format: " + format, "known are: " + known};
  }
  std::error_code error;
  const fs::path target = fs::weakly_canonical(fs::absolute(folder), error);
  const fs::path below = target.lexically_relative(session.root());
  if (!below.empty() && *below.begin() != "..") {
    return Error{ErrorCode::kUser, "the store is no place for an export: " + folder.string(),
                 "export to a folder outside of .assay"};
  }
  const std::vector<OutputFile> outputs = OutputFilesOf(session, version, *kind);
  for (const OutputFile& file : outputs) {
    if (!overwrite && fs::exists(folder / file.name, error)) {
      return Error{ErrorCode::kUser, "the file is there already: " + (folder / file.name).string(),
                   "export to another folder, or add --overwrite"};
    }
  }
  // A damaged object must not leave under the version's name.
  for (const store::SplitTable& split : version.body.tables) {
    for (const store::FileRef& file : SplitAsTable(version.body, split).files) {
      TRY(session.objects().Verify(file.sha256).While("exporting " + split.name));
    }
  }
  const bool made = fs::create_directories(folder, error);
  if (error) return CannotWrite(folder, error);
  // Written beside and renamed, so that a reader never sees half a file.
  const fs::path partial = folder / ".assay-export-partial";
  fs::remove_all(partial, error);
  fs::create_directory(partial, error);
  if (error) return CannotWrite(partial, error);
  std::vector<ExportedFile> files;
  const auto written = [&]() -> Status {
    for (const OutputFile& file : outputs) TRY(Write(session, *kind, file, partial / file.name));
    for (const OutputFile& file : outputs) {
      const fs::path path = folder / file.name;
      std::error_code failed;
      fs::rename(partial / file.name, path, failed);
      if (failed) return CannotWrite(path, failed);
      files.push_back({path, file.rows, fs::file_size(path, failed)});
    }
    return {};
  }();
  fs::remove_all(partial, error);
  if (!written.ok()) {
    if (made) fs::remove(folder, error);  // only when it is empty
    return Error(written.error());
  }
  return files;
}

}  // namespace assay::run
