/// Files of a source that lie on web servers and in object stores: brought as objects of the store,
/// with the bytes as they came.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "contract/remote_url.h"
#include "source/fetch.h"
#include "source/remote_options.h"

namespace assay::source {

using contract::IsRemote;

/// Brings all files that `patterns` mean, which are remote all of them. The objects are in order of
/// location, those that have not changed since `context.before` among them, which are not brought
/// again. Without an answer nothing is brought; a file is whole or an error. A pattern without a
/// match is kIo, as are refusals of the server; two addresses that differ only in their query are
/// kUser, for no receipt could tell them apart.
Result<Fetch> FetchRemoteFiles(const FetchContext& context,
                               const std::vector<std::string>& patterns,
                               const RemoteOptions& options);

}  // namespace assay::source
