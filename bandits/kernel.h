#pragma once

#include <cmath>
#include <cstddef>
#include <span>

namespace bellwether::bandits {

/// exp(-|x - y|^2 / (2 lengthscale^2)).
inline double radial_kernel(std::span<const double> x, std::span<const double> y, double lengthscale) {
  double squares = 0;
  for (std::size_t i = 0; i < x.size(); ++i) squares += (x[i] - y[i]) * (x[i] - y[i]);
  return std::exp(-squares / (2 * lengthscale * lengthscale));
}

}  // namespace bellwether::bandits
