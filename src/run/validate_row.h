/// One row judged by a gate's checks of single rows, before it is part of any table.
#pragma once

#include <string>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "contract/project.h"
#include "run/session.h"

namespace assay::run {

struct RowFinding {
  std::string check;  ///< its name; empty where the row itself is wrong
  std::string kind;   ///< of the check, or `missing_field`, `extra_field`, `wrong_type`
  std::string column;
  bool is_error = true;  ///< false: a warning
  std::string message, hint;
};

struct RowVerdict {
  std::string gate;
  std::string
      verdict;  ///< fail where a finding is an error, warn where one is a warning, else pass
  std::vector<RowFinding> findings;
  std::vector<std::string> not_judged;  ///< checks that need more than a row: unique, share, ...
};

/// Judges `row` (an object of column -> value) as the gate would judge it within its input, whose
/// columns are those of its newest result. A check that counts its bad rows against a bound finds
/// them all the same, as a warning. Errors are kUser: the gate's input was never made, a value of a
/// type that no single row can have yet (lists, structs, maps, bytes, times, integers beyond 64
/// bits).
Result<RowVerdict> ValidateRow(Session& session, const contract::Gate& gate, const Json& row);

/// `{"gate", "verdict", "findings": [{"check", "kind", "column", "severity", "message", "hint"}],
/// "not_judged"}`
Json RowVerdictJson(const RowVerdict& verdict);

}  // namespace assay::run
