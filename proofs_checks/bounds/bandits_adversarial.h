#pragma once

namespace bellwether::bounds {

// Bandits whose rewards in [0, 1] an adversary chooses: K arms, T rounds, regret against the best fixed arm of an
// oblivious sequence unless said otherwise. docs/papers/adversarial-bandits.md and non-stationary-bandits.md.

struct BanditSize {
  double arms = 2, rounds = 1000;
};

/// Exp3 in losses with eta = sqrt(2 ln K / (K T)): sqrt(2 T K ln K). Bubeck and Cesa-Bianchi 2012, Theorem 3.1.
double exp3_fixed(const BanditSize& size);
/// With eta_t = sqrt(ln K / (K t)): 2 sqrt(T K ln K). The same theorem.
double exp3_anytime(const BanditSize& size);
/// As first published, with the exploration of its corollary: 2 sqrt(e - 1) sqrt(T K ln K). Auer et al. 2002, 3.2.
double exp3_rewards(const BanditSize& size);
/// With n experts: sqrt(2 T K ln n), against the best expert. Bubeck and Cesa-Bianchi 2012, Theorem 4.2.
double exp4(const BanditSize& size, double experts);

/// What Exp3-IX exceeds with probability delta at most, whatever is drawn: 2 sqrt(2 K T ln K) +
/// (sqrt(2 K T / ln K) + 1) ln(2 / delta). Neu 2015, Theorem 1.
double exp3_ix(const BanditSize& size, double delta);
/// The same of Exp3.P: 5.15 sqrt(T K ln(K / delta)). Bubeck and Cesa-Bianchi 2012, Theorem 3.3.
double exp3_p(const BanditSize& size, double delta);

/// Tsallis-INF with importance weights: 4 sqrt(K T) + 1. Zimmert and Seldin 2021, Theorem 1.
double tsallis_inf_weighted(const BanditSize& size);
/// With reduced variance: 2 sqrt(K T) + 10 K ln T + 16. The same theorem.
double tsallis_inf_reduced(const BanditSize& size);
/// Tsallis entropy of this alpha with the best fixed rate: sqrt(2 T K^a (K^(1 - a) - 1) / (a (1 - a))); with the rate
/// that falls, sqrt(2) times as much. Abernethy, Lee and Tewari 2015; the constants are derived on the page.
double tsallis_fixed(const BanditSize& size, double alpha);
double tsallis_anytime(const BanditSize& size, double alpha);
/// The log barrier with eta = sqrt(K ln T / T): 1 + 2 sqrt(K T ln T). Foster et al. 2016.
double log_barrier(const BanditSize& size);

/// Exp3 with feedback d_max rounds late at most, sum_delay in all: max(ln K / eta, 4 e d_max ln K) +
/// eta (K T e / 2 + sum_delay) at eta = min(1 / (2 e d_max), sqrt(ln K / (K T e / 2 + sum_delay))). Thune,
/// Cesa-Bianchi and Seldin 2019, Theorem 1.
double exp3_delay(const BanditSize& size, double largest_delay, double sum_delay);

/// BOLD over Exp3 with feedback a constant number of rounds late: delay + 1 copies, each of which plays n = ceil(T /
/// (delay + 1)) rounds at most, (delay + 1) sqrt(2 n K ln K). Joulani, Gyorgy and Szepesvari 2013, Theorem 1.
double bold_exp3(const BanditSize& size, double delay);

/// Exp3.S against the best sequence of arms that falls into so many parts: 2 sqrt(e - 1) sqrt(K T (Y ln(K T) + e)).
/// Auer et al. 2002, Corollary 8.2.
double exp3_s(const BanditSize& size, double parts);

/// No learner whatsoever keeps below this on all bandits: min(sqrt(K T), T) / 20. Auer et al. 2002, Theorem 5.1.
double bandit_lower(const BanditSize& size);

}  // namespace bellwether::bounds
