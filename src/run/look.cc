#include "run/look.h"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <system_error>

#include "base/nearest.h"
#include "contract/utf8.h"
#include "engine/sql_text.h"
#include "run/kinds.h"
#include "run/node_output.h"
#include "run/table_sql.h"
#include "run/version_ref.h"
#include "source/source.h"
#include "store/file.h"

namespace assay::run {
namespace {

namespace fs = std::filesystem;
using engine::QuoteName;

constexpr std::size_t kMostRefusedShown = 5;
constexpr std::int64_t kMostClassesShown = 20;
constexpr std::size_t kMostNamesShown = 5;
constexpr std::size_t kMostNeighbours = 2000;

// A folder that is there as long as the file is looked at: a link to the file under a name that
// the engine takes as it is, and room for what does not fit into memory.
class LookFolder {
 public:
  static Result<LookFolder> Make() {
    std::error_code error;
    const fs::path base = fs::canonical(fs::temp_directory_path(error), error);
    if (error) return store::SystemError(error.value(), "find", "the folder for temporary files");
    std::string place = (base / "assay-profile-XXXXXX").string();
    if (mkdtemp(place.data()) == nullptr) return store::SystemError(errno, "make", place);
    return LookFolder(place);
  }
  LookFolder(LookFolder&& other) noexcept : path_(std::exchange(other.path_, {})) {}
  LookFolder& operator=(LookFolder&&) = delete;
  ~LookFolder() {
    std::error_code ignored;
    if (!path_.empty()) fs::remove_all(path_, ignored);
  }
  const fs::path& path() const { return path_; }

