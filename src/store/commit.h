/// Versions and commits as texts (docs/design/0001, sections 6 and 11).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "base/type.h"
#include "store/table.h"

namespace assay::store {

/// What the rows of a partition have in common: a label, no column.
struct PartitionValue {
  std::string name;
  std::optional<std::string> value;  ///< nothing for null
};

struct Partition {
  std::vector<PartitionValue> values;  ///< empty where nothing is partitioned
  std::uint64_t rows = 0;
  std::vector<FileRef> files;
};

struct SplitTable {
  std::string name;
  std::string digest;
  std::string content_id;  ///< of the rows in any order; empty where an older program wrote it
  std::uint64_t rows = 0;
  std::vector<Partition> partitions;
};

struct Receipt {
  std::string location;  ///< path in the project as it was read
  std::string sha256;
  std::uint64_t bytes = 0;
  std::string collected_at;
};

struct CommitSource {
  std::string name, kind, license;
  std::vector<Receipt> receipts;
};

Json ReceiptJson(const Receipt& receipt);
Result<Receipt> ParseReceiptJson(const Json& json);

/// The immutable record of how a version came to be.
struct Commit {
  std::string dataset;
  std::string version;  ///< version id
  std::vector<std::string> parents;
  Schema schema;
  Json label;  ///< null without
  std::vector<std::string> key;
  Json split;                      ///< null without
  std::vector<SplitTable> tables;  ///< in declared order (train, validation, test); JSON has names
  std::string preparation;         ///< sha256 of `assay.preparation/1`; empty without
  std::vector<SplitTable> prepared;  ///< the splits' prepared rows, in declared order
  std::vector<CommitSource> sources;
  Json recipe = Json::object();
  std::string run;
  Json gates = Json::array();
  std::string profile;
  Json owner = Json::object();
  std::vector<std::string> licenses;
  std::string message, created_at, created_by;
};

/// Computes the version id from schema, label, splits and fitted preparation.
Result<std::string> VersionId(const Commit& commit);
/// The text that is stored; its sha256 is the commit's id.
Result<std::string> CommitText(const Commit& commit);
/// Reads a commit's text; members that are not known are ignored. `what` names it in errors.
Result<Commit> ParseCommit(const std::string& text, const std::string& what);

/// `train`, `validation`, `test` first, in this order; other names after, by name.
bool SplitBefore(const std::string& a, const std::string& b);

}  // namespace assay::store
