#pragma once

#include <cstdint>

namespace bellwether::bounds {

// Bounds for models that are known. `discount` is gamma, below 1; norms are the largest absolute entry.
// Statements and proofs: docs/papers/exact-solvers.md.

/// |V_{k+1} - V*| <= gamma / (1 - gamma) |V_{k+1} - V_k| for V_{k+1} = T V_k. Puterman 1994, Theorem 6.3.1.
double value_iteration_error(double last_change, double discount);

/// The first k with gamma^k |V_0 - V*| <= error. Puterman 1994, Proposition 6.2.4.
std::int64_t value_iteration_sweeps(double first_error, double error, double discount);

/// |V - V*| <= |TV - V| / (1 - gamma) for every V. Puterman 1994, Proposition 6.2.4.
double bellman_residual_error(double residual, double discount);

/// |V* - V^pi| <= 2 gamma / (1 - gamma) |V - V*| for pi greedy with respect to V. Singh and Yee 1994.
double greedy_policy_loss(double distance, double discount);

/// |V* - V^pi| <= 2 |TV - V| / (1 - gamma) for pi greedy with respect to V. Williams and Baird 1993.
double greedy_policy_loss_from_residual(double residual, double discount);

/// Width of MacQueen's interval: with d = TV - V,
/// TV + gamma / (1 - gamma) min d <= V* <= TV + gamma / (1 - gamma) max d. MacQueen 1966; Puterman 1994, Theorem 6.6.3.
double macqueen_width(double span_of_change, double discount);

/// |V* - V^{pi_k}| <= gamma^k |V* - V^{pi_0}| along policy iteration. Puterman 1994, section 6.4.
double policy_iteration_error(std::int64_t iterations, double first_error, double discount);

// How often Howard's policy iteration can change its policy, `states` states and `choices` choices in all; both bounds
// hold for every model, and one more evaluation confirms the last policy.

/// (m - n) ceil(log(n / (1 - gamma)) / (1 - gamma)): Hansen, Miltersen and Zwick 2013, in the form of Scherrer 2013.
std::int64_t howard_improvements_hansen(std::int64_t states, std::int64_t choices, double discount);

/// (m - n) ceil(log(1 / (1 - gamma)) / (1 - gamma)): Scherrer 2013, Theorem 3, which shows the logarithm of n to be
/// unnecessary. Every block of that many steps rules out one choice for ever.
std::int64_t howard_improvements_scherrer(std::int64_t states, std::int64_t choices, double discount);

/// Simulation lemma, discounted (Kearns and Singh 2002; constants from the one-line proof): two models whose rewards
/// differ by at most `reward_error` and whose rows differ by at most `row_error` in L1 give every policy values that
/// differ by at most (reward_error + gamma row_error span / 2) / (1 - gamma), span = max - min of the policy's values
/// in one of them.
double simulation_lemma(double reward_error, double row_error, double span_of_values, double discount);

/// The same over `horizon` stages with rewards in an interval of length `reward_range`:
/// sum over h of reward_error + row_error (H - 1 - h) reward_range / 2.
double simulation_lemma_finite(double reward_error, double row_error, double reward_range, int horizon);

/// Anchored value iteration with weights b_k = 1 / (1 + gamma^-2 + ... + gamma^-2k) (Lee and Ryu 2023):
/// |T V_k - V_k| <= (1/gamma - gamma)(1 + 2 gamma - gamma^{k+1}) / (gamma^{-k-1} - gamma^{k+1}) first_error, where
/// first_error is the larger of |V_0 - V*| and |V_0 - V^|, V^ the fixed point of the operator with the worst choice.
double anchored_residual(std::int64_t iterations, double first_error, double discount);

}  // namespace bellwether::bounds
