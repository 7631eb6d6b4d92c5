#pragma once

namespace bellwether::bounds {

// Bounds for planning with risk. Statements and proofs: docs/papers/risk-measures.md and docs/papers/distdp-stock.md.

/// E X - (-(1/beta) log E exp(-beta X)) <= beta spread^2 / 8 for every X in an interval of length `spread`: Hoeffding's
/// lemma.
double entropic_below_mean(double beta, double spread);

/// Spread of sum over t < stages of discount^t r_t for rewards in an interval of length `reward_range`.
double spread_of_returns(double reward_range, int stages, double discount);

/// Width of the interval around the best tail mean of a discounted return when the stock lies on a grid:
/// 2 step (1 / (1 - discount) - level).
double stock_grid_gap(double step, double discount, double level);

/// Best utilities of slope at most one after n stages and after m >= n of them differ by at most
/// discount^n (1 - discount^{m-n}) / (1 - discount) max|r|.
double error_of_stages(int n, int m, double discount, double largest_reward);

}  // namespace bellwether::bounds
