/// Where the quotes of a delimited text go wrong: one that is opened and never closed makes one
/// cell of all that follows. Says nothing of cells, columns or types.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "source/source.h"

namespace assay::source {

struct QuoteForm {
  std::string delimiter = ",";
  char quote = '"';
  char escape = '"';
};

/// A quoted cell that does not end where a cell ends.
struct QuoteFault {
  std::int64_t line = 0;      ///< on which the quote is opened, from 1
  std::int64_t end_line = 0;  ///< on which it is closed, or the last one
  bool is_closed = false;     ///< and text stands behind the closing quote
  std::string beginning;      ///< of the cell on its first line, with the quote
};

/// The first fault; a quote within a cell that begins without one is a character like others.
std::optional<QuoteFault> FindQuoteFault(std::string_view text, const QuoteForm& form);
/// The same of a file, unpacked, in one pass and a few blocks of memory.
Result<std::optional<QuoteFault>> FindQuoteFault(const SourceFile& file, const QuoteForm& form);

/// The same as an error that names file and line, for text that could not be cut into cells.
/// `params` are those of the source; files whose `quote` is `none` have no faults.
Status CheckQuotes(const SourceFile& file, const Json& params);

}  // namespace assay::source
