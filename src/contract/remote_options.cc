#include "contract/remote_options.h"

#include <algorithm>
#include <array>
#include <cctype>

#include "base/letter_case.h"
#include "contract/remote_url.h"

namespace assay::contract {
namespace {

constexpr const char* kRemoteHelp =
    "Items of `files:` may be addresses, of every kind of source: `https://HOST/PATH`, "
    "`http://HOST/PATH`, `s3://BUCKET/KEY`. All items of one source are addresses, or none is. "
    "`assay run` fetches them first and keeps the bytes as objects of the store; from there on "
    "they "
    "are files like others, known by their address without user, password and query. A file of "
    "which "
    "the server says that it is unchanged (`ETag`, `Last-Modified`) is not fetched again.\n\n"
    "A key may be a pattern with `*`, `?`, `[...]` and `{a,b}`, none of which matches a `/`; a "
    "`\\` "
    "before such a character takes its meaning from it. A web server lists nothing, so an address "
    "with http or https is one file.\n\n"
    "The kind is told by the suffix of the path, as with other files. `remote:` says how the "
    "server "
    "is asked. It may be left out; its secrets are names of environment variables, and none of "
    "their values is written anywhere. Without `key_id` the variables of other programs count: "
    "`AWS_ACCESS_KEY_ID` with `AWS_SECRET_ACCESS_KEY` and `AWS_SESSION_TOKEN`. Without keys a "
    "store "
    "is asked without a signature. Keys, tokens and headers go to the host in the address alone, "
    "not to one that it sends to. Another `remote:` computes nothing anew.";

constexpr const char* kRemoteExample =
    "sources:\n"
    "  trips:\n"
    "    files: s3://rides/2026/*.parquet\n"
    "    remote:\n"
    "      endpoint: https://minio.example.org\n"
    "      region: eu-west-1\n"
    "      key_id: ${RIDES_KEY_ID}\n"
    "      secret_key: ${RIDES_SECRET_KEY}\n";

std::string RemoteTextOf(const Json& params, const char* name) {
  return params.value(name, std::string());
}

Status CheckKeys(const Json& params) {
  const bool has_id = params.contains("key_id"), has_secret = params.contains("secret_key");
  if (has_id != has_secret) {
    return Error{ErrorCode::kUser, "one of `key_id` and `secret_key` without the other",
                 "write both, or neither and set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"};
  }
  if (params.contains("session_token") && !has_id) {
    return Error{ErrorCode::kUser, "`session_token` without `key_id` and `secret_key`",
                 "write those beside it"};
  }
  if (has_id && params.value("anonymous", false)) {
    return Error{ErrorCode::kUser, "`anonymous` and `key_id`", "leave one of them out"};
  }
  return {};
}

Status CheckLogin(const Json& params) {
  if (params.contains("basic_password") && !params.contains("basic_user")) {
    return Error{ErrorCode::kUser, "`basic_password` without `basic_user`", "write both"};
  }
  if (params.contains("bearer") && params.contains("basic_user")) {
    return Error{ErrorCode::kUser, "`bearer` and `basic_user`", "a server takes one of them"};
  }
  if (RemoteTextOf(params, "basic_user").find(':') != std::string::npos) {
    return Error{ErrorCode::kUser, "`basic_user` with a colon, which ends the user's name",
                 "write the password as `basic_password`"};
  }
  return {};
}

Status CheckEndpoint(const Json& params) {
  const std::string region = RemoteTextOf(params, "region");
  const bool is_region = std::all_of(region.begin(), region.end(), [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '-' || c == '_';
  });
  if (!is_region) {
    return Error{ErrorCode::kUser, "not a region: " + region, "write such as eu-central-1"};
  }
  if (!params.contains("endpoint")) return {};
  const std::string text = RemoteTextOf(params, "endpoint");
  const std::string hint = "write https://HOST or http://HOST:PORT";
  const auto endpoint = ParseRemoteUrl(text);
  if (!endpoint.ok()) return Error{ErrorCode::kUser, endpoint.error().message, hint};
  if (endpoint->is_s3 || !endpoint->query.empty()) {
    return Error{ErrorCode::kUser, "not the address of a store: " + ShownUrl(text), hint};
  }
  return {};
}

bool IsHeaderName(const std::string& name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](unsigned char c) {
    return std::isalnum(c) != 0 ||
           std::string_view("!#$%&'*+-.^_`|~").find(static_cast<char>(c)) != std::string_view::npos;
  });
}

Status CheckHeaders(const Json& params) {
  constexpr std::array<std::string_view, 8> kOurs = {
      "host",          "content-length",    "connection", "transfer-encoding",
      "if-none-match", "if-modified-since", "range",      "accept-encoding"};
  for (const auto& [name, value] : PairsOf(params, "headers")) {
    if (!IsHeaderName(name)) {
      return Error{ErrorCode::kUser, "not the name of a header: " + name,
                   "write such as X-Api-Key"};
    }
    const std::string lower = Lower(name);
    if (std::find(kOurs.begin(), kOurs.end(), lower) != kOurs.end()) {
      return Error{ErrorCode::kUser, "a header that is not yours to set: " + name, "leave it out"};
    }
    const bool is_taken = params.contains("bearer") || params.contains("basic_user");
    if (lower == "authorization" && is_taken) {
      return Error{ErrorCode::kUser, "`headers` with Authorization beside `bearer` or `basic_user`",
                   "leave one of them out"};
    }
    // The value may be a secret.
    if (std::any_of(value.begin(), value.end(), [](unsigned char c) { return c < 0x20; })) {
      return Error{ErrorCode::kUser, "a header with a line break or control character: " + name,
                   ""};
    }
  }
  return {};
}

Status CheckRemote(const Json& params) {
  TRY(CheckKeys(params));
  TRY(CheckLogin(params));
  TRY(CheckEndpoint(params));
  return CheckHeaders(params);
}

KindInfo MakeRemoteOptions() {
  return {
      .name = "remote",
      .summary = "how remote files are asked for: `remote:` at a source of any kind",
      .help = kRemoteHelp,
      .params =
          {{.name = "endpoint",
            .summary = "address of the store behind s3://; without it AWS_ENDPOINT_URL, else "
                       "Amazon's for the region"},
           {.name = "region",
            .summary = "of the store; without it AWS_REGION or AWS_DEFAULT_REGION, else us-east-1"},
           {.name = "path_style",
            .type = ParamType::kBool,
            .summary = "whether the bucket stands in the path instead of before the host; without "
                       "it true where there is an endpoint"},
           {.name = "key_id", .summary = "name of the key that signs what is asked of a store"},
           {.name = "secret_key", .type = ParamType::kSecret, .summary = "the key itself"},
           {.name = "session_token",
            .type = ParamType::kSecret,
            .summary = "what belongs to a key that is lent for a time"},
           {.name = "anonymous",
            .type = ParamType::kBool,
            .summary = "true asks a store without a signature, whatever keys the environment has",
            .by_default = Json(false)},
           {.name = "bearer",
            .type = ParamType::kSecret,
            .summary = "token that a web server gets as `Authorization: Bearer TOKEN`"},
           {.name = "basic_user", .summary = "user at a web server"},
           {.name = "basic_password", .type = ParamType::kSecret, .summary = "the user's password"},
           {.name = "headers",
            .type = ParamType::kMapping,
            .summary = "further headers of a request; `${NAME}` in them is the environment's"}},
      .check = CheckRemote,
      .example = kRemoteExample};
}

}  // namespace

const KindInfo& RemoteOptionsInfo() {
  static const KindInfo kInfo = MakeRemoteOptions();
  return kInfo;
}

}  // namespace assay::contract
