#include "monitor/version_side.h"

#include "base/nearest.h"
#include "engine/sql_text.h"
#include "run/table_sql.h"

namespace assay::monitor {
namespace {

// `train@v2`; a version without a number by the beginning of its id.
std::string NameOf(const run::NamedVersion& version) {
  return version.dataset + "@" +
         (version.number.empty() ? "version:" + version.body.version.substr(0, 12)
                                 : version.number);
}

// The profile of one split; columns that cannot be read are an error.
Result<std::vector<stats::ColumnProfile>> SplitProfile(const Json& profile,
                                                       const std::string& split) {
  const Json body = profile.value("assay.profile/1", Json::object());
  if (!body.is_object() || !body.contains("splits") || !body["splits"].is_object() ||
      !body["splits"].contains(split) || !body["splits"][split].is_object() ||
      !body["splits"][split].contains("columns")) {
    return Error{ErrorCode::kData, "the profile has no columns of split: " + split,
                 "`assay dataset verify` finds what is damaged"};
  }
  return stats::ParseProfileJson(body["splits"][split]["columns"]);
}

Result<Json> ReadProfile(run::Session& session, const store::Commit& commit) {
  const auto text = session.objects().Get(commit.profile);
  if (text.ok()) return ParseJson(*text);
  Error error = text.error();
  error.hint += (error.hint.empty() ? "" : "; ") +
                std::string("`assay drift --from data` reads the rows instead");
  return error;
}

}  // namespace

Result<DriftSide> SideOfVersion(run::Session& session, const run::NamedVersion& version,
                                const std::string& split, bool with_profile) {
  const store::Commit& commit = version.body;
  DriftSide side;
  side.name = NameOf(version);
  side.version = commit.version;
  side.schema = commit.schema;
  if (commit.label.is_object()) side.label = commit.label.value("column", "");
  std::vector<std::string> names;
  std::string sql;
  Json profile;
  if (with_profile) {
    TRY_ASSIGN(profile, ReadProfile(session, commit).While("reading the profile of " + side.name));
  }
  for (const store::SplitTable& table : commit.tables) {
    names.push_back(table.name);
    if (!split.empty() && table.name != split) continue;
    side.rows += table.rows;
    sql += (sql.empty() ? "(" : " UNION ALL ") + std::string("SELECT ") +
           engine::NameList(FieldNames(commit.schema)) + " FROM " +
           run::TableSql(session.objects(), run::SplitAsTable(commit, table));
    if (table.rows == 0 || !profile.is_object()) continue;
    TRY_ASSIGN(auto columns,
               SplitProfile(profile, table.name).While("reading the profile of " + side.name));
    side.profiles.push_back(std::move(columns));
  }
  if (sql.empty()) {
    std::string hint = "its splits are ";
    for (std::size_t i = 0; i < names.size(); ++i) hint += (i > 0 ? ", " : "") + names[i];
    return Error{ErrorCode::kUser, side.name + " has no such split: " + split, hint};
  }
  side.sql = sql + ")";
  return side;
}

}  // namespace assay::monitor
