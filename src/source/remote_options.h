/// How remote files are asked for, with the secrets themselves: never shown, never stored.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "source/aws_signature.h"
#include "source/http_client.h"

namespace assay::source {

struct RemoteOptions {
  std::string endpoint{};  ///< of stores, without a slash at its end; empty: Amazon's
  std::string region = "us-east-1";
  bool path_style = false;  ///< the bucket stands in the path, not before the host
  AwsKeys keys{};           ///< without an id nothing is signed
  std::string bearer{}, basic_user{}, basic_password{};
  std::vector<std::pair<std::string, std::string>> headers{};
  HttpPatience patience{};
};

/// Of what `remote:` at a source says (contract/remote_options.h; null where it has none) and of
/// the environment. A variable that is not set is kUser.
Result<RemoteOptions> ReadRemoteOptions(const Json& remote);

}  // namespace assay::source
