#include "source/aws_signature.h"

#include <algorithm>
#include <cctype>

#include "base/clock.h"
#include "base/hash.h"
#include "base/letter_case.h"

namespace assay::source {
namespace {

constexpr const char* kAlgorithm = "AWS4-HMAC-SHA256";

std::string HmacOf(std::string_view key, std::string_view text) { return HmacSha256(key).Of(text); }

// `20150830T123600Z`
std::string BasicTime(std::int64_t micros) {
  std::string text = UtcText(micros);
  std::erase_if(text, [](char c) { return c == '-' || c == ':'; });
  return text;
}

// Without blanks at its ends, and with one where several are.
std::string HeaderValue(std::string_view value) {
  std::string trimmed;
  for (const char c : value) {
    if (c == ' ' && (trimmed.empty() || trimmed.back() == ' ')) continue;
    trimmed += c;
  }
  if (trimmed.ends_with(' ')) trimmed.pop_back();
  return trimmed;
}

// Lower-case names with values, sorted by name; equal names become one with commas.
std::vector<std::pair<std::string, std::string>> CanonicalHeaders(const AwsRequest& request) {
  std::vector<std::pair<std::string, std::string>> sorted;
  sorted.reserve(request.headers.size());
  for (const auto& [name, value] : request.headers) {
    sorted.emplace_back(Lower(name), HeaderValue(value));
  }
  std::ranges::stable_sort(sorted, {}, &std::pair<std::string, std::string>::first);
  std::vector<std::pair<std::string, std::string>> united;
  for (auto& [name, value] : sorted) {
    if (!united.empty() && united.back().first == name) {
      united.back().second += "," + value;
    } else {
      united.emplace_back(std::move(name), std::move(value));
    }
  }
  return united;
}

std::string SignedNames(const AwsRequest& request) {
  std::string names;
  for (const auto& [name, value] : CanonicalHeaders(request)) {
    names += (names.empty() ? "" : ";") + name;
  }
  return names;
}

int DigitOfCode(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char lower = static_cast<char>(c | 0x20);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

}  // namespace

std::string PercentEncoded(std::string_view text, bool keeps_slash) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string encoded;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool is_plain =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
        std::string_view("-._~").find(c) != std::string_view::npos || (keeps_slash && c == '/');
    if (is_plain) {
      encoded += c;
    } else {
      encoded += {'%', kHex[byte >> 4U], kHex[byte & 15U]};
    }
  }
  return encoded;
}

std::string PercentDecoded(std::string_view text) {
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool is_code = text[i] == '%' && i + 2 < text.size() && DigitOfCode(text[i + 1]) >= 0 &&
                         DigitOfCode(text[i + 2]) >= 0;
    if (!is_code) {
      decoded += text[i];
      continue;
    }
    decoded += static_cast<char>(DigitOfCode(text[i + 1]) * 16 + DigitOfCode(text[i + 2]));
    i += 2;
  }
  return decoded;
}

std::string QueryText(const UrlQuery& query) {
  UrlQuery encoded;
  encoded.reserve(query.size());
  for (const auto& [name, value] : query) {
    encoded.emplace_back(PercentEncoded(name), PercentEncoded(value));
  }
  std::sort(encoded.begin(), encoded.end());
  std::string text;
  for (const auto& [name, value] : encoded) {
    text += (text.empty() ? "" : "&") + name + "=" + value;
  }
  return text;
}

std::string AwsCanonicalText(const AwsRequest& request) {
  std::string text = request.method + "\n" + (request.path.empty() ? "/" : request.path) + "\n" +
                     QueryText(request.query) + "\n";
  for (const auto& [name, value] : CanonicalHeaders(request)) text += name + ":" + value + "\n";
  return text + "\n" + SignedNames(request) + "\n" + request.body_sha256;
}

std::vector<std::pair<std::string, std::string>> AwsHeaders(const AwsRequest& request,
                                                            const AwsScope& scope,
                                                            const AwsKeys& keys) {
  const std::string time = BasicTime(scope.micros), day = time.substr(0, 8);
  std::vector<std::pair<std::string, std::string>> added = {{"x-amz-date", time}};
  if (!keys.session_token.empty()) added.emplace_back("x-amz-security-token", keys.session_token);
  AwsRequest whole = request;
  whole.headers.insert(whole.headers.end(), added.begin(), added.end());

  const std::string range = day + "/" + scope.region + "/" + scope.service + "/aws4_request";
  const std::string text = std::string(kAlgorithm) + "\n" + time + "\n" + range + "\n" +
                           Sha256Hex(AwsCanonicalText(whole));
  std::string key = HmacOf("AWS4" + keys.secret_key, day);
  for (const std::string& part : {scope.region, scope.service, std::string("aws4_request")}) {
    key = HmacOf(key, part);
  }
  added.emplace_back("Authorization", std::string(kAlgorithm) + " Credential=" + keys.key_id + "/" +
                                          range + ", SignedHeaders=" + SignedNames(whole) +
                                          ", Signature=" + HmacSha256Hex(key, text));
  return added;
}

}  // namespace assay::source
