/// Addresses of files that lie elsewhere, as they stand in `files:` beside paths. Pure: knows what
/// is written, not what is there.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace assay::contract {

/// True for all that begins with a scheme, such as `https://` or `s3://`, known or not: it is no
/// path on this machine.
bool IsRemote(std::string_view pattern);

/// An address of a web server's file or of objects in a store.
struct RemoteUrl {
  bool is_s3 = false;
  std::string scheme;  ///< `http`, `https`, `s3`
  std::string host;    ///< with the port where one is written; of s3 the bucket
  /// From the `/` behind the host on; of s3 the key without it, or a pattern of keys, in which
  /// `*`, `?`, `[..]` and `{a,b}` are wild cards and `\` takes their meaning from them.
  std::string path;
  std::string query;  ///< without `?`; may be a secret. Of s3 always empty
};

/// An error (kUser) has the way out and shows neither user, password nor query.
Result<RemoteUrl> ParseRemoteUrl(const std::string& text);

/// The address without user, password, query and fragment: what messages and receipts show.
std::string ShownUrl(std::string_view text);

/// True where the path of an s3 address means more than one key.
bool HasWildCard(std::string_view pattern);

}  // namespace assay::contract
