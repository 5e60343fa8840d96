#include "contract/partition.h"

namespace assay::contract {

Result<Partition> ParsePartition(std::string_view text) {
  if (text == "file") return Partition{"file", "", {}};
  const std::size_t open = text.find('(');
  if (open != std::string_view::npos && text.ends_with(')')) {
    const std::string_view unit = text.substr(0, open);
    const std::string_view column = text.substr(open + 1, text.size() - open - 2);
    for (const std::string_view known : {"year", "month", "day", "hour"}) {
      if (unit == known && !column.empty()) {
        return Partition{std::string(unit), std::string(column), {}};
      }
    }
  }
  return Error{ErrorCode::kUser, "not a partition: " + std::string(text),
               "write file, or year, month, day or hour of a column, such as month(date)"};
}

std::string PartitionText(const Partition& partition) {
  return partition.by_file() ? partition.unit : partition.unit + "(" + partition.column + ")";
}

}  // namespace assay::contract
