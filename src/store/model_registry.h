/// Models and their roles in the catalog (docs/design/0003, section 3). What a model is, its stored
/// text tells; here are numbers, names and what each was trained on.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "store/catalog.h"

namespace assay::store {

struct ModelRow {
  std::string name;
  std::int64_t number = 0;  ///< the `2` of `late@v2`
  std::string id;           ///< sha256 of the stored text
  std::string commit;       ///< of the version it was trained on
  std::string created_at;
};

struct ModelRole {
  std::string name, role;
  std::int64_t number = 0;
};

/// A view of the catalog's tables; the catalog must outlive it. Writes stand in the caller's
/// transaction.
class ModelRegistry {
 public:
  explicit ModelRegistry(Catalog& catalog) : catalog_(catalog) {}

  /// All models, or those of one name; by name, then number.
  Result<std::vector<ModelRow>> Models(const std::string& name = "");
  Result<std::optional<ModelRow>> Find(const std::string& name, std::int64_t number);
  /// All roles, or those of one name; by name, then role.
  Result<std::vector<ModelRole>> Roles(const std::string& name = "");

  /// Adds the model under the next number of its name, which is returned; `row.number` is not read.
  Result<std::int64_t> Add(const ModelRow& row);
  /// Gives a role to a model that is there; who had it loses it.
  Status SetRole(const ModelRole& role);

 private:
  Catalog& catalog_;
};

}  // namespace assay::store
