#pragma once

#include <cstdint>
#include <span>

#include "solvers/robust/problem.h"

namespace bellwether::solvers::robust {

// Euclidean projections on {q : q >= 0, sum q = 1} intersected with a ball around p, in place, for projected gradient
// steps of nature (docs/papers/drpg.md, "Projections"). All exact up to rounding or a bisection to the last digit.

/// sum |q - p| <= k. Where the ball binds, mass k / 2 rises and mass k / 2 sinks, each by a threshold of its own: two
/// sorts.
void project_l1(std::span<const double> p, double k, std::span<double> x);
/// |q - p| <= k in the Euclidean norm: the simplex projection of p + t (x - p) for the largest t <= 1 within reach.
void project_l2(std::span<const double> p, double k, std::span<double> x);
/// low <= q <= high (which holds a distribution).
void project_box(std::span<const double> low, std::span<const double> high, std::span<double> x);
/// q = (1 - k) p + k q'.
void project_contamination(std::span<const double> p, double k, std::span<double> x);

/// Several rows x_a around p_a with the one budget sum over a of sum |q_a - p_a| <= k. `begin` are the offsets of the
/// rows. Bisection on the multiplier of the budget.
void project_l1_together(std::span<const double> p, std::span<const std::int64_t> begin, double k, std::span<double> x);

/// sum |x - centre| <= k and x >= floor (centre >= floor), for parameters.
void project_l1_parameters(std::span<const double> centre, double floor, double k, std::span<double> x);

/// Projects rows of nature on the sets of the model. `reference` are the nominal rows, listed as `rows` are.
/// InvalidOption unless the sets are L1 or total variation balls, or by choice also L2, Linf, intervals, contamination.
void project_rows(const mdp::RobustMdp& model, const NatureRows& reference, NatureRows& rows);
/// The same complaint without projecting anything.
void require_projectable(const mdp::RobustMdp& model);

}  // namespace bellwether::solvers::robust
