/// The rows of a page of an HTTP API, in whatever format it comes.
#pragma once

#include <cstdint>
#include <string>

#include "source/highest_value.h"
#include "source/json_document.h"

namespace assay::source {

/// `json`, `jsonl`, `csv` or `tsv`: as declared, else what the suffix of the URL tells, else json.
std::string HttpFormat(const Json& params);

/// Mistakes in the parameters of reading.
Status CheckHttpRows(const Json& params);

/// Reads pages as the kind of their format does.
Result<SourceRead> ReadHttpRows(const SourceContext& context);

/// What is known of a page once it is looked through.
struct HttpRows {
  std::uint64_t rows = 0;
  JsonDocument document;  ///< of the format json
  bool has_document = false;
};

/// Looks through a page that came, counts its rows and notes the values of `cursor` where that is
/// declared. An error (kData) where it is not of the format, has nothing at `records`, or no row
/// has the cursor. `is_first`: one without any bytes is an error too.
Status LookThroughPage(const FetchContext& context, const SourceFile& page, bool is_first,
                       HttpRows& found, HighestValue& highest);

}  // namespace assay::source
