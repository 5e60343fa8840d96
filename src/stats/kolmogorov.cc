#include "stats/kolmogorov.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>
#include <vector>

#include "base/hash.h"

namespace assay::stats {
namespace {

using std::numbers::pi;

constexpr std::uint64_t kMostExactRows = 10'000;
// Up to here the one-sided tail is a sum over all rows; beyond, its leading term is as good.
constexpr double kMostSummedRows = 1e6;

// ---- two samples, exactly ----

// 2 * (C(2n, n - h) - C(2n, n - 2h) + ...) / C(2n, n), with common factors taken out from the end,
// so that nothing overflows or cancels.
double TailOfEqualSizes(std::int64_t n, std::int64_t h) {
  double tail = 0;
  for (std::int64_t k = n / h; k >= 0; --k) {
    double factor = 1;
    for (std::int64_t j = 0; j < h; ++j) {
      factor *= static_cast<double>(n - k * h - j) / static_cast<double>(n + k * h + j + 1);
    }
    tail = factor * (1 - tail);
  }
  return 2 * tail;
}

// Share of the lattice paths from (0, 0) to (m, n) that reach |x * n - y * m| / gcd >= h. The last
// step into (x, y) came from the left with probability x / (x + y), so the share at a point is the
// mean of its two neighbours' shares; outside the band it is 1 (T. Viehmann, Numerically more
// stable computation of the p-values for the two-sample Kolmogorov-Smirnov test, 2021).
double TailOfUnequalSizes(std::int64_t m, std::int64_t n, std::int64_t h) {
  if (m < n) std::swap(m, n);
  const std::int64_t divisor = std::gcd(m, n);
  const std::int64_t x_weight = n / divisor, y_weight = m / divisor;
  std::vector<double> share(static_cast<std::size_t>(n) + 1, 1.0);
  // Of the column before: rows [low, high) are inside the band. Column 0 begins at (0, 0).
  std::int64_t low = 0, high = 0;
  for (std::int64_t x = 0; x <= m; ++x) {
    const std::int64_t middle = x * x_weight;
    // y * y_weight > middle - h and < middle + h
    const std::int64_t next_low = middle - h < 0 ? 0 : std::min((middle - h) / y_weight + 1, n + 1);
    const std::int64_t next_high = std::min((middle + h - 1) / y_weight + 1, n + 1);
    if (next_low >= next_high) return 1;
    // What has fallen out of the band below and what has not been in it yet is 1.
    for (std::int64_t y = low; y < next_low; ++y) share[static_cast<std::size_t>(y)] = 1;
    double below = next_low == 0 ? 0 : 1;
    for (std::int64_t y = next_low; y < next_high; ++y) {
      double& at = share[static_cast<std::size_t>(y)];
      if (x == 0) {
        at = 0;  // only one path leads here, and it is inside
      } else {
        const double left = y < high ? at : 1;
        at = (static_cast<double>(x) * left + static_cast<double>(y) * below) /
             static_cast<double>(x + y);
      }
      below = at;
    }
    low = next_low;
    high = next_high;
  }
  return share[static_cast<std::size_t>(n)];
}

// ---- one sample ----

// log(n!) - log(sqrt(2 pi n) (n / e)^n), the rest of Stirling's formula.
double StirlingRest(double n) {
  if (n < 16) {
    return std::lgamma(n + 1) - (n + 0.5) * std::log(n) + n - 0.5 * std::log(2 * pi);
  }
  const double square = n * n;
  return (1.0 / 12 -
          (1.0 / 360 - (1.0 / 1260 - (1.0 / 1680 - 1.0 / 1188 / square) / square) / square) /
              square) /
         n;
}

// count * log(count / mean) + mean - count without cancellation (C. Loader, Fast and accurate
// computation of binomial probabilities, 2000).
double Deviance(double count, double mean) {
  const double difference = count - mean;
  if (std::fabs(difference) < 0.1 * (count + mean)) {
    const double v = difference / (count + mean);
    double sum = difference * v;
    double term = 2 * count * v;
    for (int j = 1; j < 1000; ++j) {
      term *= v * v;
      const double next = sum + term / (2 * j + 1);
      if (next == sum) break;
      sum = next;
    }
    return sum;
  }
  return count * std::log(count / mean) + mean - count;
}

// One-sided tail P(D+ >= x) for 0 < x < 1 (Z. W. Birnbaum and F. H. Tingey, 1951).
double OneSidedTail(double n, double x) {
  if (n > kMostSummedRows) {
    const double root = 6 * n * x + 1;
    return std::exp(-root * root / (18 * n));
  }
  // x * sum over j of C(n, j) (x + j / n)^(j - 1) (1 - x - j / n)^(n - j), 0 <= j <= n (1 - x).
  double sum = std::exp(n * std::log1p(-x)) / x;
  const auto last = static_cast<std::int64_t>(std::floor(n * (1 - x)));
  const double rest_of_n = StirlingRest(n);
  for (std::int64_t i = 1; i <= last; ++i) {
    const auto j = static_cast<double>(i);
    const double p = x + j / n;
    if (p >= 1) break;
    if (j == n) break;
    const double log_term = rest_of_n - StirlingRest(j) - StirlingRest(n - j) - Deviance(j, n * p) -
                            Deviance(n - j, n * (1 - p));
    sum += std::exp(log_term) * std::sqrt(n / (2 * pi * j * (n - j))) / p;
  }
  return std::min(x * sum, 1.0);
}

using Matrix = std::vector<double>;

// product = a * b, square matrices of `size` rows.
void Multiply(const Matrix& a, const Matrix& b, std::size_t size, Matrix& product) {
  std::fill(product.begin(), product.end(), 0.0);
  for (std::size_t i = 0; i < size; ++i) {
    for (std::size_t k = 0; k < size; ++k) {
      const double factor = a[i * size + k];
      if (factor == 0) continue;
      for (std::size_t j = 0; j < size; ++j) product[i * size + j] += factor * b[k * size + j];
    }
  }
}

// P(D < x): n! / n^n times the middle element of H^n (G. Marsaglia, W. W. Tsang and J. Wang,
// Evaluating Kolmogorov's distribution, 2003). The matrix has 2 n x rows.
double MatrixDistribution(std::uint64_t n, double x) {
  const double scaled = static_cast<double>(n) * x;
  const auto k = static_cast<std::size_t>(scaled) + 1;
  const std::size_t size = 2 * k - 1;
  const double h = static_cast<double>(k) - scaled;
  Matrix power(size * size), base(size * size, 0.0), scratch(size * size);
  for (std::size_t i = 0; i < size; ++i) {
    for (std::size_t j = 0; j < std::min(i + 2, size); ++j) base[i * size + j] = 1;
  }
  double h_power = 1;
  for (std::size_t i = 0; i < size; ++i) {
    h_power *= h;
    base[i * size] -= h_power;                            // first column
    base[(size - 1) * size + (size - 1 - i)] -= h_power;  // last row
  }
  if (2 * h > 1) base[(size - 1) * size] += std::pow(2 * h - 1, static_cast<double>(size));
  for (std::size_t i = 0; i < size; ++i) {
    double factorial = 1;
    for (std::size_t below = i + 2; below-- > 0;) {
      // The element (i, below) is divided by (i - below + 1)!.
      if (below >= size) continue;
      const auto steps = static_cast<double>(i + 1 - below);
      if (steps > 0) factorial *= steps;
      base[i * size + below] /= factorial;
    }
  }
  // H^n by squaring, with powers of two taken out.
  int base_exponent = 0, exponent = 0;
  std::fill(power.begin(), power.end(), 0.0);
  for (std::size_t i = 0; i < size; ++i) power[i * size + i] = 1;
  const auto settle = [&](Matrix& matrix, int& out) {
    const double middle = matrix[(k - 1) * size + (k - 1)];
    if (middle > 1e140 || (middle > 0 && middle < 1e-140)) {
      const int shift = std::ilogb(middle);
      for (double& one : matrix) one = std::ldexp(one, -shift);
      out += shift;
    }
  };
  for (std::uint64_t rest = n; rest > 0; rest >>= 1U) {
    if ((rest & 1U) != 0) {
      Multiply(power, base, size, scratch);
      power.swap(scratch);
      exponent += base_exponent;
      settle(power, exponent);
    }
    if (rest > 1) {
      Multiply(base, base, size, scratch);
      base.swap(scratch);
      base_exponent *= 2;
      settle(base, base_exponent);
    }
  }
  double result = power[(k - 1) * size + (k - 1)];
  for (std::uint64_t i = 1; i <= n; ++i) {
    result *= static_cast<double>(i) / static_cast<double>(n);
    if (result < 1e-140) {
      const int shift = std::ilogb(result);
      if (result <= 0) return 0;
      result = std::ldexp(result, -shift);
      exponent += shift;
    }
  }
  return std::clamp(std::ldexp(result, exponent), 0.0, 1.0);
}

// P(D < x) for many rows (W. Pelz and I. J. Good, Approximating the lower tail-areas of the
// Kolmogorov-Smirnov one-sample statistic, 1976): four terms in powers of 1 / sqrt(n).
double SeriesDistribution(double n, double x) {
  const double z = std::sqrt(n) * x;
  const double z2 = z * z, z4 = z2 * z2, z6 = z4 * z2;
  double k0 = 0, k1 = 0, k2 = 0, k2_whole = 0, k3 = 0, k3_whole = 0;
  constexpr int kTerms = 40;  // z is below 5 here: the terms are gone long before
  for (int i = kTerms; i >= 0; --i) {
    // Halves stand for k and -k - 1, wholes for k and -k.
    const double half = pi * (i + 0.5), whole = pi * i;
    const double a = half * half, a2 = a * a, a3 = a2 * a;
    const double weight = 2 * std::exp(-a / (2 * z2));
    k0 += weight;
    k1 += (a - z2) * weight;
    k2 += (6 * z6 + 2 * z4 + a * (2 * z4 - 5 * z2) + a2 * (1 - 2 * z2)) * weight;
    k3 += (a3 * (5 - 30 * z2) + a2 * (-60 * z2 + 212 * z4) + a * (135 * z4 - 96 * z6) -
           (30 * z6 + 90 * z6 * z2)) *
          weight;
    const double b = whole * whole;
    const double whole_weight = 2 * std::exp(-b / (2 * z2));
    k2_whole += b * whole_weight;
    k3_whole += (3 * b * z2 - b * b) * whole_weight;
  }
  const double root = std::sqrt(pi / 2), root_n = std::sqrt(n);
  const double z3 = z2 * z, z7 = z4 * z3, z10 = z6 * z4;
  const double sum = root / z * k0 + root / (6 * z4) * k1 / root_n +
                     (root / (72 * z7) * k2 - root / (36 * z3) * k2_whole) / n +
                     (root / (6480 * z10) * k3 + root / (216 * z6) * k3_whole) / (n * root_n);
  return std::clamp(sum, 0.0, 1.0);
}

}  // namespace

double KolmogorovTail(std::uint64_t rows, double statistic) {
  const auto n = static_cast<double>(rows);
  const double x = statistic, scaled = n * x;
  if (x >= 1) return 0;
  if (scaled <= 0.5) return 1;
  if (scaled <= 1) {
    // P(D < x) = n! (2 x - 1 / n)^n
    const double log_factorial = StirlingRest(n) + 0.5 * std::log(2 * pi * n) - n;
    return -std::expm1(log_factorial + n * std::log(2 * scaled - 1));
  }
  if (scaled >= n - 1) return 2 * std::exp(n * std::log1p(-x));
  if (x >= 0.5) return 2 * OneSidedTail(n, x);
  const double square = scaled * x;
  if (rows <= 140) {
    return square > 4 ? 2 * OneSidedTail(n, x) : 1 - MatrixDistribution(rows, x);
  }
  if (square >= 370) return 0;
  if (square >= 2.2) return 2 * OneSidedTail(n, x);
  if (rows <= 100'000 && n * std::pow(x, 1.5) <= 1.4) return 1 - MatrixDistribution(rows, x);
  return 1 - SeriesDistribution(n, x);
}

double KolmogorovP(double statistic, std::uint64_t reference_rows, std::uint64_t current_rows) {
  const auto n = static_cast<std::int64_t>(reference_rows);
  const auto m = static_cast<std::int64_t>(current_rows);
  if (std::max(reference_rows, current_rows) <= kMostExactRows) {
    const std::int64_t divisor = std::gcd(n, m);
    const auto h =
        static_cast<std::int64_t>(std::llround(statistic * static_cast<double>(n / divisor * m)));
    if (h == 0) return 1;
    const double p = n == m ? TailOfEqualSizes(n, h) : TailOfUnequalSizes(n, m, h);
    return std::clamp(p, 0.0, 1.0);
  }
  const double rows = static_cast<double>(n) * static_cast<double>(m) / static_cast<double>(n + m);
  return std::clamp(KolmogorovTail(static_cast<std::uint64_t>(std::nearbyint(rows)), statistic),
                    0.0, 1.0);
}

KolmogorovTest TestKolmogorov(const ValueCounts& reference, const ValueCounts& current) {
  const Int128 n = static_cast<Int128>(TotalRows(reference));
  const Int128 m = static_cast<Int128>(TotalRows(current));
  Int128 up_to_reference = 0, up_to_current = 0, greatest = 0;
  for (const auto& [in_reference, in_current] : Paired(reference, current)) {
    up_to_reference += static_cast<Int128>(in_reference);
    up_to_current += static_cast<Int128>(in_current);
    const Int128 distance = up_to_reference * m - up_to_current * n;
    greatest = std::max(greatest, distance < 0 ? -distance : distance);
  }
  KolmogorovTest test;
  test.statistic =
      static_cast<double>(greatest) / (static_cast<double>(n) * static_cast<double>(m));
  test.p =
      KolmogorovP(test.statistic, static_cast<std::uint64_t>(n), static_cast<std::uint64_t>(m));
  return test;
}

}  // namespace assay::stats
