#include "core/sampling.h"

#include <algorithm>
#include <cassert>
#include <limits>

#include <boost/random/exponential_distribution.hpp>
#include <boost/random/normal_distribution.hpp>

namespace bellwether {
namespace {

// Gamma(1): a ziggurat, without logarithms. Its 0, one draw in 2^50, is drawn again: ratios of gamma draws are wanted.
double gamma_of_one(Stream& stream) {
  boost::random::exponential_distribution<double> law;
  for (;;)
    if (const double x = law(stream); x > 0) return x;
}

// Gamma(a), a >= 1: d v with d = a - 1/3, v = (1 + c x)^3, c = 1 / sqrt(9 d), x normal, accepted with the probability
// that makes it exact; the polynomial test accepts more than 98 % without a logarithm.
double gamma_by_rejection(Stream& stream, double d, double c) {
  for (;;) {
    const double x = sample_normal(stream), root = 1 + c * x;
    if (root <= 0) continue;
    const double v = root * root * root, u = stream.uniform(), square = x * x;
    if (u < 1 - 0.0331 * square * square) return d * v;
    if (std::log(u) < 0.5 * square + d * (1 - v + std::log(v))) return d * v;
  }
}

double gamma_from_one(Stream& stream, double shape) {
  if (shape == 1) return gamma_of_one(stream);
  const double d = shape - 1.0 / 3;
  return gamma_by_rejection(stream, d, 1 / std::sqrt(9 * d));
}

}  // namespace

double sample_normal(Stream& stream) { return boost::random::normal_distribution<double>()(stream); }

double sample_gamma(Stream& stream, double shape) {
  assert(shape > 0 && std::isfinite(shape));
  return shape >= 1 ? gamma_from_one(stream, shape) : std::exp(sample_log_gamma(stream, shape));
}

GammaLaw::GammaLaw(double shape)
    : shape_(shape), d_((shape < 1 ? shape + 1 : shape) - 1.0 / 3), c_(1 / std::sqrt(9 * d_)) {
  assert(shape > 0 && std::isfinite(shape));
}

double GammaLaw::operator()(Stream& stream) const {
  if (shape_ == 1) return gamma_of_one(stream);
  const double x = gamma_by_rejection(stream, d_, c_);
  return shape_ > 1 ? x : x * std::exp(-sample_exponential(stream) / shape_);
}

double sample_log_gamma(Stream& stream, double shape) {
  assert(shape > 0 && std::isfinite(shape));
  if (shape >= 1) return std::log(gamma_from_one(stream, shape));
  // log U^(1/a) = -E / a with E exponential; the largest double stands in for what would overflow.
  const double more = std::log(gamma_from_one(stream, shape + 1));
  return std::max(more - sample_exponential(stream) / shape, std::numeric_limits<double>::lowest());
}

double sample_beta(Stream& stream, double a, double b) {
  const double x = sample_log_gamma(stream, a), y = sample_log_gamma(stream, b);
  return 1 / (1 + std::exp(y - x));
}

void sample_dirichlet(Stream& stream, std::span<const double> concentrations, std::span<double> out) {
  assert(concentrations.size() == out.size());
  double sum = 0;
  if (std::ranges::all_of(concentrations, [](double a) { return a >= 1; })) {  // nothing underflows
    for (std::size_t i = 0; i < out.size(); ++i) sum += out[i] = gamma_from_one(stream, concentrations[i]);
    for (double& x : out) x /= sum;
    return;
  }
  constexpr double kNever = -std::numeric_limits<double>::infinity();
  double largest = kNever;
  for (std::size_t i = 0; i < out.size(); ++i) {
    out[i] = concentrations[i] > 0 ? sample_log_gamma(stream, concentrations[i]) : kNever;
    largest = std::max(largest, out[i]);
  }
  for (double& x : out) sum += x = std::exp(x - largest);
  for (double& x : out) x /= sum;
}

}  // namespace bellwether
