/// What an object store answers that was asked for its keys (S3's ListObjectsV2) or that refuses.
/// A stranger's XML: bounded, without a document type.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace assay::source {

/// An object in a listing.
struct S3Object {
  std::string key;
  std::string etag;  ///< as the store writes it; may be empty
  std::uint64_t bytes = 0;
};

/// A part of a listing.
struct S3Listing {
  std::vector<S3Object> objects;  ///< in the order of the answer
  std::string next;               ///< what asks for the next part; empty where this is the last
};

/// An error (kData) where the answer is no such listing, or one that cannot be right. `where` names
/// it in messages.
Result<S3Listing> ParseS3Listing(std::string_view xml, const std::string& where);

/// Why a store refuses.
struct S3Refusal {
  std::string code;     ///< `NoSuchKey`
  std::string message;  ///< for people; printable, at most 300 characters
  std::string region;   ///< where the bucket lies, when that is why; empty as a rule
};

/// Both texts are empty where the answer is no such refusal.
S3Refusal ParseS3Refusal(std::string_view xml);

}  // namespace assay::source
