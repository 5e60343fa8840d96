/// Kinds of checks: one rule about data each. One kind is one file, `*_check.cc`. A check tells bad
/// rows or a number from good; what follows from them is the gate's business.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/type.h"
#include "contract/check_decl.h"
#include "contract/kind_info.h"
#include "engine/engine.h"
#include "gate/age.h"

namespace assay::gate {

/// Another node's output that checks compare the gate's input with.
struct Target {
  Schema schema;
  std::string table;  ///< table expression
};
using Targets = std::map<std::string, Target>;  ///< by the name that a check gives

struct CheckContext {
  const Json& params;
  const Schema& schema;              ///< of the gate's input
  std::string table;                 ///< table expression of the gate's input
  std::string pass_table;            ///< name that a check may give to a table of its own
  const Targets* targets = nullptr;  ///< of parameters of type kInput
  std::int64_t now_micros = 0;       ///< when it is judged, since 1970 in UTC
};

enum class CheckForm {
  kRows,       ///< `sql` is true for a bad row, of one row alone
  kAggregate,  ///< `sql` is an aggregate over rows; a number
  kShare,      ///< `sql` is true for a row that counts; the share of such rows is the number
  kQuery,      ///< `sql` is a query of its own that gives one number
  kMeasure,    ///< `measure` gives one number, in passes of its own over the rows that pass
  kAge,        ///< `sql` is an aggregate over rows: a moment in microseconds since 1970, in UTC
  kSchema,     ///< judged already: `finding` says what is wrong, empty when nothing is
};

/// What stands for the gate's input in a query check while it is only looked at.
inline constexpr std::string_view kObjectName = "_assay_object";

/// What a measuring check found: no number where there is none to have.
struct Measured {
  std::optional<std::string> number;
  std::string words;  ///< the number and what it speaks of
};

struct CompiledCheck {
  CheckForm form = CheckForm::kRows;
  std::string sql;
  /// A pass over the data before the scan: a query whose rows become `pass_table`; when it has no
  /// rows, no row is bad and `sql` is not looked at. Empty for most checks.
  std::string pass;
  /// The expression or query that a person wrote, if `sql` is made of one; in a query the input is
  /// called `kObjectName`.
  std::string user_sql;
  std::string finding;
  /// Of an aggregate, if its number alone says too little: an aggregate that says it in words.
  std::string words;
  /// `rows` is a table expression of the rows that pass.
  std::function<Result<Measured>(engine::Engine& engine, const std::string& rows)> measure;
  std::optional<AgeLimit> age;           ///< of kAge
  std::string column;                    ///< what it speaks of; empty for whole rows
  std::string expected;                  ///< what good looks like, in words: `between -60 and 600`
  std::optional<contract::Bound> bound;  ///< of the number, when the check's own params give one
};

struct CheckKind {
  contract::KindInfo info;
  Result<CompiledCheck> (*compile)(const CheckContext& context) = nullptr;
  bool needs_pass = false;  ///< reads the data once more beside the scan; the plan says so
};

// One declaration for each *_check.cc, generated from the file names.
#include "gate/all_checks_declared.inc"

const std::vector<CheckKind>& AllChecks();
const CheckKind* FindCheck(const std::string& name);

/// The column a check names in `param`, or an error with the nearest one.
Result<const Field*> CheckedColumn(const CheckContext& context, const std::string& param);
/// A scalar parameter as a SQL literal that compares with the column without being bent to its
/// type: a number for numbers (0.5 stays 0.5 beside whole numbers), a moment for dates and times. A
/// value that the type cannot be compared with is an error.
Result<std::string> Literal(const Json& scalar, const Type& type);
/// An error when the `between` parameter has a percentage: for numbers that are no shares.
Status CheckPlainBorders(const Json& params);
/// An error when the `at_most` parameter lies below `lowest`.
Status CheckAtMost(const Json& params, const std::string& lowest);
/// The bound of an `at_most` parameter.
contract::Bound AtMostBound(const Json& params);
/// The bound of a `between` parameter, if it is there.
std::optional<contract::Bound> BetweenBound(const Json& params);

}  // namespace assay::gate
