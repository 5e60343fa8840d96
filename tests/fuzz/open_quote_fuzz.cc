// A delimited text of any bytes: what is said of its quotes is true of the text, and a quote that
// is closed by hand is open no longer.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>

#include "source/open_quote.h"

namespace {

using assay::source::FindQuoteFault;
using assay::source::QuoteFault;
using assay::source::QuoteForm;

void Require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  for (const QuoteForm& form :
       {QuoteForm{}, QuoteForm{";", '"', '\\'}, QuoteForm{"||", '\'', '\''}}) {
    const std::optional<QuoteFault> fault = FindQuoteFault(text, form);
    if (text.find(form.quote) == std::string::npos) Require(!fault);
    if (!fault) continue;
    const auto ends = std::max(std::count(text.begin(), text.end(), '\n'),
                               std::count(text.begin(), text.end(), '\r'));
    Require(1 <= fault->line && fault->line <= fault->end_line && fault->end_line <= ends + 1);
    Require(fault->beginning.size() >= 1 && fault->beginning[0] == form.quote);
    Require(text.find(fault->beginning) != std::string::npos);
    // Of a doubled quote or an escaped one the text's end may be the first half.
    if (fault->is_closed || form.escape != form.quote) continue;
    Require(!FindQuoteFault(text + form.quote, form));
  }
  return 0;
}
