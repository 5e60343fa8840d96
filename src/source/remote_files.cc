#include "source/remote_files.h"

#include <algorithm>
#include <fstream>
#include <map>
#include <optional>
#include <set>

#include "contract/kind_info.h"
#include "contract/utf8.h"
#include "source/http_client.h"
#include "source/key_pattern.h"
#include "source/s3_listing.h"
#include "source/s3_request.h"
#include "source/unpacked_file.h"
#include "store/staged_file.h"

namespace assay::source {
namespace {

constexpr std::size_t kMostRemoteFiles = 1'000'000;
constexpr std::size_t kMostOfListing = std::size_t{64} << 20;
constexpr std::size_t kFilesBetweenWords = 100;  // to who waits
constexpr std::size_t kLongestEntityTag = 1000;  // of what a server calls a state of a file
constexpr int kOk = 200, kNonAuthoritative = 203, kNotModified = 304;

// One file that is to be brought.
struct WantedFile {
  std::string location;  // of its receipt
  std::string asked;     // tells apart what else decides the answer: query, endpoint
  std::string url;       // of a web server's
  S3Target target;       // of a store's
  std::string etag;      // as a listing tells it; empty without
};

// Text of a server that may be sent back to it.
std::string TagOf(const Json& answer, const char* name) {
  const auto found = answer.find(name);
  if (found == answer.end() || !found->is_string()) return "";
  const std::string& text = found->get_ref<const std::string&>();
  const bool is_plain =
      text.size() <= kLongestEntityTag &&
      std::all_of(text.begin(), text.end(), [](unsigned char c) { return c >= 0x20 && c < 0x7f; });
  return is_plain ? text : "";
}

// Without quotes, which some stores leave out in one place or the other.
std::string BareTag(std::string tag) {
  std::erase(tag, '"');
  return tag;
}

std::string HeaderOfAnswer(const HttpAnswer& answer, const char* name) {
  const auto found = answer.headers.find(name);
  return found == answer.headers.end() ? "" : found->second;
}

class RemoteFetch {
 public:
  RemoteFetch(const FetchContext& context, const RemoteOptions& options, HttpClient client)
      : context_(context), options_(options), client_(std::move(client)) {
    for (const Fetched& fetched : context.before.objects) {
      before_[fetched.receipt.location] = &fetched;
    }
  }

  Result<Fetch> Bring(const std::vector<std::string>& patterns) {
    for (const std::string& pattern : patterns) {
      TRY_ASSIGN(const contract::RemoteUrl url, contract::ParseRemoteUrl(pattern));
      TRY(url.is_s3 ? WantObjects(url) : WantWebFile(url));
    }
    Fetch fetch;
    fetch.is_unchanged = wanted_.size() == context_.before.objects.size();
    std::size_t number = 0;
    for (const auto& [location, wanted] : wanted_) {
      if (context_.stopped()) return Error{ErrorCode::kCancelled, "cancelled", ""};
      if (++number % kFilesBetweenWords == 0) {
        context_.tell(std::to_string(number) + " of " + std::to_string(wanted_.size()) + " files");
      }
      bool is_unchanged = false;
      TRY_ASSIGN(Fetched fetched, BringFile(wanted, is_unchanged));
      fetch.is_unchanged = fetch.is_unchanged && is_unchanged;
      fetch.objects.push_back(std::move(fetched));
    }
    return fetch;
  }

 private:
  Status Want(WantedFile wanted) {
    if (contract::FindInvalidUtf8(wanted.location) ||
        std::ranges::any_of(wanted.location,
                            [](unsigned char c) { return c < 0x20 || c == 0x7f; })) {
      return Error{ErrorCode::kUser,
                   "the key of an object is no UTF-8, or has a control character: " +
                       contract::Escaped(wanted.location),
                   "copy the object to another key, or mend the pattern"};
    }
    const auto [known, is_new] = wanted_.emplace(wanted.location, wanted);
    if (!is_new && known->second.url != wanted.url) {
      return Error{ErrorCode::kUser,
                   "two addresses that differ only behind `?`: " + wanted.location,
                   "receipts do not show what stands there; declare a source for each"};
    }
    if (wanted_.size() <= kMostRemoteFiles) return {};
    return Error{ErrorCode::kUser, "more than 1,000,000 remote files", "take narrower patterns"};
  }

