#include "stats/exact_sum.h"

#include <bit>
#include <cmath>
#include <cstdlib>
#include <limits>

namespace assay::stats {
namespace {

constexpr int kBias = 1152;
constexpr std::int64_t kChunk = std::int64_t{1} << 32;
// A chunk takes up to 2^32 per addition; 2^29 additions keep it far from 2^63.
constexpr std::uint32_t kMostPending = 1U << 29;

}  // namespace

void ExactSum::Add(double value) {
  if (!std::isfinite(value)) {
    if (std::isnan(value)) has_nan_ = true;
    (value > 0 ? has_plus_infinity_ : has_minus_infinity_) |= std::isinf(value);
    return;
  }
  int exponent = 0;
  const double fraction = std::frexp(value, &exponent);
  const auto mantissa = static_cast<std::int64_t>(std::ldexp(fraction, 53));
  // value = mantissa * 2^(exponent - 53)
  const int shift = exponent - 53 + kBias;
  const auto index = static_cast<std::size_t>(shift / 32);
  const int bits = shift % 32;
  const std::uint64_t size = static_cast<std::uint64_t>(std::llabs(mantissa));
  const std::uint64_t low = size << bits;
  const std::uint64_t high = bits == 0 ? 0 : size >> (64 - bits);
  const std::int64_t sign = mantissa < 0 ? -1 : 1;
  chunks_[index] += sign * static_cast<std::int64_t>(low & 0xffffffffU);
  chunks_[index + 1] += sign * static_cast<std::int64_t>(low >> 32);
  chunks_[index + 2] += sign * static_cast<std::int64_t>(high);
  if (++pending_ == kMostPending) Settle();
}

void ExactSum::Settle() {
  for (std::size_t i = 0; i + 1 < chunks_.size(); ++i) {
    const std::int64_t carry = chunks_[i] >> 32;  // floor division: the rest is in [0, 2^32)
    chunks_[i] -= carry * kChunk;
    chunks_[i + 1] += carry;
  }
  pending_ = 0;
}

void ExactSum::Merge(const ExactSum& other) {
  ExactSum settled = other;
  settled.Settle();
  Settle();
  for (std::size_t i = 0; i < chunks_.size(); ++i) chunks_[i] += settled.chunks_[i];
  pending_ = 1;
  has_nan_ |= other.has_nan_;
  has_plus_infinity_ |= other.has_plus_infinity_;
  has_minus_infinity_ |= other.has_minus_infinity_;
}

double ExactSum::Extract() const {
  if (has_nan_ || (has_plus_infinity_ && has_minus_infinity_)) {
    return std::numeric_limits<double>::quiet_NaN();
  }
  if (has_plus_infinity_) return std::numeric_limits<double>::infinity();
  if (has_minus_infinity_) return -std::numeric_limits<double>::infinity();

  ExactSum sum = *this;
  sum.Settle();
  const bool negative = sum.chunks_.back() < 0;
  if (negative) {
    for (std::int64_t& chunk : sum.chunks_) chunk = -chunk;
    sum.Settle();
  }
  std::size_t top = sum.chunks_.size();
  while (top > 0 && sum.chunks_[top - 1] == 0) --top;
  if (top == 0) return 0;
  // The leading 64 bits, and whether anything is below them.
  std::size_t i = top - 1;
  auto leading = static_cast<std::uint64_t>(sum.chunks_[i]);
  int exponent = static_cast<int>(i) * 32 - kBias;
  bool sticky = false;
  while (i > 0) {
    const int room = std::countl_zero(leading);
    if (room == 0) break;
    const int take = room < 32 ? room : 32;
    --i;
    const auto chunk = static_cast<std::uint64_t>(sum.chunks_[i]);
    leading = (leading << take) | (chunk >> (32 - take));
    exponent -= take;
    if (take < 32) {
      sticky = (chunk & ((std::uint64_t{1} << (32 - take)) - 1)) != 0;
      break;
    }
  }
  while (i > 0 && !sticky) sticky = sum.chunks_[--i] != 0;
  // Round to 53 bits here for normal numbers, to fewer where the result is subnormal.
  int width = 64 - std::countl_zero(leading);
  int drop = width - 53;
  const int lowest = -1074 - exponent;  // bits below this weight do not exist in a double
  if (drop < lowest) drop = lowest;
  if (drop > 0) {
    if (drop > 64) return negative ? -0.0 : 0.0;
    const std::uint64_t half = std::uint64_t{1} << (drop - 1);
    const std::uint64_t rest = drop == 64 ? leading : leading & ((half << 1) - 1);
    leading = drop == 64 ? 0 : leading >> drop;
    exponent += drop;
    if (rest > half || (rest == half && (sticky || (leading & 1) != 0))) ++leading;
  }
  const double size = std::ldexp(static_cast<double>(leading), exponent);
  return negative ? -size : size;
}

}  // namespace assay::stats
