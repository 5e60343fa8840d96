#include "cli/version_text.h"

namespace assay::cli {

std::string SourcesText(const store::Commit& commit) {
  TextTable table({"SOURCE", "FILE", "BYTES", "COLLECTED", "SHA256"}, {2});
  for (const store::CommitSource& source : commit.sources) {
    for (const store::Receipt& receipt : source.receipts) {
      table.Add({source.name, receipt.location, Grouped(receipt.bytes), receipt.collected_at,
                 Short(receipt.sha256)});
    }
  }
  return table.Text("  ");
}

std::string SplitsText(const store::Commit& commit) {
  TextTable table({"SPLIT", "ROWS", "BYTES", "DIGEST"}, {1, 2});
  for (const store::SplitTable& split : commit.tables) {
    std::uint64_t bytes = 0;
    for (const store::Partition& partition : split.partitions) {
      for (const store::FileRef& file : partition.files) bytes += file.bytes;
    }
    table.Add({split.name, Grouped(split.rows), Grouped(bytes), Short(split.digest)});
  }
  return table.Text("  ");
}

}  // namespace assay::cli
