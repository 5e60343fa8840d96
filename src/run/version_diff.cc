#include "run/version_diff.h"

#include <cstdio>
#include <cstdlib>
#include <map>

#include "engine/sql_text.h"

namespace assay::run {
namespace {

const store::SplitTable* FindSplit(const store::Commit& commit, const std::string& name) {
  for (const store::SplitTable& split : commit.tables) {
    if (split.name == name) return &split;
  }
  return nullptr;
}

std::vector<std::string> SchemaChanges(const Schema& before, const Schema& after) {
  std::vector<std::string> changes;
  for (const Field& field : before) {
    const Field* other = FindField(after, field.name);
    if (other == nullptr || other->type != field.type) {
      changes.push_back("- " + field.name + " " + TypeText(field.type));
    }
  }
  for (const Field& field : after) {
    const Field* other = FindField(before, field.name);
    if (other == nullptr || other->type != field.type) {
      changes.push_back("+ " + field.name + " " + TypeText(field.type));
    }
  }
  if (changes.empty() && before != after) changes.emplace_back("~ the order of the columns");
  return changes;
}

Result<std::uint64_t> CountExcept(Session& session, const store::Commit& left,
                                  const store::SplitTable* left_split, const store::Commit& right,
                                  const store::SplitTable* right_split) {
  if (left_split == nullptr) return std::uint64_t{0};
  if (right_split == nullptr) return left_split->rows;
  TRY_ASSIGN(engine::Engine * engine, session.Engine());
  const auto select = [&](const store::Commit& commit, const store::SplitTable& split) {
    return "SELECT " + engine::NameList(FieldNames(commit.schema)) + " FROM " +
           TableSql(session.objects(), SplitAsTable(commit, split));
  };
  TRY_ASSIGN(const engine::Grid grid,
             engine->Query("SELECT count(*) FROM (" + select(left, *left_split) + " EXCEPT ALL " +
                           select(right, *right_split) + ")"));
  return static_cast<std::uint64_t>(
      std::strtoull(grid.rows.at(0).at(0).value_or("0").c_str(), nullptr, 10));
}

Result<SplitChange> DiffSplit(Session& session, const std::string& name,
                              const store::Commit& before, const store::Commit& after) {
  const store::SplitTable* old_split = FindSplit(before, name);
  const store::SplitTable* new_split = FindSplit(after, name);
  SplitChange change;
  change.split = name;
  if (old_split != nullptr) change.before = old_split->rows;
  if (new_split != nullptr) change.after = new_split->rows;
  const bool same_schema = before.schema == after.schema;
  if (same_schema && old_split != nullptr && new_split != nullptr &&
      old_split->digest == new_split->digest) {
    return change;
  }
  if (!same_schema) {  // rows of another shape are other rows
    change.added = change.after;
    change.removed = change.before;
    return change;
  }
  TRY_ASSIGN(change.added, CountExcept(session, after, new_split, before, old_split));
  TRY_ASSIGN(change.removed, CountExcept(session, before, old_split, after, new_split));
  return change;
}

std::string Percent(double share) {
  char buffer[32];
  std::snprintf(buffer, sizeof buffer, "%.2f %%", share * 100);
  return buffer;
}

using Shares =
    std::map<std::pair<std::string, std::string>, std::string>;  // (where, what) -> share

// Shares of the label's classes by split, from the profile.
Result<Shares> ClassShares(Session& session, const store::Commit& commit) {
  Shares shares;
  if (!commit.label.is_object()) return shares;
  TRY_ASSIGN(const std::string text, session.objects().Get(commit.profile));
  TRY_ASSIGN(const Json profile, ParseJson(text));
  const std::string label = commit.label.value("column", "");
  const Json splits = profile.value("/assay.profile~11/splits"_json_pointer, Json::object());
  for (const auto& [split, body] : splits.items()) {
    for (const Json& column : body.value("columns", Json::array())) {
      if (column.value("name", "") != label) continue;
      const double rows = column.value("rows", 0.0);
      for (const Json& top : column.value("top", Json::array())) {
        shares[{split, top.value("value", "")}] =
            Percent(rows == 0 ? 0 : top.value("rows", 0.0) / rows);
      }
    }
  }
  return shares;
}

// Shares that gates judged by slice.
Shares SliceShares(const store::Commit& commit) {
  Shares shares;
  for (const Json& gate : commit.gates) {
    for (const Json& check : gate.value("checks", Json::array())) {
      if (check.value("kind", "") != "share") continue;
      for (const Json& slice : check.value("slices", Json::array())) {
        shares[{slice.value("slice", ""), check.value("name", "")}] = slice.value("observed", "");
      }
    }
  }
  return shares;
}

std::vector<ShareChange> Compare(const Shares& before, const Shares& after) {
  std::map<std::pair<std::string, std::string>, ShareChange> changes;
  for (const auto& [key, share] : before) changes[key] = {key.second, key.first, share, ""};
  for (const auto& [key, share] : after) {
    ShareChange& change = changes[key];
    change.where = key.first;
    change.what = key.second;
    change.after = share;
  }
  std::vector<ShareChange> list;
  list.reserve(changes.size());
  for (auto& [key, change] : changes) list.push_back(std::move(change));
  return list;
}

Json SharesJson(const std::vector<ShareChange>& changes, const char* what, const char* where) {
  Json list = Json::array();
  for (const ShareChange& change : changes) {
    list.push_back(Json{{what, change.what},
                        {where, change.where},
                        {"before", change.before.empty() ? Json(nullptr) : Json(change.before)},
                        {"after", change.after.empty() ? Json(nullptr) : Json(change.after)}});
  }
  return list;
}

}  // namespace

Result<VersionDiff> DiffVersions(Session& session, const NamedVersion& before,
                                 const NamedVersion& after) {
  VersionDiff diff;
  diff.same_content = before.body.version == after.body.version;
  diff.schema = SchemaChanges(before.body.schema, after.body.schema);
  std::vector<std::string> names;
  names.reserve(after.body.tables.size() + before.body.tables.size());
  for (const store::SplitTable& split : after.body.tables) names.push_back(split.name);
  for (const store::SplitTable& split : before.body.tables) {
    if (FindSplit(after.body, split.name) == nullptr) names.push_back(split.name);
  }
  for (const std::string& name : names) {
    TRY_ASSIGN(SplitChange change, DiffSplit(session, name, before.body, after.body));
    diff.splits.push_back(std::move(change));
  }
  TRY_ASSIGN(const Shares old_classes, ClassShares(session, before.body));
  TRY_ASSIGN(const Shares new_classes, ClassShares(session, after.body));
  diff.classes = Compare(old_classes, new_classes);
  diff.slices = Compare(SliceShares(before.body), SliceShares(after.body));
  return diff;
}

Json VersionDiffJson(const VersionDiff& diff) {
  Json splits = Json::array();
  for (const SplitChange& split : diff.splits) {
    splits.push_back(Json{{"split", split.split},
                          {"before", split.before},
                          {"after", split.after},
                          {"added", split.added},
                          {"removed", split.removed}});
  }
  return Json{{"same_content", diff.same_content},
              {"schema", diff.schema},
              {"splits", splits},
              {"classes", SharesJson(diff.classes, "class", "split")},
              {"slices", SharesJson(diff.slices, "check", "slice")}};
}

}  // namespace assay::run
