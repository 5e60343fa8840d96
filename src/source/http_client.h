/// HTTP as a client, by libcurl, which is opened when it is first needed.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"

namespace assay::source {

struct HttpRequest {
  std::string url{};  ///< http or https; may hold secrets and stands in no message
  std::vector<std::pair<std::string, std::string>> headers{};  ///< may hold secrets
  std::string user{}, password{};                              ///< basic authorization, where given
  bool unpack = true;  ///< lets the server pack the body for the way; it is unpacked as it comes
  std::chrono::seconds connect_timeout{30};
  std::chrono::seconds stall_timeout{60};  ///< ends a transfer in which nothing arrived for so long
};

struct HttpAnswer {
  int status = 0;
  std::map<std::string, std::string> headers;  ///< names in lower case; several of one name are
                                               ///< joined by `, `
  std::uint64_t bytes = 0;                     ///< of the body as stored, unpacked
  /// False where the body ended because the connection did: a cut could not be noticed.
  bool is_end_told = true;
};

/// For one thread at a time.
class HttpClient {
 public:
  /// An error (kIo) where libcurl is not there, with the package that has it.
  static Result<HttpClient> Open();
  HttpClient(HttpClient&&) noexcept;
  HttpClient& operator=(HttpClient&&) noexcept;
  ~HttpClient();

  /// One GET, connections kept between calls. The body is written to `file` as it comes, and is
  /// whole where this succeeds: one that was cut is an error (kIo). Any status is a success.
  /// Follows redirections, within http and https, never from https to http; what may hold secrets
  /// goes to the first host (scheme, name and port) alone.
  /// Errors name the host, never what the URL or the headers hold besides.
  Result<HttpAnswer> Get(const HttpRequest& request, const std::filesystem::path& file,
                         const std::function<bool()>& stopped);
  /// Whether the last call failed on the way, so that another try may succeed.
  bool WasLost() const;

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

/// A URL without user, password, query and fragment: what messages and receipts show.
std::string PlainUrl(const std::string& url);

/// A reference (`/items?page=2`, `?page=2`, a whole URL) as it stands in an answer from `base`; an
/// error (kData) where it is no URL of http or https. Its text holds no part of the reference.
Result<std::string> ResolveUrl(const std::string& base, const std::string& reference);

/// True when scheme, host and port are equal.
bool IsSameHost(const std::string& url, const std::string& other);

/// The URL with parameters behind those of its query, in its place where one has the name; names
/// and values are escaped.
std::string WithQuery(const std::string& url,
                      const std::vector<std::pair<std::string, std::string>>& query);

/// Sleeps; false as soon as `stopped` is true.
bool WaitUnless(const std::function<bool()>& stopped, std::chrono::milliseconds time);

}  // namespace assay::source
