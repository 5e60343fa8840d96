/// From counted rows to a verdict: pure arithmetic over what the scan found (DESIGN: gates).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "contract/check_decl.h"
#include "gate/age.h"

namespace assay::gate {

enum class VerdictKind { kPass, kWarn, kFail };

std::string VerdictText(VerdictKind verdict);

/// A check as the verdict needs it.
struct JudgedCheck {
  contract::CheckDecl decl;
  std::string column;
  std::string expected;
  bool is_number = false;      ///< judged by a number against `bound`, else by counting bad rows
  bool over_all_rows = false;  ///< refused ones too, not only those that pass
  bool is_share = false;       ///< the number is a count, compared as a share of the rows
  bool total_only = false;     ///< over all rows: slices are not its business
  std::optional<contract::Bound> bound;
  std::optional<AgeLimit> age;  ///< its number is a moment, judged by its age
  std::string finding;          ///< of the schema: not empty when it does not hold
};

/// What the scan counted in one slice, or in all rows.
struct SliceCounts {
  std::string slice;  ///< its value; empty for all rows
  bool is_total = false;
  std::int64_t rows = 0;     ///< judged
  std::int64_t passed = 0;   ///< rows that numbers are taken over
  std::int64_t refused = 0;  ///< rows that do not pass
  std::int64_t faulty = 0;   ///< rows that a check of severity error found bad
  /// Rows that a check of severity error without a `fail_above` of its own found bad, and the same
  /// for `warn_above`: what the gate's own thresholds are held against.
  std::int64_t fail_union = 0, warn_union = 0;
  std::vector<std::int64_t> bad;                    ///< per check; 0 for numbers
  std::vector<std::optional<std::string>> numbers;  ///< per check; nullopt where none or null
  std::vector<std::string> words;                   ///< per check: more than the number
};

struct SliceFinding {
  std::string slice;
  std::int64_t rows = 0;
  std::int64_t bad = 0;
  std::string observed;
  std::optional<std::int64_t> newest;  ///< of an age: microseconds since 1970, UTC
  VerdictKind verdict = VerdictKind::kPass;
  bool judged = true;  ///< false: smaller than min_rows, or not there to judge
};

struct CheckFinding {
  std::string name, kind, column, dimension, expected, observed, severity, place;
  contract::Owner owner;
  std::optional<AgeLimit> age;
  std::optional<std::int64_t> newest;  ///< of all rows
  std::int64_t bad = 0;
  VerdictKind verdict = VerdictKind::kPass;
  std::vector<SliceFinding> slices;
};

struct Verdict {
  std::string gate;
  contract::Owner owner;
  std::string by;
  VerdictKind verdict = VerdictKind::kPass;
  /// The same without the checks whose verdict changes as time goes by; none where there are none.
  std::optional<VerdictKind> without_age;
  std::int64_t rows = 0;
  std::int64_t refused = 0;
  std::int64_t faulty = 0;  ///< the refused ones, or with `bad_rows: keep` those let through
  contract::BadRows bad_rows = contract::BadRows::kQuarantine;
  std::vector<CheckFinding> checks;
  std::vector<SliceFinding> slices;  ///< refused rows (the union over checks) by slice
  std::string note;                  ///< why, when no check says it
};

struct Thresholds {
  contract::Threshold warn_above, fail_above;
  std::int64_t min_rows = 100;
};

/// Judges all checks in all slices. Bad numbers in a bound are an error of the check that has them.
Result<Verdict> JudgeCounts(const std::vector<JudgedCheck>& checks, const Thresholds& thresholds,
                            const std::vector<SliceCounts>& counts);

/// True when `number` is as the bound says. With `share_of`, the number is a count, and what is
/// compared is its share of so many rows. Decimal numbers are compared exactly.
Result<bool> Holds(const contract::Bound& bound, const std::string& number,
                   std::optional<std::int64_t> share_of);

/// Counts of bad rows as they are kept of a part of a gate's input, without numbers.
Json CountsJson(const std::vector<SliceCounts>& counts);
Result<std::vector<SliceCounts>> ParseCounts(const Json& json);

/// As docs/design/0001, section 14.
Json VerdictJson(const Verdict& verdict);

/// Judges the ages in a kept verdict again, as of `now_micros`; the rest stays as it is. True when
/// the gate's verdict is another one now.
bool JudgeAgesAgain(Json& verdict, std::int64_t now_micros);

}  // namespace assay::gate
