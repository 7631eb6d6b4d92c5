#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "mdp/finite_memory_policy.h"
#include "mdp/policy.h"
#include "solvers/solution.h"

namespace bellwether::solvers {

/// A number between two proven bounds, rounding included.
struct Bounded {
  double value = 0, lower = -std::numeric_limits<double>::infinity(), upper = std::numeric_limits<double>::infinity();
};

/// What became of one budget.
struct BudgetReport {
  std::string column;
  double limit = 0;
  Bounded cost = {};  ///< of the returned policy
  /// Derivative of the optimal value in the limit: >= 0 when maximising, <= 0 when minimising. NaN where none was
  /// found. At a limit where it jumps the linear program tells that of a rising limit here and that of a falling one in
  /// `multiplier_below` (infinite where no policy costs less); other planners any number between the two.
  double multiplier = std::numeric_limits<double>::quiet_NaN();
  double multiplier_below = std::numeric_limits<double>::quiet_NaN();  ///< NaN when it was not asked for
  /// Limits between which `multiplier` stays what it is, the other limits kept; from the linear program, within its
  /// tolerance. The whole line when it was not asked for.
  double stays_from = -std::numeric_limits<double>::infinity(), stays_to = std::numeric_limits<double>::infinity();
};

/// Why no policy keeps to all budgets: every policy has sum of y_i cost_i at least `least_mean` (proven), which exceeds
/// sum of y_i limit_i.
struct Infeasibility {
  std::vector<double> weights = {};  ///< y >= 0, one a budget, summing to one; budgets that conflict have y_i > 0
  double least_mean = 0, allowed_mean = 0;
  /// The least possible value of the largest excess over a limit: proven from below, attained within `upper` by the
  /// returned policy.
  Bounded least_violation = {};
};

/// Where an iterative method stood: what its policy was worth, by how much it exceeded a limit at most (negative: the
/// least room it left), and the multipliers (signed as in BudgetReport).
struct PathRow {
  std::int64_t iteration = 0;
  double value = 0, violation = 0;
  std::vector<double> multipliers = {};
};

/// What every constrained planner returns. The members of Solution speak of the returned policy: `value`, `lower` and
/// `upper` enclose its values state by state, `policy` is stationary and randomised, `stages` the like at a finite
/// horizon. `gap` is the proven distance between the optimum and the value of the returned policy, which keeps to all
/// budgets, proven; it is infinite when that is not proven (see `violation`).
///
/// kInfeasible: `infeasibility` proves it, and the policy is one of (about) the least violation.
struct ConstrainedSolution : Solution {
  /// For kAverage in models where no stationary policy does it: a policy that is drawn before the first step and kept
  /// (one node each). Otherwise without nodes.
  mdp::FiniteMemoryPolicy mixture = {};
  Bounded expected = {};  ///< reward of the returned policy from the initial distribution
  /// Of the problem; value is what the returned policy is worth (within the bounds), so that |V* - value| <= gap. NaN
  /// when a bound is infinite.
  Bounded optimum = {};
  double violation = 0;  ///< the most by which a cost of the returned policy may exceed its limit; 0: proven feasible
  double infeasible_by = 0;  ///< what the method's last policy exceeded a limit by, before it was mixed with a safe one
  std::vector<BudgetReport> budgets = {};
  std::optional<Infeasibility> infeasibility = {};
  std::vector<PathRow> path = {};  ///< of first-order methods
};

}  // namespace bellwether::solvers
