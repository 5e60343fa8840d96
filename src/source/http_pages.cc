#include "source/http_pages.h"

#include <algorithm>
#include <charconv>

#include "base/letter_case.h"
#include "contract/number_text.h"
#include "source/http_client.h"
#include "source/link_header.h"

namespace assay::source {
namespace {

// Which ways of paging a parameter belongs to.
struct PagingParam {
  const char* name;
  std::vector<std::string> by;
};

const std::vector<PagingParam>& PagingParams() {
  static const std::vector<PagingParam> kParams = {
      {"next", {"next_link", "cursor"}},
      {"next_param", {"cursor"}},
      {"page_param", {"page"}},
      {"first_page", {"page"}},
      {"offset_param", {"offset"}},
      {"limit_param", {"page", "offset", "cursor"}},
      {"page_size", {"page", "offset", "cursor"}},
      {"more", {"page", "offset", "cursor"}},
      {"total", {"none", "next_link", "link_header", "cursor", "page", "offset"}},
      {"total_pages", {"page"}},
  };
  return kParams;
}

std::string WaysText(const std::vector<std::string>& ways) {
  std::string text;
  for (std::size_t i = 0; i < ways.size(); ++i) {
    text += (i == 0                 ? "`pages: "
             : i + 1 == ways.size() ? "` or `pages: "
                                    : "`, `pages: ") +
            ways[i];
  }
  return text + "`";
}

Status CheckNeeded(const Json& params, const std::string& by) {
  const auto needs = [&](const char* name, const char* hint) -> Status {
    if (params.contains(name)) return {};
    return Error{ErrorCode::kUser, "`pages: " + by + "` needs `" + std::string(name) + "`", hint};
  };
  if (by == "next_link") {
    return needs("next", "say where in the answer the link is, as `next: /links/next`");
  }
  if (by != "cursor") return {};
  TRY(needs("next", "say where in the answer the cursor is, as `next: /meta/next_cursor`"));
  return needs("next_param", "say which parameter takes it, as `next_param: cursor`");
}

std::string ValueText(const JsonValue& value) {
  if (value.form != JsonForm::kString) return std::string(value.text);
  std::string text;
  AppendDecoded(value.text, text);
  return text;
}

Error NothingAt(const HttpPage& page, const char* param, const Json& params) {
  return {ErrorCode::kData,
          page.location + " has nothing at `" + param + "`: " + params.at(param).get<std::string>(),
          "look at what the server answers; a JSON Pointer names the keys from the outermost on"};
}

Result<std::optional<std::uint64_t>> CountAt(const HttpPage& page, const char* param,
                                             const Json& params) {
  if (!params.contains(param)) return std::optional<std::uint64_t>();
  const auto value = ValueAt(page.document->value(), params.at(param).get<std::string>());
  if (!value || value->form == JsonForm::kNull) return NothingAt(page, param, params);
  const std::string text = ValueText(*value);
  std::uint64_t count = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), count);
  if (contract::IsDigits(text) && parsed.ec == std::errc()) return std::optional(count);
  return Error{ErrorCode::kData,
               page.location + " has no whole number at `" + param +
                   "`: " + params.at(param).get<std::string>(),
               "point at the number of all rows or pages"};
}

Result<std::optional<bool>> TruthAt(const HttpPage& page, const char* param, const Json& params) {
  if (!params.contains(param)) return std::optional<bool>();
  const auto value = ValueAt(page.document->value(), params.at(param).get<std::string>());
  if (!value) return NothingAt(page, param, params);
  if (value->form == JsonForm::kBool) return std::optional(value->text == "true");
  return Error{ErrorCode::kData,
               page.location + " has neither true nor false at `" + param +
                   "`: " + params.at(param).get<std::string>(),
               "point at what says whether more pages come"};
}

// The text of a link or a cursor; nothing where there is none, in whatever way that is said.
Result<std::optional<std::string>> TextAt(const HttpPage& page, const char* param,
                                          const Json& params) {
  const auto value = ValueAt(page.document->value(), params.at(param).get<std::string>());
  if (!value || value->form == JsonForm::kNull || value->text == "false") {
    return std::optional<std::string>();
  }
  if (value->form == JsonForm::kString || value->form == JsonForm::kNumber) {
    const std::string text = ValueText(*value);
    return text.empty() ? std::optional<std::string>() : std::optional(text);
  }
  return Error{ErrorCode::kData,
               page.location + " has neither a text nor a number at `" + param +
                   "`: " + params.at(param).get<std::string>(),
               "point at the link or the cursor itself"};
}

// The same host, or the same with TLS where that was not asked for.
bool IsTrustedHost(const std::string& base, const std::string& next) {
  if (IsSameHost(base, next)) return true;
  const bool is_safer = Lower(base).starts_with("http:") && Lower(next).starts_with("https:");
  return is_safer && IsSameHost("https" + base.substr(4), next);
}

Status CheckCount(const HttpPage& page, const char* what, std::optional<std::uint64_t>& known,
                  const std::optional<std::uint64_t>& count) {
  if (known && count && *known != *count) {
    return Error{ErrorCode::kData,
                 page.location + ": the number of all " + what +
                     " changed while pages were read, " + "from " + std::to_string(*known) +
                     " to " + std::to_string(*count),
                 "start again; without `" + std::string(*what == 'r' ? "total" : "total_pages") +
                     "` a change is not noticed, and rows may be missing"};
  }
  known = count;
  return {};
}

}  // namespace

