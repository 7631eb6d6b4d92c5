#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/options.h"
#include "solvers/mirror/loop.h"

namespace bellwether::solvers {

// The problem with entropy: V_tau(s) = E sum of g^t (r_t + tau H(pi(.|s_t))), maximised (minimising: costs less tau H).
// Its one optimal policy is softmax(Q_tau / tau), and V_tau - tau log A / (1 - g) <= V <= V_tau.
// docs/papers/policy-mirror-descent.md, "With entropy".

/// `value`, `lower`, `upper` and `gap` of the solution speak of the optimum of the problem with entropy; the value of
/// the policy lies in the same interval.
struct RegularisedSolution {
  Solution solution = {};
  std::vector<double> log_weights = {};  ///< of the policy, one a choice
};

/// What a regularised run shows of each policy: V_tau and Q_tau in the problem's units.
struct RegularisedIterate {
  std::int64_t iteration = 0;
  double eta = 0;                ///< infinity: soft policy iteration
  const Eigen::VectorXd& value;  ///< V_tau of the policy (soft value iteration: the iterate)
  std::span<const double> q;
  std::span<const double> log_weights;
};
using RegularisedWatch = std::function<void(const RegularisedIterate&)>;

struct RegularisedMirrorDescentOptions {
  double temperature = 0.1;
  double eta = 0;
  std::string schedule = "constant";
  std::int64_t iterations = 100'000;
  mdp::Policy start = {};
  RegularisedWatch watch = nullptr;
};

template <class Field>
void describe(RegularisedMirrorDescentOptions& o, Field&& field) {
  field("temperature", o.temperature, above(0), "tau, the price of entropy in the problem's units");
  field("eta", o.eta, at_least(0), "multiplies Q in the problem's units; 0: infinity, soft policy iteration");
  field("schedule", o.schedule, one_of({"constant", "decreasing"}), "decreasing: eta_k = 1 / (tau (k + 2))");
  field("iterations", o.iterations, at_least(1), "policies to evaluate at most");
}

/// log pi_{k+1} = (log pi_k + eta Q_tau) / (1 + eta tau) + const (Cen et al. 2022, Zhan et al. 2023, Lan 2023). With
/// beta = 1 / (1 + eta tau): |Q_tau* - Q_k| falls by beta + g (1 - beta) an iteration; eta = infinity is soft policy
/// iteration with factor g, in the end quadratic. Certificate: the bounds of MacQueen for the soft Bellman operator,
/// rounding included.
RegularisedSolution regularised_mirror_descent(const Problem& problem,
                                               const RegularisedMirrorDescentOptions& options = {},
                                               const SolveOptions& run_options = {});

struct SoftValueIterationOptions {
  double temperature = 0.1;
  RegularisedWatch watch = nullptr;
};

template <class Field>
void describe(SoftValueIterationOptions& o, Field&& field) {
  field("temperature", o.temperature, above(0), "tau, the price of entropy in the problem's units");
}

/// V <- tau log sum over a of exp((r + g P V) / tau) from V = 0. Certificate as above.
RegularisedSolution soft_value_iteration(const Problem& problem, const SoftValueIterationOptions& options = {},
                                         const SolveOptions& run_options = {});

namespace mirror {

/// T_tau v and the policy softmax(q / tau) for q = r + g P v; returns tau log sum exp(q / tau) a state.
Eigen::VectorXd soft_backup(const mdp::TabularMdp& model, const Table& q, double temperature, Table& log_weights);

}  // namespace mirror
}  // namespace bellwether::solvers
