/// Rows that a source refuses, as verdict and quarantine.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "run/execute.h"

namespace assay::run {

struct SourceRefusals {
  std::uint64_t unparsed = 0;    ///< are no rows of the format
  std::uint64_t undeclared = 0;  ///< are none of what the source is declared to have
  std::uint64_t all() const { return unparsed + undeclared; }
};

/// Writes verdict and quarantine of a source whose output `refused` is made. Nothing where nothing
/// is refused.
void PutSourceRefusals(const std::string& source, const SourceRefusals& refusals, Executed& done);

/// What the verdict of a source tells; nothing refused where it is none.
SourceRefusals SourceRefusalsOf(const Json& verdict);

/// `3 rows did not parse; ... shows them`, a line for each reason.
std::vector<std::string> SourceRefusalWarnings(const std::string& source,
                                               const SourceRefusals& refusals);

}  // namespace assay::run
