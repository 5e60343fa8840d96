#include "source/http_client.h"

#include <fcntl.h>

#include <algorithm>
#include <charconv>
#include <ctime>
#include <fstream>
#include <optional>
#include <random>
#include <thread>

#include "base/letter_case.h"
#include "contract/number_text.h"
#include "contract/utf8.h"
#include "source/curl_library.h"
#include "store/file.h"

namespace assay::source {
namespace {

constexpr int kMostRedirections = 10;
constexpr std::size_t kLongestReason = 200;

// What one transfer reads and writes.
struct Transfer {
  store::File& file;
  const std::function<bool()>& stopped;
  HttpAnswer answer;
  Status written;
  bool has_headers = false;  // all of them: an empty line stood behind
};

std::size_t TakeBody(char* data, std::size_t size, std::size_t count, void* taker) {
  auto& transfer = *static_cast<Transfer*>(taker);
  transfer.written = transfer.file.Write({data, size * count});
  if (!transfer.written.ok()) return 0;
  transfer.answer.bytes += size * count;
  return size * count;
}

std::size_t TakeHeader(char* data, std::size_t size, std::size_t count, void* taker) {
  auto& transfer = *static_cast<Transfer*>(taker);
  auto& headers = transfer.answer.headers;
  const std::string_view line(data, size * count);
  transfer.has_headers = contract::Trim(line).empty();
  if (line.starts_with("HTTP/")) headers.clear();  // of `100 Continue` and its like
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) return size * count;
  const std::string value(contract::Trim(line.substr(colon + 1)));
  const auto [known, is_new] = headers.emplace(Lower(line.substr(0, colon)), value);
  if (!is_new) known->second += ", " + value;
  return size * count;
}

int TakeProgress(void* taker, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  return static_cast<Transfer*>(taker)->stopped() ? 1 : 0;
}

// What curl says, in our words.
std::string LossText(CURLcode code, const CurlLibrary& curl) {
  switch (code) {
    case CURLE_COULDNT_RESOLVE_HOST:
      return "no host of this name is found";
    case CURLE_COULDNT_RESOLVE_PROXY:
      return "no proxy of the name that the environment gives is found";
    case CURLE_COULDNT_CONNECT:
      return "nothing answers there";
    case CURLE_OPERATION_TIMEDOUT:
      return "nothing came for too long";
    case CURLE_PARTIAL_FILE:
    case CURLE_RECV_ERROR:
    case CURLE_SEND_ERROR:
    case CURLE_HTTP2:
    case CURLE_HTTP2_STREAM:
      return "the connection ended in the middle of the answer";
    case CURLE_GOT_NOTHING:
      return "the connection ended without an answer";
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
      return "its certificate is not one that is trusted here";
    case CURLE_SSL_CONNECT_ERROR:
      return "no safe connection comes about";
    case CURLE_BAD_CONTENT_ENCODING:
      return "the answer cannot be unpacked";
    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_UNSUPPORTED_PROTOCOL:
      return "what answers there does not speak HTTP";
    default:
      return Lower(curl.error_text(code));
  }
}

bool IsLoss(CURLcode code) {
  switch (code) {
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_CONNECT:
    case CURLE_OPERATION_TIMEDOUT:
    case CURLE_PARTIAL_FILE:
    case CURLE_RECV_ERROR:
    case CURLE_SEND_ERROR:
    case CURLE_HTTP2:
    case CURLE_HTTP2_STREAM:
    case CURLE_GOT_NOTHING:
    case CURLE_BAD_CONTENT_ENCODING:
      return true;
    default:
      return false;
  }
}

std::string HostOf(const std::string& url) {
  const std::string plain = PlainUrl(url);
  const std::size_t scheme = plain.find("://");
  const std::size_t begin = scheme == std::string::npos ? 0 : scheme + 3;
  return plain.substr(begin, plain.find('/', begin) - begin);
}

bool IsRedirection(int status) {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

// Headers that say nothing of who asks.
bool IsOpenHeader(const std::string& name) {
  static const std::vector<std::string> kOpen = {
      "accept",        "accept-language", "if-match",  "if-modified-since",
      "if-none-match", "range",           "user-agent"};
  return std::ranges::find(kOpen, Lower(name)) != kOpen.end();
}

// Whether something but the end of the connection tells where a body ends.
bool IsEndTold(const HttpAnswer& answer, long version) {
  const auto value = [&](const char* name) {
    const auto header = answer.headers.find(name);
    return header == answer.headers.end() ? std::string() : Lower(header->second);
  };
  const bool has_no_body = answer.status == 204 || answer.status == 304;
  return has_no_body || version >= CURL_HTTP_VERSION_2_0 || !value("content-length").empty() ||
         value("transfer-encoding").find("chunked") != std::string::npos;
}

Error Cancelled() { return {ErrorCode::kCancelled, "cancelled", ""}; }

}  // namespace

struct HttpClient::State {
  explicit State(const CurlLibrary& library) : curl(library), handle(library.init()) {}
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() {
    if (handle != nullptr) curl.cleanup(handle);
  }

