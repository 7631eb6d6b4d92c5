#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "solvers/constrained/column_pool.h"
#include "solvers/constrained/lagrangian.h"
#include "solvers/constrained/solution.h"

namespace bellwether::solvers::constrained {

/// Whether the budgets can be kept to, by column generation: each round mixes the policies seen so far as safely as
/// possible and plans against the weights of the budgets that are then tight.
struct Feasibility {
  std::optional<AnyPolicy> safe =
      {};  ///< a policy proven to keep to every budget with room to spare, when one was found
  std::vector<Bounded> collected = {};  ///< of `safe` or `least_violating`
  /// The room it leaves in the budget where it leaves the least, as a share of cost_scale.
  double room = 0;
  std::optional<Infeasibility> infeasibility = {};
  AnyPolicy least_violating = {};  ///< where none is safe: with `infeasibility`, or as near to the limits as is known
  std::int64_t rounds = 0;
  bool stopped = false;  ///< the observer said so
};

/// Adds to the pool what it plans. Cost: one exact solve a round, one round with a single budget.
Feasibility find_safe(const Lagrangian& on, ColumnPool& pool, const Observer& observer = nullptr);

/// The least violation possible with its proof: phase one in the units of the costs themselves.
Feasibility prove_infeasible(const Lagrangian& on, ColumnPool& pool, const Observer& observer = nullptr);

/// What a method hands over to be proven: a policy, multipliers y >= 0 (of the maximising form), and what it knows.
struct Outcome {
  std::string algorithm;
  AnyPolicy policy = {};
  std::vector<Bounded> collected = {};       ///< of the policy, when it is known already
  std::vector<double> multipliers = {};      ///< none where none belong to the answer, whose bound is then `dual`
  bool priced = true;                        ///< the multipliers were found; else they only bound the optimum
  std::optional<Bounded> dual = {};          ///< D(multipliers) when it is known already
  const Feasibility* feasibility = nullptr;  ///< when it is known already
  std::string note = {};
  std::int64_t iterations = 0, work = 0;
  std::vector<TraceRow> trace = {};
  bool stopped = false;    ///< by the caller
  bool exhausted = false;  ///< the iteration limit came first
};

/// The proof: D(multipliers) from above, the exactly evaluated policy from below. A policy that exceeds a budget is
/// mixed (occupancies) with a safe one until it provably does not, and where none is known gives way to the least
/// violating one. Once the planner has given up, a policy that nothing is known of gives way to the safe one, and the
/// values of the single states are left out.
ConstrainedSolution conclude(const Lagrangian& on, Outcome outcome, const SolveOptions& run);

/// What the dual value and the flags of the outcome say of a policy that is reported already: optimum, gap,
/// multipliers, status and the work done.
void judge(const Lagrangian& on, const Outcome& outcome, const SolveOptions& run, ConstrainedSolution& solution);

/// The share of the safe policy with which a mixture keeps to every limit: 0 where `collected` does so already, 1 where
/// nothing helps.
double share_of_safe(const Lagrangian& on, const Feasibility& found, std::span<const Bounded> collected);

/// The problem's optimum from the maximising form: what a policy that keeps to all budgets is worth (`attained`, its
/// lower end -infinity where none is known to) and the bound from above.
Bounded optimum_within(const Lagrangian& on, const Bounded& attained, double upper);

/// Nothing was found: stopped before the first policy, or numbers beyond double arithmetic. No member speaks of a
/// policy.
ConstrainedSolution without_answer(const Lagrangian& on, Outcome outcome);

/// The answer for a problem that no policy solves.
ConstrainedSolution infeasible(const Lagrangian& on, Feasibility found, Outcome outcome);

}  // namespace bellwether::solvers::constrained
