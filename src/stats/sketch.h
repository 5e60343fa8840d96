/// The distribution of numbers as far as a profile tells it.
#pragma once

#include <optional>
#include <vector>

#include "stats/profile.h"

namespace assay::stats {

/// A distribution function that is known at some values and taken as straight between them. From a
/// profile it is known at its least and greatest value, its 103 quantiles and the 19 inner edges of
/// its histogram: everywhere within 1 % of the rows, and within 0.1 % beyond the outer percents.
class Sketch {
 public:
  /// None where the profile has too little: no percentiles, or a value that is not finite. Times
  /// are no numbers here.
  static std::optional<Sketch> FromProfile(const ColumnProfile& profile);
  /// Of the rows of all, each of which has rows; at least one.
  static Sketch Merged(const std::vector<Sketch>& sketches);

  double rows() const { return points_.back().up_to; }
  double least() const { return points_.front().value; }
  double greatest() const { return points_.back().value; }
  double Below(double value) const;  ///< rows below it
  double UpTo(double value) const;   ///< rows below or at it
  /// The least value with at least this share of the rows (above 0) at or below it.
  double Quantile(double share) const;
  std::vector<double> Values() const;  ///< where it is known, ascending

 private:
  struct Point {
    double value = 0, below = 0, up_to = 0;
  };
  std::vector<Point> points_;  // ascending; at least one
};

/// Greatest distance of the two distribution functions, as in `TestKolmogorov`.
double KolmogorovDistance(const Sketch& reference, const Sketch& current);
/// The area between the two, as in `Wasserstein`.
double WassersteinDistance(const Sketch& reference, const Sketch& current);

}  // namespace assay::stats
