#pragma once

#include <span>
#include <vector>

#include "mdp/robust/ambiguity.h"

namespace bellwether::mdp::robust {

/// A number between two proven bounds.
struct Bounds {
  double low = 0, high = 0;
};

/// How far the computed answer of a kernel that sums a row of n entries with weights may be off, as a share of the
/// largest |z|: sums, the row missing one by 2^-50, and the rounding of this bound.
double kernel_error(std::size_t n);

/// One row under an L2, Kullback-Leibler or chi-square ball: nature's best distributions for growing budgets form a
/// path, on which value, distance and slope are monotone. Points of the path are found for a given one of the three.
///
///   L2    q = projection of p - t y on the simplex      t grows with the budget
///   KL    q ~ p exp(-t y)                               t grows with the budget
///   chi2  q ~ p max(0, a - y)                           a falls as the budget grows
///
/// with y = (z - min z) / (max z - min z). Given the set of positive entries, L2 and chi2 have closed forms; the set is
/// found by iterating them inside a bracket. KL is found by Newton's method inside a bracket.
class SmoothRow {
 public:
  /// A point of the path, in units of z. `slope` is the fall of the value per unit of budget.
  struct Point {
    double parameter = 0;
    double value = 0, distance = 0, slope = 0;
    bool saturated = false;  ///< all mass on the least values
  };

  /// p with positive sum, z finite. For KL and chi2 entries with p = 0 are left out.
  SmoothRow(SetKind kind, std::span<const double> p, std::span<const double> z);

  double nominal() const { return lowest_ + scale_ * mean_; }  ///< p.z
  double lowest() const { return lowest_; }                    ///< the least value in reach
  double saturation() const { return saturation_; }            ///< the budget from which on the value is lowest()

  Point at_distance(double budget) const;
  Point at_value(double value) const;  ///< the cheapest way to bring the value down to this
  Point at_slope(double slope) const;  ///< the least value + slope * distance

  /// The distribution at a point, one probability for each entry of the row as it was given.
  std::vector<double> distribution(const Point& point) const;

  /// value(x) >= intercept - slope * x for every budget x, with intercept proven.
  struct Line {
    double intercept = 0, slope = 0;
  };
  Line supporting_line(const Point& point) const;

  /// An upper bound on the least value within `budget`: the distribution at the point, drawn back to p as far as it
  /// must be to lie inside.
  double feasible_value(const Point& point, double budget) const;

  /// Both for one budget: the least value lies between, rounding included.
  Bounds enclose(double budget) const;

 private:
  struct Active;
  Active active(double parameter) const;
  template <class Closed, class Measure>
  Point search(double target, bool grows, const Closed& closed, const Measure& measure) const;
  Point evaluate(double parameter) const;
  Point rest() const;
  Point least_point() const;
  Point kl_at_distance(double budget) const;
  Point kl_at_value(double y) const;
  double project(double t) const;
  double drawn_back(const Point& point, double budget) const;

  SetKind kind_;
  std::vector<double> p_, y_;
  std::vector<std::size_t> entry_;  ///< which entry of the given row each is
  std::size_t given_ = 0;
  double lowest_ = 0, scale_ = 0, mean_ = 0, saturation_ = 0, largest_ = 0;
};

}  // namespace bellwether::mdp::robust
