#include "base/exact_sum.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <utility>
#include <vector>

namespace assay {
namespace {

constexpr int kBias = 1152;
constexpr std::int64_t kChunk = std::int64_t{1} << 32;
// A chunk takes up to 2^33 per addition; 2^29 additions keep it below 2^63.
constexpr std::uint32_t kMostPending = 1U << 29;

// A natural number, 32 bits a digit, the least first.
using Digits = std::vector<std::uint32_t>;

int BitWidth(const Digits& number) {
  std::size_t top = number.size();
  while (top > 0 && number[top - 1] == 0) --top;
  if (top == 0) return 0;
  return static_cast<int>(top) * 32 - std::countl_zero(number[top - 1]);
}

void MultiplyByTen(Digits& number) {
  std::uint64_t carry = 0;
  for (std::uint32_t& digit : number) {
    carry += std::uint64_t{digit} * 10;
    digit = static_cast<std::uint32_t>(carry);
    carry >>= 32;
  }
  if (carry != 0) number.push_back(static_cast<std::uint32_t>(carry));
}

void ShiftLeft(Digits& number, int bits) {
  number.insert(number.begin(), static_cast<std::size_t>(bits / 32), 0);
  number.push_back(0);
  if (bits % 32 == 0) return;
  for (std::size_t i = number.size(); i-- > 0;) {
    const std::uint32_t below = i == 0 ? 0 : number[i - 1] >> (32 - bits % 32);
    number[i] = (number[i] << (bits % 32)) | below;
  }
}

// Of two numbers of as many digits.
bool IsLess(const Digits& a, const Digits& b) {
  return std::lexicographical_compare(a.rbegin(), a.rend(), b.rbegin(), b.rend());
}

void Subtract(Digits& from, const Digits& what) {
  std::int64_t borrow = 0;
  for (std::size_t i = 0; i < from.size(); ++i) {
    const std::int64_t rest = std::int64_t{from[i]} - what[i] + borrow;
    from[i] = static_cast<std::uint32_t>(rest);
    borrow = rest >> 32;
  }
}

// leading * 2^exponent as the nearest double, ties to even; `sticky` says that a bit more is below.
// `leading` has its highest bit set.
double Rounded(std::uint64_t leading, int exponent, bool sticky) {
  // To 53 bits for normal numbers, to fewer where the result is subnormal.
  int drop = 64 - 53;
  const int lowest = -1074 - exponent;  // bits below this weight do not exist in a double
  if (drop < lowest) drop = lowest;
  if (drop > 64) return 0;
  const std::uint64_t half = std::uint64_t{1} << (drop - 1);
  const std::uint64_t rest = drop == 64 ? leading : leading & ((half << 1) - 1);
  std::uint64_t kept = drop == 64 ? 0 : leading >> drop;
  if (rest > half || (rest == half && (sticky || (kept & 1) != 0))) ++kept;
  return std::ldexp(static_cast<double>(kept), exponent + drop);
}

// numerator / denominator * 2^exponent, correctly rounded: long division for 64 bits, and whether
// anything is left.
double Quotient(Digits numerator, Digits denominator, int exponent) {
  const int excess = BitWidth(numerator) - BitWidth(denominator);
  if (BitWidth(numerator) == 0) return 0;
  // Both of one width, so that the quotient begins with the bit of weight 1 or the next one.
  ShiftLeft(excess < 0 ? numerator : denominator, std::abs(excess));
  const std::size_t size = std::max(numerator.size(), denominator.size()) + 1;
  numerator.resize(size);
  denominator.resize(size);
  exponent += excess;
  if (IsLess(numerator, denominator)) {
    ShiftLeft(numerator, 1);
    numerator.resize(size);
    --exponent;
  }
  std::uint64_t leading = 0;
  for (int bit = 63; bit >= 0; --bit) {
    if (!IsLess(numerator, denominator)) {
      Subtract(numerator, denominator);
      leading |= std::uint64_t{1} << bit;
    }
    ShiftLeft(numerator, 1);
    numerator.resize(size);
  }
  return Rounded(leading, exponent - 63, BitWidth(numerator) > 0);
}

}  // namespace

void ExactSum::Add(double value, std::uint64_t times) {
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
  const std::int64_t sign = mantissa < 0 ? -1 : 1;
  // 53 bits times 64, in words of 32 bits that are shifted to their chunks.
  Uint128 product = static_cast<Uint128>(size) * times;
  for (std::size_t chunk = index; product != 0; ++chunk, product >>= 32) {
    const std::uint64_t word = static_cast<std::uint64_t>(product & 0xffffffffU) << bits;
    chunks_[chunk] += sign * static_cast<std::int64_t>(word & 0xffffffffU);
    chunks_[chunk + 1] += sign * static_cast<std::int64_t>(word >> 32);
  }
  if (++pending_ == kMostPending) Settle();
}

void ExactSum::Add(Int128 value, std::uint64_t times) {
  const Uint128 size = value < 0 ? -static_cast<Uint128>(value) : static_cast<Uint128>(value);
  const std::int64_t sign = value < 0 ? -1 : 1;
  // 128 times 64 bits, by two halves of 64.
  const Uint128 low = static_cast<Uint128>(static_cast<std::uint64_t>(size)) * times;
  const Uint128 high = (size >> 64) * times + (low >> 64);
  const std::uint64_t words[] = {static_cast<std::uint64_t>(low), static_cast<std::uint64_t>(high),
                                 static_cast<std::uint64_t>(high >> 64)};
  std::size_t index = kBias / 32;  // the chunk of weight 1
  for (const std::uint64_t word : words) {
    chunks_[index++] += sign * static_cast<std::int64_t>(word & 0xffffffffU);
    chunks_[index++] += sign * static_cast<std::int64_t>(word >> 32);
  }
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

double ExactSum::Divided(std::uint64_t count, int scale) const {
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
  Digits numerator;
  for (const std::int64_t chunk : sum.chunks_) {
    numerator.push_back(static_cast<std::uint32_t>(chunk));
  }
  Digits denominator = {static_cast<std::uint32_t>(count), static_cast<std::uint32_t>(count >> 32)};
  for (int i = 0; i < scale; ++i) MultiplyByTen(denominator);
  const double size = Quotient(std::move(numerator), std::move(denominator), -kBias);
  return negative ? -size : size;
}

}  // namespace assay
