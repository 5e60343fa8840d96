/// A check as somebody declared it, in a gate or a contract; what it means is the gate's business.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "contract/diagnostic.h"

namespace assay::contract {

struct Owner {
  std::string name;
  std::string email;

  bool empty() const { return name.empty() && email.empty(); }
};

/// `NAME <EMAIL>`, whichever is there.
std::string OwnerText(const Owner& owner);
Json OwnerJson(const Owner& owner);

/// How many bad rows are tolerated: `10 rows` (a bare integer too), or a share `0.1 %`, `0.1%`.
struct Threshold {
  bool is_share = false;
  std::int64_t amount = 0;  ///< rows, or millionths of the rows judged
  std::string text = "0";   ///< as declared, for messages

  /// True when `bad` of `rows` lies above the threshold (exact integer arithmetic).
  bool IsExceeded(std::int64_t bad, std::int64_t rows) const;
};

/// Reads a threshold; a bare fraction is an error with a hint, so is a share above 100 %.
Result<Threshold> ParseThreshold(std::string_view text);

/// What happens to the rows that a gate refuses.
enum class BadRows { kQuarantine, kDrop, kKeep };

/// `quarantine`, `drop`, `keep`.
std::string BadRowsText(BadRows bad_rows);

enum class CheckSeverity { kError, kWarning };

/// A comparison of an observed number with declared ones, as ODCS writes it.
enum class BoundOp {
  kEqual,
  kNotEqual,
  kGreater,
  kGreaterOrEqual,
  kLess,
  kLessOrEqual,
  kBetween,
  kNotBetween,
};

/// Numbers stay the text that was declared ("10 %", "0.5"), so nothing is lost before the gate.
struct Bound {
  BoundOp op = BoundOp::kEqual;
  std::vector<std::string> values;  ///< one, or two for the between forms; "" is open
  bool percent = false;             ///< the observed count is judged as a share of the rows
};

/// `must be at most 5`, `must be between 10 % and 30 %`.
std::string BoundText(const Bound& bound);

struct CheckDecl {
  std::string kind;       ///< name of a check kind
  std::string name;       ///< unique within a gate: declared, or derived as `KIND_SUBJECT`
  Json params;            ///< as ParamType says, defaults written in
  std::string dimension;  ///< completeness, uniqueness, validity, ...; may be empty
  CheckSeverity severity = CheckSeverity::kError;
  std::optional<Threshold> warn_above;  ///< of this check alone; else the gate's
  std::optional<Threshold> fail_above;
  std::optional<Bound> bound;  ///< rows found bad are counted and compared, not refused
  std::optional<Owner> owner;  ///< else the contract's or the gate's
  Place place;
  std::map<std::string, Place> places;  ///< of each parameter's value that was written
};

}  // namespace assay::contract
