#include <algorithm>
#include <cctype>
#include <memory>
#include <optional>

#include "base/letter_case.h"
#include "source/curl_library.h"
#include "source/http_client.h"

namespace assay::source {
namespace {

// A URL in its parts.
class UrlParts {
 public:
  static std::optional<UrlParts> Of(const std::string& url) {
    const auto curl = OpenCurl("no URL can be read");
    if (!curl.ok()) return std::nullopt;
    UrlParts parts(**curl);
    if (!parts.Set(url)) return std::nullopt;
    return parts;
  }

  // Also of a reference, which stands in what was set before.
  bool Set(const std::string& url) {
    return handle_ != nullptr &&
           curl_.url_set(handle_.get(), CURLUPART_URL, url.c_str(), CURLU_URLENCODE) == CURLUE_OK;
  }

  std::string Get(CURLUPart part, unsigned flags = 0) const {
    char* text = nullptr;
    if (curl_.url_get(handle_.get(), part, &text, flags) != CURLUE_OK) return "";
    std::string copy = text;
    curl_.free_text(text);
    return copy;
  }

 private:
  explicit UrlParts(const CurlLibrary& curl)
      : curl_(curl), handle_(curl.url(), [&curl](CURLU* handle) { curl.url_cleanup(handle); }) {}

  const CurlLibrary& curl_;
  std::unique_ptr<CURLU, std::function<void(CURLU*)>> handle_;
};

bool IsHttp(const UrlParts& parts) {
  const std::string scheme = Lower(parts.Get(CURLUPART_SCHEME));
  return scheme == "http" || scheme == "https";
}

void AppendEscaped(std::string_view text, std::string& escaped) {
  constexpr char kDigits[] = "0123456789ABCDEF";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isalnum(byte) != 0 || std::string_view("-._~").find(c) != std::string_view::npos) {
      escaped += c;
    } else {
      escaped += '%';
      escaped += kDigits[byte >> 4];
      escaped += kDigits[byte & 15];
    }
  }
}

std::string EscapedText(std::string_view text) {
  std::string escaped;
  AppendEscaped(text, escaped);
  return escaped;
}

}  // namespace

std::string PlainUrl(const std::string& url) {
  std::string plain = url.substr(0, url.find_first_of("?#"));
  const std::size_t scheme = plain.find("://");
  if (scheme == std::string::npos) return plain;
  const std::size_t host = scheme + 3;
  const std::size_t path = std::min(plain.find('/', host), plain.size());
  const std::size_t at = plain.rfind('@', path);
  if (at != std::string::npos && at >= host && at < path) plain.erase(host, at + 1 - host);
  return plain;
}

Result<std::string> ResolveUrl(const std::string& base, const std::string& reference) {
  TRY(OpenCurl("no URL can be read"));
  std::optional<UrlParts> parts = UrlParts::Of(base);
  if (parts && parts->Set(reference) && IsHttp(*parts)) return parts->Get(CURLUPART_URL);
  return Error{ErrorCode::kData, PlainUrl(base) + " refers to what is no URL of http or https",
               "look at what the server answers"};
}

bool IsSameHost(const std::string& url, const std::string& other) {
  const std::optional<UrlParts> a = UrlParts::Of(url), b = UrlParts::Of(other);
  if (!a || !b) return false;
  const auto same = [&](CURLUPart part, unsigned flags) {
    return Lower(a->Get(part, flags)) == Lower(b->Get(part, flags));
  };
  return same(CURLUPART_SCHEME, 0) && same(CURLUPART_HOST, 0) &&
         same(CURLUPART_PORT, CURLU_DEFAULT_PORT);
}

std::string WithQuery(const std::string& url,
                      const std::vector<std::pair<std::string, std::string>>& query) {
  const std::string head = url.substr(0, url.find('#'));
  const std::size_t mark = head.find('?');
  std::vector<std::string> parts;
  for (std::size_t at = mark; at < head.size();) {
    const std::size_t end = std::min(head.find('&', at + 1), head.size());
    if (end > at + 1) parts.push_back(head.substr(at + 1, end - at - 1));
    at = end;
  }
  for (const auto& [name, value] : query) {
    const std::string key = EscapedText(name);
    std::erase_if(parts, [&, &name = name](const std::string& part) {
      const std::string known = part.substr(0, part.find('='));
      return known == key || known == name;
    });
    parts.push_back(key + "=" + EscapedText(value));
  }
  std::string whole = head.substr(0, mark);
  for (std::size_t i = 0; i < parts.size(); ++i) whole += (i == 0 ? "?" : "&") + parts[i];
  return whole;
}

}  // namespace assay::source