Status CheckPaging(const Json& params) {
  const std::string by = params.value("pages", "none");
  for (const PagingParam& param : PagingParams()) {
    if (!params.contains(param.name) || std::ranges::find(param.by, by) != param.by.end()) continue;
    return Error{ErrorCode::kUser,
                 "`" + std::string(param.name) + "` means nothing with `pages: " + by + "`",
                 "it belongs to " + WaysText(param.by)};
  }
  TRY(CheckNeeded(params, by));
  for (const char* pointer : {"next", "more", "total", "total_pages"}) {
    TRY(PointerParts(params.value(pointer, "")).While(pointer));
  }
  const auto at_least = [&](const char* name, std::int64_t least) -> Status {
    const std::int64_t value = params.value(name, least);
    if (value >= least) return {};
    return Error{ErrorCode::kUser,
                 "`" + std::string(name) + "` is below " + std::to_string(least) + ": " +
                     std::to_string(value),
                 ""};
  };
  TRY(at_least("page_size", 1));
  TRY(at_least("first_page", 0));
  TRY(at_least("max_pages", 1));
  if (!params.contains("limit_param") || params.contains("page_size")) return {};
  return Error{ErrorCode::kUser, "`limit_param` needs `page_size`",
               "write how many rows to ask for"};
}

HttpPages::HttpPages(const Json& params, const std::string& url)
    : params_(params), by_(params.value("pages", "none")), url_(url) {
  if (params.contains("page_size")) {
    url_ = WithQuery(url_, {{params.value("limit_param", "limit"),
                             std::to_string(params.at("page_size").get<std::int64_t>())}});
  }
  first_ = by_ == "page" || by_ == "offset" ? NumberedUrl() : url_;
  asked_.insert(first_);
}

std::string HttpPages::NumberedUrl() const {
  if (by_ == "offset") {
    return WithQuery(url_, {{params_.value("offset_param", "offset"), std::to_string(rows_)}});
  }
  const std::uint64_t number = params_.value("first_page", std::uint64_t{1}) + pages_;
  return WithQuery(url_, {{params_.value("page_param", "page"), std::to_string(number)}});
}

Status HttpPages::CheckNew(const HttpPage& page) {
  const bool repeats = pages_ > 0 && page.rows > 0 && page.sha256 == sha256_;
  sha256_ = page.sha256;
  if (!repeats || (by_ != "page" && by_ != "offset")) return {};
  const std::string param =
      by_ == "page" ? params_.value("page_param", "page") : params_.value("offset_param", "offset");
  return Error{ErrorCode::kData, page.location + " is the same as the page before",
               "the server does not seem to know the parameter `" + param + "`"};
}

Status HttpPages::NoteCounts(const HttpPage& page) {
  if (page.document == nullptr) return {};
  TRY_ASSIGN(const auto total, CountAt(page, "total", params_));
  TRY(CheckCount(page, "rows", total_, total));
  TRY_ASSIGN(const auto total_pages, CountAt(page, "total_pages", params_));
  TRY(CheckCount(page, "pages", total_pages_, total_pages));
  TRY_ASSIGN(has_more_, TruthAt(page, "more", params_));
  return {};
}

bool HttpPages::IsLast(const HttpPage& page) const {
  if (has_more_) return !*has_more_;
  if (total_pages_ && pages_ >= *total_pages_) return true;
  if (total_ && rows_ >= *total_) return true;
  return page.rows == 0;
}

Result<std::optional<std::string>> HttpPages::LinkedUrl(
    const HttpPage& page, const std::optional<std::string>& link) const {
  if (!link) return std::optional<std::string>();
  TRY_ASSIGN(const std::string next, ResolveUrl(page.url, *link).While(page.location));
  if (IsTrustedHost(url_, next)) return std::optional(next);
  return Error{ErrorCode::kData,
               page.location + ": the next page is on another host: " + PlainUrl(next),
               "declare the URL of that host, if it is to be trusted with the keys"};
}

Result<std::optional<std::string>> HttpPages::NextUrl(const HttpPage& page) const {
  if (by_ == "next_link") {
    TRY_ASSIGN(const auto link, TextAt(page, "next", params_));
    return LinkedUrl(page, link);
  }
  if (by_ == "link_header") return LinkedUrl(page, LinkOf(page.link, "next"));
  if (by_ == "cursor") {
    if (has_more_ && !*has_more_) return std::optional<std::string>();
    TRY_ASSIGN(const auto cursor, TextAt(page, "next", params_));
    if (cursor) {
      return std::optional(
          WithQuery(url_, {{params_.at("next_param").get<std::string>(), *cursor}}));
    }
    if (has_more_) return NothingAt(page, "next", params_);
    return std::optional<std::string>();
  }
  if (by_ == "none" || IsLast(page)) return std::optional<std::string>();
  return std::optional(NumberedUrl());
}

Status HttpPages::CheckWhole(const HttpPage& page) const {
  if (total_ && rows_ != *total_) {
    return Error{ErrorCode::kData,
                 page.location + " is the last page, and `total` says " + std::to_string(*total_) +
                     " rows, where " + std::to_string(rows_) + " came",
                 "look at `records`, at the parameters of the pages, and at `total`"};
  }
  if (total_pages_ && pages_ < *total_pages_) {
    return Error{ErrorCode::kData,
                 page.location + " has no rows, and `total_pages` says " +
                     std::to_string(*total_pages_) + " pages",
                 "start again; the rows may have changed meanwhile"};
  }
  return {};
}

Result<std::optional<std::string>> HttpPages::Next(const HttpPage& page) {
  TRY(CheckNew(page));
  ++pages_;
  rows_ += page.rows;
  TRY(NoteCounts(page));
  TRY_ASSIGN(std::optional<std::string> next, NextUrl(page));
  if (!next) {
    TRY(CheckWhole(page));
    return next;
  }
  if (asked_.insert(*next).second) return next;
  return Error{ErrorCode::kData, page.location + " leads to a page that was read before",
               "the pages would have no end; look at what the server answers"};
}

}  // namespace assay::source
