// Bytes that may be an image: refused with a reason, or of a size and a known format; the same with
// other bytes behind, where the format has an end.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "contract/utf8.h"
#include "source/image_header.h"

namespace {

void Require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto header = assay::source::ReadImageHeader(bytes);
  if (!header.ok()) {
    Require(header.error().code == assay::ErrorCode::kData);
    Require(!header.error().message.empty());
    Require(!assay::contract::FindInvalidUtf8(header.error().message));
    return 0;
  }
  Require(header->width > 0 && header->height > 0 && header->frames > 0);
  Require(header->width <= 0xffffffffLL && header->height <= 0xffffffffLL);
  Require(!header->format.empty());
  Require(!header->orientation || (*header->orientation >= 1 && *header->orientation <= 8));
  const bool has_end =
      header->format == "png" || header->format == "jpeg" || header->format == "gif";
  if (!has_end) return 0;
  const auto longer = assay::source::ReadImageHeader(std::string(bytes) + "\xff\xd8");
  Require(longer.ok() && longer->width == header->width && longer->height == header->height &&
          longer->frames == header->frames);
  return 0;
}
