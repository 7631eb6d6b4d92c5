#include "bandits/arms/law.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include <boost/random/poisson_distribution.hpp>
#include <fmt/format.h>

#include "core/errors.h"
#include "core/sampling.h"
#include "core/text.h"

namespace bellwether::bandits {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

const std::vector<std::string>& names() {
  static const std::vector<std::string> all = {"bernoulli", "gaussian",    "uniform", "beta",
                                               "poisson",   "exponential", "student", "pareto"};
  return all;
}

}  // namespace

double Law::sample(Stream& stream) const {
  switch (family) {
    case Family::kBernoulli:
      return sample_bernoulli(stream, mean) ? 1 : 0;
    case Family::kGaussian:
      return mean + spread * sample_normal(stream);
    case Family::kUniform:
      return mean + spread * (2 * stream.uniform() - 1);
    case Family::kBeta:
      return mean <= 0 || mean >= 1 ? mean : sample_beta(stream, mean * spread, (1 - mean) * spread);
    case Family::kPoisson:
      return mean > 0 ? static_cast<double>(boost::random::poisson_distribution<std::int64_t>(mean)(stream)) : 0;
    case Family::kExponential:
      return mean * sample_exponential(stream);
    case Family::kStudent: {
      const double normal = sample_normal(stream);
      return mean + spread * normal / std::sqrt(sample_gamma(stream, degrees / 2) / (degrees / 2));
    }
    case Family::kPareto:
      return mean * (degrees - 1) / degrees * std::pow(1 - stream.uniform(), -1 / degrees);
  }
  return mean;
}

Noise Law::noise() const {
  if (family == Family::kBernoulli) return Noise::kBernoulli;
  if (family == Family::kGaussian) return Noise::kGaussian;
  if (family == Family::kPoisson) return Noise::kPoisson;
  if (family == Family::kExponential) return Noise::kExponential;
  return low() >= 0 && high() <= 1 ? Noise::kUnit : Noise::kOther;
}

double Law::sigma() const {
  if (family == Family::kGaussian || family == Family::kUniform) return spread;
  return (high() - low()) / 2;  // Hoeffding's lemma
}

double Law::low() const {
  switch (family) {
    case Family::kGaussian:
    case Family::kStudent:
      return -kInfinity;
    case Family::kUniform:
      return mean - spread;
    case Family::kPareto:
      return mean * (degrees - 1) / degrees;
    default:
      return 0;
  }
}

double Law::high() const {
  switch (family) {
    case Family::kBernoulli:
    case Family::kBeta:
      return 1;
    case Family::kUniform:
      return mean + spread;
    default:
      return kInfinity;
  }
}

double Law::variance() const {
  switch (family) {
    case Family::kBernoulli:
      return mean * (1 - mean);
    case Family::kGaussian:
      return spread * spread;
    case Family::kUniform:
      return spread * spread / 3;
    case Family::kBeta:
      return mean * (1 - mean) / (spread + 1);
    case Family::kPoisson:
      return mean;
    case Family::kExponential:
      return mean * mean;
    case Family::kStudent:
      return degrees > 2 ? spread * spread * degrees / (degrees - 2) : kInfinity;
    case Family::kPareto:
      return degrees > 2 ? mean * mean / (degrees * (degrees - 2)) : kInfinity;
  }
  return kInfinity;
}

double Law::moment_order() const { return std::isfinite(variance()) ? 2 : (1 + degrees) / 2; }

double Law::moment(double order) const {
  if (family == Family::kPareto) {
    // The integral of x^order degrees m^degrees x^(-degrees - 1) from m on.
    if (order >= degrees) return kInfinity;
    return degrees / (degrees - order) * std::pow(mean * (degrees - 1) / degrees, order);
  }
  if (std::isfinite(variance())) return std::pow(variance() + mean * mean, order / 2);  // Jensen
  if (order >= degrees) return kInfinity;
  // Student: |X| <= |mean| + spread |t|, and E |t|^order in closed form.
  const double log = order / 2 * std::log(degrees) + std::lgamma((order + 1) / 2) + std::lgamma((degrees - order) / 2) -
                     std::lgamma(degrees / 2) - std::log(std::numbers::pi) / 2;
  return std::pow(std::abs(mean) + spread * std::exp(log / order), order);
}

std::string_view to_string(Law::Family family) { return names()[static_cast<std::size_t>(family)]; }

std::vector<std::string> law_names() { return names(); }

Law::Family law_family(std::string_view object, std::string_view word) {
  const auto found = std::ranges::find(names(), word);
  if (found == names().end()) {
    const std::string hint = did_you_mean(word, names());
    throw InvalidOption(fmt::format("{}: law is '{}'{}", object, word,
                                    hint.empty() ? ", must be one of " + join_names(names()) : hint));
  }
  return static_cast<Law::Family>(found - names().begin());
}

void require_valid(std::string_view object, const Law& law) {
  const auto reject = [&](std::string_view what, double value, std::string_view rule) {
    throw InvalidOption(
        fmt::format("{}: {} of a {} arm is {}, must be {}", object, what, to_string(law.family), value, rule));
  };
  using Family = Law::Family;
  if (!std::isfinite(law.mean)) reject("the mean", law.mean, "a number");
  const bool unit = law.family == Family::kBernoulli || law.family == Family::kBeta;
  if (unit && !(law.mean >= 0 && law.mean <= 1)) reject("the mean", law.mean, "between 0 and 1");
  const bool positive = law.family == Family::kExponential || law.family == Family::kPareto;
  if (positive && !(law.mean > 0)) reject("the mean", law.mean, "above 0");
  constexpr double kLargestCount = 1e9;
  if (law.family == Family::kPoisson && !(law.mean >= 0 && law.mean <= kLargestCount))
    reject("the mean", law.mean, fmt::format("between 0 and {}", kLargestCount));
  if (!(law.spread > 0) || std::isinf(law.spread)) reject("spread", law.spread, "above 0");
  const bool heavy = law.family == Family::kStudent || law.family == Family::kPareto;
  if (heavy && (!(law.degrees > 1) || std::isinf(law.degrees))) reject("degrees", law.degrees, "above 1");
}

}  // namespace bellwether::bandits
