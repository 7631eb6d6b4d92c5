#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include <Eigen/Core>

#include "mdp/evaluate/evaluation.h"
#include "mdp/evaluate/linear_solver.h"

namespace bellwether::mdp {

/// A chain that loses probability: what every policy evaluation comes down to (docs/papers/policy-evaluation.md).
/// State s moves to others with weights w(s, j) and leaves with leak(s), and the system is
///
///   (A x)(s) = leak(s) x(s) + sum over j of w(s, j) (x(s) - x(j)) = b(s),
///
/// the value of collecting b until the chain has leaked. All numbers are non-negative and no self-loop is kept, so no
/// digits cancel, however slowly the chain leaks.
struct LeakyChain {
  SparseRows moves;                ///< w, without self-loops
  std::vector<double> leak;        ///< of each state
  std::vector<double> share;       ///< relative error of the weights of each row
  std::vector<double> leak_share;  ///< relative error of each leak

  int size() const { return static_cast<int>(leak.size()); }
  void add_move(std::int32_t to, double weight) {
    moves.column.push_back(to);
    moves.entry.push_back(weight);
  }
  void end_row(double leak_of_row, double relative_error, double relative_error_of_leak) {
    moves.row_begin.push_back(static_cast<std::int64_t>(moves.column.size()));
    leak.push_back(leak_of_row);
    share.push_back(relative_error);
    leak_share.push_back(relative_error_of_leak);
  }
};

/// Solves A x = b for many b and proves how good each answer is. From every state the chain must be able to leak.
///
/// Certificate: with f(s) at least |b - A x|(s) whatever the errors of the data and of rounding, a vector y with
/// A y >= f (checked, its rounding included) bounds |x - truth| in every state, because A^-1 has no negative entry.
/// Cost: one factorisation and, for each b, two solutions with a few sweeps of refinement.
class LeakySystem {
 public:
  explicit LeakySystem(LeakyChain chain);

  /// `b_error` bounds the error of each entry of b.
  Evaluation solve(const Eigen::VectorXd& b, const Eigen::VectorXd& b_error);

  /// z with z A = mu for mu >= 0, the mass that passes through each state, and a bound on sum |z - truth| (`error`).
  struct Flow {
    Eigen::VectorXd mass;
    double error = 0;
  };
  Flow flow(const Eigen::VectorXd& mu);

 private:
  struct Remainder {
    Eigen::VectorXd value, error;  ///< b - A x as computed, and what it may be off by
  };
  Remainder remainder(const Eigen::VectorXd& x, const Eigen::VectorXd& b, const Eigen::VectorXd& b_error) const;
  Remainder flow_remainder(const Eigen::VectorXd& z, const Eigen::VectorXd& mu) const;
  template <class Solve, class Measure>
  Remainder refine(Eigen::VectorXd& x, Solve&& solve, Measure&& measure) const;
  Eigen::VectorXd bound(const Remainder& rest);
  bool dominates(const Eigen::VectorXd& y, const Eigen::VectorXd& f) const;
  SparseRows matrix() const;
  SparseRows transposed_matrix() const;

  LeakyChain chain_;
  std::optional<LinearSolver> solver_, flow_solver_;
};

}  // namespace bellwether::mdp
