#pragma once

#include "solvers/exact/total/enclosure.h"

namespace bellwether::solvers::total {

/// Policy iteration in one range, from a policy that ends the play, then bounds proven by induction:
///   lower: the value of the best policy found when each step costs a little more (delta), checked with lower <= T_pi
///   lower; upper: the optimum when each step earns delta, checked with upper >= T upper.
/// delta starts at two roundings of the values and grows until rounding no longer spoils the check, so
/// the width is about (expected number of steps) x 1e-15 x |value|. Policies are evaluated by LU: dense up to 80
/// states, sparse beyond; ranges of more than 3000 states try BiCGSTAB first.
/// False when a system could not be solved or a check never closed: the bounds found before stay.
bool howard(const ReducedModel& m, const Range& range, Enclosure& e, Monitor& monitor);

}  // namespace bellwether::solvers::total
