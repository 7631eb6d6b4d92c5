#pragma once

#include <optional>
#include <span>
#include <vector>

#include "solvers/constrained/lagrangian.h"

namespace bellwether::solvers::constrained {

/// Policies with what they collect: the columns of a linear program over their mixtures (Dantzig and Wolfe 1960).
class ColumnPool {
 public:
  explicit ColumnPool(const Lagrangian& on) : on_(&on) {}

  /// Evaluates the policy and keeps it, unless the planner has given up. `start` are values to begin similar problems
  /// from.
  void add(AnyPolicy policy, Eigen::VectorXd start);
  int size() const { return static_cast<int>(policies_.size()); }
  const AnyPolicy& policy(int j) const { return policies_[static_cast<std::size_t>(j)]; }
  std::span<const Bounded> collected(int j) const { return collected_[static_cast<std::size_t>(j)]; }
  double reward(int j) const { return on_->reward(collected(j)).value; }
  double cost(int j, int i) const { return collected(j)[static_cast<std::size_t>(i) + 1].value; }
  const Eigen::VectorXd* start() const { return start_.size() == 0 ? nullptr : &start_; }

  struct Master {
    bool solved = false;
    double value = 0;                 ///< reward of the mixture, or its slack
    std::vector<double> weights;      ///< of the policies
    std::vector<double> multipliers;  ///< one a budget, >= 0
  };
  /// Policy j and no other; without multipliers.
  Master alone(int j, double value) const;
  /// The mixture with the highest reward that keeps to the budgets.
  Master best_mixture() const;
  /// The mixture with the largest t such that each cost is at most limit - t unit. The multipliers then satisfy sum
  /// of y_i unit_i = 1.
  Master safest_mixture(std::span<const double> unit) const;

  AnyPolicy mixed(std::span<const double> weights) const { return on_->planner().mix(policies_, weights); }

 private:
  const Lagrangian* on_;
  std::vector<AnyPolicy> policies_;
  std::vector<std::vector<Bounded>> collected_;
  Eigen::VectorXd start_;
};

}  // namespace bellwether::solvers::constrained
