#include "source/http_access.h"

#include <fcntl.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <optional>

#include "base/letter_case.h"
#include "store/file.h"

namespace assay::source {
namespace {

constexpr std::size_t kBlock = std::size_t{1} << 20;
constexpr std::size_t kShortestHidden = 8;  // shorter texts stand in data by chance

bool IsAmong(const std::string& name, const std::vector<std::string>& names) {
  return std::ranges::find(names, Lower(name)) != names.end();
}

bool NamesASecret(const std::string& query_name) {
  return IsAmong(query_name, {"access_token", "api-key", "api_key", "apikey", "auth_token",
                              "client_secret", "password", "secret", "token"});
}

bool IsHeaderName(const std::string& name) {
  return !name.empty() && std::ranges::all_of(name, [](unsigned char c) {
    return std::isalnum(c) != 0 ||
           std::string_view("-_.").find(static_cast<char>(c)) != std::string_view::npos;
  });
}

Status CheckUrl(const std::string& url) {
  if (const auto whole = ResolveUrl(url, url); !whole.ok()) {
    if (whole.error().code == ErrorCode::kIo) return whole.error();
    return Error{ErrorCode::kUser, "not a URL of http or https: " + PlainUrl(url),
                 "write https://HOST/PATH"};
  }
  const std::string head = url.substr(0, url.find_first_of("?#"));
  if (PlainUrl(url) != head) {
    return Error{ErrorCode::kUser, "`url` holds a user or a password: " + PlainUrl(url),
                 "write `basic_user: ${NAME}` and `basic_password: ${NAME}`, the names of "
                 "environment variables"};
  }
  for (std::size_t at = head.size(); at < url.size();) {
    const std::size_t end = std::min(url.find('&', at + 1), url.size());
    const std::string part = url.substr(at + 1, end - at - 1);
    const std::string name = part.substr(0, part.find('='));
    at = end;
    if (!NamesASecret(name)) continue;
    return Error{ErrorCode::kUser, "`url` holds what should be secret: " + name,
                 "write `api_key: ${NAME}`, the name of an environment variable, and "
                 "`api_key_param: " +
                     name + "`"};
  }
  return {};
}

Status CheckOpenTexts(const Json& params) {
  for (const auto& [name, value] : contract::PairsOf(params, "query")) {
    if (!NamesASecret(name)) continue;
    return Error{ErrorCode::kUser, "`query` holds what should be secret: " + name,
                 "write `api_key: ${NAME}`, the name of an environment variable, and "
                 "`api_key_param: " +
                     name + "`"};
  }
  for (const auto& [name, value] : contract::PairsOf(params, "headers")) {
    if (!IsHeaderName(name)) {
      return Error{ErrorCode::kUser, "not the name of a header: " + name, "write such as Accept"};
    }
    if (IsAmong(name, {"authorization", "cookie", "proxy-authorization", "x-api-key", "api-key",
                       "apikey", "x-auth-token", "private-token"})) {
      return Error{ErrorCode::kUser, "`headers` holds what should be secret: " + name,
                   "write `bearer: ${NAME}`, or `api_key: ${NAME}` and `api_key_header: " + name +
                       "`; NAME is an environment variable"};
    }
    if (IsAmong(name, {"accept-encoding", "connection", "content-length", "host", "if-match",
                       "if-modified-since", "if-none-match", "range", "transfer-encoding"})) {
      return Error{ErrorCode::kUser, "a header that is not yours to set: " + name,
                   "leave it out; it is sent as needed"};
    }
  }
  return {};
}

Result<std::string> SecretValue(const Json& params, const char* param) {
  const std::vector<std::string> secret = contract::TextsOf(params, param);
  if (secret.empty()) return std::string();
  const char* value = std::getenv(secret[0].c_str());
  if (value == nullptr || *value == '\0') {
    return Error{ErrorCode::kUser, "environment variable is not set: " + secret[0],
                 std::string("set it to the secret that ") + param + " is"};
  }
  if (std::string_view(value).find_first_of("\r\n") != std::string_view::npos) {
    return Error{ErrorCode::kUser, "environment variable holds a line break: " + secret[0],
                 "set it without; `$(cat FILE)` takes the one at the end away"};
  }
  return std::string(value);
}

bool IsHexOf(std::string_view digits, unsigned char c) {
  unsigned int code = 0;
  const auto [end, fault] = std::from_chars(digits.data(), digits.data() + digits.size(), code, 16);
  return fault == std::errc() && end == digits.data() + digits.size() && code == c;
}

// How much of the text's beginning is this character, as it is or escaped; 0 where it is another.
std::size_t WrittenSize(std::string_view text, char c) {
  const auto code = static_cast<unsigned char>(c);
  constexpr std::size_t kUnicode = 6, kPercent = 3;  // of \u0041 and %41
  if (text.empty()) return 0;
  if (text[0] == '\\' && text.size() > 1) {
    if (text[1] == c) return 2;
    const bool is_unicode = text[1] == 'u' && text.size() >= kUnicode;
    if (is_unicode && IsHexOf(text.substr(2, kUnicode - 2), code)) return kUnicode;
  }
  if (c == '"' && text.starts_with("\"\"")) return 2;
  if (text[0] == c) return 1;
  if (text[0] == '%' && text.size() >= kPercent) {
    return IsHexOf(text.substr(1, kPercent - 1), code) ? kPercent : 0;
  }
  return text[0] == '+' && c == ' ' ? 1 : 0;
}

std::size_t WrittenSize(std::string_view text, const std::string& secret) {
  std::size_t size = 0;
  for (const char c : secret) {
    const std::size_t more = WrittenSize(text.substr(size), c);
    if (more == 0) return 0;
    size += more;
  }
  return size;
}

struct Place {
  std::size_t at, size;
};

std::optional<Place> FindWritten(std::string_view text, const std::string& secret,
                                 std::size_t from) {
  const std::string begins = {secret[0], '\\', '%', '"', '+'};
  for (std::size_t at = text.find_first_of(begins, from); at != std::string_view::npos;
       at = text.find_first_of(begins, at + 1)) {
    if (const std::size_t size = WrittenSize(text.substr(at), secret)) return Place{at, size};
  }
  return std::nullopt;
}

void Replace(std::string& text, const std::string& secret, const std::string& with) {
  std::string replaced;
  std::size_t from = 0;
  while (const auto place = FindWritten(text, secret, from)) {
    replaced.append(text, from, place->at - from).append(with);
    from = place->at + place->size;
  }
  if (from == 0) return;
  text = replaced.append(text, from);
}

}  // namespace

std::vector<contract::Param> HttpAccessParams() {
  using contract::ParamType;
  return {{.name = "bearer",
           .type = ParamType::kSecret,
           .summary = "a token, sent as `Authorization: Bearer`"},
          {.name = "basic_user",
           .type = ParamType::kSecret,
           .summary = "a user's name, sent as `Authorization: Basic`"},
          {.name = "basic_password",
           .type = ParamType::kSecret,
           .summary = "the password of `basic_user`, none where not said"},
          {.name = "api_key",
           .type = ParamType::kSecret,
           .summary = "a key, sent as `api_key_header` or `api_key_param` says"},
          {.name = "api_key_header",
           .type = ParamType::kString,
           .summary = "the header that the key is sent in: `X-Api-Key`"},
          {.name = "api_key_param",
           .type = ParamType::kString,
           .summary = "the query parameter that the key is sent in"}};
}

Status CheckHttpAccess(const Json& params) {
  TRY(CheckUrl(params.value("url", "")));
  TRY(CheckOpenTexts(params));
  const auto wrong = [](const std::string& message, const std::string& hint) {
    return Error{ErrorCode::kUser, message, hint};
  };
  const auto has = [&](const char* name) { return params.contains(name); };
  if (has("bearer") && has("basic_user")) {
    return wrong("`bearer` and `basic_user` are two ways to say who asks", "leave one out");
  }
  if (has("basic_password") && !has("basic_user")) {
    return wrong("`basic_password` needs `basic_user`", "write `basic_user: ${NAME}` too");
  }
  if (has("api_key_header") && has("api_key_param")) {
    return wrong("`api_key_header` and `api_key_param` are two places for one key",
                 "leave one out");
  }
  const bool has_place = has("api_key_header") || has("api_key_param");
  if (has("api_key") && !has_place) {
    return wrong("`api_key` needs the place in which it is sent",
                 "write `api_key_header: X-Api-Key` or `api_key_param: key`");
  }
  if (has_place && !has("api_key")) {
    return wrong("`api_key` is missing",
                 "write `api_key: ${NAME}`, the name of an environment variable");
  }
  if (has("api_key_header") && !IsHeaderName(params.value("api_key_header", ""))) {
    return wrong("not the name of a header: " + params.value("api_key_header", ""),
                 "write such as X-Api-Key");
  }
  return {};
}

Result<HttpAccess> HttpAccess::Of(const Json& params) {
  HttpAccess access;
  TRY_ASSIGN(const std::string bearer, SecretValue(params, "bearer"));
  TRY_ASSIGN(access.user_, SecretValue(params, "basic_user"));
  TRY_ASSIGN(access.password_, SecretValue(params, "basic_password"));
  TRY_ASSIGN(const std::string key, SecretValue(params, "api_key"));
  access.headers_ = contract::PairsOf(params, "headers");
  if (!bearer.empty()) access.headers_.emplace_back("Authorization", "Bearer " + bearer);
  if (params.contains("api_key_header")) {
    access.headers_.emplace_back(params.value("api_key_header", ""), key);
  } else {
    access.key_param_ = params.value("api_key_param", "");
    access.key_ = key;
  }
  access.hidden_ = {bearer, access.password_, key};
  // A user alone is a key; beside a password it is a name, which may stand in data.
  if (access.password_.empty()) access.hidden_.push_back(access.user_);
  std::erase_if(access.hidden_,
                [](const std::string& secret) { return secret.size() < kShortestHidden; });
  return access;
}

HttpRequest HttpAccess::RequestFor(const std::string& url) const {
  HttpRequest request;
  request.url = key_param_.empty() ? url : WithQuery(url, {{key_param_, key_}});
  request.headers = headers_;
  request.user = user_;
  request.password = password_;
  return request;
}

std::string HttpAccess::Hidden(std::string text) const {
  for (const std::string& secret : hidden_) Replace(text, secret, "***");
  return text;
}

Result<bool> HttpAccess::IsIn(const std::filesystem::path& file) const {
  if (hidden_.empty()) return false;
  constexpr std::size_t kWidest = 6;  // of one character, as \u0041
  const std::size_t longest = kWidest * std::ranges::max(hidden_, {}, &std::string::size).size();
  TRY_ASSIGN(store::File opened, store::File::Open(file, O_RDONLY));
  std::string block(kBlock, '\0'), text;
  for (;;) {
    TRY_ASSIGN(const std::size_t size, opened.Read(block.data(), block.size()));
    if (size == 0) return false;
    text.append(block, 0, size);
    const bool has_one = std::ranges::any_of(hidden_, [&](const std::string& secret) {
      return FindWritten(text, secret, 0).has_value();
    });
    if (has_one) return true;
    // One may begin in this block and end in the next.
    text.erase(0, text.size() - std::min(text.size(), longest - 1));
  }
}

}  // namespace assay::source
