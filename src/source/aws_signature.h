/// AWS Signature Version 4: how a request proves that its sender has a key, without sending it.
/// Pure; knows no service and no client.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace assay::source {

/// Names and values, each percent-encoded or each not, as is said.
using UrlQuery = std::vector<std::pair<std::string, std::string>>;

struct AwsKeys {
  std::string key_id, secret_key;
  std::string session_token{};  ///< of keys that are lent; empty as a rule
};

/// Which requests a signature is good for.
struct AwsScope {
  std::int64_t micros = 0;  ///< time of the request; a server takes it within 15 minutes
  std::string region, service;
};

/// What of a request is signed.
struct AwsRequest {
  std::string method = "GET";
  std::string path{};  ///< as it is sent, percent-encoded
  UrlQuery query{};    ///< not encoded
  /// All that are signed beside those that `AwsHeaders` adds; `host` among them.
  std::vector<std::pair<std::string, std::string>> headers{};
  std::string body_sha256{};  ///< lower-case hex
};

/// The headers that a request needs besides those it has: `x-amz-date`, `x-amz-security-token`
/// where the keys are lent, `Authorization`.
std::vector<std::pair<std::string, std::string>> AwsHeaders(const AwsRequest& request,
                                                            const AwsScope& scope,
                                                            const AwsKeys& keys);

/// What of the request is hashed: for messages of tests.
std::string AwsCanonicalText(const AwsRequest& request);

/// Percent-encoded but for letters, digits, `-._~` and, where `keeps_slash`, `/`.
std::string PercentEncoded(std::string_view text, bool keeps_slash = false);
/// The other way round. What is no `%HH` stays.
std::string PercentDecoded(std::string_view text);
/// `a=1&b=%20`, sorted by encoded name, then value: as it is signed and may be sent.
std::string QueryText(const UrlQuery& query);

}  // namespace assay::source
