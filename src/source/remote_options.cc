#include "source/remote_options.h"

#include <cstdlib>
#include <initializer_list>

#include "contract/kind_info.h"
#include "contract/remote_url.h"

namespace assay::source {
namespace {

// The first of the variables that is set, or nothing.
std::string FromEnvironment(std::initializer_list<const char*> names) {
  for (const char* name : names) {
    const char* value = std::getenv(name);
    if (value != nullptr && *value != '\0') return value;
  }
  return "";
}

// What the variable holds that a secret parameter names.
Result<std::string> SecretOf(const Json& remote, const char* param) {
  const std::vector<std::string> secret = contract::TextsOf(remote, param);
  if (secret.empty()) return std::string();
  std::string value = FromEnvironment({secret[0].c_str()});
  if (!value.empty()) return value;
  return Error{ErrorCode::kUser, "environment variable is not set: " + secret[0],
               std::string("set it to the secret that ") + param + " is"};
}

std::string RemoteText(const Json& remote, const char* param) {
  return remote.value(param, std::string());
}

Result<AwsKeys> KeysOf(const Json& remote) {
  if (remote.value("anonymous", false)) return AwsKeys();
  AwsKeys keys;
  if (remote.contains("key_id")) {
    keys.key_id = RemoteText(remote, "key_id");
    TRY_ASSIGN(keys.secret_key, SecretOf(remote, "secret_key"));
    TRY_ASSIGN(keys.session_token, SecretOf(remote, "session_token"));
    return keys;
  }
  keys.key_id = FromEnvironment({"AWS_ACCESS_KEY_ID"});
  keys.secret_key = FromEnvironment({"AWS_SECRET_ACCESS_KEY"});
  keys.session_token = FromEnvironment({"AWS_SESSION_TOKEN"});
  if (keys.key_id.empty() == keys.secret_key.empty()) {
    return keys.key_id.empty() ? AwsKeys() : keys;
  }
  return Error{ErrorCode::kUser,
               "one of the variables AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY is not set",
               "set both, or write `remote: {anonymous: true}`"};
}

Status TakeEndpoint(const Json& remote, RemoteOptions& options) {
  options.endpoint = RemoteText(remote, "endpoint");
  if (options.endpoint.empty()) {
    options.endpoint = FromEnvironment({"AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"});
  }
  while (options.endpoint.ends_with('/')) options.endpoint.pop_back();
  if (!options.endpoint.empty()) {
    const auto url = contract::ParseRemoteUrl(options.endpoint);
    if (!url.ok() || url->is_s3 || !url->query.empty()) {
      return Error{ErrorCode::kUser,
                   "not the address of a store: " + contract::ShownUrl(options.endpoint),
                   "`endpoint` or AWS_ENDPOINT_URL is https://HOST or http://HOST:PORT"};
    }
  }
  options.path_style = remote.value("path_style", !options.endpoint.empty());
  return {};
}

}  // namespace

Result<RemoteOptions> ReadRemoteOptions(const Json& remote) {
  const Json given = remote.is_object() ? remote : Json::object();
  RemoteOptions options;
  TRY(TakeEndpoint(given, options));
  std::string region = RemoteText(given, "region");
  if (region.empty()) region = FromEnvironment({"AWS_REGION", "AWS_DEFAULT_REGION"});
  if (!region.empty()) options.region = region;
  TRY_ASSIGN(options.keys, KeysOf(given));
  TRY_ASSIGN(options.bearer, SecretOf(given, "bearer"));
  options.basic_user = RemoteText(given, "basic_user");
  TRY_ASSIGN(options.basic_password, SecretOf(given, "basic_password"));
  options.headers = contract::PairsOf(given, "headers");
  return options;
}

}  // namespace assay::source
