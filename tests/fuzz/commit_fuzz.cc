// A commit's text from a stranger's store: it is read or refused with a message that can be shown,
// and what was read survives being written and read again.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "base/json.h"
#include "store/commit.h"
#include "store/table.h"

namespace {

void Require(bool holds) {
  if (!holds) std::abort();
}

void RequireShowable(const assay::Error& error) {
  Require(error.code == assay::ErrorCode::kData);
  Require(!error.message.empty());
  for (const char c : error.message) Require(static_cast<unsigned char>(c) >= 0x20);
}

// The smaller texts of the store, from the same bytes.
void ReadAsPart(const std::string& text) {
  const auto json = assay::ParseJson(text);
  if (!json.ok() || text.size() > 4096) return;
  if (const auto table = assay::store::ParseTableJson(*json); table.ok()) {
    Require(assay::store::ParseTableJson(assay::store::TableJson(*table)).ok());
  }
  if (const auto receipt = assay::store::ParseReceiptJson(*json); receipt.ok()) {
    Require(assay::store::ParseReceiptJson(assay::store::ReceiptJson(*receipt)).ok());
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  ReadAsPart(text);
  auto commit = assay::store::ParseCommit(text, "commit");
  if (!commit.ok()) {
    RequireShowable(commit.error());
    return 0;
  }
  // A stranger may name another version than the tables make, and hold what has no canonical form.
  const auto version = assay::store::VersionId(*commit);
  if (!version.ok()) return 0;
  commit->version = *version;
  const auto written = assay::store::CommitText(*commit);
  if (!written.ok()) return 0;
  const auto again = assay::store::ParseCommit(*written, "commit");
  Require(again.ok());
  Require(*assay::store::CommitText(*again) == *written);
  return 0;
}
