/// Files of one source that have not the same columns, as one table.
#pragma once

#include <map>
#include <string>

#include "source/source.h"

namespace assay::source {

struct UnitedRead {
  SourceRead read;
  /// Columns that some files have and others lack, by name in lower case: the first that lacks it.
  std::map<std::string, std::string> lacking{};
};

/// Reads all files at once where the kind can. Where it cannot because their columns differ, files
/// that go together are read together and united by the names of columns: a row is null in the
/// columns that its file lacks, and a column that has several types is text. Rows keep the order of
/// the files.
Result<UnitedRead> ReadUnited(const SourceKind& kind, const SourceContext& context);

}  // namespace assay::source
