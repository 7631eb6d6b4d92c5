#pragma once

#include <span>
#include <vector>

#include <Eigen/Core>

#include "solvers/constrained/lagrangian.h"

namespace bellwether::solvers::constrained {

/// What a policy is worth in the game between policy and multipliers. Column 0 is the reward to be maximised, column
/// 1 + i the cost of budget i.
struct View {
  Eigen::MatrixXd v;          ///< values of the states, one column each; the start of the next evaluation
  Eigen::MatrixXd q;          ///< values of the choices
  Eigen::VectorXd total;      ///< from the initial distribution
  Eigen::VectorXd occupancy;  ///< of the states, when it was asked for
};

/// A discounted problem as first-order methods play it: max over policies, min over multipliers y >= 0, of
/// V_r - sum y_i (V_ci - d_i). Rewards and costs are divided by powers of two so that the largest of each is in (1/2,
/// 1]: steps then mean the same whatever the units, and numbers that are so already are not touched.
class Game {
 public:
  /// InvalidOption, naming the method, unless the criterion is discounted, by no more than 1 - 1e-9.
  Game(const Lagrangian& on, std::string_view method);

  const Lagrangian& lagrangian() const { return on_; }
  const mdp::TabularMdp& model() const { return model_; }
  double discount() const { return on_.problem().discount; }
  int num_budgets() const { return on_.num_budgets(); }
  std::size_t num_choices() const { return static_cast<std::size_t>(model_.num_choices()); }
  int most_choices() const { return most_choices_; }
  const Eigen::VectorXd& initial() const { return initial_; }
  double entry(int column, std::int64_t choice) const { return columns_(choice, column); }
  double limit(int i) const { return limit_[static_cast<std::size_t>(i)]; }
  /// Largest minus smallest reward of a choice.
  double reward_range() const { return reward_range_; }

  double reward_unit() const { return unit_.front(); }
  double cost_unit(int i) const { return unit_[static_cast<std::size_t>(i) + 1]; }
  /// Multipliers in the units of the problem.
  std::vector<double> in_problem_units(std::span<const double> multipliers) const;

  /// `policy` has one probability a choice. With `tau` > 0 column 0 also collects tau times the entropy of each step
  /// (and q the choice's -tau log probability). Up to 150 states by LU, beyond by sweeps from the values in `view`,
  /// which ask the planner's caller now and then: once planner().stopped() nothing in `view` means anything.
  void evaluate(std::span<const double> policy, View& view, bool with_occupancy = false, double tau = 0) const;

  /// Excess of cost i over its limit, in these units.
  double excess(const View& view, int i) const { return view.total[i + 1] - limit(i); }

  std::vector<double> uniform_policy() const;

 private:
  void solve_by_factors(std::span<const double> policy, const Eigen::MatrixXd& right, View& view,
                        bool with_occupancy) const;
  void solve_by_sweeps(std::span<const double> policy, const Eigen::MatrixXd& right, View& view,
                       bool with_occupancy) const;
  /// False once the caller said stop, who is asked at every so many transitions.
  bool goes_on(int sweep) const;

  const Lagrangian& on_;
  mdp::TabularMdp model_;
  Eigen::MatrixXd columns_;
  Eigen::VectorXd initial_;
  std::vector<double> unit_, limit_;
  double reward_range_ = 0;
  int most_choices_ = 1;
};

}  // namespace bellwether::solvers::constrained
