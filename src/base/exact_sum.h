/// The exact sum of numbers, in any order, rounded once at the end.
#pragma once

#include <array>
#include <cstdint>

#include "base/hash.h"

namespace assay {

/// A fixed-point number wide enough for every finite double (R. M. Neal, Fast Exact Summation Using
/// Small and Large Superaccumulators, 2015, section 2): one 64-bit chunk for every 32 bits of the
/// exponent range, carries settled now and then. Adding is exact, so the order does not matter and
/// partial sums may be merged.
class ExactSum {
 public:
  /// Adds one number; infinities and NaN are kept aside and decide the result.
  void Add(double value) { Add(value, 1); }
  /// The same `times` times, not 0.
  void Add(double value, std::uint64_t times);
  /// Adds a whole number `times` times.
  void Add(Int128 value, std::uint64_t times);
  void Merge(const ExactSum& other);
  /// The sum, correctly rounded to the nearest double, ties to even.
  double Extract() const { return Divided(1, 0); }
  /// The sum over `count` (not 0) and 10^`scale` (0 to 38), correctly rounded: a mean, of decimals
  /// when their unscaled numbers were added.
  double Divided(std::uint64_t count, int scale) const;

 private:
  void Settle();

  // Chunk i counts units of 2^(32 * i - 1152).
  std::array<std::int64_t, 71> chunks_{};
  std::uint32_t pending_ = 0;  // additions since carries were settled
  bool has_nan_ = false, has_plus_infinity_ = false, has_minus_infinity_ = false;
};

}  // namespace assay
