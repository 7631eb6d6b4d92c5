#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/stream.h"
#include "mdp/tabular_mdp.h"
#include "solvers/problem.h"
#include "solvers/risk/law.h"

namespace bellwether::claims {

/// Weights are positive and sum to one, atoms lie in [-10, 10].
solvers::Law drawn_law(Stream stream, int atoms);

/// Two states, two choices, two successors each, whole rewards from -2 to 3 that depend on the successor.
mdp::TabularMdp drawn_risky_model(Stream stream);

/// One state: pay nothing, or lose 1 with this probability and win 2 otherwise.
mdp::TabularMdp gamble(double lose);

/// A coin pays 0 or 2; then 1 for sure, or 0 or 3 by a coin.
mdp::TabularMdp coin_then_choice();

/// Of the transitions of a choice, in their order.
std::span<const double> rewards_of(const mdp::TabularMdp& model, std::int64_t choice);

/// What a finite horizon asks of it.
solvers::Problem over_stages(mdp::TabularMdp model, int horizon, double discount);

/// The law of the return of every deterministic policy that may look at all it has seen, by enumeration.
std::vector<solvers::Law> laws_of_all_policies(const mdp::TabularMdp& model, int horizon, double discount);

/// The law of the return of a policy from state 0: `played` has a local choice for each stage and state.
solvers::Law law_of_markov_policy(const mdp::TabularMdp& model, int horizon, double discount,
                                  const std::vector<int>& played);

/// ... of every deterministic policy that looks at the stage and the state alone.
std::vector<solvers::Law> laws_of_markov_policies(const mdp::TabularMdp& model, int horizon, double discount);

}  // namespace bellwether::claims
