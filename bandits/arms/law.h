#pragma once

#include <string>
#include <vector>

#include "bandits/bandit.h"
#include "core/stream.h"

namespace bellwether::bandits {

/// The law of an arm's rewards.
struct Law {
  enum class Family {
    kBernoulli,    ///< 1 with probability `mean`
    kGaussian,     ///< standard deviation `spread`
    kUniform,      ///< on [mean - spread, mean + spread]
    kBeta,         ///< on [0, 1], a + b = spread
    kPoisson,      ///< 0, 1, 2, ...
    kExponential,  ///< density exp(-x / mean) / mean
    kStudent,      ///< mean + spread t, where t has `degrees` degrees of freedom
    kPareto,       ///< P(X > x) = (m / x)^degrees from m = mean (degrees - 1) / degrees on
  };
  Family family = Family::kBernoulli;
  double mean = 0.5, spread = 1, degrees = 3;

  double sample(Stream& stream) const;
  /// What learners are told of arms with this law.
  Noise noise() const;
  double sigma() const;  ///< rewards are sigma-sub-Gaussian; infinite when there is no such number
  double low() const;
  double high() const;
  /// Of a reward; infinite when it has none.
  double variance() const;
  /// The largest order up to 2 of which moment() is finite with room to spare: 2 where there is a variance, else half
  /// way from 1 to `degrees`.
  double moment_order() const;
  /// At least E |X|^order for 1 < order <= 2: exact for order 2 and for Pareto laws, else by Minkowski's inequality.
  double moment(double order) const;
};

/// "bernoulli", "gaussian", ...
std::string_view to_string(Law::Family family);
/// All of them, in their order.
std::vector<std::string> law_names();
/// InvalidOption, naming the object, for an unknown word.
Law::Family law_family(std::string_view object, std::string_view word);

/// InvalidOption "object: ..." unless mean and spread are admissible for the family.
void require_valid(std::string_view object, const Law& law);

}  // namespace bellwether::bandits
