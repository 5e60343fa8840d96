/// Count, mean, deviation and range of numbers, free of their order.
#pragma once

#include <cstdint>

#include "base/exact_sum.h"

namespace assay {

/// Sums of the values and of their squares are exact (a square is kept as the two doubles that a
/// fused multiply-add gives), so the same numbers give the same bits in any order and in any number
/// of parts. Squares below the smallest normal double lose digits.
class ExactMoments {
 public:
  void Add(double value);
  void Merge(const ExactMoments& other);

  std::uint64_t count() const { return count_; }
  /// The rest needs at least one value. NaN is neither low nor high; it makes mean and deviation
  /// NaN. Infinities make the deviation NaN.
  double Mean() const { return sum_.Divided(count_, 0); }
  /// The square root of the mean squared distance from the mean (divided by the count, not by one
  /// less).
  double Deviation() const;
  double low() const { return low_; }
  double high() const { return high_; }

 private:
  ExactSum sum_, squares_;
  std::uint64_t count_ = 0;
  double low_ = 0, high_ = 0;
};

}  // namespace assay
