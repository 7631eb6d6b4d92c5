#pragma once

#include "solvers/exact/total/enclosure.h"

namespace bellwether::solvers::total {

// Value iteration from both sides, Gauss-Seidel in the order of the states, every number rounded outward.
// Each function leaves valid bounds behind whenever it returns.

/// A range of one state whose successors are solved: one backup.
void solve_single(const ReducedModel& m, int s, Enclosure& e, Monitor& monitor);

/// Finite starting bounds for a range whose trivial ones are infinite: exits plus (largest reward) x (twice a bound on
/// the number of steps). The steps come from value iteration on "one a step" until the chance of still being inside
/// falls below one half a step, which proves the bound. False when that takes more than a few thousand sweeps (or,
/// above, when a policy can stay for ever and collect now and then): then policy iteration has to supply bounds.
bool start_below(const ReducedModel& m, const Range& range, Enclosure& e, Monitor& monitor);
bool start_above(const ReducedModel& m, const Range& range, Enclosure& e, Monitor& monitor);

/// Rows that lead out of the range as fast as the graph allows: a policy that ends the play.
std::vector<std::int64_t> exit_rows(const ReducedModel& m, const Range& range);

enum class SweepEnd { kTargetMet, kRoundingLimited, kStopped, kGaveUp };

/// Interval iteration (Haddad and Monmege). Needs finite bounds. kGaveUp after `max_sweeps` sweeps.
SweepEnd iterate_interval(const ReducedModel& m, const Range& range, const Target& target, std::int64_t max_sweeps,
                          Enclosure& e, Monitor& monitor);

/// Optimistic value iteration (Hartmanns and Kaminski): lower bounds by value iteration, upper bounds guessed and
/// proven by a sweep in which none rises. Needs finite lower bounds. kGaveUp after `max_sweeps` sweeps.
SweepEnd iterate_optimistic(const ReducedModel& m, const Range& range, const Target& target, std::int64_t max_sweeps,
                            Enclosure& e, Monitor& monitor);

}  // namespace bellwether::solvers::total
