#include "source/s3_request.h"

#include <algorithm>
#include <cctype>
#include <fstream>
#include <iterator>

#include "base/hash.h"
#include "base/letter_case.h"
#include "contract/remote_url.h"
#include "contract/utf8.h"
#include "source/s3_listing.h"

namespace assay::source {
namespace {

// Scheme and host of the store, and what stands before the bucket or key in the path.
struct S3Host {
  std::string scheme, host, path;
};

S3Host HostOfStore(const RemoteOptions& options) {
  const auto url = contract::ParseRemoteUrl(S3Endpoint(options));
  if (!url.ok()) return {};  // `ReadRemoteOptions` has looked at it
  S3Host host{url->scheme, Lower(url->host), url->path};
  // A client does not write the port that a scheme means, and the host is signed as it is written.
  const std::string port = host.scheme == "https" ? ":443" : ":80";
  if (host.host.ends_with(port)) host.host.resize(host.host.size() - port.size());
  return host;
}

// A name before a host has no capitals, and a certificate for `*.HOST` none with points.
bool CanStandBeforeHost(const std::string& bucket) {
  return std::all_of(bucket.begin(), bucket.end(), [](unsigned char c) {
    return std::islower(c) != 0 || std::isdigit(c) != 0 || c == '-';
  });
}

bool HasDotNames(const std::string& key) {
  const std::string path = "/" + key + "/";
  return path.find("/./") != std::string::npos || path.find("/../") != std::string::npos;
}

// Amazon's own headers must be signed.
bool IsSigned(const std::string& name) { return Lower(name).starts_with("x-amz-"); }

}  // namespace

std::string S3Endpoint(const RemoteOptions& options) {
  if (!options.endpoint.empty()) return options.endpoint;
  return "https://s3." + options.region + ".amazonaws.com" +
         (options.region.starts_with("cn-") ? ".cn" : "");
}

Result<HttpRequest> S3Request(const RemoteOptions& options, const S3Target& target,
                              std::int64_t micros) {
  if (HasDotNames(target.key)) {
    return Error{ErrorCode::kUser,
                 "a key with `.` or `..` as a name cannot be asked for: s3://" + target.bucket +
                     "/" + contract::Escaped(target.key),
                 "copy the object to another key"};
  }
  S3Host host = HostOfStore(options);
  if (options.path_style || !CanStandBeforeHost(target.bucket)) {
    host.path += "/" + target.bucket;
  } else {
    host.host = target.bucket + "." + host.host;
  }
  AwsRequest signable{.path = host.path + "/" + PercentEncoded(target.key, true),
                      .query = target.query,
                      .headers = {{"host", host.host}},
                      .body_sha256 = Sha256Hex("")};
  HttpRequest request;
  request.url = host.scheme + "://" + host.host + signable.path;
  if (!target.query.empty()) request.url += "?" + QueryText(target.query);
  request.headers = options.headers;
  if (options.keys.key_id.empty()) return request;
  const std::pair<std::string, std::string> body{"x-amz-content-sha256", signable.body_sha256};
  request.headers.push_back(body);
  for (const auto& header : request.headers) {
    if (IsSigned(header.first)) signable.headers.push_back(header);
  }
  for (auto& header : AwsHeaders(signable, {micros, options.region, "s3"}, options.keys)) {
    request.headers.push_back(std::move(header));
  }
  return request;
}

Error S3Error(Error error, const std::string& location, const std::filesystem::path& file) {
  constexpr std::size_t kMostOfRefusal = 64 << 10;
  std::ifstream stream(file, std::ios::binary);
  std::string text(kMostOfRefusal, '\0');
  stream.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(stream.gcount()));
  const S3Refusal refusal = ParseS3Refusal(text);
  if (error.code != ErrorCode::kIo || refusal.code.empty()) return error;
  error.message = location + ": the store refuses: " + refusal.code +
                  (refusal.message.empty() ? "" : ": " + refusal.message);
  if (refusal.code == "NoSuchKey" || refusal.code == "NoSuchBucket") {
    error.hint = "look at the address; capitals count";
  } else if (refusal.code == "AccessDenied") {
    error.hint =
        "look at the keys and what they may read; listing for a pattern is a right of its "
        "own; `remote: {anonymous: true}` asks without keys";
  } else if (refusal.code == "InvalidAccessKeyId" || refusal.code == "SignatureDoesNotMatch" ||
             refusal.code == "InvalidToken" || refusal.code == "ExpiredToken") {
    error.hint =
        "look at `key_id`, `secret_key` and `session_token`, or at AWS_ACCESS_KEY_ID, "
        "AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN";
  } else if (refusal.code == "RequestTimeTooSkewed") {
    error.hint = "set this machine's clock";
  } else if (!refusal.region.empty()) {
    error.hint = "write `remote: {region: " + refusal.region + "}`";
  } else if (refusal.code == "PermanentRedirect" || refusal.code == "TemporaryRedirect") {
    error.hint = "the bucket lies in another region: write `remote: {region: REGION}`";
  }
  return error;
}

}  // namespace assay::source
