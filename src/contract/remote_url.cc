#include "contract/remote_url.h"

#include <algorithm>
#include <cctype>

#include "base/letter_case.h"
#include "contract/utf8.h"

namespace assay::contract {
namespace {

constexpr std::string_view kAfterScheme = "://";
constexpr std::size_t kLongestUrl = 8000;

std::string_view SchemeOf(std::string_view text) {
  const std::size_t end = text.find(kAfterScheme);
  if (end == std::string_view::npos || end == 0) return {};
  const std::string_view scheme = text.substr(0, end);
  const bool is_scheme = std::isalpha(static_cast<unsigned char>(scheme[0])) != 0 &&
                         std::all_of(scheme.begin(), scheme.end(), [](unsigned char c) {
                           return std::isalnum(c) != 0 || c == '+' || c == '-' || c == '.';
                         });
  return is_scheme ? scheme : std::string_view();
}

// What of an address is where, still as written.
struct UrlParts {
  std::string scheme;
  std::string_view user, host, path, query;
};

UrlParts PartsOf(std::string_view text) {
  UrlParts parts;
  parts.scheme = Lower(std::string(SchemeOf(text)));
  std::string_view rest = text.substr(parts.scheme.size() + kAfterScheme.size());
  const bool is_s3 = parts.scheme == "s3";  // a key may hold all characters
  if (!is_s3) {
    rest = rest.substr(0, rest.find('#'));
    const std::size_t mark = rest.find('?');
    if (mark != std::string_view::npos) parts.query = rest.substr(mark + 1);
    rest = rest.substr(0, mark);
  }
  const std::size_t slash = std::min(rest.find('/'), rest.size());
  parts.host = rest.substr(0, slash);
  parts.path = rest.substr(slash);
  const std::size_t at = parts.host.rfind('@');
  if (at != std::string_view::npos) {
    parts.user = parts.host.substr(0, at + 1);
    parts.host.remove_prefix(at + 1);
  }
  return parts;
}

Error WrongUrl(const std::string& what, std::string_view text, const std::string& hint) {
  return {ErrorCode::kUser, what + ": " + Escaped(ShownUrl(text)), hint};
}

Status CheckScheme(const std::string& scheme, std::string_view text) {
  if (scheme == "http" || scheme == "https" || scheme == "s3") return {};
  std::string hint = "write https://HOST/PATH, http://HOST/PATH or s3://BUCKET/KEY";
  if (scheme == "file") hint = "write the path alone";
  if (scheme == "s3a" || scheme == "s3n") hint = "write s3://";
  if (scheme == "gs" || scheme == "gcs") {
    hint =
        "write s3:// and `remote: {endpoint: \"https://storage.googleapis.com\"}`, with HMAC keys";
  }
  return WrongUrl("files of this scheme cannot be read", text, hint);
}

bool HasControl(std::string_view text) {
  return std::any_of(text.begin(), text.end(),
                     [](unsigned char c) { return c < 0x20 || c == 0x7f; });
}

bool IsHost(std::string_view host) {
  return !host.empty() && std::all_of(host.begin(), host.end(), [](unsigned char c) {
    return std::isalnum(c) != 0 ||
           std::string_view("-._:[]").find(static_cast<char>(c)) != std::string_view::npos;
  });
}

bool IsBucket(std::string_view bucket) {
  return !bucket.empty() && std::all_of(bucket.begin(), bucket.end(), [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '-' || c == '.' || c == '_';
  });
}

Status CheckObject(const UrlParts& parts, std::string_view text) {
  if (!parts.user.empty() || !IsBucket(parts.host)) {
    return WrongUrl("not the name of a bucket", text,
                    "write s3://BUCKET/KEY; keys of the store stand at `remote:` or in the "
                    "environment");
  }
  if (parts.path.size() < 2 || parts.path.ends_with('/')) {
    return WrongUrl("no key of an object", text,
                    "name an object, or a pattern such as s3://BUCKET/PREFIX/*.parquet");
  }
  if (parts.path.find("**") != std::string_view::npos) {
    return WrongUrl("`**` does not look into folders below folders here", text,
                    "write a pattern for each depth, as PREFIX/*.csv and PREFIX/*/*.csv");
  }
  return {};
}

Status CheckWebFile(const UrlParts& parts, std::string_view text) {
  if (!parts.user.empty()) {
    return WrongUrl("an address with a user in it", text,
                    "leave the user out and write `remote: {basic_user: USER, basic_password: "
                    "\"${NAME}\"}`");
  }
  if (!IsHost(parts.host)) {
    return WrongUrl("not an address with a host", text, "write https://HOST/PATH");
  }
  if (text.find(' ') != std::string_view::npos) {
    return WrongUrl("a blank in an address", text, "write %20 for it");
  }
  if (parts.path.find_first_of("*[]{}") != std::string_view::npos) {
    return WrongUrl("a web server lists nothing, so its files cannot be a pattern", text,
                    "name each file; a `*` of a name is written %2A, `[` %5B, `{` %7B");
  }
  return {};
}

}  // namespace

bool IsRemote(std::string_view pattern) { return !SchemeOf(pattern).empty(); }

Result<RemoteUrl> ParseRemoteUrl(const std::string& text) {
  if (!IsRemote(text)) {
    return Error{ErrorCode::kUser, "not the address of a remote file: " + Escaped(text),
                 "write https://HOST/PATH, http://HOST/PATH or s3://BUCKET/KEY"};
  }
  const UrlParts parts = PartsOf(text);
  TRY(CheckScheme(parts.scheme, text));
  if (text.size() > kLongestUrl) return WrongUrl("an address of more than 8,000 bytes", text, "");
  if (HasControl(text) || FindInvalidUtf8(text)) {
    return WrongUrl("an address with a control character, or not in UTF-8", text, "");
  }
  const bool is_s3 = parts.scheme == "s3";
  TRY(is_s3 ? CheckObject(parts, text) : CheckWebFile(parts, text));
  return RemoteUrl{is_s3, parts.scheme, std::string(parts.host),
                   std::string(is_s3 ? parts.path.substr(1) : parts.path),
                   std::string(parts.query)};
}

std::string ShownUrl(std::string_view text) {
  if (!IsRemote(text)) return std::string(text);
  const UrlParts parts = PartsOf(text);
  return parts.scheme + std::string(kAfterScheme) + std::string(parts.host) +
         std::string(parts.path);
}

bool HasWildCard(std::string_view pattern) {
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i] == '\\') {
      ++i;
    } else if (std::string_view("*?[{").find(pattern[i]) != std::string_view::npos) {
      return true;
    }
  }
  return false;
}

}  // namespace assay::contract
