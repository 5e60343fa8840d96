/// Requests to an object store that speaks S3: where they go, and signed where there are keys.
/// Pure.
#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"
#include "source/http_client.h"
#include "source/remote_options.h"

namespace assay::source {

/// What a store is asked for: an object, or, with an empty key, the bucket itself.
struct S3Target {
  std::string bucket, key;
  UrlQuery query{};
};

/// `micros` is the time of the request. A key with a name `.` or `..`, which no URL can hold, is
/// kUser.
Result<HttpRequest> S3Request(const RemoteOptions& options, const S3Target& target,
                              std::int64_t micros);

/// `http://127.0.0.1:9000`, `https://s3.eu-west-1.amazonaws.com`: whom the options mean.
std::string S3Endpoint(const RemoteOptions& options);

/// The error of a request that the store refused, whose answer is in `file`: in the store's words,
/// with the way out where its code tells one. Other errors as they are.
Error S3Error(Error error, const std::string& location, const std::filesystem::path& file);

}  // namespace assay::source
