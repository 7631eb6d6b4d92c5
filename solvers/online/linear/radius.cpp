#include "solvers/online/linear/radius.h"

#include <cmath>

namespace bellwether::online {

double lsvi_radius(const LinearSize& z, double lambda) {
  const double d = z.dimension, H = z.horizon, K = z.episodes, e = d * H / K;
  const double fixed = d / 2 * std::log1p(K / lambda) + std::log(2 * H / z.delta) +
                       d * std::log1p(8 * H * std::sqrt(d * K / lambda) / e);
  // The right-hand side grows with the logarithm of beta: from below the iteration rises to the solution.
  double beta = 0;
  for (int i = 0; i < 100; ++i) {
    const double cover = d * d * std::log1p(8 * std::sqrt(d) * beta * beta / (lambda * e * e));
    beta = 4 * H * std::sqrt(d * lambda) + std::sqrt(4 * H * H * (fixed + cover) + 8 * K * K * e * e / lambda);
  }
  return beta;
}

double vtr_radius(const LinearSize& z, double lambda, double bound, double ellipsoids) {
  const double growth = std::log1p(z.episodes * std::pow(z.horizon, 3) / (z.dimension * lambda));
  return z.horizon / 2 * std::sqrt(z.dimension * growth + 2 * std::log(2 * ellipsoids / z.delta)) +
         std::sqrt(lambda) * bound;
}

PlusPlusRadii plus_plus_radii(const LinearSize& z, double lambda) {
  const double d = z.dimension, H = z.horizon, root = H * std::sqrt(d * lambda);
  const double l = std::log1p(d * z.episodes * H / (z.delta * lambda));
  return {.optimistic = root + std::sqrt(d) * l,
          .pessimistic = root + std::pow(d, 1.5) * H * l,
          .square = H * root + std::pow(d, 1.5) * H * H * l};
}

VtrPlusRadii vtr_plus_radii(const LinearSize& z, double bound, double ellipsoids, std::int64_t k) {
  const double d = z.dimension, H = z.horizon, n = static_cast<double>(k), lambda = 1 / (bound * bound);
  const double l = std::log(4 * n * n * ellipsoids / z.delta), growth = std::log1p(n / lambda);
  const double H4 = std::pow(H, 4);
  return {.value = 8 * std::sqrt(d * growth * l) + 4 * std::sqrt(d) * l + 1,
          .variance = 8 * d * std::sqrt(growth * l) + 4 * std::sqrt(d) * l + 1,
          .square = 8 * std::sqrt(d * H4 * std::log1p(n * H4 / (d * lambda)) * l) + 4 * H * H * l + 1};
}

}  // namespace bellwether::online
