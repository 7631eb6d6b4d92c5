#pragma once

#include <cstdint>

namespace bellwether::bounds {

// Bounds for models with budgets and for several objectives. Statements: docs/papers/constrained-mdps.md and
// docs/papers/c-morl.md. `discount` is gamma, `slack` (Slater's margin) the most by which a policy can stay
// below all limits at once.

/// Natural policy gradient primal-dual after T steps, rewards in [0, 1], uniform start, step 2 log A, dual step
/// 2 (1 - gamma) / sqrt T, multipliers up to 2 / ((1 - gamma) slack): the mean over the iterates of V* - V_t is at most
/// 7 / ((1 - gamma)^2 sqrt T). Ding, Zhang, Basar and Jovanovic 2020, Theorem 1.
double npg_primal_dual_gap(std::int64_t steps, double discount);

/// The same iterates: the mean excess over the limit, if positive, is at most
/// (2 / slack + 4 slack) / ((1 - gamma)^2 sqrt T).
double npg_primal_dual_excess(std::int64_t steps, double discount, double slack);

/// CRPO after T steps of (1 - gamma) sqrt(8 log(choices) / T) from the uniform policy, rewards and costs in [0, 1],
/// repairing while a cost exceeds its limit by more than this bound: the iterates that count exceed it by no more, and
/// on average lose no more. sqrt(2 log(choices)) / ((1 - gamma)^2 sqrt T): the order of Xu, Liang and Lan 2021 with
/// constants derived on the page.
double crpo_gap(std::int64_t steps, int choices, double discount);

/// Dual ascent by T steps numerator / (G_k sqrt k) along the excess h_k, G_k being the largest |h| so far, `largest`
/// that of all, `distance` the length of the best multipliers: the least dual value met is at most
/// (distance^2 + sum (step |h|)^2) / (2 sum step) above the optimum, which is at most
/// largest (distance^2 / numerator + numerator sum 1/k) / (2 sum 1/sqrt k). Shor 1985, section 2.2.
double dual_ascent_gap(std::int64_t steps, double distance, double numerator, double largest);

/// The mean of its policies, weighted by the steps, exceeds the limits by no more (in length, as far as it does) than
/// (distance + sqrt(distance^2 + sum (step |h|)^2)) / sum step, at most
/// largest (distance + sqrt(distance^2 + numerator^2 sum 1/k)) / (numerator sum 1/sqrt k). Nedic and Ozdaglar 2009.
double dual_ascent_excess(std::int64_t steps, double distance, double numerator, double largest);

/// Optimal multipliers sum to at most (V* - V^safe) / slack for every policy `safe` that leaves `slack` of each limit.
double largest_multipliers(double value_above_safe, double slack);

/// Positive entries of a vertex of the occupancy program: one a state and one a budget at the most.
int positive_occupancies(int states, int budgets);

/// A log barrier of `thresholds` constraints and sharpness t: its maximum is within thresholds / t of the constrained
/// optimum.
double barrier_gap(int thresholds, double sharpness);

/// Regularised saddle point of the bandit with rewards (1, 0), utility (0, 1) at least 1/2: the probability p of the
/// first arm with log(p / (1 - p)) = (1 - y) / tau, y = (p - 1/2) / tau; by bisection.
double regularised_bandit(double tau);

}  // namespace bellwether::bounds
