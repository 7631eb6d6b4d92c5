#pragma once

#include <functional>
#include <limits>
#include <memory>
#include <string>

#include "core/solve.h"
#include "solvers/problem.h"
#include "solvers/risk/law.h"
#include "solvers/risk/stock_tree.h"
#include "solvers/solution.h"

namespace bellwether::solvers {

/// What planning for the risk of the return answers. For minimised problems everything speaks of costs: the law is that
/// of the cost, and the risk looks at its upper tail.
struct RiskSolution {
  Status status = Status::kNotRun;
  std::string algorithm = {};
  std::string note = {};
  std::string limit = {};                                   ///< what the gap is limited by, where that is not rounding
  double value = std::numeric_limits<double>::quiet_NaN();  ///< the risk of what the policy earns
  /// Enclose the best risk and that of the policy, rounding and grid included.
  double lower = -std::numeric_limits<double>::infinity(), upper = std::numeric_limits<double>::infinity();
  double gap = std::numeric_limits<double>::infinity();
  /// Of the outer search: the budget b, the temperature 1 / beta, the centre v.
  double parameter = std::numeric_limits<double>::quiet_NaN();
  Law law = {};  ///< of the return under the policy
  std::shared_ptr<const StockTree> tree = {};
  StockPolicy policy = {};       ///< on the nodes of the tree
  std::int64_t evaluations = 0;  ///< of the outer search, a dynamic program each
};

// Finite horizon; the policies may use everything they have seen (the state and the earnings so far are enough). The
// outer searches are exact: the functions they maximise are not concave, so they branch and bound.
// docs/papers/risk-measures.md has the mathematics.

/// The best expected utility of the return, sup E f(X). `f` is called with the return (minus the cost when minimising);
/// `lipschitz` bounds its slope, for the error of stocks that are rounded; infinite when unknown, and then nothing is
/// proven.
RiskSolution plan_for_utility(const Problem& problem, const std::function<double(double)>& f, double lipschitz,
                              const StockOptions& options = {}, const SolveOptions& run = {});

/// The best probability of earning at least `target`, max over policies P(X >= target); minimising, of paying at most
/// that. Returns short of the target by no more than rounding may have cost them count as reaching it; the note says
/// how little that is. The bounds are the truth itself where no operation had to round.
RiskSolution plan_for_target(const Problem& problem, double target, const StockOptions& options = {},
                             const SolveOptions& run = {});

/// The best conditional value at risk, sup over b and policies of b + E min(X - b, 0) / level.
RiskSolution plan_for_conditional_value_at_risk(const Problem& problem, double level, const StockOptions& options = {},
                                                const SolveOptions& run = {});

/// The best lower quantile: the largest b with min over policies of P(X < b) below `level`.
RiskSolution plan_for_value_at_risk(const Problem& problem, double level, const StockOptions& options = {},
                                    const SolveOptions& run = {});

/// The best E X - weight Var X = max over v of E[X - weight (X - v)^2].
RiskSolution plan_for_mean_variance(const Problem& problem, double weight, const StockOptions& options = {},
                                    const SolveOptions& run = {});

}  // namespace bellwether::solvers
