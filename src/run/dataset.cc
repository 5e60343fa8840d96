#include "run/dataset.h"

#include <algorithm>
#include <set>

#include "contract/name_list.h"
#include "engine/sql_text.h"
#include "run/code_commit.h"
#include "run/judge_table.h"
#include "run/prepare_version.h"
#include "run/program.h"
#include "run/table_sql.h"
#include "run/user_name.h"
#include "run/write_split.h"
#include "stats/profile.h"
#include "step/split.h"

namespace assay::run {
namespace {

using engine::NameList;
using engine::QuoteName;
using engine::QuoteText;

bool HasMap(const Type& type) {
  return type.kind == TypeKind::kMap ||
         std::any_of(type.children.begin(), type.children.end(),
                     [](const Field& child) { return HasMap(child.type); });
}

Status CheckColumn(const Schema& schema, const std::string& name, const contract::Place& place,
                   const std::string& what) {
  if (FindField(schema, name) != nullptr) return {};
  std::string known;
  for (const Field& field : schema) known += (known.empty() ? "" : ", ") + field.name;
  return Error{ErrorCode::kUser, PlaceText(place) + ": no such column for " + what + ": " + name,
               "its columns are " + known};
}

Status CheckDeclaration(const contract::Dataset& dataset, const Schema& schema) {
  if (!dataset.label.empty()) {
    TRY(CheckColumn(schema, dataset.label, dataset.label_place, "the label"));
  }
  for (const std::string& column : dataset.key) {
    TRY(CheckColumn(schema, column, dataset.key_place, "the key"));
  }
  for (const Field& field : schema) {
    if (!dataset.key.empty() || !HasMap(field.type)) continue;
    return Error{ErrorCode::kUser,
                 PlaceText(dataset.place) +
                     ": maps have no order, so rows with one "
                     "need a key: " +
                     field.name,
                 "declare `key: [...]`, or turn the map into columns"};
  }
  return {};
}

Status CheckKey(engine::Engine& engine, const contract::Dataset& dataset, const std::string& from) {
  if (dataset.key.empty()) return {};
  const std::string columns = NameList(dataset.key);
  std::string nulls;
  for (const std::string& column : dataset.key) {
    nulls += (nulls.empty() ? "" : " OR ") + QuoteName(column) + " IS NULL";
  }
  TRY_ASSIGN(const engine::Grid grid,
             engine.Query("SELECT (SELECT count(*) FROM (SELECT 1 FROM " + from + " GROUP BY " +
                          columns + " HAVING count(*) > 1)), (SELECT count(*) FROM " + from +
                          " WHERE " + nulls + ")"));
  const std::string repeated = grid.rows.at(0).at(0).value_or("0");
  const std::string without = grid.rows.at(0).at(1).value_or("0");
  if (repeated == "0" && without == "0") return {};
  return Error{ErrorCode::kData,
               PlaceText(dataset.key_place) + ": the key (`" + contract::Join(dataset.key, "`, `") +
                   "`) is no key; values that occur more than once: " + repeated +
                   ", rows with a null in it: " + without,
               "add `unique` and `not_null` to the gate before, or declare `key: none`"};
}

struct Splits {
  std::string expression;  // empty: one split `all`
  std::vector<std::string> names;
};

Result<Splits> SplitsOf(engine::Engine& engine, const contract::Dataset& dataset,
                        const Schema& schema, const std::string& from) {
  if (dataset.split_kind.empty()) return Splits{"", {"all"}};
  const step::SplitKind* kind = step::FindSplit(dataset.split_kind);
  if (kind == nullptr) {
    return Error{ErrorCode::kInternal, "no such split kind: " + dataset.split_kind, ""};
  }
  TRY_ASSIGN(const step::SplitSql sql,
             kind->to_sql(dataset.split_params, schema).While(PlaceText(dataset.split_place)));
  TRY_ASSIGN(const engine::Grid grid, engine.Query("SELECT count(*) FROM " + from + " WHERE (" +
                                                   sql.expression + ") IS NULL"));
  if (grid.rows.at(0).at(0) != "0") {
    return Error{ErrorCode::kData,
                 PlaceText(dataset.split_place) + ": rows without a value in `" +
                     contract::Join(sql.columns, "`, `") +
                     "` belong to no split: " + *grid.rows[0][0],
                 "let the gate before refuse them with `not_null`"};
  }
  return Splits{sql.expression, sql.names};
}

// Every column in schema order, or the key: the canonical order of docs/design/0001, section 3.
std::string OrderBy(const contract::Dataset& dataset, const Schema& schema) {
  const auto columns = dataset.key.empty() ? FieldNames(schema) : dataset.key;
  std::string order;
  for (const std::string& column : columns) {
    order += (order.empty() ? "" : ", ") + QuoteName(column) + " ASC NULLS LAST";
  }
  return order;
}

// Judges the dataset's own checks with the split as slice; false when the verdict is `fail`.
Result<bool> JudgeSplits(Workspace& workspace, const contract::Dataset& dataset,
                         const store::Table& input, const std::string& split, BuiltVersion& built) {
  if (dataset.checks.empty()) return true;
  contract::Gate gate;
  gate.name = dataset.name;
  gate.input = dataset.input;
  gate.bad_rows = contract::BadRows::kKeep;
  gate.by = split;
  gate.checks = dataset.checks;
  gate.owner = dataset.owner;
  gate.place = dataset.place;
  TRY_ASSIGN(gate::Judgement judgement,
             JudgeTable(workspace, gate, input, {}, workspace.clock().NowMicros()));
  if (!judgement.verdict.by.empty()) judgement.verdict.by = "split";
  built.verdicts.push_back(VerdictJson(judgement.verdict));
  TRY_ASSIGN(engine::Engine * engine, workspace.Engine());
  TRY(DropTemporaries(*engine, judgement.temporaries));
  built.failed = judgement.verdict.verdict == gate::VerdictKind::kFail;
  return !built.failed;
}

// The profile of a split that was just written, whose file gets its bounds.
Result<Json> ProfileSplit(Workspace& workspace, engine::Engine& engine, const Schema& schema,
                          store::SplitTable& split) {
  store::FileRef& file = split.partitions.at(0).files.at(0);
  TRY_ASSIGN(
      const auto columns,
      stats::ProfileTable(
          engine, engine::ReadParquet({workspace.objects().PathOf(file.sha256)}, {}), schema));
  for (const stats::ColumnProfile& column : columns) {
    // The beginning of a text is not above it: a bound for min, and none for max.
    if (column.min) file.min[column.name] = column.min->text;
    if (column.max && !column.max->cut) file.max[column.name] = column.max->text;
  }
  return Json{{"rows", split.rows}, {"columns", stats::ProfileJson(columns)}};
}

// The splits of an earlier commit that can stand in for those of a new one: made by the same
// program from columns and a key alike.
class EarlierSplits {
 public:
  static EarlierSplits Of(Workspace& workspace, engine::Engine& engine,
                          const std::optional<store::Commit>& before, const store::Commit& commit);