  Status WantWebFile(const contract::RemoteUrl& url) {
    WantedFile wanted;
    wanted.location = url.scheme + "://" + url.host + url.path;
    wanted.url = wanted.location + (url.query.empty() ? "" : "?" + url.query);
    if (!url.query.empty()) wanted.asked = contract::SecretMark(wanted.url);
    return Want(std::move(wanted));
  }

  Status WantObject(const std::string& bucket, const std::string& key, const std::string& etag) {
    WantedFile wanted;
    wanted.location = "s3://" + bucket + "/" + key;
    wanted.asked = S3Endpoint(options_);
    wanted.target = {bucket, key, {}};
    wanted.etag = etag;
    return Want(std::move(wanted));
  }

  Status WantObjects(const contract::RemoteUrl& url) {
    if (!contract::HasWildCard(url.path)) {
      return WantObject(url.host, KeyOfPlainPattern(url.path), "");
    }
    TRY_ASSIGN(const KeyPattern pattern, KeyPattern::Parse(url.path));
    const std::string where = "s3://" + url.host + "/" + url.path;
    const std::size_t before = wanted_.size();
    bool has_match = false;
    std::set<std::string> asked;  // a store that repeats itself would be listed for ever
    for (std::string next;;) {
      TRY_ASSIGN(const S3Listing part, List(url.host, pattern, next, where));
      for (const S3Object& object : part.objects) {
        if (object.key.ends_with('/') || !pattern.Matches(object.key)) continue;
        has_match = true;
        TRY(WantObject(url.host, object.key, object.etag));
      }
      if (part.next.empty()) break;
      if (!asked.insert(part.next).second) {
        return Error{ErrorCode::kIo, where + ": the store's listing comes to no end",
                     "look at `endpoint`: it must be the address of a store that speaks S3"};
      }
      next = part.next;
      context_.tell(std::to_string(wanted_.size() - before) + " objects found");
    }
    if (has_match) return {};
    return Error{ErrorCode::kIo, "no object matches: " + where,
                 "put the objects there, or mend the pattern; capitals count"};
  }

  Result<S3Listing> List(const std::string& bucket, const KeyPattern& pattern,
                         const std::string& next, const std::string& where) {
    S3Target target{bucket, "", {{"list-type", "2"}, {"encoding-type", "url"}}};
    if (!pattern.prefix().empty()) target.query.emplace_back("prefix", pattern.prefix());
    if (pattern.is_flat()) target.query.emplace_back("delimiter", "/");
    if (!next.empty()) target.query.emplace_back("continuation-token", next);
    const store::StagedFile staged(context_.objects.StagingPath(".xml"));
    TRY_ASSIGN(const HttpRequest request, S3Request(options_, target, context_.clock.NowMicros()));
    const auto answer = Get(request, staged.path());
    if (!answer.ok()) return S3Error(answer.error(), where, staged.path());
    if (answer->bytes > kMostOfListing) {
      return Error{ErrorCode::kData, where + ": the store's listing is longer than 64 MiB", ""};
    }
    std::ifstream stream(staged.path(), std::ios::binary);
    const std::string xml{std::istreambuf_iterator<char>(stream), {}};
    return ParseS3Listing(xml, where);
  }

  // What was brought before and is still there, if nothing but the file's own state can differ.
  const Fetched* Before(const WantedFile& wanted) const {
    const auto found = before_.find(wanted.location);
    if (found == before_.end()) return nullptr;
    const Fetched& before = *found->second;
    if (TagOf(before.answer, "asked") != wanted.asked) return nullptr;
    const store::Receipt& receipt = before.receipt;
    const bool is_there = context_.objects.Has({receipt.sha256, receipt.bytes, 0, {}, {}});
    return is_there ? &before : nullptr;
  }

