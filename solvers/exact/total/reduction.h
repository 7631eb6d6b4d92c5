#pragma once

#include "mdp/graph/reverse_transitions.h"
#include "solvers/exact/total/preparation.h"

namespace bellwether::solvers::total {

/// Fills `reduced` and `reduced_state` with the states of fate kNumber: their `kept` choices without self-loops, and
/// the choice of staying where the play may end. States are ordered by strongly connected component, sinks first,
/// and inside a component by their distance from the end of the play, so that values travel far in one sweep.
void reduce(Prepared& prepared, const mdp::ChoiceSet& kept, const mdp::StateSet& losing);

}  // namespace bellwether::solvers::total
