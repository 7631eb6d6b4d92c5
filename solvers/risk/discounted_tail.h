#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "core/options.h"
#include "core/solve.h"
#include "solvers/problem.h"
#include "solvers/risk/law.h"
#include "solvers/solution.h"

namespace bellwether::solvers {

struct DiscountedTailOptions {
  int points = 2001;
};

template <class Field>
void describe(DiscountedTailOptions& o, Field&& field) {
  field("points", o.points, between(3, 1e7), "stocks to tell apart between the worst return and the best");
}

/// A policy for ever that looks at the state and at its stock c, which begins at -b (see `parameter`) and after a step
/// with reward r becomes (c + r) / discount, rounded down to a multiple of `step`. Above the last stock every policy is
/// as good; below the first, play `tail`.
struct StockTablePolicy {
  double first = 0, step = 0;
  int points = 0;
  std::vector<std::int32_t> choice;  ///< local choice of state s with stock j at s * points + j
  mdp::Policy tail = {};             ///< the risk-neutral policy
};

struct DiscountedTailSolution {
  Status status = Status::kNotRun;
  std::string note = {};
  std::string limit = {};  ///< what the gap is limited by, where that is neither rounding nor the iterations
  /// The policy's conditional value at risk where `law` is known, else no more than that; NaN without a policy.
  double value = std::numeric_limits<double>::quiet_NaN();
  /// Enclose the best one, and that of the policy.
  double lower = -std::numeric_limits<double>::infinity(), upper = std::numeric_limits<double>::infinity();
  double gap = std::numeric_limits<double>::infinity();
  double parameter = std::numeric_limits<double>::quiet_NaN();  ///< the budget b
  StockTablePolicy policy = {};                                 ///< none when it ended before there was one
  Law law = {};  ///< of the return under the policy, where it has few enough atoms; else empty
  std::int64_t iterations = 0;
};

/// The best conditional value at risk of the discounted return over an unbounded horizon,
///
///   max over b of b + U(-b) / level,  U(s, c) = discount max_a E U(s', (c + r) / discount),
///
/// U(s, c) = sup E min(c + G, 0) being 0 where c is at least the largest loss, and c plus the risk-neutral value where
/// it is at most minus the largest gain. Between, the stock lies on a grid: rounding it down after every step makes an
/// ordinary discounted model whose policies earn no less in truth, rounding it up one that bounds the optimum. The two
/// are apart by at most 2 step (1 / (1 - discount) - level). No tail mean exceeds the mean.
///
/// Where the play ends, or few returns are possible, the policy is played forwards exactly and valued by its own law.
/// The observer sees no gap: those of the models inside are not that of the answer. Who stops gets what is proven, and
/// so does who gives too few iterations, of which the risk-neutral model and the two others spend one after the other.
DiscountedTailSolution plan_for_discounted_tail(const Problem& problem, double level,
                                                const DiscountedTailOptions& options = {},
                                                const SolveOptions& run = {});

}  // namespace bellwether::solvers
