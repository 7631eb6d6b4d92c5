#pragma once

#include <span>
#include <string_view>
#include <vector>

#include <Eigen/Core>

#include "mdp/evaluate/leaky_chain.h"
#include "mdp/evaluate/policy_chain.h"
#include "solvers/mirror/tables.h"

namespace bellwether::solvers::mirror {

/// What gradients and mirror steps need to know of a policy in a discounted model: values by one linear solve, visits
/// by one of the transposed system.
class PolicyValues {
 public:
  /// `weights`: probabilities of the choices of each state.
  PolicyValues(const mdp::TabularMdp& model, double discount, std::span<const double> weights);

  const Table& weights() const { return weights_; }

  /// V(s) = E sum of discount^t r_t.
  Eigen::VectorXd value();
  /// V_tau(s) = E sum of discount^t (r_t + tau H(pi(. | s_t))).
  Eigen::VectorXd regularised_value(double temperature);
  /// x(s) = sum over t of discount^t P(s_t = s), the play starting from `start`: the normalised visitation is
  /// (1 - discount) x.
  std::vector<double> visits(std::span<const double> start);

 private:
  mdp::PolicyChain chain_;
  mdp::LeakySystem system_;
  Table weights_;
};

/// Q(s, a) = r(s, a) + discount * sum of P(s' | s, a) v(s').
Table choice_values(const mdp::TabularMdp& model, double discount, const Eigen::VectorXd& v);

/// Entropy of a distribution.
double entropy(std::span<const double> p);

/// V^policy(start) - V^baseline(start) by the performance-difference lemma (Kakade and Langford 2002): the advantages
/// of the baseline summed over the visits of the policy. `start` is the model's initial distribution when it is empty.
/// Cost: two linear solves.
double performance_difference(const mdp::TabularMdp& model, double discount, const mdp::Policy& policy,
                              const mdp::Policy& baseline, std::span<const double> start = {});

}  // namespace bellwether::solvers::mirror
