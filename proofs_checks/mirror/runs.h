#pragma once

#include <functional>
#include <vector>

#include <Eigen/Core>

#include "proofs_checks/claim.h"
#include "solvers/mirror/loop.h"
#include "solvers/mirror/policy_values.h"
#include "solvers/problem.h"

namespace bellwether::claims {

using solvers::mirror::Table;

/// Garnets of 20 states, 4 choices and 3 successors, rewards mapped to [0, 1], with this discount.
std::vector<solvers::Problem> unit_garnets(const Effort& effort, int count, double discount = 0.9);

/// V* of a discounted problem.
Eigen::VectorXd optimum(const solvers::Problem& problem);

/// A policy with its values: what a hand-made loop starts its next step from.
struct Valued {
  Table weights;
  Eigen::VectorXd v;
  Table q;
};
Valued valued(const solvers::Problem& problem, Table weights);

/// Sup-norm distances of the values a method shows from V*, in order; `run` hands the watch to the method.
std::vector<double> gaps(const solvers::Problem& problem, const std::function<void(const solvers::Watch&)>& run);

/// Runs for ever: until the method's own number of iterations.
solvers::SolveOptions without_end();

/// Log-probabilities, normal-ish: uniform on [-scale, scale] before they are normalised.
Table drawn_logits(const mdp::TabularMdp& model, double scale, Stream& stream);
/// A distribution over states without zeros.
std::vector<double> drawn_start(int states, Stream& stream);

/// Slope of the least-squares line through (log x, log y).
double slope_of_logs(const std::vector<double>& x, const std::vector<double>& y);

}  // namespace bellwether::claims
