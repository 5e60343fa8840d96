/// HTTP as a client, by libcurl, which is opened when it is first needed.
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"

namespace assay::source {

/// Signs requests as object stores want it (AWS Signature Version 4).
struct HttpSignature {
  std::string region, service = "s3", key_id, secret_key, session_token;
};

struct HttpRequest {
  std::string url;  ///< http or https; may hold secrets and stands in no message
  std::vector<std::pair<std::string, std::string>> headers;  ///< may hold secrets
  std::string user, password;                                ///< basic authorization, where given
  std::optional<HttpSignature> signature;
  std::chrono::seconds connect_timeout{30};
  std::chrono::seconds stall_timeout{60};  ///< ends a transfer in which nothing arrived for so long
};

struct HttpAnswer {
  int status = 0;
  std::map<std::string, std::string> headers;  ///< names in lower case; the last one of a name
  std::uint64_t bytes = 0;                     ///< of the body as stored, unpacked
};

class HttpClient {
 public:
  /// An error (kIo) where libcurl is not there, with the package that has it.
  static Result<HttpClient> Open();
  HttpClient(HttpClient&&) noexcept;
  HttpClient& operator=(HttpClient&&) noexcept;
  ~HttpClient();

  /// One GET, connections kept between calls. The body is written to `file` as it comes, and is
  /// whole where this succeeds: one that was cut is an error (kIo). Any status is a success.
  /// Follows redirections, within http and https; keys and signatures go to the first host alone.
  /// Errors name the host, never what the URL or the headers hold besides.
  Result<HttpAnswer> Get(const HttpRequest& request, const std::filesystem::path& file,
                         const std::function<bool()>& stopped);

 private:
  struct State;
  explicit HttpClient(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

/// How often and how patiently a request is tried again.
struct HttpPatience {
  int attempts = 5;
  std::chrono::milliseconds first_wait{500};  ///< doubled each time, with chance in it
  std::chrono::seconds longest_wait{300};  ///< also of what Retry-After asks for; more is an error
};

/// As `Get`, tried again on a lost connection and on 408, 425, 429, 500, 502, 503, 504, after what
/// Retry-After says, else after waits that double. Other answers but 2xx and 304 are errors with
/// status, host, path and the first line of the body.
Result<HttpAnswer> GetPatiently(HttpClient& client, const HttpRequest& request,
                                const std::filesystem::path& file, const HttpPatience& patience,
                                const std::function<bool()>& stopped,
                                const std::function<void(const std::string&)>& tell);

/// A URL without user, password and query: what messages and receipts show.
std::string PlainUrl(const std::string& url);

}  // namespace assay::source