  // One request, no redirection followed.
  Result<HttpAnswer> Ask(const HttpRequest& request, const std::string& url, bool with_keys,
                         const std::filesystem::path& file, const std::function<bool()>& stopped);
  void SetOptions(const HttpRequest& request, const std::string& url, bool with_keys);

  const CurlLibrary& curl;
  CURL* handle;
  bool was_lost = false;
};

void HttpClient::State::SetOptions(const HttpRequest& request, const std::string& url,
                                   bool with_keys) {
  curl.reset(handle);
  curl.set(handle, CURLOPT_URL, url.c_str());
  curl.set(handle, CURLOPT_PROTOCOLS_STR, "http,https");
  curl.set(handle, CURLOPT_NOSIGNAL, 1L);
  curl.set(handle, CURLOPT_USERAGENT, "assay");
  curl.set(handle, CURLOPT_CONNECTTIMEOUT, static_cast<long>(request.connect_timeout.count()));
  curl.set(handle, CURLOPT_LOW_SPEED_LIMIT, 1L);
  curl.set(handle, CURLOPT_LOW_SPEED_TIME, static_cast<long>(request.stall_timeout.count()));
  if (request.unpack) curl.set(handle, CURLOPT_ACCEPT_ENCODING, "");
  for (const char* name : {"CURL_CA_BUNDLE", "SSL_CERT_FILE"}) {
    const char* bundle = std::getenv(name);
    if (bundle == nullptr || *bundle == '\0') continue;
    curl.set(handle, CURLOPT_CAINFO, bundle);
    break;
  }
  if (!with_keys || (request.user.empty() && request.password.empty())) return;
  curl.set(handle, CURLOPT_HTTPAUTH, CURLAUTH_BASIC);
  curl.set(handle, CURLOPT_USERNAME, request.user.c_str());
  curl.set(handle, CURLOPT_PASSWORD, request.password.c_str());
}

Result<HttpAnswer> HttpClient::State::Ask(const HttpRequest& request, const std::string& url,
                                          bool with_keys, const std::filesystem::path& file,
                                          const std::function<bool()>& stopped) {
  TRY_ASSIGN(store::File body, store::File::Open(file, O_WRONLY | O_CREAT | O_TRUNC, 0600));
  Transfer transfer{body, stopped, {}, {}, false};
  SetOptions(request, url, with_keys);
  curl_slist* headers = nullptr;
  for (const auto& [name, value] : request.headers) {
    if (!with_keys && !IsOpenHeader(name)) continue;
    headers = curl.append(headers, (name + (value.empty() ? ";" : ": " + value)).c_str());
  }
  curl.set(handle, CURLOPT_HTTPHEADER, headers);
  curl.set(handle, CURLOPT_WRITEFUNCTION, &TakeBody);
  curl.set(handle, CURLOPT_WRITEDATA, &transfer);
  curl.set(handle, CURLOPT_HEADERFUNCTION, &TakeHeader);
  curl.set(handle, CURLOPT_HEADERDATA, &transfer);
  curl.set(handle, CURLOPT_NOPROGRESS, 0L);
  curl.set(handle, CURLOPT_XFERINFOFUNCTION, &TakeProgress);
  curl.set(handle, CURLOPT_XFERINFODATA, &transfer);
  const CURLcode code = curl.perform(handle);
  curl.free_list(headers);
  if (code == CURLE_ABORTED_BY_CALLBACK) return Cancelled();
  TRY(transfer.written);
  if (code != CURLE_OK) {
    was_lost = IsLoss(code);
    return Error{ErrorCode::kIo, HostOf(url) + ": " + LossText(code, curl),
                 "look at the URL and at the network, and start again"};
  }
  if (!transfer.has_headers && transfer.answer.bytes == 0) {
    was_lost = true;
    return Error{ErrorCode::kIo, HostOf(url) + ": " + LossText(CURLE_PARTIAL_FILE, curl),
                 "look at the URL and at the network, and start again"};
  }
  long status = 0;
  curl.get(handle, CURLINFO_RESPONSE_CODE, &status);
  transfer.answer.status = static_cast<int>(status);
  long version = 0;
  curl.get(handle, CURLINFO_HTTP_VERSION, &version);
  transfer.answer.is_end_told = IsEndTold(transfer.answer, version);
  return transfer.answer;
}

HttpClient::HttpClient(std::unique_ptr<State> state) : state_(std::move(state)) {}
HttpClient::HttpClient(HttpClient&&) noexcept = default;
HttpClient& HttpClient::operator=(HttpClient&&) noexcept = default;
HttpClient::~HttpClient() = default;

Result<HttpClient> HttpClient::Open() {
  TRY_ASSIGN(const CurlLibrary* curl, OpenCurl("nothing can be fetched"));
  auto state = std::make_unique<State>(*curl);
  if (state->handle != nullptr) return HttpClient(std::move(state));
  return Error{ErrorCode::kIo, "nothing can be fetched, as libcurl does not start", ""};
}

bool HttpClient::WasLost() const { return state_->was_lost; }

Result<HttpAnswer> HttpClient::Get(const HttpRequest& request, const std::filesystem::path& file,
                                   const std::function<bool()>& stopped) {
  state_->was_lost = false;
  for (const auto& [name, value] : request.headers) {
    if (!contract::FindControlCharacter(name + value) &&
        value.find_first_of("\r\n") == std::string::npos) {
      continue;
    }
    return Error{ErrorCode::kUser, "a header holds a line break or a control character: " + name,
                 "take it away; a secret that was read from a file often ends with one"};
  }
  if (!IsSameHost(request.url, request.url)) {
    return Error{ErrorCode::kUser, "not a URL: " + PlainUrl(request.url),
                 "write https://HOST/PATH"};
  }
  std::string url = request.url;
  bool with_keys = true;
  for (int i = 0; i <= kMostRedirections; ++i) {
    if (stopped()) return Cancelled();
    TRY_ASSIGN(HttpAnswer answer, state_->Ask(request, url, with_keys, file, stopped));
    const auto target = answer.headers.find("location");
    if (!IsRedirection(answer.status) || target == answer.headers.end()) return answer;
    TRY_ASSIGN(const std::string next, ResolveUrl(url, target->second));
    if (Lower(url).starts_with("https:") && !Lower(next).starts_with("https:")) {
      return Error{ErrorCode::kIo, HostOf(url) + ": redirects from https to http",
                   "write the URL that it redirects to, if it is to be trusted"};
    }
    with_keys = with_keys && IsSameHost(request.url, next);
    url = next;
  }
  return Error{
      ErrorCode::kIo,
      HostOf(request.url) + ": redirects more than " + std::to_string(kMostRedirections) + " times",
      "look at the URL in a browser"};
}

namespace {

// What a request holds that must stand in no message.
std::vector<std::string> SecretsOf(const HttpRequest& request) {
  std::vector<std::string> secrets = {request.password};
  for (const auto& [name, value] : request.headers) {
    if (IsOpenHeader(name)) continue;
    secrets.push_back(value);
    secrets.push_back(value.substr(value.find(' ') + 1));  // behind `Bearer`
  }
  const std::size_t mark = request.url.find('?');
  for (std::size_t at = mark; at < request.url.size();) {
    const std::size_t end = std::min(request.url.find('&', at + 1), request.url.size());
    const std::string part = request.url.substr(at + 1, end - at - 1);
    secrets.push_back(part.substr(part.find('=') + 1));
    at = end;
  }
  constexpr std::size_t kShortest = 4;  // shorter ones tell nothing and are in every text
  std::erase_if(secrets, [](const std::string& secret) { return secret.size() < kShortest; });
  return secrets;
}

std::string WithoutSecrets(std::string text, const HttpRequest& request) {
  for (const std::string& secret : SecretsOf(request)) {
    for (std::size_t at = text.find(secret); at != std::string::npos; at = text.find(secret, at)) {
      text.replace(at, secret.size(), "***");
    }
  }
  return text;
}

// The first line of a body with something in it.
std::string FirstLine(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  std::string text(std::size_t{4096}, '\0');
  stream.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(stream.gcount()));
  const std::string_view trimmed = contract::Trim(text);
  return std::string(contract::Trim(trimmed.substr(0, trimmed.find_first_of("\r\n"))));
}

std::string HintOf(int status) {
  switch (status) {
    case 401:
    case 403:
      return "look at the user, key or token that is sent, and at what it may read";
    case 404:
    case 410:
      return "look at the URL and its parameters";
    default:
      return status >= 500 ? "the server has a fault; try again later"
                           : "look at the URL and its parameters";
  }
}

Error AnswerError(const HttpRequest& request, int status, const std::filesystem::path& file) {
  std::string message = PlainUrl(request.url) + " answered " + std::to_string(status);
  std::string line = WithoutSecrets(contract::Printable(FirstLine(file)), request);
  if (line.size() > kLongestReason) {
    line.resize(kLongestReason);
    line = contract::Printable(line) + "…";
  }
  if (!line.empty()) message += ": " + line;
  return {ErrorCode::kIo, std::move(message), HintOf(status)};
}

// A part that nobody asked for is not the whole.
bool IsWholeAnswer(const HttpRequest& request, int status) {
  constexpr int kPart = 206, kAsBefore = 304;
  if (status != kPart) return status / 100 == 2 || status == kAsBefore;
  return std::ranges::any_of(request.headers,
                             [](const auto& header) { return Lower(header.first) == "range"; });
}

bool IsWorthTrying(int status) {
  static const std::vector<int> kPassing = {408, 425, 429, 500, 502, 503, 504};
  return std::ranges::find(kPassing, status) != kPassing.end();
}

// Of `120`, or of `Fri, 31 Dec 1999 23:59:59 GMT`; nothing of what is neither.
std::optional<std::chrono::milliseconds> RetryAfter(const HttpAnswer& answer) {
  const auto header = answer.headers.find("retry-after");
  if (header == answer.headers.end()) return std::nullopt;
  const std::string& text = header->second;
  if (contract::IsDigits(text)) {
    constexpr std::int64_t kMostSeconds = 1'000'000'000;
    std::int64_t seconds = kMostSeconds;
    std::from_chars(text.data(), text.data() + text.size(), seconds);
    return std::chrono::seconds(std::min(seconds, kMostSeconds));
  }
  std::tm time{};
  const char* end = ::strptime(text.c_str(), "%a, %d %b %Y %H:%M:%S GMT", &time);
  if (end == nullptr || *end != '\0') return std::nullopt;
  const std::time_t left = ::timegm(&time) - std::time(nullptr);
  return std::chrono::seconds(std::max<std::time_t>(left, 0));
}

// From half of the wait up to all of it, so that many who wait do not come at once.
std::chrono::milliseconds WithChance(std::chrono::milliseconds wait) {
  thread_local std::minstd_rand chance{std::random_device{}()};
  std::uniform_int_distribution<std::int64_t> part(wait.count() / 2, wait.count());
  return std::chrono::milliseconds(part(chance));
}

std::string SecondsText(std::chrono::milliseconds wait) {
  return std::to_string((wait.count() + 999) / 1000) + " s";
}

}  // namespace

