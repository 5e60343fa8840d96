/// What a source's loads make of each other, and what each row says of where it comes from
/// (docs/design/0008).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "contract/kind_info.h"
#include "contract/mapping.h"
#include "contract/partition.h"
#include "contract/value_reader.h"

namespace assay::contract {

/// What of the objects that were fetched, and of the files, is the table.
enum class WriteMode {
  kAppend,   ///< all rows of all of them
  kReplace,  ///< those of the last fetch
  kMerge,    ///< of rows with one key the newest
};

struct Load {
  /// Nothing: kAppend for what is fetched behind a cursor, else kReplace.
  std::optional<WriteMode> write;
  std::vector<std::string> key;  ///< of kMerge
  std::string newest_by;  ///< column; empty: the cursor's, else the later object or row is newer
  bool history = false;   ///< the rows that a merge would take out stay
  /// The least time between two fetches in seconds; nothing: each run fetches. `kNever`: once.
  std::optional<std::int64_t> refresh;
  /// Facts of a row's receipt and the columns they become, in the order written.
  std::vector<std::pair<std::string, std::string>> receipt;

  static constexpr std::int64_t kNever = -1;
  bool empty() const { return !write && key.empty() && !refresh && receipt.empty(); }
  /// Whether what stands in the receipts decides the rows.
  bool HasFact(std::string_view fact) const;
};

/// `file`, `line`, `collected_at`, `source`, `contract`, `license`: what a receipt can tell.
const std::vector<std::string>& ReceiptFacts();

/// The parameters, as help and the editors' schema show them.
const KindInfo& LoadParams();

/// Reads them out of a source. `cursor` is the kind's own parameter of this name, or empty.
Load ReadLoad(MappingReader& mapping, const Place& place, const std::string& cursor,
              const std::optional<Partition>& partition, ValueReader& values);

/// All that rows depend on, for the fingerprint; null where nothing was declared.
Json LoadJson(const Load& load);

}  // namespace assay::contract
