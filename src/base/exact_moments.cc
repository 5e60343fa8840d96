#include "base/exact_moments.h"

#include <cmath>
#include <limits>

namespace assay {
namespace {

// Adds `a * b` without rounding: the product and what it leaves out.
void AddProduct(ExactSum& sum, double a, double b) {
  const double product = a * b;
  sum.Add(product);
  if (std::isfinite(product)) sum.Add(std::fma(a, b, -product));
}

}  // namespace

void ExactMoments::Add(double value) {
  sum_.Add(value);
  AddProduct(squares_, value, value);
  if (count_ == 0 || value < low_ || std::isnan(low_)) low_ = value;
  if (count_ == 0 || value > high_ || std::isnan(high_)) high_ = value;
  ++count_;
}

void ExactMoments::Merge(const ExactMoments& other) {
  if (other.count_ == 0) return;
  sum_.Merge(other.sum_);
  squares_.Merge(other.squares_);
  if (count_ == 0 || other.low_ < low_ || std::isnan(low_)) low_ = other.low_;
  if (count_ == 0 || other.high_ > high_ || std::isnan(high_)) high_ = other.high_;
  count_ += other.count_;
}

double ExactMoments::Deviation() const {
  // The sum of (x - m)^2 is the sum of squares - 2 m S + n m^2, where S is the exact sum of the
  // values and m their mean as rounded; every term is added exactly.
  const double mean = Mean();
  if (!std::isfinite(mean)) return std::numeric_limits<double>::quiet_NaN();
  ExactSum total = squares_;
  ExactSum rest = sum_;
  for (int part = 0; part < 4; ++part) {
    const double piece = rest.Extract();
    if (piece == 0) break;
    rest.Add(-piece);
    AddProduct(total, -2 * mean, piece);
  }
  const auto count = static_cast<double>(count_);
  const double square = mean * mean;
  AddProduct(total, count, square);
  AddProduct(total, count, std::fma(mean, mean, -square));
  const double variance = total.Divided(count_, 0);
  return std::sqrt(variance > 0 || std::isnan(variance) ? variance : 0);
}

}  // namespace assay