bool WaitUnless(const std::function<bool()>& stopped, std::chrono::milliseconds time) {
  using Clock = std::chrono::steady_clock;
  const Clock::time_point end = Clock::now() + time;
  for (;;) {
    if (stopped()) return false;
    const Clock::duration left = end - Clock::now();
    if (left <= Clock::duration::zero()) return true;
    std::this_thread::sleep_for(std::min<Clock::duration>(left, std::chrono::milliseconds(100)));
  }
}

Result<HttpAnswer> GetPatiently(HttpClient& client, const HttpRequest& request,
                                const std::filesystem::path& file, const HttpPatience& patience,
                                const std::function<bool()>& stopped,
                                const std::function<void(const std::string&)>& tell) {
  const std::chrono::milliseconds longest = patience.longest_wait;
  std::chrono::milliseconds wait = patience.first_wait;
  for (int attempt = 1;; ++attempt) {
    auto answer = client.Get(request, file, stopped);
    if (!answer.ok() && !client.WasLost()) return answer;
    if (answer.ok() && IsWholeAnswer(request, answer->status)) return answer;
    Error error =
        answer.ok() ? AnswerError(request, answer->status, file) : std::move(answer.error());
    if (answer.ok() && !IsWorthTrying(answer->status)) return error;
    if (attempt >= patience.attempts) {
      if (attempt > 1) error.message += "; tried " + std::to_string(attempt) + " times";
      return error;
    }
    std::chrono::milliseconds pause = WithChance(std::min(wait, longest));
    wait = std::min(2 * wait, longest);
    if (const auto asked = answer.ok() ? RetryAfter(*answer) : std::nullopt) {
      if (*asked > longest) {
        return Error{ErrorCode::kIo,
                     error.message + "; it asks to come again in " + SecondsText(*asked),
                     "start again then"};
      }
      pause = *asked;
    }
    tell(error.message + "; trying again in " + SecondsText(pause));
    if (!WaitUnless(stopped, pause)) return Cancelled();
  }
}

}  // namespace assay::source
