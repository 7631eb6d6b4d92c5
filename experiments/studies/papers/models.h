#pragma once

#include "solvers/constrained/problem.h"
#include "solvers/problem.h"
#include "solvers/risk/law.h"

namespace bellwether::studies {

// The models that several studies look at, each the same in all of them.

/// Garnet of 20 states, 4 choices, 3 successors, discount 0.9.
solvers::Problem small_garnet();

/// Five stages that differ, 4 states, 3 choices, rewards in [0, 1].
solvers::Problem five_stages();

/// A drawn model of 6 states, 3 choices and one cost whose limit binds, discount 0.8.
solvers::ConstrainedProblem drawn_with_budget();

/// A sloping corridor above a cliff: 4 rows by 8 columns, from one end of the last row to the other, 16 moves at most.
/// A move costs 1 until arrival and one time in twenty slides a row further down; below the last row that is a fall,
/// which costs 12 more and ends the play.
solvers::Problem risky_corridor();
inline constexpr const char* kCorridor =
    "a sloping corridor, 4 x 8 cells, 16 moves: a move costs 1 and slides a row down one time in twenty; off the last "
    "row "
    "is a fall, which costs 12 more";

/// The law of the corridor's return under the policy that is best for (1 - weight) mean + weight tail mean at a level:
/// a utility for each budget b, max over b of E[(1 - weight) X + weight (b - (b - X)^+ / level)], all final stocks
/// tried.
solvers::Law corridor_law(double level, double weight);

}  // namespace bellwether::studies
