/// How one page of an HTTP API leads to the next, and whether all came. Asks nothing itself.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>

#include "source/json_document.h"

namespace assay::source {

/// What came as one page.
struct HttpPage {
  std::string url;       ///< as it was asked for, without secrets of the project
  std::string location;  ///< what messages call it
  std::uint64_t rows = 0;
  std::string sha256;
  std::string link;                        ///< the header `Link`
  const JsonDocument* document = nullptr;  ///< null where it is no JSON
};

/// Mistakes in the parameters of paging.
Status CheckPaging(const Json& params);

class HttpPages {
 public:
  /// `url` is that of the source with all that is asked of every page.
  HttpPages(const Json& params, const std::string& url);

  const std::string& first() const { return first_; }

  /// The URL of the page behind this one, which is the newest; nothing behind the last. An error
  /// where the page repeats an earlier one, does not tell what it should, or rows are missing.
  Result<std::optional<std::string>> Next(const HttpPage& page);

  std::uint64_t rows() const { return rows_; }

 private:
  Status NoteCounts(const HttpPage& page);
  Status CheckNew(const HttpPage& page);
  Status CheckWhole(const HttpPage& page) const;
  bool IsLast(const HttpPage& page) const;
  std::string NumberedUrl() const;
  Result<std::optional<std::string>> NextUrl(const HttpPage& page) const;
  Result<std::optional<std::string>> LinkedUrl(const HttpPage& page,
                                               const std::optional<std::string>& link) const;

  const Json params_;
  std::string by_, url_, first_;
  std::uint64_t pages_ = 0, rows_ = 0;
  std::optional<std::uint64_t> total_, total_pages_;
  std::optional<bool> has_more_;
  std::set<std::string> asked_;
  std::string sha256_;  // of the page before
};

}  // namespace assay::source
