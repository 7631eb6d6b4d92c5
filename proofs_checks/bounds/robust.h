#pragma once

#include <cstdint>

namespace bellwether::bounds {

// Bounds for robust planning; statements and proofs: docs/papers/robust-mdps.md.

/// Partial policy iteration (Ho, Petrik and Wiesemann 2021): when the k-th policy is evaluated by some v_k with
/// |T_{pi_k} v_k - v_k| <= (1 - discount) eps_k and eps_{k+1} = discount^c eps_k, c > 1, then
/// |V* - V^{pi_k}| <= discount^{k-1} (first_error + 2 eps_1 / (1 - discount^{c-1})), first_error = |V* - V^{pi_1}|.
double partial_policy_iteration_error(std::int64_t k, double first_error, double first_accuracy, double exponent,
                                      double discount);

/// How much of an L1 ball of radius k a plug-in model may cost: |V_hat - V*| <= discount k span / (2 (1 - discount))
/// for rows that differ by at most k, span = max - min of the robust values in one of the models. The simulation lemma,
/// for robust operators with balls of one radius around either row.
double robust_simulation_lemma(double row_error, double span_of_values, double discount);

/// Fitted Z iteration with n samples of every one of `choices` choices (docs/papers/rfzi.md, "From data"): with
/// probability 1 - delta |V_n - V| <= discount / (1 - discount) (exp(beta span) - 1) / beta
/// sqrt(log(2 choices / delta) / (2 n)), span = max - min of V.
double fitted_z_error(std::int64_t n, std::int64_t choices, double beta, double span_of_values, double discount,
                      double delta);

}  // namespace bellwether::bounds
