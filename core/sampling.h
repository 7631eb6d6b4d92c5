#pragma once

#include <cmath>
#include <span>

#include "core/stream.h"

namespace bellwether {

// Draws from the laws that learners and simulators need. Each consumes only its own stream, so the same stream gives
// the same draws on any machine whose exp and log round alike. Categorical draws: core/alias_table.h.

/// True with this probability (anything at or below 0 never, at or above 1 always). One draw of the stream.
inline bool sample_bernoulli(Stream& stream, double probability) { return stream.uniform() < probability; }

/// Standard normal, by the ziggurat of Boost.Random.
double sample_normal(Stream& stream);

/// Exponential with mean 1: -log of a uniform number on (0, 1].
inline double sample_exponential(Stream& stream) { return -std::log1p(-stream.uniform()); }

/// Gamma with this shape (positive and finite) and scale 1 (Marsaglia and Tsang 2000; shapes below 1 by their identity
/// Gamma(a) = Gamma(a + 1) U^(1/a)). May be 0 by underflow when the shape is tiny.
double sample_gamma(Stream& stream, double shape);

/// Many gamma draws of one shape, what can be computed beforehand being kept. Meant for shapes that are not tiny: below
/// 0.02 a draw may be 0 by underflow.
class GammaLaw {
 public:
  explicit GammaLaw(double shape);
  double operator()(Stream& stream) const;

 private:
  double shape_, d_, c_;
};

/// The logarithm of a gamma draw, which does not underflow: for ratios of draws with tiny shapes.
double sample_log_gamma(Stream& stream, double shape);

/// Beta(a, b), both positive: X / (X + Y) for X ~ Gamma(a), Y ~ Gamma(b).
double sample_beta(Stream& stream, double a, double b);

/// Dirichlet with these concentrations (non-negative, one positive at least; zeros give exact zeros) into `out`, of the
/// same length, which sums to one up to rounding. Concentrations may be as small as 1e-300.
void sample_dirichlet(Stream& stream, std::span<const double> concentrations, std::span<double> out);

}  // namespace bellwether
