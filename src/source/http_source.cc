#include <fcntl.h>

#include <algorithm>
#include <fstream>

#include "base/letter_case.h"
#include "contract/utf8.h"
#include "source/http_access.h"
#include "source/http_client.h"
#include "source/http_pages.h"
#include "source/http_rate.h"
#include "source/http_rows.h"
#include "source/unpacked_file.h"
#include "store/file.h"

namespace assay::source {
namespace {

constexpr std::int64_t kMostPages = 10'000;

// What every page is asked with.
std::string UrlOfAll(const Json& params, const std::optional<std::string>& cursor) {
  std::vector<std::pair<std::string, std::string>> query = contract::PairsOf(params, "query");
  if (cursor) query.emplace_back(params.at("cursor_param").get<std::string>(), *cursor);
  return WithQuery(params.at("url").get<std::string>(), query);
}

std::string HeaderOf(const HttpAnswer& answer, const char* name) {
  const auto header = answer.headers.find(name);
  return header == answer.headers.end() ? "" : header->second;
}

// Rewrites a page that repeats a secret.
Status HideSecrets(const HttpAccess& access, const std::filesystem::path& staged,
                   const std::string& location) {
  constexpr std::uintmax_t kLargest = std::uintmax_t{1} << 30;
  TRY_ASSIGN(const bool has_secret, access.IsIn(staged));
  if (!has_secret) return {};
  if (std::filesystem::file_size(staged) > kLargest) {
    return Error{ErrorCode::kData, location + " repeats a secret, and is larger than 1 GiB",
                 "ask for smaller pages, in which it is replaced"};
  }
  std::ifstream in(staged, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  TRY_ASSIGN(store::File out, store::File::Open(staged, O_WRONLY | O_TRUNC));
  return out.Write(access.Hidden(text));
}

class PageFetcher {
 public:
  PageFetcher(const FetchContext& context, HttpClient client, HttpAccess access,
              const std::optional<std::string>& cursor)
      : context_(context),
        params_(context.params),
        client_(std::move(client)),
        access_(std::move(access)),
        cursor_(cursor),
        pages_(params_, UrlOfAll(params_, cursor)),
        pace_(Interval()) {}

  Result<Fetch> FetchAll() {
    TRY(highest_.NoteBefore(context_.before.cursor));
    const std::int64_t most = params_.value("max_pages", kMostPages);
    std::optional<std::string> url = pages_.first();
    for (number_ = 1; url; ++number_) {
      if (number_ > most) {
        return Error{ErrorCode::kData,
                     PlainUrl(pages_.first()) + " has more than " + std::to_string(most) + " pages",
                     "write a larger `max_pages` if there are so many"};
      }
      TRY_ASSIGN(url, FetchOne(*url));
      if (is_as_before_) return AsBefore();
    }
    return Made();
  }

 private:
  std::chrono::milliseconds Interval() const {
    const auto interval = ParseRate(params_.value("rate", ""));
    return interval.ok() ? *interval : std::chrono::milliseconds(0);
  }

  bool HasPages() const { return params_.value("pages", "none") != "none"; }

  // Where a page is from: without what is asked of all, and with what tells pages and loads apart.
  std::string Location() const {
    std::string location = PlainUrl(params_.at("url").get<std::string>());
    if (cursor_) {
      location = WithQuery(location, {{params_.at("cursor_param").get<std::string>(), *cursor_}});
    }
    return HasPages() ? location + "#page=" + std::to_string(number_) : location;
  }

  // What was fetched before and may be as it was, where the server can tell.
  const Fetched* Known() const {
    if (HasPages() || cursor_ || context_.before.objects.empty()) return nullptr;
    const Fetched& known = context_.before.objects.back();
    return known.receipt.location == Location() && context_.objects.Has(known.receipt.sha256)
               ? &known
               : nullptr;
  }

  HttpRequest RequestFor(const std::string& url) const {
    HttpRequest request = access_.RequestFor(url);
    const std::string path = PlainUrl(url);
    request.unpack = PackingOf(path) == Packing::kNone;
    const bool has_accept = std::ranges::any_of(
        request.headers, [](const auto& header) { return Lower(header.first) == "accept"; });
    if (!has_accept && HttpFormat(params_) == "json") {
      request.headers.emplace_back("Accept", "application/json");
    }
    if (const Fetched* known = Known()) {
      const std::string etag = known->answer.value("etag", "");
      const std::string date = known->answer.value("last_modified", "");
      if (!etag.empty()) request.headers.emplace_back("If-None-Match", etag);
      if (!date.empty()) request.headers.emplace_back("If-Modified-Since", date);
    }
    return request;
  }

  HttpPatience Patience() const {
    HttpPatience patience;
    patience.first_wait = std::max(patience.first_wait, Interval());
    return patience;
  }

  // A page that is said to be of another format than is read.
  Status CheckFormat(const HttpAnswer& answer) const {
    const std::string type = Lower(HeaderOf(answer, "content-type"));
    const std::string format = HttpFormat(params_);
    if (type.starts_with("text/html")) {
      return Error{ErrorCode::kData, Location() + " is a web page, and no " + format,
                   "look at the URL in a browser; some servers answer so who has not signed in"};
    }
    if (params_.contains("format")) return {};
    std::string said;
    if (type.starts_with("text/csv")) said = "csv";
    if (type.starts_with("text/tab-separated-values")) said = "tsv";
    if (type.find("ndjson") != std::string::npos || type.find("jsonl") != std::string::npos) {
      said = "jsonl";
    }
    if (said.empty() || said == format) return {};
    return Error{ErrorCode::kData,
                 Location() + " is said to be " + said + ", and read as " + format,
                 "write `format: " + said + "`"};
  }

  Status CheckEnd(const HttpAnswer& answer) const {
    const std::string format = HttpFormat(params_);
    if (answer.is_end_told || format == "json") return {};
    return Error{ErrorCode::kData,
                 Location() + " came without its length, so that a cut would not be noticed",
                 "ask for JSON, which has an end of its own, or look at the server's settings"};
  }

  Result<std::optional<std::string>> FetchOne(const std::string& url) {
    if (!pace_.Wait(context_.stopped)) return Error{ErrorCode::kCancelled, "cancelled", ""};
    const std::string asked_at = UtcText(context_.clock.NowMicros());
    const std::filesystem::path staged = context_.objects.StagingPath("page");
    auto next = FetchTo(staged, url, asked_at);
    if (!next.ok() || !is_adopted_) TRY(context_.objects.disk().Remove(staged));
    return next;
  }

  Result<std::optional<std::string>> FetchTo(const std::filesystem::path& staged,
                                             const std::string& url, const std::string& asked_at) {
    is_adopted_ = false;
    const HttpRequest request = RequestFor(url);
    auto answer =
        GetPatiently(client_, request, staged, Patience(), context_.stopped, context_.tell);
    if (!answer.ok()) return OfPage(std::move(answer).error());
    constexpr int kAsBefore = 304;
    if (answer->status == kAsBefore) {
      if (Known() == nullptr) {
        return Error{ErrorCode::kIo, Location() + " answered 304, which was not asked for",
                     "look at the server, or at what stands between"};
      }
      is_as_before_ = true;
      return std::optional<std::string>();
    }
    TRY(CheckFormat(*answer));
    TRY(CheckEnd(*answer));
    HttpRows found;
    TRY(LookThroughPage(context_, {staged, Location()}, number_ == 1, found, highest_));
    TRY_ASSIGN(const store::FileRef came, store::HashFile(staged, context_.objects.disk()));
    const HttpPage page{url,
                        Location(),
                        found.rows,
                        came.sha256,
                        HeaderOf(*answer, "link"),
                        found.has_document ? &found.document : nullptr};
    TRY_ASSIGN(std::optional<std::string> next, pages_.Next(page));
    TRY(Keep(staged, found.rows, asked_at, *answer));
    if (HasPages()) {
      context_.tell("page " + std::to_string(number_) + ", " + std::to_string(pages_.rows()) +
                    " rows");
    }
    return next;
  }

  // The client hides keys as they are sent; a server may repeat them in another form.
  Error OfPage(Error error) const {
    error.message = access_.Hidden(std::move(error.message));
    if (error.code == ErrorCode::kCancelled || !HasPages()) return error;
    if (number_ > 1 && (error.message.find(" answered 404") != std::string::npos ||
                        error.message.find(" answered 410") != std::string::npos)) {
      error.hint =
          "if the server answers so behind the last page, say where it tells the end: "
          "`total`, `total_pages` or `more`";
    }
    return std::move(error).While("page " + std::to_string(number_));
  }

  // Pages without rows are kept only where nothing else came.
  Status Keep(const std::filesystem::path& staged, std::uint64_t rows, const std::string& asked_at,
              const HttpAnswer& answer) {
    if (rows == 0 && number_ > 1) return {};
    TRY(HideSecrets(access_, staged, Location()));
    TRY_ASSIGN(const store::FileRef ref, context_.objects.Adopt(staged, rows));
    is_adopted_ = true;
    Fetched fetched;
    fetched.receipt = {Location(), ref.sha256, ref.bytes, asked_at};
    if (!HasPages() && !cursor_) {
      for (const auto& [name, header] :
           {std::pair("etag", "etag"), std::pair("last_modified", "last-modified")}) {
        const std::string value = HeaderOf(answer, header);
        if (!value.empty()) fetched.answer[name] = value;
      }
    }
    if (kept_.size() == 1 && first_is_empty_) kept_.clear();
    first_is_empty_ = rows == 0;
    kept_.push_back(std::move(fetched));
    return {};
  }

  Fetch AsBefore() const { return {context_.before.objects, context_.before.cursor, true}; }

  // Whether what came is, byte for byte, what came last.
  bool IsAsBefore() const {
    const std::vector<Fetched>& before = context_.before.objects;
    if (cursor_ && first_is_empty_) return true;
    if (before.size() < kept_.size()) return false;
    return std::equal(
        kept_.rbegin(), kept_.rend(), before.rbegin(),
        [](const Fetched& a, const Fetched& b) { return a.receipt.sha256 == b.receipt.sha256; });
  }

  Result<Fetch> Made() const {
    const std::string cursor = params_.value("cursor", "");
    auto reached = highest_.AsJson();
    if (!reached.ok()) return std::move(reached).error().While("cursor: " + cursor);
    if (!context_.before.objects.empty() && IsAsBefore()) return AsBefore();
    return Fetch{kept_, *std::move(reached), false};
  }

  const FetchContext& context_;
  const Json& params_;
  HttpClient client_;
  HttpAccess access_;
  std::optional<std::string> cursor_;  // where this fetch begins
  HttpPages pages_;
  Pace pace_;
  HighestValue highest_;
  std::int64_t number_ = 1;
  std::vector<Fetched> kept_;
  bool first_is_empty_ = false;
  bool is_adopted_ = false;
  bool is_as_before_ = false;
};

Result<Fetch> FetchPages(const FetchContext& context) {
  std::optional<std::string> cursor;
  if (context.params.contains("cursor")) {
    HighestValue before;
    TRY(before.NoteBefore(context.before.cursor));
    TRY_ASSIGN(cursor, before.Get());
    if (!cursor && context.params.contains("cursor_start")) {
      cursor = context.params.at("cursor_start").get<std::string>();
    }
  }
  TRY_ASSIGN(HttpAccess access, HttpAccess::Of(context.params));
  TRY_ASSIGN(HttpClient client, HttpClient::Open());
  return PageFetcher(context, std::move(client), std::move(access), cursor).FetchAll();
}

Json Asks(const Json& params) {
  Json asks = Json::object();
  for (const char* name : {"url", "query", "headers", "format", "records", "pages", "next",
                           "next_param", "page_param", "first_page", "offset_param", "limit_param",
                           "page_size", "cursor", "cursor_param", "cursor_start"}) {
    if (params.contains(name)) asks[name] = params.at(name);
  }
  return asks;
}

Status Check(const Json& params) {
  TRY(CheckHttpAccess(params));
  TRY(CheckPaging(params));
  TRY(CheckHttpRows(params));
  if (params.contains("rate")) {
    TRY(ParseRate(params.value("rate", "")));
  }
  for (const auto& [name, other] :
       {std::pair("cursor", "cursor_param"), std::pair("cursor_param", "cursor"),
        std::pair("cursor_start", "cursor")}) {
    if (!params.contains(name) || params.contains(other)) continue;
    return Error{ErrorCode::kUser, "`" + std::string(name) + "` needs `" + other + "`",
                 "write `cursor: COLUMN` and `cursor_param:` with the query parameter that takes "
                 "its highest value"};
  }
  const bool is_packed = PackingOf(PlainUrl(params.value("url", ""))) != Packing::kNone;
  const bool has_parts = params.value("pages", "none") != "none" || params.contains("cursor");
  if (!is_packed || !has_parts) return {};
  return Error{ErrorCode::kUser,
               "a packed file has neither pages nor a cursor: " + PlainUrl(params.value("url", "")),
               "leave `pages` and `cursor` out"};
}

std::vector<contract::Param> HttpParams() {
  using contract::ParamType;
  const auto text = [](const char* name, const char* summary) {
    return contract::Param{.name = name, .type = ParamType::kString, .summary = summary};
  };
  const auto whole = [](const char* name, const char* summary) {
    return contract::Param{.name = name, .type = ParamType::kInteger, .summary = summary};
  };
  std::vector<contract::Param> params = {
      {.name = "url",
       .type = ParamType::kString,
       .summary = "what is asked for: https://HOST/PATH",
       .required = true},
      {.name = "format",
       .type = ParamType::kChoice,
       .summary =
           "what the answers are; what the suffix of the URL tells where not said, else json",
       .choices = {"json", "jsonl", "csv", "tsv"}},
      text("records", "where in an answer the rows are, as a JSON Pointer: `/data/rows`"),
      {.name = "query",
       .type = ParamType::kMapping,
       .summary = "query parameters of every request"},
      {.name = "headers", .type = ParamType::kMapping, .summary = "headers of every request"}};
  const std::vector<contract::Param> access = HttpAccessParams();
  params.insert(params.end(), access.begin(), access.end());
  const std::vector<contract::Param> others = {
      {.name = "pages",
       .type = ParamType::kChoice,
       .summary = "how one page leads to the next",
       .by_default = "none",
       .choices = {"none", "next_link", "link_header", "cursor", "page", "offset"}},
      text("next",
           "where in an answer the link or the cursor of the next page is, as a JSON "
           "Pointer"),
      text("next_param", "the query parameter that takes the cursor of the next page"),
      text("page_param", "the query parameter that takes the page's number, `page` where not said"),
      whole("first_page", "number of the first page, 1 where not said"),
      text("offset_param",
           "the query parameter that takes how many rows to skip, `offset` where not said"),
      text("limit_param", "the query parameter that takes `page_size`, `limit` where not said"),
      whole("page_size", "rows to ask for in a page"),
      text("more",
           "where in an answer it says whether pages follow, true or false, as a JSON "
           "Pointer"),
      text("total", "where in an answer the number of all rows is, as a JSON Pointer"),
      text("total_pages", "where in an answer the number of all pages is, as a JSON Pointer"),
      {.name = "max_pages",
       .type = ParamType::kInteger,
       .summary = "more pages than this are an error",
       .by_default = kMostPages},
      text("cursor",
           "a column whose highest value says how far a load came: a key of the rows, "
           "or a JSON Pointer into them"),
      text("cursor_param",
           "the query parameter that takes the highest value, so that only rows "
           "from there on are asked for"),
      {.name = "cursor_start",
       .type = ParamType::kScalar,
       .summary = "what `cursor_param` takes at the first load; without it all rows are asked for"},
      text("rate", "most requests in a time: `5/second`, `100/minute`, `1000/hour`"),
      {.name = "columns",
       .type = ParamType::kCellTypes,
       .summary = "column name to type, for columns whose type is not to be detected",
       .choices = {}},
      text("file_column", "name of a column that gets each row's URL with the number of its page"),
      text("delimiter", "csv: what stands between cells"),
      text("quote", "csv: what stands around cells"),
      {.name = "header",
       .type = ParamType::kBool,
       .summary = "csv: the first row names the columns"},
      {.name = "nulls", .type = ParamType::kScalars, .summary = "csv: words that mean null"},
      text("encoding", "csv: how characters are written in bytes")};
  params.insert(params.end(), others.begin(), others.end());
  return params;
}

constexpr char kHelp[] =
    "An answer is JSON, of which `records` says where the list of rows stands, JSON lines, or "
    "delimited text; it is read as the kinds `json`, `jsonl`, `csv` and `tsv` read a file, and "
    "what "
    "is said there of columns, types and refused rows holds here. Each page is kept as it came, "
    "with the time at which it was asked for; a version can be made again when the API has moved "
    "on.\n\n"
    "**Pages.** `next_link`: the answer has the URL of the next page at `next`. `link_header`: it "
    "stands in the header `Link` with `rel=\"next\"`. `cursor`: the answer has a text at `next` "
    "that `next_param` takes. `page`: pages have numbers from `first_page` on. `offset`: a page "
    "begins behind the rows that came so far. The last page is the one without a link or cursor; "
    "with numbers the one at which `more` is false, `total` rows or `total_pages` pages have come, "
    "or, where none of these is declared, a page without rows, which is asked for and left away. "
    "A link to another host is an error.\n\n"
    "**No hole.** A page that is cut short, is no JSON, has nothing at `records`, is answered with "
    "404 or repeats the page before is an error, and so are more than `max_pages` pages and a "
    "number of rows other than `total` says; then nothing of the load is used. Lost connections "
    "and the answers 408, 425, 429, 500, 502, 503 and 504 are tried again up to 5 times, after "
    "what "
    "`Retry-After` says (at most 5 minutes) or after waits that double. An API that leaves the "
    "link out of the last page cannot be told from one that has it elsewhere: declare `total` "
    "where "
    "it is there.\n\n"
    "**Nothing new.** A source of one page sends what the server said of it before (`ETag`, "
    "`Last-Modified`); an answer 304, or the same bytes again, is no new load.\n\n"
    "**Only what is new.** With `cursor: updated_at` and `cursor_param: since` the next load asks "
    "for rows from the highest `updated_at` on that was seen. Numbers are compared as numbers, "
    "dates such as 2001-05-01T09:00:00Z as moments, all else as text; dates in another form are an "
    "error. Most servers give rows with the highest value itself again, which is as it should be, "
    "as rows of the same value may have come since: `write: merge` with a `key` takes the repeats "
    "away. Where the server leaves them out, rows of that value that come later are missed; a "
    "number that grows with each change is then the better cursor. Rows without a value are kept "
    "and move nothing.\n\n"
    "**Secrets** are names of environment variables, `${NAME}`; their values stand in no message, "
    "plan, receipt or stored object: where an answer repeats one of 8 characters or more, `***` is "
    "stored in its place. They go to the URL's own host alone, also where it redirects. "
    "Certificates are checked against those of the system or of `SSL_CERT_FILE`; proxies are those "
    "of `https_proxy`.";

}  // namespace

SourceKind http_source() {
  return {.info = {.name = "http",
                   .summary = "pages of an HTTP API: JSON, JSON lines or delimited text",
                   .help = kHelp,
                   .version = 1,
                   .params = HttpParams(),
                   .refuses = [](const Json&) { return true; },
                   .check = Check,
                   .example = "sources:\n"
                              "  orders:\n"
                              "    kind: http\n"
                              "    url: https://api.example.org/v1/orders\n"
                              "    records: /data\n"
                              "    pages: next_link\n"
                              "    next: /links/next\n"
                              "    bearer: ${ORDERS_TOKEN}\n"
                              "    rate: 5/second\n"
                              "    columns: {placed_at: \"timestamp[us,utc]\"}\n"},
          .read = ReadHttpRows,
          .fetch = FetchPages,
          .asks = Asks};
}

}  // namespace assay::source
