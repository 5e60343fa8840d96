// Models and their roles.
#include "store/catalog_state.h"
#include "store/model_registry.h"

namespace assay::store {
namespace {

Result<std::vector<ModelRow>> AllModels(Statement statement) {
  std::vector<ModelRow> models;
  for (;;) {
    TRY_ASSIGN(const bool more, statement.Step());
    if (!more) return models;
    models.push_back(ModelRow{.name = statement.Text(0),
                              .number = statement.Int(1),
                              .id = statement.Text(2),
                              .commit = statement.Text(3),
                              .created_at = statement.Text(4)});
  }
}

}  // namespace

Result<std::vector<ModelRow>> ModelRegistry::Models(const std::string& name) {
  TRY_ASSIGN(Statement statement, catalog_.state().database->Query(
                                      "SELECT name, number, id, commit_id, created_at FROM model "
                                      "WHERE ?1 = '' OR name = ?1 ORDER BY name, number",
                                      name));
  return AllModels(std::move(statement));
}

Result<std::optional<ModelRow>> ModelRegistry::Find(const std::string& name, std::int64_t number) {
  TRY_ASSIGN(Statement statement, catalog_.state().database->Query(
                                      "SELECT name, number, id, commit_id, created_at FROM model "
                                      "WHERE name = ?1 AND number = ?2",
                                      name, number));
  TRY_ASSIGN(std::vector<ModelRow> found, AllModels(std::move(statement)));
  if (found.empty()) return std::optional<ModelRow>();
  return std::optional(std::move(found[0]));
}

Result<std::vector<ModelRole>> ModelRegistry::Roles(const std::string& name) {
  TRY_ASSIGN(Statement statement,
             catalog_.state().database->Query("SELECT name, role, number FROM model_role "
                                              "WHERE ?1 = '' OR name = ?1 ORDER BY name, role",
                                              name));
  std::vector<ModelRole> roles;
  for (;;) {
    TRY_ASSIGN(const bool more, statement.Step());
    if (!more) return roles;
    roles.push_back(ModelRole{statement.Text(0), statement.Text(1), statement.Int(2)});
  }
}

Result<std::int64_t> ModelRegistry::Add(const ModelRow& row) {
  Database& database = *catalog_.state().database;
  std::int64_t number = 0;
  {
    TRY_ASSIGN(
        Statement statement,
        database.Query("SELECT coalesce(max(number), 0) + 1 FROM model WHERE name = ?1", row.name));
    TRY(statement.Step());
    number = statement.Int(0);
  }
  TRY(database.Run("INSERT INTO model VALUES (?1, ?2, ?3, ?4, ?5)", row.name, number, row.id,
                   row.commit, row.created_at));
  return number;
}

Status ModelRegistry::SetRole(const ModelRole& role) {
  return catalog_.state().database->Run(
      "INSERT INTO model_role VALUES (?1, ?2, ?3) ON CONFLICT DO UPDATE SET number = ?3", role.name,
      role.role, role.number);
}

}  // namespace assay::store
