// A preparation's text from a stranger's store, and a row from a stranger: the text, a line feed,
// the row. They are read or refused with a message; what was read survives being written and read
// again.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "base/json.h"
#include "prepare/preparation.h"

namespace {

void Require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  const std::size_t end = bytes.find('\n');
  const auto preparation = assay::prepare::Preparation::Parse(bytes.substr(0, end));
  if (!preparation.ok()) {
    Require(!preparation.error().message.empty());
    return 0;
  }
  const auto written = preparation->Text();
  if (written.ok()) {
    const auto again = assay::prepare::Preparation::Parse(*written);
    Require(again.ok());
    Require(*again->Text() == *written);
  }
  Require(!preparation->Sql("t").empty());
  if (end == std::string::npos) return 0;
  const auto row = assay::ParseJson(bytes.substr(end + 1));
  if (!row.ok()) return 0;
  const auto prepared = preparation->Transform(*row);
  if (!prepared.ok()) Require(prepared.error().code == assay::ErrorCode::kData);
  return 0;
}
