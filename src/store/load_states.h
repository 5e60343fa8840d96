/// What each source fetched up to now, and where its next fetch begins (docs/design/0008). A row is
/// written in the transaction that records what the node made of it, so a load that is killed at
/// any moment is one that did not happen.
#pragma once

#include <optional>
#include <string>

#include "base/json.h"
#include "base/result.h"
#include "store/catalog.h"

namespace assay::store {

struct LoadRow {
  std::string source;
  std::string asks;  ///< digest of what is asked; a state of another one is not gone on with
  Json state;        ///< its form is the source room's
  std::string
      fetched_at;  ///< UTC; when it was last asked, with or without an answer of something new
  std::string run;
};

/// A view of the catalog's table; the catalog must outlive it. Writes stand in the caller's
/// transaction.
class LoadStates {
 public:
  explicit LoadStates(Catalog& catalog) : catalog_(catalog) {}

  Result<std::optional<LoadRow>> Find(const std::string& source);
  Status Put(const LoadRow& row);  ///< replaces

 private:
  Catalog& catalog_;
};

}  // namespace assay::store
