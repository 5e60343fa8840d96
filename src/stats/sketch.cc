#include "stats/sketch.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

namespace assay::stats {
namespace {

constexpr std::size_t kPercentiles = 99;

double NumberOf(const std::string& text) { return std::strtod(text.c_str(), nullptr); }

// Values at which one or the other is known.
std::vector<double> ValuesOfBoth(const Sketch& a, const Sketch& b) {
  std::vector<double> values = a.Values();
  const std::vector<double> more = b.Values();
  values.insert(values.end(), more.begin(), more.end());
  std::sort(values.begin(), values.end());
  values.erase(std::unique(values.begin(), values.end()), values.end());
  return values;
}

}  // namespace

std::optional<Sketch> Sketch::FromProfile(const ColumnProfile& profile) {
  const auto rows = static_cast<double>(profile.rows - profile.nulls);
  if (rows <= 0 || !profile.min || !profile.max || !profile.stddev ||
      profile.quantiles.size() < kPercentiles || profile.histogram.empty()) {
    return {};
  }
  const double least = NumberOf(profile.min->text), greatest = NumberOf(profile.max->text);
  if (!std::isfinite(least) || !std::isfinite(greatest)) return {};
  std::vector<Point> points = {{least, 0, 1}, {greatest, rows - 1, rows}};
  for (const auto& [share, value] : profile.quantiles) {
    const double rank = std::ceil(std::round(NumberOf(share) * 10'000) * rows / 10'000);
    points.push_back({NumberOf(value), rank - 1, rank});
  }
  std::sort(points.begin(), points.end(),
            [](const Point& a, const Point& b) { return a.value < b.value; });
  Sketch sketch;
  for (const Point& point : points) {
    if (!std::isfinite(point.value)) return {};
    if (!sketch.points_.empty() && sketch.points_.back().value == point.value) {
      Point& last = sketch.points_.back();
      last.below = std::min(last.below, point.below);
      last.up_to = std::max(last.up_to, point.up_to);
    } else {
      sketch.points_.push_back(point);
    }
  }
  // Rows below the edges of the bins are known exactly.
  const auto bins = static_cast<double>(profile.histogram.size());
  double below = 0;
  for (std::size_t bin = 0; bin + 1 < profile.histogram.size() && least < greatest; ++bin) {
    below += static_cast<double>(profile.histogram[bin]);
    const double part = static_cast<double>(bin + 1) / bins;
    const double edge = least * (1 - part) + greatest * part;
    const auto at =
        std::lower_bound(sketch.points_.begin(), sketch.points_.end(), edge,
                         [](const Point& point, double value) { return point.value < value; });
    if (at != sketch.points_.end() && at->value == edge) {
      at->below = below;
    } else {
      sketch.points_.insert(at, {edge, below, below});
    }
  }
  // An edge that was rounded may contradict its neighbours by a row.
  double last = 0;
  for (Point& point : sketch.points_) {
    point.below = std::clamp(point.below, last, rows);
    point.up_to = std::clamp(point.up_to, point.below, rows);
    last = point.up_to;
  }
  sketch.points_.back().up_to = rows;
  return sketch;
}

Sketch Sketch::Merged(const std::vector<Sketch>& sketches) {
  std::vector<double> values;
  for (const Sketch& sketch : sketches) {
    for (const Point& point : sketch.points_) values.push_back(point.value);
  }
  std::sort(values.begin(), values.end());
  values.erase(std::unique(values.begin(), values.end()), values.end());
  Sketch merged;
  for (const double value : values) {
    Point point{value, 0, 0};
    for (const Sketch& sketch : sketches) {
      point.below += sketch.Below(value);
      point.up_to += sketch.UpTo(value);
    }
    merged.points_.push_back(point);
  }
  return merged;
}

double Sketch::Below(double value) const {
  const auto at =
      std::lower_bound(points_.begin(), points_.end(), value,
                       [](const Point& point, double wanted) { return point.value < wanted; });
  if (at == points_.end()) return rows();
  if (at->value == value) return at->below;
  if (at == points_.begin()) return 0;
  const Point& before = *(at - 1);
  const double part = (value - before.value) / (at->value - before.value);
  return before.up_to + part * (at->below - before.up_to);
}

double Sketch::UpTo(double value) const {
  const auto at =
      std::lower_bound(points_.begin(), points_.end(), value,
                       [](const Point& point, double wanted) { return point.value < wanted; });
  if (at != points_.end() && at->value == value) return at->up_to;
  return Below(value);
}

double Sketch::Quantile(double share) const {
  const double wanted = share * rows();
  const auto at =
      std::lower_bound(points_.begin(), points_.end(), wanted,
                       [](const Point& point, double rank) { return point.up_to < rank; });
  if (at == points_.end()) return greatest();
  if (at == points_.begin() || wanted > at->below) return at->value;
  const Point& before = *(at - 1);
  const double part = (wanted - before.up_to) / (at->below - before.up_to);
  return before.value + part * (at->value - before.value);
}

std::vector<double> Sketch::Values() const {
  std::vector<double> values;
  values.reserve(points_.size());
  for (const Point& point : points_) values.push_back(point.value);
  return values;
}

double KolmogorovDistance(const Sketch& reference, const Sketch& current) {
  double greatest = 0;
  for (const double value : ValuesOfBoth(reference, current)) {
    const double below =
        reference.Below(value) / reference.rows() - current.Below(value) / current.rows();
    const double up_to =
        reference.UpTo(value) / reference.rows() - current.UpTo(value) / current.rows();
    greatest = std::max({greatest, std::fabs(below), std::fabs(up_to)});
  }
  return greatest;
}

double WassersteinDistance(const Sketch& reference, const Sketch& current) {
  const std::vector<double> values = ValuesOfBoth(reference, current);
  double area = 0;
  for (std::size_t i = 0; i + 1 < values.size(); ++i) {
    const double low = values[i], high = values[i + 1];
    const double at_low =
        reference.UpTo(low) / reference.rows() - current.UpTo(low) / current.rows();
    const double at_high =
        reference.Below(high) / reference.rows() - current.Below(high) / current.rows();
    const double one = std::fabs(at_low), other = std::fabs(at_high);
    if (one + other == 0) continue;
    // Two triangles where the functions cross, else a trapezium.
    const bool cross = (at_low < 0) != (at_high < 0);
    const double mean =
        cross ? (one * one + other * other) / (2 * (one + other)) : (one + other) / 2;
    area += mean * (high - low);
  }
  return area;
}

}  // namespace assay::stats
