/// Outcomes of cases for people and for programs.
#pragma once

#include <string>
#include <vector>

#include "base/json.h"
#include "cli/terminal.h"
#include "run/case_runner.h"

namespace assay::cli {

/// Rows that differ as a table: `-` expected, `+` got, `^` below the cells that differ; of very
/// many columns those that differ and the first few. At most `limit` pairs of rows (0: all).
std::string DiffText(const Terminal& terminal, const run::RowDiff& diff, std::size_t limit,
                     const std::string& indent);

/// A case that did not pass, with all that was found.
std::string FailureText(const Terminal& terminal, const run::CaseOutcome& outcome,
                        std::size_t limit);

/// `12 passed, 1 failed`.
std::string SummaryText(const std::vector<run::CaseOutcome>& outcomes);

Json OutcomesJson(const std::vector<run::CaseOutcome>& outcomes);

/// JUnit XML, a test suite for each file, as the tools of CI read it. `started_micros`: since 1970
/// in UTC.
std::string JunitXml(const std::vector<run::CaseOutcome>& outcomes, std::int64_t started_micros);

}  // namespace assay::cli
