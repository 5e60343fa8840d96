#include "store/digest.h"

namespace assay::store {
namespace {

constexpr std::uint64_t kMinPageRows = 256;
constexpr std::uint64_t kMaxPageRows = 65'536;
constexpr std::uint64_t kBorderMask = 0xfff;
// Rows are hashed in lots of about this size, for a call per row costs more than a short row does.
constexpr std::size_t kLot = std::size_t{1} << 16;

}  // namespace

void SplitDigester::AddRow(std::string_view row) {
  ++rows_;
  ++page_rows_;
  lot_.append(row);
  if (lot_.size() >= kLot) HashLot();
  if (page_rows_ < kMinPageRows) return;
  if (page_rows_ == kMaxPageRows || (Xxh3(row) & kBorderMask) == 0) EndPage();
}

void SplitDigester::EndPartition() {
  if (page_rows_ > 0) EndPage();
}

std::string SplitDigester::Finish() {
  EndPartition();
  return Hex(split_.Finish());
}

void SplitDigester::HashLot() {
  page_.Update(lot_);
  lot_.clear();
}

void SplitDigester::EndPage() {
  HashLot();
  split_.Update(page_.Finish());
  page_rows_ = 0;
  ++pages_;
}

}  // namespace assay::store
