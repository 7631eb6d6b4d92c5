#include "solvers/mirror/policy_gradient.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "core/errors.h"
#include "core/projections.h"
#include "solvers/mirror/gradients.h"

namespace bellwether::solvers {
namespace mirror {

double softmax_smoothness(double discount) { return 8 / std::pow(1 - discount, 3); }
double barrier_smoothness(double discount, double lambda, int states) {
  return softmax_smoothness(discount) + 2 * lambda / states;
}
double entropy_smoothness(double discount, double temperature, int most_choices) {
  return (8 + temperature * (4 + 8 * std::log(most_choices))) / std::pow(1 - discount, 3);
}
double direct_smoothness(double discount, int most_choices) {
  return 2 * discount * most_choices / std::pow(1 - discount, 3);
}

}  // namespace mirror

namespace {

using namespace mirror;

/// Log-probabilities to begin with.
Table first_logits(const mdp::TabularMdp& model, const std::vector<double>& given) {
  Table logits(static_cast<std::size_t>(model.num_choices()), 0.0);
  if (!given.empty()) {
    if (given.size() != logits.size())
      throw InvalidModel(fmt::format("logits: there are {}, the model has {} choices", given.size(), logits.size()));
    logits = given;
  }
  normalise_logits(model, logits);
  return logits;
}

double smoothness(const Loop& loop, const SoftmaxPolicyGradientOptions& o) {
  if (o.regulariser == "entropy") return entropy_smoothness(loop.discount(), o.weight, most_choices(loop.model()));
  if (o.regulariser == "log-barrier") return barrier_smoothness(loop.discount(), o.weight, loop.model().num_states());
  return softmax_smoothness(loop.discount());
}

}  // namespace

Solution softmax_policy_gradient(const Problem& problem, const SoftmaxPolicyGradientOptions& options,
                                 const SolveOptions& run_options) {
  bellwether::require_valid("softmax-policy-gradient", options);
  Loop loop("softmax-policy-gradient", problem, run_options, options.iterations, options.watch);
  const mdp::TabularMdp& model = loop.model();
  const std::vector<double> mu = start_distribution(model, options.start);
  const double temperature = options.regulariser == "entropy" ? options.weight : 0;
  const double eta = options.eta > 0 ? options.eta : 1 / smoothness(loop, options);
  Table logits = first_logits(model, options.logits);
  while (loop.go_on(probabilities(logits), eta)) {
    Table gradient = entropy_gradient(model, loop.discount(), logits, mu, temperature);
    if (options.regulariser == "log-barrier") add_barrier_gradient(model, logits, options.weight, gradient);
    for (std::size_t i = 0; i < logits.size(); ++i) logits[i] += eta * gradient[i];
    normalise_logits(model, logits);
  }
  return loop.solution();
}

Solution natural_policy_gradient(const Problem& problem, const NaturalPolicyGradientOptions& options,
                                 const SolveOptions& run_options) {
  bellwether::require_valid("natural-policy-gradient", options);
  Loop loop("natural-policy-gradient", problem, run_options, options.iterations, options.watch);
  const mdp::TabularMdp& model = loop.model();
  const double eta_npg = options.eta * (1 - loop.discount());
  Table logits = first_logits(model, options.logits);
  while (loop.go_on(probabilities(logits), options.eta)) {
    for (int s = 0; s < model.num_states(); ++s) {
      const auto q = of_state(model, loop.q(), s);
      const auto own = of_state(model, logits, s);
      for (std::size_t i = 0; i < own.size(); ++i) own[i] += eta_npg / (1 - loop.discount()) * (q[i] - loop.v()[s]);
    }
    normalise_logits(model, logits);
  }
  return loop.solution();
}

Solution projected_policy_gradient(const Problem& problem, const ProjectedPolicyGradientOptions& options,
                                   const SolveOptions& run_options) {
  bellwether::require_valid("projected-policy-gradient", options);
  Loop loop("projected-policy-gradient", problem, run_options, options.iterations, options.watch);
  const mdp::TabularMdp& model = loop.model();
  const std::vector<double> mu = start_distribution(model, options.start);
  // Without a future the value is linear and every step is short enough.
  constexpr double kLeastSmooth = 1e-3;
  const double eta = options.eta > 0
                         ? options.eta
                         : 1 / std::max(direct_smoothness(loop.discount(), most_choices(model)), kLeastSmooth);
  Table weights = uniform_weights(model);
  while (loop.go_on(weights, eta)) {
    const Table gradient = direct_gradient(model, loop.discount(), weights, mu);
    for (std::size_t i = 0; i < weights.size(); ++i) weights[i] += eta * gradient[i];
    for (int s = 0; s < model.num_states(); ++s) project_to_simplex(of_state(model, weights, s));
  }
  return loop.solution();
}

}  // namespace bellwether::solvers
