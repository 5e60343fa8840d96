// What may be the answer of an object store: a listing whose objects have keys, or an error with a
// message; and why it refuses, as text that can be shown.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "contract/utf8.h"
#include "source/aws_signature.h"
#include "source/key_pattern.h"
#include "source/s3_listing.h"

namespace {

void Require(bool holds) {
  if (!holds) std::abort();
}

void RequireShown(const std::string& text) {
  Require(!assay::contract::FindInvalidUtf8(text) && text.size() < 1000);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view xml(reinterpret_cast<const char*>(data), size);
  const auto listing = assay::source::ParseS3Listing(xml, "s3://b/*");
  if (!listing.ok()) {
    Require(listing.error().code == assay::ErrorCode::kData && !listing.error().hint.empty());
    RequireShown(listing.error().message);
  } else {
    for (const assay::source::S3Object& object : listing->objects) {
      Require(!object.key.empty());
      Require(assay::source::PercentDecoded(assay::source::PercentEncoded(object.key)) ==
              object.key);
      const auto pattern = assay::source::KeyPattern::Parse(assay::source::EscapedKey(object.key));
      Require(pattern.ok() && pattern->prefix() == object.key);
    }
  }
  const assay::source::S3Refusal refusal = assay::source::ParseS3Refusal(xml);
  RequireShown(refusal.code);
  RequireShown(refusal.message);
  RequireShown(refusal.region);
  return 0;
}
