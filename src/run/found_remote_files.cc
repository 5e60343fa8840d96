#include "run/found_remote_files.h"

#include <algorithm>
#include <map>
#include <set>

#include "contract/utf8.h"
#include "run/kinds.h"
#include "source/key_pattern.h"
#include "source/remote_files.h"
#include "store/object_store.h"

namespace assay::run {
namespace {

namespace fs = std::filesystem;

const source::SourceKind* KindOfAddress(const std::string& address) {
  const contract::KindInfo* info =
      contract::FindKindOfPath(AllKinds().sources, contract::ShownUrl(address));
  return info == nullptr ? nullptr : source::FindSource(info->name);
}

Error NoKindOfAddress(const std::string& address) {
  return {ErrorCode::kUser,
          "the suffix tells no kind of source: " + contract::Escaped(contract::ShownUrl(address)),
          "download it and give it the suffix of what it is: " +
              contract::SuffixesText(AllKinds().sources)};
}

// A file that is not there should not be waited for long: a person sits before it.
constexpr int kAttempts = 2;

class RemoteFinder {
 public:
  explicit RemoteFinder(fs::path folder) : objects_(std::move(folder)) {}

  Status Open() {
    TRY(objects_.Create());
    TRY_ASSIGN(options_, source::ReadRemoteOptions(Json()));
    options_.patience.attempts = kAttempts;
    return {};
  }

  Status Add(const std::string& from) {
    TRY_ASSIGN(const contract::RemoteUrl url, contract::ParseRemoteUrl(from));
    const bool is_pattern = url.is_s3 && contract::HasWildCard(url.path);
    if (!is_pattern && KindOfAddress(from) == nullptr) return NoKindOfAddress(from);
    TRY_ASSIGN(const source::Fetch fetch, Bring(from));
    const std::size_t before = found_.files.size();
    for (const source::Fetched& fetched : fetch.objects) {
      const std::string& location = fetched.receipt.location;
      const source::SourceKind* kind = KindOfAddress(location);
      if (kind == nullptr) {
        ++found_.others[fs::path(location).extension().string()];
      } else if (seen_.insert(location).second) {
        found_.files.push_back(
            {objects_.PathOf(fetched.receipt.sha256), location, location, kind, !is_pattern, from});
      }
    }
    return is_pattern && found_.files.size() == before ? Status(NoKindOfAddress(from)) : Status();
  }

  FoundFiles Finish() && {
    std::ranges::sort(found_.files, {}, &FoundFile::location);
    return std::move(found_);
  }

 private:
  Result<source::Fetch> Bring(const std::string& from) {
    const SystemClock clock;
    const std::function<Result<engine::Engine*>()> no_engine = []() -> Result<engine::Engine*> {
      return Error{ErrorCode::kInternal, "files are brought without an engine", ""};
    };
    return source::FetchRemoteFiles({Json::object(),
                                     source::LoadState(),
                                     objects_,
                                     no_engine,
                                     clock,
                                     [] { return false; },
                                     [](const std::string&) {},
                                     {}},
                                    {from}, options_);
  }

  store::ObjectStore objects_;
  source::RemoteOptions options_;
  FoundFiles found_;
  std::set<std::string> seen_;
};

}  // namespace

Result<FoundFiles> BringRemoteFiles(const fs::path& folder, const std::vector<std::string>& from) {
  RemoteFinder finder(folder);
  TRY(finder.Open());
  for (const std::string& each : from) TRY(finder.Add(each));
  return std::move(finder).Finish();
}

std::vector<std::string> RemotePatternsFor(const std::vector<FoundFile>& files,
                                           const std::vector<FoundFile>& all) {
  std::map<std::string, std::size_t> missing;  // files that an address also means
  for (const FoundFile& file : all) ++missing[file.address];
  for (const FoundFile& file : files) --missing[file.address];
  std::vector<std::string> patterns;
  for (const FoundFile& file : files) {
    const bool is_s3 = file.location.starts_with("s3:");
    const std::string pattern = missing[file.address] == 0 ? file.address
                                : is_s3                    ? source::EscapedKey(file.location)
                                                           : file.location;
    if (std::ranges::find(patterns, pattern) == patterns.end()) patterns.push_back(pattern);
  }
  return patterns;
}

}  // namespace assay::run
