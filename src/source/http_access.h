/// What of an HTTP source's requests is secret: read from the environment when it asks.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "contract/kind_info.h"
#include "source/http_client.h"

namespace assay::source {

/// The parameters `bearer`, `basic_user`, `basic_password`, `api_key` and where that goes.
std::vector<contract::Param> HttpAccessParams();

/// Mistakes in them; also a secret that stands where none may: in `url`, `query` or `headers`.
Status CheckHttpAccess(const Json& params);

class HttpAccess {
 public:
  /// An error (kUser) where an environment variable is not set, by its name.
  static Result<HttpAccess> Of(const Json& params);

  /// A request for this URL with all that it needs.
  HttpRequest RequestFor(const std::string& url) const;

  /// The text with `***` where it repeats a secret of 8 characters or more, as it is or escaped as
  /// in a URL, in JSON or in a cell of CSV.
  std::string Hidden(std::string text) const;
  /// Whether a file has a text that `Hidden` would replace. Memory is that of a block.
  Result<bool> IsIn(const std::filesystem::path& file) const;

 private:
  std::vector<std::pair<std::string, std::string>> headers_;
  std::string user_, password_, key_param_, key_;
  std::vector<std::string> hidden_;  // none is empty
};

}  // namespace assay::source