 private:
  explicit LookFolder(fs::path path) : path_(std::move(path)) {}
  fs::path path_;
};

struct FileKind {
  const source::SourceKind* kind = nullptr;
  std::string suffix;
};

// The kind whose suffix is the longest that the name ends with.
FileKind KindBySuffix(const std::string& name) {
  FileKind found;
  for (const source::SourceKind& kind : source::AllSources()) {
    for (const std::string& suffix : kind.info.suffixes) {
      if (name.ends_with(suffix) && name.size() > suffix.size() &&
          suffix.size() > found.suffix.size()) {
        found = {&kind, suffix};
      }
    }
  }
  return found;
}

std::string JoinedNames(const std::vector<std::string>& names, const std::string& mark = "") {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + mark + name + mark;
  return text;
}

// Files of rows in a folder, by name; not more than a person reads.
std::vector<std::string> FilesOfRows(const fs::path& folder) {
  std::vector<std::string> names;
  std::error_code error;
  std::size_t seen = 0;
  for (fs::directory_iterator at(folder.empty() ? "." : folder, error), end;
       !error && at != end && seen < kMostNeighbours; at.increment(error), ++seen) {
    const std::string name = at->path().filename().string();
    if (KindBySuffix(name).kind != nullptr && !contract::FindInvalidUtf8(name)) {
      names.push_back(name);
    }
  }
  std::sort(names.begin(), names.end());
  return names;
}

std::string InFolder(const fs::path& folder, const std::string& name) {
  return (folder / name).string();
}

// What to name instead of a file that is not there, or of a folder.
std::string NamesHint(const fs::path& folder, const std::string& wanted) {
  const std::vector<std::string> names = FilesOfRows(folder);
  if (!wanted.empty()) {
    const std::string nearest = NearestName(wanted, names);
    if (!nearest.empty()) return "did you mean " + InFolder(folder, nearest) + "?";
  }
  if (names.empty()) return "no file of rows is in that folder";
  std::vector<std::string> first(
      names.begin(),
      names.begin() + static_cast<std::ptrdiff_t>(std::min(names.size(), kMostNamesShown)));
  for (std::string& name : first) name = InFolder(folder, name);
  return (names.size() == 1 ? "there is " : "there are ") + JoinedNames(first, "`") +
         (names.size() > first.size()
              ? " and " + std::to_string(names.size() - first.size()) + " more"
              : "");
}

Result<fs::path> RealFile(const std::string& file) {
  if (contract::FindInvalidUtf8(file)) {
    return Error{ErrorCode::kUser, "the name of a file is no UTF-8: " + contract::Escaped(file),
                 "rename the file"};
  }
  std::error_code error;
  const fs::path path = file;
  const fs::file_status status = fs::status(path, error);
  if (status.type() == fs::file_type::not_found) {
    Error missing = store::SystemError(ENOENT, "read", path);
    missing.hint = fs::is_directory(path.has_parent_path() ? path.parent_path() : ".", error)
                       ? NamesHint(path.parent_path(), path.filename().string())
                       : "there is no such folder either";
    return missing;
  }
  if (error) return store::SystemError(error.value(), "read", path);
  if (fs::is_directory(status)) {
    return Error{ErrorCode::kIo, "a folder, not a file: " + file, NamesHint(path, "")};
  }
  if (!fs::is_regular_file(status)) {
    return Error{ErrorCode::kIo, "not a file: " + file, "name a file of rows"};
  }
  return fs::canonical(path, error);
}

Result<FileKind> KindOf(const std::string& file, const LookOptions& options) {
  FileKind by_suffix = KindBySuffix(file);
  if (!options.kind.empty()) {
    const source::SourceKind* kind = source::FindSource(options.kind);
    if (kind != nullptr) return FileKind{kind, fs::path(file).extension().string()};
    std::vector<std::string> names;
    for (const source::SourceKind& each : source::AllSources()) names.push_back(each.info.name);
    return Error{ErrorCode::kUser, "no such kind of source: " + options.kind,
                 "kinds are " + JoinedNames(names)};
  }
  if (by_suffix.kind != nullptr) return by_suffix;
  return Error{ErrorCode::kUser, "no kind of source reads files of this suffix: " + file,
               "suffixes are " + contract::SuffixesText(AllKinds().sources) +
                   "; `--kind csv` reads it as one of them"};
}

Result<Json> ParamsOf(const source::SourceKind& kind, const LookOptions& options) {
  Json params = Json::object();
  bool has_delimiter = false;
  for (const contract::Param& param : kind.info.params) {
    if (param.by_default) params[param.name] = *param.by_default;
    has_delimiter = has_delimiter || param.name == "delimiter";
  }
  if (options.delimiter.empty()) return params;
  if (!has_delimiter) {
    return Error{ErrorCode::kUser, "files of this kind have no delimiter: " + kind.info.name,
                 "leave --delimiter out"};
  }
  params["delimiter"] = options.delimiter;
  if (kind.info.check != nullptr) TRY(kind.info.check(params));
  return params;
}

// A single column whose name holds what stands between cells elsewhere.
std::string OtherDelimiter(const Schema& schema) {
  if (schema.size() != 1) return "";
  for (const auto& [delimiter, written] :
       {std::pair{';', ";"}, std::pair{'\t', "\\t"}, std::pair{'|', "|"}}) {
    if (schema[0].name.find(delimiter) == std::string::npos) continue;
    return std::string("its one column looks like several with `") + written +
           "` between them; --delimiter '" + written + "' reads it so";
  }
  return "";
}

Result<Schema> ChosenColumns(const Schema& schema, const std::vector<std::string>& columns) {
  if (columns.empty()) return schema;
  Schema chosen;
  for (const std::string& name : columns) {
    const Field* field = FindField(schema, name);
    if (field == nullptr) {
      const std::string nearest = NearestName(name, FieldNames(schema));
      return Error{ErrorCode::kUser, "no such column: " + name,
                   nearest.empty() ? "its columns are " + JoinedNames(FieldNames(schema))
                                   : "did you mean " + nearest + "?"};
    }
    if (FindField(chosen, name) == nullptr) chosen.push_back(*field);
  }
  return chosen;
}

// Profile and suspicions of a table expression.
Status LookAtRows(engine::Engine& engine, const std::string& table, const Schema& schema,
                  const LookOptions& options, Look& look) {
  TRY_ASSIGN(const Schema chosen, ChosenColumns(schema, options.columns));
  if (!options.label.empty()) {
    TRY(ChosenColumns(schema, {options.label}));
    look.label = options.label;
  }
  look.all_columns = schema.size();
  TRY_ASSIGN(look.columns, stats::ProfileTable(engine, table, chosen));
  TRY_ASSIGN(const engine::Grid count, engine.Query("SELECT count(*) FROM " + table));
  look.rows = std::strtoull(count.rows.at(0).at(0).value_or("0").c_str(), nullptr, 10);
  TRY_ASSIGN(look.suspicions, stats::FindSuspicions(engine, table, chosen, look.columns,
                                                    {look.label, chosen.size() == schema.size()}));
  return {};
}

Status ReadFileRefused(engine::Engine& engine, const source::SourceRead& read, Look& look) {
  if (!read.refused) return {};
  TRY_ASSIGN(const std::string refused, read.refused());
  TRY(engine.Execute("CREATE OR REPLACE TEMP TABLE _assay_refused AS " + refused));
  TRY_ASSIGN(const engine::Grid count, engine.Query("SELECT count(*) FROM _assay_refused"));
  look.refused = std::strtoull(count.rows.at(0).at(0).value_or("0").c_str(), nullptr, 10);
  if (look.refused == 0) return {};
  TRY_ASSIGN(look.first_refused,
             engine.Query("SELECT line, \"column\", reason, text FROM _assay_refused ORDER BY line "
                          "LIMIT " +
                          std::to_string(kMostRefusedShown)));
  return {};
}

// The rows of a file as a table expression of this engine.
Result<std::string> TableOfFile(engine::Engine& engine, const source::SourceKind& kind,
                                const Json& params, const source::SourceFile& file, Look& look) {
  const std::vector<source::SourceFile> files{file};
  TRY_ASSIGN(const source::SourceRead read, kind.read({engine, params, files}));
  if (read.files_are_table) return engine::ReadParquet({file.object}, {});
  Status made = engine.Execute("CREATE TEMP TABLE _assay_rows AS " + read.query);
  if (!made.ok()) return source::NameSourceFile(std::move(made).error(), files);
  TRY(ReadFileRefused(engine, read, look));
  return std::string("_assay_rows");
}

bool IsDatasetName(const std::vector<std::string>& datasets, const std::string& name) {
  return std::find(datasets.begin(), datasets.end(), name.substr(0, name.find('@'))) !=
         datasets.end();
}

// Rows of each class in each split.
Status CountClasses(engine::Engine& engine, Session& session, const NamedVersion& version,
                    Look& look) {
  const auto label = std::find_if(look.columns.begin(), look.columns.end(),
                                  [&](const auto& column) { return column.name == look.label; });
  if (label == look.columns.end() || label->distinct > kMostClassesShown) return {};
  look.classes.column = look.label;
  const std::string name = QuoteName(look.label);
  std::map<std::optional<std::string>, std::vector<std::uint64_t>> rows;
  for (std::size_t i = 0; i < look.splits.size(); ++i) {
    TRY_ASSIGN(const store::SplitTable* split, FindSplit(version, look.splits[i].first));
    TRY_ASSIGN(const engine::Grid grid,
               engine.Query("SELECT " + name + "::VARCHAR, count(*) FROM " +
                            TableSql(session.objects(), SplitAsTable(version.body, *split)) +
                            " GROUP BY 1"));
    for (const auto& row : grid.rows) {
      auto& counts = rows[row.at(0)];
      counts.resize(look.splits.size());
      counts[i] = std::strtoull(row.at(1).value_or("0").c_str(), nullptr, 10);
    }
  }
  const auto sum = [](const std::vector<std::uint64_t>& counts) {
    std::uint64_t all = 0;
    for (const std::uint64_t count : counts) all += count;
    return all;
  };
  for (auto& [value, counts] : rows) {
    counts.resize(look.splits.size());
    look.classes.classes.emplace_back(value, std::move(counts));
  }
  std::stable_sort(look.classes.classes.begin(), look.classes.classes.end(),
                   [&](const auto& a, const auto& b) { return sum(a.second) > sum(b.second); });
  return {};
}

Result<Look> LookAtVersion(Session& session, const std::string& name, const LookOptions& options) {
  TRY_ASSIGN(const NamedVersion version, FindVersion(session, name));
  Look look;
  look.what = "version";
  look.name =
      version.dataset + "@" +
      (version.number.empty() ? "version:" + version.body.version.substr(0, 12) : version.number);
  if (version.body.label.is_object()) look.label = version.body.label.value("column", "");
  if (!options.split.empty()) TRY(FindSplit(version, options.split));
  std::string sql;
  for (const store::SplitTable& split : version.body.tables) {
    if (!options.split.empty() && split.name != options.split) continue;
    look.splits.emplace_back(split.name, split.rows);
    for (const store::Partition& partition : split.partitions) {
      for (const store::FileRef& file : partition.files) look.bytes += file.bytes;
    }
    sql += (sql.empty() ? "(SELECT " : " UNION ALL SELECT ") +
           engine::NameList(FieldNames(version.body.schema)) + " FROM " +
           TableSql(session.objects(), SplitAsTable(version.body, split));
  }
  TRY_ASSIGN(engine::Engine * engine, session.Engine());
  TRY(LookAtRows(*engine, sql + ")", version.body.schema, options, look));
  TRY(CountClasses(*engine, session, version, look));
  return look;
}

Result<Look> LookAtNode(Session& session, const std::string& name, const store::Table& table,
                        const LookOptions& options) {
  Look look;
  look.what = "node";
  look.name = name;
  for (const store::FileRef& file : table.files) look.bytes += file.bytes;
  TRY_ASSIGN(engine::Engine * engine, session.Engine());
  TRY(LookAtRows(*engine, TableSql(session.objects(), table), table.schema, options, look));
  return look;
}

// A name that is none of a file, a dataset and a node.
Error NothingOfThisName(Session& session, const std::string& name) {
  std::vector<std::string> known = FilesOfRows("");
  if (session.has_catalog()) {
    const auto datasets = session.catalog().Datasets();
    const auto nodes = NodesThatRan(session.catalog());
    if (datasets.ok()) known.insert(known.end(), datasets->begin(), datasets->end());
    if (nodes.ok()) known.insert(known.end(), nodes->begin(), nodes->end());
  }
  const std::string wanted = name.substr(0, name.find('@'));
  std::string nearest = NearestName(wanted, known);
  if (nearest.empty()) {  // a file whose suffix was left out
    std::map<std::string, std::string> files;
    for (const std::string& file : FilesOfRows("")) files.emplace(fs::path(file).stem(), file);
    std::vector<std::string> stems;
    stems.reserve(files.size());
    for (const auto& [stem, file] : files) stems.push_back(stem);
    const std::string stem = NearestName(wanted, stems);
    if (!stem.empty()) nearest = files[stem];
  }
  return {ErrorCode::kUser,
          (session.has_catalog() ? "neither a file nor a dataset or a node that has run: "
                                 : "no such file, and no store of a project here: ") +
              name,
          nearest.empty()
              ? "name a file with its suffix (" + contract::SuffixesText(AllKinds().sources) +
                    "), NAME@REF of a dataset, or a node"
              : "did you mean " + nearest + "?"};
}

Json ClassesJson(const Look& look) {
  Json classes = Json::array();
  for (const auto& [value, rows] : look.classes.classes) {
    Json one{{"value", value ? Json(*value) : Json()}, {"rows", Json::object()}};
    for (std::size_t i = 0; i < rows.size(); ++i) one["rows"][look.splits[i].first] = rows[i];
    classes.push_back(std::move(one));
  }
  return classes;
}

Json RefusedJson(const Look& look) {
  Json first = Json::array();
  for (const auto& row : look.first_refused.rows) {
    Json one = Json::object();
    for (std::size_t i = 0; i < row.size(); ++i) {
      one[look.first_refused.schema[i].name] = row[i] ? Json(*row[i]) : Json();
    }
    first.push_back(std::move(one));
  }
  return Json{{"rows", look.refused}, {"first", std::move(first)}};
}

}  // namespace

bool IsFileName(const std::string& name) {
  return name.find('/') != std::string::npos || KindBySuffix(name).kind != nullptr;
}

Result<Look> LookAtFile(const Session& session, const std::string& file,
                        const LookOptions& options) {
  if (!options.split.empty()) {
    return Error{ErrorCode::kUser, "a file has no splits: " + file, "leave --split out"};
  }
  TRY_ASSIGN(const fs::path real, RealFile(file));
  TRY_ASSIGN(const FileKind kind, KindOf(file, options));
  TRY_ASSIGN(const Json params, ParamsOf(*kind.kind, options));
  TRY_ASSIGN(const LookFolder folder, LookFolder::Make());
  const fs::path link = folder.path() / ("rows" + kind.suffix);
  std::error_code error;
  fs::create_symlink(real, link, error);
  if (error) return store::SystemError(error.value(), "make a link to", real);
  engine::Options engine_options;
  engine_options.threads = session.options().threads;
  engine_options.memory_bytes = session.options().memory_bytes;
  engine_options.spill = folder.path() / "spill";
  engine_options.readable = {folder.path(), real.parent_path()};  // the link is followed
  TRY_ASSIGN(const auto engine, engine::Open(engine_options));
  Look look;
  look.what = "file";
  look.name = file;
  look.bytes = fs::file_size(real, error);
  TRY_ASSIGN(const std::string table, TableOfFile(*engine, *kind.kind, params, {link, file}, look));
  TRY_ASSIGN(const Schema schema, engine->Describe("SELECT * FROM " + table));
  look.note = OtherDelimiter(schema);
  TRY(LookAtRows(*engine, table, schema, options, look));
  return look;
}

Result<Look> LookAt(Session& session, const std::string& name, const LookOptions& options) {
  if (session.has_catalog()) {
    TRY_ASSIGN(const auto datasets, session.catalog().Datasets());
    if (IsDatasetName(datasets, name)) return LookAtVersion(session, name, options);
    TRY_ASSIGN(const std::string fingerprint,
               session.catalog().CurrentFingerprint(name.substr(0, name.find('.'))));
    if (!fingerprint.empty()) {
      if (!options.split.empty()) {
        return Error{ErrorCode::kUser, "a node has no splits: " + name, "leave --split out"};
      }
      TRY_ASSIGN(const store::Table table, NewestOutput(session.catalog(), name));
      return LookAtNode(session, name, table, options);
    }
  }
  std::error_code error;
  if (fs::exists(name, error)) return LookAtFile(session, name, options);
  return NothingOfThisName(session, name);
}

Json LookJson(const Look& look) {
  Json json{{"name", look.name},
            {"what", look.what},
            {"rows", look.rows},
            {"bytes", look.bytes},
            {"columns", stats::ProfileJson(look.columns)},
            {"suspicious", stats::SuspicionsJson(look.suspicions.found)}};
  if (look.suspicions.pairs_left_out > 0) json["pairs_left_out"] = look.suspicions.pairs_left_out;
  if (look.what == "file") json["refused"] = RefusedJson(look);
  if (!look.note.empty()) json["note"] = look.note;
  for (const auto& [name, rows] : look.splits) json["splits"][name] = rows;
  if (!look.label.empty()) {
    json["label"]["column"] = look.label;
    if (!look.classes.classes.empty()) json["label"]["classes"] = ClassesJson(look);
  }
  return json;
}

}  // namespace assay::run
