#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/options.h"
#include "mdp/policy.h"
#include "mdp/tabular_mdp.h"
#include "solvers/problem.h"

namespace bellwether::solvers {

/// Models with few parameters in place of a set for each row: the nominal rows tilted,
///
///   p(s'|s,a) = p0(s'|s,a) exp(theta.phi(s') / L(s,a)) / sum,   L(s,a) = lambda.zeta(s,a),
///
/// theta and lambda within L1 balls around their centres, lambda >= floor. Not rectangular: one parameter moves many
/// rows, so nature is weaker than in sets by choice.
struct TiltedKernels {
  mdp::TabularMdp nominal;
  int features = 0;                   ///< length of theta
  std::vector<double> phi;            ///< features numbers a state
  int scales = 0;                     ///< length of lambda
  std::vector<double> zeta;           ///< scales positive numbers a choice
  std::vector<double> theta, lambda;  ///< the centres
  double theta_radius = 1, lambda_radius = 1;
  double floor = 1e-3;

  /// InvalidModel when lengths do not fit, a number is not finite or a scale is not positive.
  void require_valid() const;
  /// The rows of these parameters. Rewards are the nominal expected ones.
  mdp::TabularMdp model(const std::vector<double>& at_theta, const std::vector<double>& at_lambda) const;
};

/// d log p(s'|s,a) / d parameter, theta first, then lambda, for one transition of `at` = kernels.model(theta, lambda).
std::vector<double> score(const TiltedKernels& kernels, const mdp::TabularMdp& at, const std::vector<double>& theta,
                          const std::vector<double>& lambda, std::int64_t choice, std::size_t transition);

/// Gradient of the mean value over `start` in theta and lambda, for a policy.
std::vector<double> parameter_gradient(const TiltedKernels& kernels, const std::vector<double>& theta,
                                       const std::vector<double>& lambda, double discount,
                                       std::span<const double> weights, std::span<const double> start);

struct ParametricGradientOptions {
  double eta = 0.1;
  double inner_eta = 0.01;
  int inner_steps = 100;
  std::string start = "uniform";
  std::int64_t iterations = 200;
};

template <class Field>
void describe(ParametricGradientOptions& o, Field&& field) {
  field("eta", o.eta, above(0), "step of the policy, in the problem's own units");
  field("inner_eta", o.inner_eta, at_least(0), "step of nature's parameters; 0: the nominal model, not robust");
  field("inner_steps", o.inner_steps, at_least(1), "steps of nature for each policy");
  field("start", o.start, one_of({"uniform", "initial"}), "distribution over states whose value is optimised");
  field("iterations", o.iterations, at_least(1), "policies to evaluate");
}

/// What the double loop found against tilted kernels.
struct ParametricGradientResult {
  mdp::Policy policy;                 ///< the best iterate
  double value = 0;                   ///< its value under the parameters found for it
  std::vector<double> theta, lambda;  ///< nature's, for `policy`
  std::vector<double> history;        ///< value of each iterate
};

/// Double loop with alternating projected gradient steps of nature on theta and lambda, from where they stood, from the
/// centres or from a corner of the ball of theta, whichever is worst for the policy to begin with. `problem` asks about
/// the nominal model. Nothing is proven: the value is that of one admissible model, so nature may do better still.
ParametricGradientResult parametric_policy_gradient(const TiltedKernels& kernels, const Problem& problem,
                                                    const ParametricGradientOptions& options = {});

/// The parameters that nature finds against one policy by so many steps from the centres or a corner.
struct WorstParameters {
  double value = 0;
  std::vector<double> theta, lambda;
};
WorstParameters worst_parameters(const TiltedKernels& kernels, const Problem& problem, std::span<const double> weights,
                                 std::span<const double> start, double eta, int steps);

}  // namespace bellwether::solvers
