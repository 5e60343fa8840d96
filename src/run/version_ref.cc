#include "run/version_ref.h"

#include "engine/sql_text.h"
#include "run/dataset.h"
#include "run/table_sql.h"

namespace assay::run {

Result<NamedVersion> FindVersion(Session& session, const std::string& text,
                                 const std::string& dataset) {
  TRY_ASSIGN(store::Catalog * catalog, session.NeedCatalog());
  NamedVersion version;
  const std::size_t at = text.find('@');
  version.dataset = text.substr(0, at);
  version.ref = at == std::string::npos ? "latest" : text.substr(at + 1);
  if (version.dataset.empty()) version.dataset = dataset;
  if (version.dataset.empty() || version.ref.empty()) {
    return Error{ErrorCode::kUser, "not the name of a version: " + text,
                 "write NAME@REF, for example flights_train@v1"};
  }
  TRY_ASSIGN(version.commit, catalog->Resolve(version.dataset, version.ref));
  TRY_ASSIGN(version.body, ReadCommit(session.objects(), version.commit));
  TRY_ASSIGN(version.number, catalog->VersionNumber(version.dataset, version.body.version));
  return version;
}

Result<const store::SplitTable*> FindSplit(const NamedVersion& version, const std::string& name) {
  std::string known;
  for (const store::SplitTable& split : version.body.tables) {
    if (split.name == name) return &split;
    known += (known.empty() ? "" : ", ") + split.name;
  }
  return Error{ErrorCode::kUser,
               "no such split: " + version.dataset + "@" + version.ref + "." + name,
               "its splits are " + known};
}

store::Table SplitAsTable(const store::Commit& commit, const store::SplitTable& split) {
  store::Table table;
  table.schema = commit.schema;
  table.rows = split.rows;
  for (const store::Partition& partition : split.partitions) {
    table.files.insert(table.files.end(), partition.files.begin(), partition.files.end());
  }
  return table;
}

std::string SplitColumn(const Schema& schema) {
  std::string name = "split";
  while (FindField(schema, name) != nullptr) name.insert(0, "_");
  return name;
}

std::string VersionSql(const store::ObjectStore& objects, const store::Commit& commit) {
  std::string sql;
  for (const store::SplitTable& split : commit.tables) {
    sql += sql.empty() ? "(" : " UNION ALL ";
    sql += "SELECT " + engine::NameList(FieldNames(commit.schema)) + ", " +
           engine::QuoteText(split.name) + " AS " + engine::QuoteName(SplitColumn(commit.schema)) +
           " FROM " + TableSql(objects, SplitAsTable(commit, split));
  }
  return sql + ")";
}

}  // namespace assay::run
