#include "bandits/stochastic/posterior_law.h"

#include <cmath>

#include <boost/math/special_functions/gamma.hpp>

#include "core/sampling.h"

namespace bellwether::bandits {

using Kind = LawFamily::Kind;

double draw_mean(const LawFamily& law, double count, double mean, Stream& stream) {
  switch (law.kind) {
    case Kind::kBernoulli: {
      const double x = sample_gamma(stream, count * mean + 1), y = sample_gamma(stream, count * (1 - mean) + 1);
      return x / (x + y);
    }
    case Kind::kGaussian:
      return mean + law.sigma / std::sqrt(count) * sample_normal(stream);
    case Kind::kPoisson:
      return sample_gamma(stream, count * mean + 0.5) / count;
    case Kind::kExponential:
      break;
  }
  return count * mean / sample_gamma(stream, count);
}

double upper_quantile(const LawFamily& law, double count, double mean, double tail) {
  using Plain = boost::math::policies::policy<boost::math::policies::promote_double<false>>;
  if (law.kind == Kind::kPoisson) return boost::math::gamma_q_inv(count * mean + 0.5, tail, Plain()) / count;
  return count * mean / boost::math::gamma_p_inv(count, tail, Plain());
}

}  // namespace bellwether::bandits
