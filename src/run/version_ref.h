/// `name@ref` as people write it.
#pragma once

#include <string>

#include "run/session.h"
#include "store/commit.h"

namespace assay::run {

struct NamedVersion {
  std::string dataset;
  std::string ref;     ///< as written, `latest` for a bare name
  std::string commit;  ///< id
  std::string number;  ///< `v2`, or empty
  store::Commit body;
};

/// Finds what `text` names. With `dataset` given, a text that begins with `@` means that dataset.
Result<NamedVersion> FindVersion(Session& session, const std::string& text,
                                 const std::string& dataset = "");

/// The split of this name, or an error that tells which there are.
Result<const store::SplitTable*> FindSplit(const NamedVersion& version, const std::string& name);

/// The split of a version as a table.
store::Table SplitAsTable(const store::Commit& commit, const store::SplitTable& split);

/// Table expression over all splits, with a column of that name that says which; see `SplitColumn`.
std::string VersionSql(const store::ObjectStore& objects, const store::Commit& commit);

/// `split`, or `_split` where the rows have a column of that name already.
std::string SplitColumn(const Schema& schema);

}  // namespace assay::run
