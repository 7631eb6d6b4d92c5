#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "mdp/graph/reverse_transitions.h"
#include "mdp/tabular_mdp.h"

namespace bellwether::solvers::total {

enum class GainSign { kNegative, kPositive, kUndecided };

/// The sign of the best long-run reward a step inside an end component (`members`, with the choices flagged in
/// `inner`), proven with rounding. For any h, min (Th - h) <= gain <= max (Th - h); h comes from relative value
/// iteration on the lazy chain. kUndecided when both signs survive `max_sweeps` sweeps: the gain is zero or very
/// close to it. If positive, `choice` (one a state of the model) gets choices that earn it in every member.
GainSign gain_sign(const mdp::TabularMdp& model, double sign, std::span<const std::int32_t> members,
                   const mdp::ChoiceSet& inner, std::vector<std::int64_t>& choice, int max_sweeps = 20000);

}  // namespace bellwether::solvers::total
