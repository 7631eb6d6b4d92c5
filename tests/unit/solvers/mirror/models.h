#pragma once

#include <cmath>
#include <cstdint>
#include <vector>

#include "core/stream.h"
#include "mdp/instances/garnet.h"
#include "mdp/tabular_mdp_builder.h"
#include "solvers/exact/discounted/policy_iteration.h"
#include "solvers/mirror/tables.h"
#include "solvers/problem.h"
#include "tests/support/random_models.h"

namespace bellwether::test {

using solvers::Problem;
using solvers::mirror::Table;

/// The Garnet of the experiments: 20 states, 4 choices, 3 successors, discount .9.
inline Problem garnet_problem(std::int64_t seed) {
  return {.model = mdp::garnet({.states = 20, .actions = 4, .successors = 3, .seed = seed}).model, .discount = 0.9};
}

/// Ragged action sets and rows, rewards of either sign.
inline Problem ragged_problem(std::uint64_t seed, double discount = 0.9) {
  return {.model = random_model(Stream(seed), {.states = 10, .most_actions = 4, .most_successors = 4}),
          .discount = discount};
}

/// One state, choices with these rewards.
inline mdp::TabularMdp bandit(const std::vector<double>& rewards) {
  mdp::TabularMdpBuilder builder(1);
  for (const double r : rewards) builder.add_choice(0, r, {{0, 1.0}});
  return std::move(builder).build();
}

/// Normal logits, turned into log-probabilities.
inline Table random_logits(const mdp::TabularMdp& model, Stream& stream, double scale = 1) {
  Table logits(static_cast<std::size_t>(model.num_choices()));
  for (double& x : logits) x = scale * (2 * stream.uniform() - 1);
  solvers::mirror::normalise_logits(model, logits);
  return logits;
}

/// A distribution with no zero.
inline std::vector<double> random_start(int states, Stream& stream) {
  std::vector<double> mu(static_cast<std::size_t>(states));
  double sum = 0;
  for (double& m : mu) sum += m = 0.1 + stream.uniform();
  for (double& m : mu) m /= sum;
  return mu;
}

inline Eigen::VectorXd optimum_of(const Problem& problem) {
  return solvers::policy_iteration(problem, {}, {.tolerance = 1e-13}).value;
}

/// Least-squares slope of log y in log x.
inline double log_log_slope(const std::vector<double>& x, const std::vector<double>& y) {
  double mx = 0, my = 0, xy = 0, xx = 0;
  const auto n = static_cast<double>(x.size());
  for (std::size_t i = 0; i < x.size(); ++i) mx += std::log(x[i]) / n, my += std::log(y[i]) / n;
  for (std::size_t i = 0; i < x.size(); ++i) {
    xy += (std::log(x[i]) - mx) * (std::log(y[i]) - my);
    xx += (std::log(x[i]) - mx) * (std::log(x[i]) - mx);
  }
  return xy / xx;
}

}  // namespace bellwether::test
