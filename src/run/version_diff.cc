#include "run/version_diff.h"

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <optional>
#include <set>
#include <tuple>

#include "engine/sql_text.h"
#include "run/table_sql.h"

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

// Where a share was taken; told in this order, numbers by value.
struct ShareKey {
  std::string gate, where;
  double number = 0;  // of a label that is one
  std::string what;
  bool operator<(const ShareKey& other) const {
    return std::tie(gate, where, number, what) <
           std::tie(other.gate, other.where, other.number, other.what);
  }
};
using Shares = std::map<ShareKey, std::string>;

std::vector<ShareChange> Compare(const Shares& before, const Shares& after) {
  std::map<ShareKey, ShareChange> changes;
  const auto change_at = [&](const ShareKey& key) -> ShareChange& {
    ShareChange& change = changes[key];
    change.gate = key.gate;
    change.where = key.where;
    change.what = key.what;
    return change;
  };
  for (const auto& [key, share] : before) change_at(key).before = share;
  for (const auto& [key, share] : after) change_at(key).after = share;
  std::vector<ShareChange> list;
  list.reserve(changes.size());
  for (auto& [key, change] : changes) list.push_back(std::move(change));
  return list;
}

// Shares of the label's values by split, counted in the rows; rows without a label are in no class.
// Nothing where there are too many values.
Result<std::optional<Shares>> ClassShares(Session& session, const store::Commit& commit) {
  if (!commit.label.is_object()) return std::optional(Shares());
  const std::string name = commit.label.value("column", "");
  const Field* field = FindField(commit.schema, name);
  const bool is_number = field != nullptr && IsNumber(field->type);
  const std::string label = engine::QuoteName(name);
  TRY_ASSIGN(engine::Engine * engine, session.Engine());
  Shares shares;
  for (const store::SplitTable& split : commit.tables) {
    TRY_ASSIGN(const engine::Grid grid,
               engine->Query("SELECT " + label + "::VARCHAR, count(*) FROM " +
                             TableSql(session.objects(), SplitAsTable(commit, split)) + " WHERE " +
                             label + " IS NOT NULL GROUP BY " + label + " LIMIT " +
                             std::to_string(kMostClasses + 1)));
    if (grid.rows.size() > kMostClasses) return std::optional<Shares>();
    for (const auto& row : grid.rows) {
      const double rows = std::strtod(row.at(1).value_or("0").c_str(), nullptr);
      const std::string value = row.at(0).value_or("");
      const double number = is_number ? std::strtod(value.c_str(), nullptr) : 0;
      // Not a number has no order of its own.
      shares[{"", split.name, std::isnan(number) ? HUGE_VAL : number, value}] =
          Percent(rows / static_cast<double>(split.rows));
    }
  }
  return std::optional(std::move(shares));
}

// The values of the label in both versions, with their shares.
Result<std::vector<ShareChange>> DiffClasses(Session& session, const store::Commit& before,
                                             const store::Commit& after) {
  TRY_ASSIGN(const auto old_shares, ClassShares(session, before));
  if (!old_shares) return std::vector<ShareChange>();
  std::optional<Shares> new_shares = old_shares;
  if (before.version != after.version) {
    TRY_ASSIGN(new_shares, ClassShares(session, after));
  }
  if (!new_shares) return std::vector<ShareChange>();
  std::set<std::string> values;
  for (const Shares& shares : {*old_shares, *new_shares}) {
    for (const auto& [key, share] : shares) values.insert(key.what);
  }
  if (values.size() > kMostClasses) return std::vector<ShareChange>();
  return Compare(*old_shares, *new_shares);
}

// Shares that gates judged by slice. Gates may have checks of one name.
Shares SliceShares(const store::Commit& commit) {
  Shares shares;
  for (const Json& gate : commit.gates) {
    for (const Json& check : gate.value("checks", Json::array())) {
      if (check.value("kind", "") != "share") continue;
      for (const Json& slice : check.value("slices", Json::array())) {
        shares[{gate.value("gate", ""), slice.value("slice", ""), 0, check.value("name", "")}] =
            slice.value("observed", "");
      }
    }
  }
  return shares;
}

Json SharesJson(const std::vector<ShareChange>& changes, const char* what, const char* where) {
  Json list = Json::array();
  for (const ShareChange& change : changes) {
    list.push_back(Json{{what, change.what},
                        {where, change.where},
                        {"before", change.before.empty() ? Json(nullptr) : Json(change.before)},
                        {"after", change.after.empty() ? Json(nullptr) : Json(change.after)}});
    if (!change.gate.empty()) list.back()["gate"] = change.gate;
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
  TRY_ASSIGN(diff.classes, DiffClasses(session, before.body, after.body));
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
