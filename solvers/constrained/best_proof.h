#pragma once

#include <span>

#include "solvers/constrained/certificate.h"

namespace bellwether::solvers::constrained {

/// What a method that proves something now and then has proven so far: the least dual value, and the policy worth most
/// of those that provably keep to the budgets. Neither is given back when a later one is worse.
class BestProof {
 public:
  /// `found` and `run` must outlive this.
  BestProof(const Lagrangian& on, const Feasibility& found, const SolveOptions& run)
      : on_(on), found_(found), run_(run), least_(on.num_budgets()) {}

  /// A value of the dual function.
  void offer(std::span<const double> y, const Bounded& dual) { least_.offer(y, dual); }
  const LeastDual& least() const { return least_; }

  /// conclude() with the least dual value; the solution so far stays, with the new bound, where its policy is worth
  /// more, and where the planner has given up. `infeasible_by` is that of the last policy.
  void add(Outcome outcome);

  bool any() const { return solution_.status != Status::kNotRun; }
  const ConstrainedSolution& solution() const { return solution_; }
  /// What its policy is worth at the least, to be maximised; -infinity unless it keeps to the budgets.
  double worth() const { return worth(solution_); }

 private:
  double worth(const ConstrainedSolution& solution) const;

  const Lagrangian& on_;
  const Feasibility& found_;
  const SolveOptions& run_;
  LeastDual least_;
  ConstrainedSolution solution_;
};

}  // namespace bellwether::solvers::constrained