  // The split that holds the rows of a query, or nothing.
  Result<const store::SplitTable*> Find(Workspace& workspace, engine::Engine& engine,
                                        const std::string& name, const std::string& query) const;
  Json ProfileOf(const std::string& name) const { return profile_.at("splits").at(name); }

 private:
  std::vector<store::SplitTable> tables_;
  Schema schema_;
  Json profile_;
};

EarlierSplits EarlierSplits::Of(Workspace& workspace, engine::Engine& engine,
                                const std::optional<store::Commit>& before,
                                const store::Commit& commit) {
  EarlierSplits earlier;
  if (!before || before->schema != commit.schema || before->key != commit.key) return earlier;
  const auto made_by = [&](const char* what) { return before->recipe.value(what, ""); };
  if (made_by("engine") != engine.Version() || made_by("assay") != kProgramVersion) return earlier;
  // What is damaged is made anew.
  const auto text = workspace.objects().Get(before->profile);
  const auto json = text.ok() ? ParseJson(*text) : Result<Json>(text.error());
  if (!json.ok() || !json->contains(Json::json_pointer("/assay.profile~11/splits"))) return earlier;
  earlier.profile_ = json->at("assay.profile/1");
  earlier.schema_ = commit.schema;
  earlier.tables_ = before->tables;
  return earlier;
}

Result<const store::SplitTable*> EarlierSplits::Find(Workspace& workspace, engine::Engine& engine,
                                                     const std::string& name,
                                                     const std::string& query) const {
  const store::SplitTable* none = nullptr;
  const auto split = std::find_if(tables_.begin(), tables_.end(), [&](const auto& table) {
    return table.name == name && !table.content_id.empty() && profile_.at("splits").contains(name);
  });
  if (split == tables_.end()) return none;
  for (const store::Partition& partition : split->partitions) {
    for (const store::FileRef& file : partition.files) {
      if (!workspace.objects().Has(file)) return none;
    }
  }
  // To count is far cheaper than to read all columns.
  TRY_ASSIGN(const engine::Grid count, engine.Query("SELECT count(*) FROM (" + query + ")"));
  if (count.rows.at(0).at(0) != std::to_string(split->rows)) return none;
  TRY_ASSIGN(const engine::RowSum rows, engine.SumRows(query));
  TRY_ASSIGN(const std::string content_id, store::ContentId(schema_, rows.rows, rows.sum));
  return content_id == split->content_id ? &*split : none;
}

// Writes and profiles the rows, split by split in canonical order.
Status WriteSplits(Workspace& workspace, const contract::Dataset& dataset,
                   const store::Table& input, const Splits& splits,
                   const std::optional<store::Commit>& before, store::Commit& commit,
                   std::vector<std::string>& warnings) {
  TRY_ASSIGN(engine::Engine * engine, workspace.Engine());
  const EarlierSplits earlier = EarlierSplits::Of(workspace, *engine, before, commit);
  const std::string from = TableSql(workspace.objects(), input);
  const std::string columns = NameList(FieldNames(input.schema));
  Json profile = Json::object();
  std::uint64_t rows = 0;
  for (const std::string& name : splits.names) {
    std::string query = "SELECT " + columns + " FROM " + from;
    if (!splits.expression.empty()) {
      query += " WHERE (" + splits.expression + ") = " + QuoteText(name);
    }
    TRY_ASSIGN(const store::SplitTable* same, earlier.Find(workspace, *engine, name, query));
    if (same != nullptr) {
      commit.tables.push_back(*same);
      profile["splits"][name] = earlier.ProfileOf(name);
    } else {
      query += " ORDER BY " + OrderBy(dataset, input.schema);
      TRY_ASSIGN(commit.tables.emplace_back(), WriteSplit(workspace, *engine, query, name));
      TRY_ASSIGN(profile["splits"][name],
                 ProfileSplit(workspace, *engine, input.schema, commit.tables.back()));
    }
    const std::uint64_t rows_of_split = commit.tables.back().rows;
    if (rows_of_split == 0) warnings.push_back("split `" + name + "` is empty");
    rows += rows_of_split;
  }
  if (rows != input.rows) {
    return Error{ErrorCode::kInternal,
                 "the splits do not hold all rows: " + std::to_string(rows) + " of " +
                     std::to_string(input.rows),
                 ""};
  }
  TRY_ASSIGN(const std::string profile_text, HashedText("assay.profile/1", profile));
  TRY_ASSIGN(commit.profile, workspace.objects().Put(profile_text));
  return {};
}

}  // namespace

Result<store::Commit> ReadCommit(const store::ObjectStore& objects, const std::string& id) {
  TRY_ASSIGN(const std::string text, objects.Get(id));
  return store::ParseCommit(text, "commit " + id.substr(0, 12));
}

Result<BuiltVersion> BuildVersion(Workspace& workspace, const contract::Dataset& dataset,
                                  const store::Table& input,
                                  const std::optional<store::Commit>& before,
                                  std::vector<std::string>& warnings) {
  TRY(CheckDeclaration(dataset, input.schema));
  TRY_ASSIGN(engine::Engine * engine, workspace.Engine());
  const std::string from = TableSql(workspace.objects(), input);
  TRY(CheckKey(*engine, dataset, from));
  TRY_ASSIGN(const Splits splits, SplitsOf(*engine, dataset, input.schema, from));
  BuiltVersion built;
  TRY_ASSIGN(const bool holds, JudgeSplits(workspace, dataset, input, splits.expression, built));
  if (!holds) return built;

  store::Commit& commit = built.commit;
  commit.recipe = Json{{"engine", engine->Version()}};
  commit.dataset = dataset.name;
  commit.schema = input.schema;
  commit.key = dataset.key;
  if (!dataset.label.empty()) {
    const Field* label = FindField(input.schema, dataset.label);
    commit.label = Json{{"column", label->name}, {"type", TypeJson(label->type)}};
  }
  if (!dataset.split_kind.empty()) {
    commit.split = Json{{"kind", dataset.split_kind}, {"params", dataset.split_params}};
  }
  TRY(WriteSplits(workspace, dataset, input, splits, before, commit, warnings));
  TRY_ASSIGN(built.failed, PrepareVersion(workspace, dataset, built, warnings));
  if (built.failed) return built;
  TRY_ASSIGN(commit.version, VersionId(commit));
  return built;
}

Result<CommittedVersion> StoreCommit(Session& session, const contract::Project& project,
                                     const contract::Dataset& dataset, store::Commit commit,
                                     const CommitContext& context) {
  Json files = Json::array();
  for (const auto& [path, text] : context.files) {
    TRY_ASSIGN(const std::string sha256, session.objects().Put(text));
    files.push_back(Json{{"path", path}, {"sha256", sha256}});
  }
  commit.recipe = Json{{"engine", commit.recipe.at("engine")},
                       {"assay", kProgramVersion},
                       {"fingerprint", context.fingerprint},
                       {"nodes", context.nodes},
                       {"files", std::move(files)}};
  if (!project.environment.empty()) commit.recipe["environment"] = project.environment;
  if (const std::string code = CodeCommit(project.folder); !code.empty()) {
    commit.recipe["code_commit"] = code;
  }
  commit.run = context.run;
  commit.gates = context.gates;
  commit.sources = context.sources;
  commit.owner = OwnerJson(dataset.owner);
  std::set<std::string> licenses;
  for (const store::CommitSource& source : context.sources) {
    if (!source.license.empty()) licenses.insert(source.license);
  }
  commit.licenses.assign(licenses.begin(), licenses.end());
  commit.message = context.message;
  commit.created_at = UtcText(session.clock().NowMicros());
  commit.created_by = UserName();
  CommittedVersion committed;
  TRY_ASSIGN(const auto head, session.catalog().FindRef(dataset.name, "branch", "main"));
  commit.parents.clear();
  if (head) {
    // A commit on top of what cannot be read would hide the damage.
    if (const auto parent = ReadCommit(session.objects(), *head); !parent.ok()) {
      return Error{
          ErrorCode::kData, "the newest commit cannot be read: " + parent.error().message,
          "`assay dataset verify` tells what is wrong with the store; put its objects back "
          "from a copy, or move .assay away to begin anew"};
    }
    commit.parents.push_back(*head);
  }
  TRY_ASSIGN(committed.text, CommitText(commit));
  TRY_ASSIGN(committed.id, session.objects().Put(committed.text));
  committed.commit = std::move(commit);
  return committed;
}

}  // namespace assay::run
