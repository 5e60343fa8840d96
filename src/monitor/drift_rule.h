/// Which method judges a column, and against which threshold. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/type.h"

namespace assay::monitor {

enum class ColumnKind {
  kNumeric,
  kCategorical,
  kTime,
  kText,   ///< nearly every value is its own: no distribution to compare
  kOther,  ///< nested or bytes: not compared
};
std::string KindName(ColumnKind kind);
std::optional<ColumnKind> ParseKind(std::string_view name);

enum class DriftMethod {
  kKolmogorov,     ///< `ks`: p of the Kolmogorov-Smirnov test
  kChiSquare,      ///< `chi_square`: p of the chi-square test
  kShares,         ///< `z_test`: p of the z-test of two shares
  kStability,      ///< `psi`: population stability index
  kJensenShannon,  ///< `jensen_shannon`: distance
  kWasserstein,    ///< `wasserstein`: distance in standard deviations of the reference
};
std::string MethodName(DriftMethod method);
/// An unknown name is kUser, with the nearest known one.
Result<DriftMethod> ParseMethod(std::string_view name);
std::vector<std::string> MethodNames();

/// True for methods that give a probability: small means drift.
bool GivesP(DriftMethod method);
/// `ks` and `wasserstein` need numbers or times, the others take every column but nested ones and
/// bytes. Otherwise an error that says which fit.
Status CheckMethodFits(DriftMethod method, const Field& field);

/// What is known of a column before a method is chosen.
struct ColumnFacts {
  Type type;
  /// Rows with a value: not null, and for numbers finite.
  std::uint64_t reference_rows = 0, current_rows = 0;
  std::uint64_t reference_distinct = 0, current_distinct = 0;
  std::uint64_t distinct = 0;  ///< of both together; at least, where more than ten
};

/// Booleans, and whole numbers of at most ten values in both together, are categorical. So is text,
/// unless on both sides more than half of the rows have a value of their own.
ColumnKind KindOf(const ColumnFacts& facts);

/// The rule of Evidently 0.7: up to 1,000 reference rows a test (numbers of more than five values
/// `ks`; everything else of more than two `chi_square`, of two `z_test`), beyond a distance
/// (`wasserstein` for numbers of more than five values, else `jensen_shannon`). None for times,
/// which move by nature, and for text and other columns.
std::optional<DriftMethod> ChooseMethod(ColumnKind kind, const ColumnFacts& facts);

/// 0.05 for tests, 0.1 for distances.
double DefaultThreshold(DriftMethod method);

/// True when the statistic says drift: p of `ks` at most, other p below, a distance at least the
/// threshold.
bool SaysDrift(DriftMethod method, double statistic, double threshold);

}  // namespace assay::monitor
