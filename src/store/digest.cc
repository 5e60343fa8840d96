#include "store/digest.h"

namespace assay::store {
namespace {

constexpr std::uint64_t kMinPageRows = 256;
constexpr std::uint64_t kMaxPageRows = 65'536;
constexpr std::uint64_t kBorderMask = 0xfff;

}  // namespace

// Rows of one page are hashed together: a call for each costs more than a short row does.
void SplitDigester::AddRows(std::string_view rows, const std::vector<std::size_t>& ends) {
  std::size_t hashed = 0, begin = 0;
  for (const std::size_t end : ends) {
    ++page_rows_;
    if (page_rows_ >= kMinPageRows &&
        (page_rows_ == kMaxPageRows ||
         (Xxh3(rows.substr(begin, end - begin)) & kBorderMask) == 0)) {
      page_.Update(rows.substr(hashed, end - hashed));
      hashed = end;
      EndPage();
    }
    begin = end;
  }
  page_.Update(rows.substr(hashed, begin - hashed));
  rows_ += ends.size();
}

void SplitDigester::EndPartition() {
  if (page_rows_ > 0) EndPage();
}

std::string SplitDigester::Finish() {
  EndPartition();
  return Hex(split_.Finish());
}

void SplitDigester::EndPage() {
  split_.Update(page_.Finish());
  page_rows_ = 0;
  ++pages_;
}

}  // namespace assay::store
