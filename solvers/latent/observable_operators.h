#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include <Eigen/Core>

#include "mdp/latent/pomdp.h"

namespace bellwether::solvers {

/// A partially observable model by what can be seen of it alone (docs/papers/pomdps.md, "Observable operators"): with
/// the emission matrix O, transitions T_a (columns sum to one) and the initial distribution mu,
///
///   b_0 = O mu,   B(o, a) = O T_a diag(O(o, .)) O^+,
///   P(o_1 .. o_n | a_1 .. a_{n-1}) = e_{o_n}^T B(o_{n-1}, a_{n-1}) ... B(o_1, a_1) b_0.
///
/// Needs a kernel that does not depend on the action, which shows the first state too, and O of full column rank.
class ObservableOperators {
 public:
  /// InvalidModel when the kernel depends on the action, the first state is not seen through it, states differ in their
  /// actions, or the smallest singular value of O is below 1e-10 of the largest.
  explicit ObservableOperators(const mdp::Pomdp& pomdp);

  int num_observations() const { return static_cast<int>(emission_.rows()); }
  int num_actions() const { return static_cast<int>(operators_.size()); }
  const Eigen::VectorXd& initial() const { return initial_; }
  const Eigen::MatrixXd& step(int observation, int action) const {
    return operators_[static_cast<std::size_t>(action)][static_cast<std::size_t>(observation)];
  }

  /// Of observations o_1 .. o_n when actions a_1 .. a_{n-1} are played: one fewer, by place among the choices.
  double probability(std::span<const std::int32_t> observations, std::span<const std::int32_t> actions) const;

  /// The smallest singular value of O: errors of the operators grow with its inverse.
  double least_singular_value() const { return least_; }
  /// 1 / gamma of a well-conditioned predictive state representation (Zhan, Uehara, Sun and Lee 2022): the largest
  /// total weight |m(future)^T x| that futures of `steps` more observations get under any policy, over |x|_1 <= 1.
  /// Cost: (observations x actions)^steps.
  double conditioning(int steps) const;

 private:
  double weight(const Eigen::VectorXd& x, int steps) const;

  Eigen::MatrixXd emission_;
  Eigen::VectorXd initial_;
  std::vector<std::vector<Eigen::MatrixXd>> operators_;  // [action][observation]
  double least_ = 0;
};

}  // namespace bellwether::solvers