  Result<Fetched> BringFile(const WantedFile& wanted, bool& is_unchanged) {
    const Fetched* before = Before(wanted);
    const std::string etag = before == nullptr ? "" : TagOf(before->answer, "etag");
    is_unchanged = !etag.empty() && BareTag(etag) == BareTag(wanted.etag);
    if (is_unchanged) return *before;

    const store::StagedFile staged(context_.objects.StagingPath(".file"));
    TRY_ASSIGN(HttpRequest request, RequestFor(wanted));
    const bool is_conditional = before != nullptr && AddCondition(before->answer, request);
    const std::string asked_at = UtcText(context_.clock.NowMicros());
    const auto answer = Get(request, staged.path());
    if (!answer.ok()) {
      return wanted.url.empty() ? S3Error(answer.error(), wanted.location, staged.path())
                                : answer.error();
    }
    if (answer->status == kNotModified && is_conditional) {
      is_unchanged = true;
      return *before;
    }
    if (answer->status != kOk && answer->status != kNonAuthoritative) {
      return Error{
          ErrorCode::kIo,
          wanted.location + " answered " + std::to_string(answer->status) + ", which is no file",
          "look at the address in a browser"};
    }
    TRY_ASSIGN(const store::FileRef file, context_.objects.Adopt(staged.path(), 0));
    Fetched fetched{{wanted.location, file.sha256, file.bytes, asked_at},
                    AnswerOf(*answer, wanted)};
    // A server that does not say so may still send the same.
    if (before == nullptr || before->receipt.sha256 != file.sha256) return fetched;
    is_unchanged = before->answer == fetched.answer;
    fetched.receipt = before->receipt;
    return fetched;
  }

  Result<HttpRequest> RequestFor(const WantedFile& wanted) {
    HttpRequest request;
    if (wanted.url.empty()) {
      TRY_ASSIGN(request, S3Request(options_, wanted.target, context_.clock.NowMicros()));
    } else {
      request.url = wanted.url;
      request.headers = options_.headers;
      request.user = options_.basic_user;
      request.password = options_.basic_password;
      if (!options_.bearer.empty()) {
        request.headers.emplace_back("Authorization", "Bearer " + options_.bearer);
      }
    }
    // `data.csv.gz` is to stay packed; what a server packed for the way only is not.
    request.unpack = PackingOf(wanted.location) == Packing::kNone;
    return request;
  }

  static bool AddCondition(const Json& answer, HttpRequest& request) {
    const std::string etag = TagOf(answer, "etag"), changed = TagOf(answer, "last_modified");
    if (!etag.empty()) {
      request.headers.emplace_back("If-None-Match", etag);
    } else if (!changed.empty()) {
      request.headers.emplace_back("If-Modified-Since", changed);
    }
    return !etag.empty() || !changed.empty();
  }

  static Json AnswerOf(const HttpAnswer& answer, const WantedFile& wanted) {
    const Json said{{"etag", HeaderOfAnswer(answer, "etag")},
                    {"last_modified", HeaderOfAnswer(answer, "last-modified")},
                    {"asked", wanted.asked}};
    Json kept = Json::object();
    for (const char* name : {"etag", "last_modified", "asked"}) {
      const std::string text = TagOf(said, name);
      if (!text.empty()) kept[name] = text;
    }
    return kept;
  }

  Result<HttpAnswer> Get(const HttpRequest& request, const std::filesystem::path& file) {
    return GetPatiently(client_, request, file, options_.patience, context_.stopped, context_.tell);
  }

  const FetchContext& context_;
  const RemoteOptions& options_;
  HttpClient client_;
  std::map<std::string, const Fetched*> before_;  // by location
  std::map<std::string, WantedFile> wanted_;      // by location
};

}  // namespace

Result<Fetch> FetchRemoteFiles(const FetchContext& context,
                               const std::vector<std::string>& patterns,
                               const RemoteOptions& options) {
  TRY_ASSIGN(HttpClient client, HttpClient::Open());
  return RemoteFetch(context, options, std::move(client)).Bring(patterns);
}

}  // namespace assay::source
