#pragma once

#include <memory>
#include <string>

#include "core/options.h"
#include "core/stream.h"
#include "solvers/online/linear/linear_agent.h"

namespace bellwether::online {

// Value-targeted regression for linear mixtures (docs/papers/linear-regret.md): theta is fitted to what V_{h+1}(s')
// was, with phi_V(c) of the values that the learner believed in when it made the step. Mean rewards are known. A world
// that is no known mixture is taken for one of unit vectors.

/// UCRL-VTR (Jia, Yang, Szepesvari, Wang; Ayoub et al. 2020): one theta for all stages, or one a stage where they
/// differ; Q_h = r + <phi_V, theta> + beta |phi_V|_{Sigma^-1}.
struct UcrlVtrOptions {
  std::string constant = "theory";
  double delta = 0.05;
  double lambda = 1;
  double theta_norm = 1;
  double growth = 1;
};

template <class Field>
void describe(UcrlVtrOptions& o, Field&& field) {
  field("constant", o.constant, any_value(), "factor on the bonus: theory, practical or a number");
  field("delta", o.delta, inside(0, 1), "the theorem may fail with this probability");
  field("lambda", o.lambda, above(0), "of the regularisation");
  field("theta_norm", o.theta_norm, above(0), "B >= |theta|; 1 when kernels are mixed");
  field("growth", o.growth, at_least(1),
        "plan when a determinant has grown by this factor; 1: every episode, as published");
}

std::unique_ptr<LinearAgent> ucrl_vtr(const EpisodicWorld& world, const UcrlVtrOptions& options);
std::unique_ptr<EpisodicAgent> make_ucrl_vtr(const EpisodicWorld& world, const UcrlVtrOptions& options,
                                             const Stream& stream);
inline constexpr double kUcrlVtrPractical = 0.03;

/// UCRL-VTR+ (Zhou, Gu, Szepesvari 2021): a theta a stage, steps weighted by upper bounds on the variance of their
/// targets, lambda = 1 / B^2.
struct UcrlVtrPlusOptions {
  std::string constant = "theory";
  double delta = 0.05;
  double theta_norm = 1;
};

template <class Field>
void describe(UcrlVtrPlusOptions& o, Field&& field) {
  field("constant", o.constant, any_value(), "factor on all radii: theory, practical or a number");
  field("delta", o.delta, inside(0, 1), "the theorem may fail with this probability");
  field("theta_norm", o.theta_norm, above(0), "B >= |theta|; 1 when kernels are mixed");
}

std::unique_ptr<LinearAgent> ucrl_vtr_plus(const EpisodicWorld& world, const UcrlVtrPlusOptions& options);
std::unique_ptr<EpisodicAgent> make_ucrl_vtr_plus(const EpisodicWorld& world, const UcrlVtrPlusOptions& options,
                                                  const Stream& stream);
inline constexpr double kUcrlVtrPlusPractical = 0.003;

/// sb^2 = max{H^2 / d, [V] + E} with [V] = clip(square, 0, H^2) - clip(mean, 0, H)^2 and
/// E = min{H^2, 2 H value_error} + min{H^2, square_error}; errors are radius times norm.
double vtr_plus_variance(double horizon, double dimension, double mean, double square, double value_error,
                         double square_error);

}  // namespace bellwether::online
