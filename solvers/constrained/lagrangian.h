#pragma once

#include <limits>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "solvers/constrained/problem.h"
#include "solvers/constrained/solution.h"
#include "solvers/constrained/vector_planner.h"

namespace bellwether::solvers::constrained {

/// The least value of the dual function met so far. Any of them is above the optimum, so the least is the bound to
/// keep.
class LeastDual {
 public:
  explicit LeastDual(int budgets) : multipliers_(static_cast<std::size_t>(budgets), 0.0) {}

  /// Takes the value if it is a number below those before.
  void offer(std::span<const double> y, const Bounded& value);
  const std::optional<Bounded>& value() const { return value_; }
  double upper() const { return value_ ? value_->upper : std::numeric_limits<double>::infinity(); }
  const std::vector<double>& multipliers() const { return multipliers_; }  ///< where it was met; zeros before

 private:
  std::optional<Bounded> value_ = {};
  std::vector<double> multipliers_;
};

/// A constrained problem as its planners see it: maximise V_r subject to V_ci <= d_i, where V_r is the reward times the
/// problem's sign; D(y) = max over policies of V_r - sum y_i (V_ci - d_i) for y >= 0 is never below the optimum.
class Lagrangian {
 public:
  /// Checks the problem. The planner asks the observer while it evaluates.
  explicit Lagrangian(const ConstrainedProblem& problem, const Observer& observer = nullptr);

  const ConstrainedProblem& problem() const { return problem_; }
  const VectorPlanner& planner() const { return planner_; }
  int num_budgets() const { return problem_.num_budgets(); }
  double limit(int i) const { return problem_.model.budgets()[static_cast<std::size_t>(i)].limit; }
  double sign() const { return problem_.sign(); }

  /// What can be collected at the most: a length to compare differences with. Never zero.
  double reward_scale() const;
  double cost_scale(int i) const;
  /// Some limit lies below what any policy costs, by more than costs are wide: no program need be asked, nor could it
  /// tell such numbers apart.
  bool out_of_reach() const;

  /// D(y), enclosed, and a policy that attains it.
  struct Dual {
    Bounded value = {};
    VectorPlanner::Best best = {};
  };
  Dual dual(std::span<const double> y, double tolerance, const Eigen::VectorXd* start = nullptr,
            const Observer& observer = nullptr) const;

  /// The most by which a cost of a policy may exceed its limit (0: proven feasible). `collected` is what the planner's
  /// evaluate() says.
  double excess(std::span<const Bounded> collected) const;
  /// V_r of the policy, to be maximised.
  Bounded reward(std::span<const Bounded> collected) const { return times(sign(), collected.front()); }

 private:
  ConstrainedProblem problem_;
  VectorPlanner planner_;
};

}  // namespace bellwether::solvers::constrained
