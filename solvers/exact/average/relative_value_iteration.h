#pragma once

#include <cstdint>

#include "core/options.h"
#include "solvers/problem.h"
#include "solvers/solution.h"

namespace bellwether::solvers {

struct RelativeValueIterationOptions {
  double step = 0.9;  ///< tau
  std::int64_t patience =
      100'000;  ///< iterations in which the width has to shrink by a thousandth, and 50 more a state
};

template <class Field>
void describe(RelativeValueIterationOptions& o, Field&& field) {
  field("step", o.step, {.low = 0, .high = 1, .has_low = true, .has_high = true, .open_low = true},
        "share of each backup that is taken; below 1 it removes periodicity");
  field("patience", o.patience, at_least(1),
        "iterations in which the bounds have to close by a thousandth, and 50 more a state");
}

/// Average reward by relative value iteration (docs/papers/average-reward.md): v <- v + tau (Tv - v), less a constant.
/// With d = Tv - v, for every v, min d <= gain of the greedy policy <= optimal gain <= max d in every state
/// (maximising), so `lower` and `upper` are these two numbers with rounding added. They meet when all states have the
/// same optimal gain (communicating and unichain models); otherwise the run ends as kBudgetExhausted with a note.
/// `bias` is the last v, 0 in state 0, and is not certified. Cost: one pass over the transitions an iteration.
Solution relative_value_iteration(const Problem& problem, const RelativeValueIterationOptions& options = {},
                                  const SolveOptions& run = {});

}  // namespace bellwether::solvers
