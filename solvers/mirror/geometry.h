#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

namespace bellwether::solvers::mirror {

/// How mirror descent measures distance between distributions over the choices of a state: a mirror map h, its Bregman
/// divergence D(p, pi) = h(p) - h(pi) - <grad h(pi), p - pi>, and the step
///
///   p = argmax <gain, p> - D(p, pi)   over the simplex.
///
/// A distribution is kept in coordinates of the geometry's own (logarithms, powers), which hold what probabilities
/// lose by underflow. A divergence of your own is one more class.
class Geometry {
 public:
  virtual ~Geometry() = default;

  /// The coordinates of a distribution.
  virtual void enter(std::span<const double> p, std::span<double> coordinates) const = 0;
  /// The step, in place; `p` becomes the new distribution. Gains are at most 0, the largest is 0 (a constant does not
  /// matter), and may be as low as -1e300.
  virtual void step(std::span<const double> gain, std::span<double> coordinates, std::span<double> p) const = 0;
  /// The least D(q, p) over distributions q on the choices with face[i] != 0.
  virtual double distance_to_face(std::span<const double> coordinates, std::span<const double> p,
                                  std::span<const std::uint8_t> face) const = 0;
};

/// h = sum p log p: multiplicative weights, D the Kullback-Leibler divergence. Coordinates are log-probabilities.
std::unique_ptr<Geometry> kullback_leibler();
/// h = |p|^2 / 2: projection of p + gain.
std::unique_ptr<Geometry> euclidean();
/// h = (sum p^index - 1) / (index - 1), index > 0 (1 gives kullback_leibler, the limit): D is 2 x euclidean for
/// index 2. Coordinates are p^(index - 1). InvalidOption for an index outside [0.05, 20].
std::unique_ptr<Geometry> tsallis(double index);

/// "kl", "euclidean" or "tsallis".
std::unique_ptr<Geometry> geometry_named(std::string_view name, double index);

}  // namespace bellwether::solvers::mirror
