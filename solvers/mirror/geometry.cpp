#include "solvers/mirror/geometry.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include <fmt/format.h>

#include "core/errors.h"
#include "core/projections.h"
#include "solvers/mirror/tables.h"

namespace bellwether::solvers::mirror {
namespace {

class KullbackLeibler final : public Geometry {
 public:
  void enter(std::span<const double> p, std::span<double> coordinates) const override {
    for (std::size_t i = 0; i < p.size(); ++i) coordinates[i] = p[i] > 0 ? std::log(p[i]) : kLowestLog;
  }
  void step(std::span<const double> gain, std::span<double> coordinates, std::span<double> p) const override {
    for (std::size_t i = 0; i < p.size(); ++i) coordinates[i] += gain[i];
    normalise_logits(coordinates);
    for (std::size_t i = 0; i < p.size(); ++i) p[i] = std::exp(coordinates[i]);
  }
  /// The nearest point is p restricted to the face, at distance -log p(face).
  double distance_to_face(std::span<const double> coordinates, std::span<const double> /*p*/,
                          std::span<const std::uint8_t> face) const override {
    std::vector<double> inside;
    for (std::size_t i = 0; i < face.size(); ++i)
      if (face[i] != 0) inside.push_back(coordinates[i]);
    return std::max(0.0, -log_sum_exp(inside));
  }
};

class Euclidean final : public Geometry {
 public:
  void enter(std::span<const double> p, std::span<double> coordinates) const override {
    std::ranges::copy(p, coordinates.begin());
  }
  void step(std::span<const double> gain, std::span<double> coordinates, std::span<double> p) const override {
    for (std::size_t i = 0; i < p.size(); ++i) p[i] = coordinates[i] + gain[i];
    project_to_simplex(p);
    std::ranges::copy(p, coordinates.begin());
  }
  double distance_to_face(std::span<const double> /*coordinates*/, std::span<const double> p,
                          std::span<const std::uint8_t> face) const override {
    std::vector<double> inside;
    double square = 0;
    for (std::size_t i = 0; i < face.size(); ++i) {
      if (face[i] != 0)
        inside.push_back(p[i]);
      else
        square += p[i] * p[i];
    }
    std::vector<double> nearest = inside;
    project_to_simplex(nearest);
    for (std::size_t i = 0; i < inside.size(); ++i) square += (nearest[i] - inside[i]) * (nearest[i] - inside[i]);
    return square / 2;
  }
};

/// With y = p^(index - 1) the step solves y_i = pi_i^(index - 1) + (index - 1) / index (gain_i - lambda), positive part
/// when index > 1, lambda such that the p add up to 1. Written for t, the y of the largest p, and the other y's
/// distances from it, so that no digits cancel: y_i = t - offset_i (index > 1) or t + offset_i (index < 1), offset >=
/// 0.
class Tsallis final : public Geometry {
 public:
  explicit Tsallis(double index) : index_(index) {}

  void enter(std::span<const double> p, std::span<double> coordinates) const override {
    for (std::size_t i = 0; i < p.size(); ++i) coordinates[i] = coordinate(p[i]);
  }

  void step(std::span<const double> gain, std::span<double> coordinates, std::span<double> p) const override {
    std::vector<double> y(coordinates.begin(), coordinates.end());
    const double share = (index_ - 1) / index_;
    for (std::size_t i = 0; i < y.size(); ++i) y[i] += share * gain[i];
    solve(y, p);
    const double t = coordinate(*std::ranges::max_element(p));
    const double top = extreme(y);
    for (std::size_t i = 0; i < y.size(); ++i) {
      const double exact = convex_power() ? std::max(0.0, t - (top - y[i])) : t + (y[i] - top);
      coordinates[i] = std::min(exact, kHighest);
    }
  }

  double distance_to_face(std::span<const double> coordinates, std::span<const double> p,
                          std::span<const std::uint8_t> face) const override {
    std::vector<double> inside;
    for (std::size_t i = 0; i < face.size(); ++i)
      if (face[i] != 0) inside.push_back(coordinates[i]);
    std::vector<double> nearest(inside.size());
    solve(inside, nearest);
    double sum = 0;
    for (std::size_t i = 0, k = 0; i < face.size(); ++i) {
      // [a^q - b^q - q b^(q-1) (a - b)] / (q - 1) with b^(q-1) = y.
      const double a = face[i] != 0 ? nearest[k++] : 0;
      const double own = a > 0 ? a * (std::pow(a, index_ - 1) - index_ * coordinates[i]) / (index_ - 1) : 0;
      sum += own + p[i] * coordinates[i];
    }
    return std::max(0.0, sum);
  }

 private:
  static constexpr double kHighest = 1e100;

  bool convex_power() const { return index_ > 1; }
  double coordinate(double p) const { return std::min(std::pow(p, index_ - 1), kHighest); }
  double extreme(const std::vector<double>& y) const {
    return convex_power() ? *std::ranges::max_element(y) : *std::ranges::min_element(y);
  }
  double probability(double y) const { return y > 0 ? std::pow(y, 1 / (index_ - 1)) : 0; }

  /// Sum of probabilities less one for the t given: increasing in t when index > 1, decreasing when index < 1.
  double excess(const std::vector<double>& offset, double t, double& slope) const {
    double sum = -1;
    slope = 0;
    for (const double d : offset) {
      const double y = convex_power() ? t - d : t + d;
      const double p = probability(y);
      sum += p;
      if (p > 0) slope += p / y / (index_ - 1);
    }
    return sum;
  }

  /// The p_i of y + c, c such that they add up to one. Newton's steps, kept inside a shrinking bracket.
  void solve(const std::vector<double>& y, std::span<double> p) const {
    const double top = extreme(y);
    std::vector<double> offset(y.size());
    for (std::size_t i = 0; i < y.size(); ++i) offset[i] = std::abs(y[i] - top);
    // One choice alone has t = 1, all alike have p = 1 / n.
    double low = 1, high = std::pow(static_cast<double>(y.size()), 1 - index_);
    if (low > high) std::swap(low, high);
    double t = convex_power() ? high : low, slope = 0;
    for (int i = 0; i < 200 && low < high; ++i) {
      const double miss = excess(offset, t, slope);
      if (miss == 0) break;
      ((miss > 0) == convex_power() ? high : low) = t;
      double next = t - miss / slope;
      if (!(next > low && next < high)) next = low + (high - low) / 2;
      if (next == t || next <= low || next >= high) break;
      t = next;
    }
    double sum = 0;
    for (std::size_t i = 0; i < p.size(); ++i)
      sum += p[i] = probability(convex_power() ? t - offset[i] : t + offset[i]);
    for (double& x : p) x /= sum;
  }

  double index_;
};

}  // namespace

std::unique_ptr<Geometry> kullback_leibler() { return std::make_unique<KullbackLeibler>(); }
std::unique_ptr<Geometry> euclidean() { return std::make_unique<Euclidean>(); }

std::unique_ptr<Geometry> tsallis(double index) {
  if (!(index >= 0.05 && index <= 20))
    throw InvalidOption(fmt::format("tsallis: the index {} must lie in [0.05, 20]", index));
  if (index == 1) return kullback_leibler();
  return std::make_unique<Tsallis>(index);
}

std::unique_ptr<Geometry> geometry_named(std::string_view name, double index) {
  if (name == "kl") return kullback_leibler();
  if (name == "euclidean") return euclidean();
  if (name == "tsallis") return tsallis(index);
  throw InvalidOption(fmt::format("no geometry is named '{}'; there are kl, euclidean and tsallis", name));
}

}  // namespace bellwether::solvers::mirror
