#pragma once

#include <cstdint>
#include <span>

namespace bellwether::bounds {

// Arms with independent rewards: `gaps` lists by how much each mean lies below the best (0 for the best itself), T
// rounds. docs/papers/stochastic-bandits.md, best-arm-identification.md and dp-bai.md.

/// UCB1, rewards in [0, 1]: sum of 8 ln T / gap + (1 + pi^2 / 3) sum of gaps. Auer, Cesa-Bianchi and Fischer 2002,
/// Theorem 1.
double ucb1_regret(std::span<const double> gaps, double rounds);
/// UCB(1 / T^2), sigma-sub-Gaussian rewards: sum of (16 sigma^2 ln T / gap + 3 gap). Lattimore and Szepesvari
/// 2020, 7.1.
double ucb_delta_regret(std::span<const double> gaps, double rounds, double sigma);
/// The same learner, whatever the gaps: 8 sigma sqrt(T K ln T) + 3 sum of gaps. Lattimore and Szepesvari 2020, 7.2.
double ucb_delta_worst_regret(std::span<const double> gaps, double rounds, double sigma);
/// Asymptotically optimal UCB, f = 1 + T ln(T)^2, gaps and e in units of sigma: sum of the least over e in (0, gap) of
/// gap (1 + 5 / e^2 + 2 (ln f + sqrt(pi ln f) + 1) / (gap - e)^2). Lattimore and Szepesvari 2020, 8.1.
double ucb_regret(std::span<const double> gaps, double rounds, double sigma);
/// MOSS: 39 sigma sqrt(K T) + sum of gaps. Lattimore and Szepesvari 2020, 9.1.
double moss_regret(std::span<const double> gaps, double rounds, double sigma);
/// robust-ucb, E |X|^(1 + eps) <= u: sum over gaps > 0 of gap (1 + pi^2 / 3 + 3 ln T (2 C / gap)^((1 + eps) / eps)
/// u^(1 / eps)), C = 4/3 + sqrt(2) + eps. Derived on the page, after Bubeck, Cesa-Bianchi and Lugosi 2013.
double robust_ucb_regret(std::span<const double> gaps, double rounds, double epsilon, double moment);

/// Explore m times, then commit, on two unit normal arms: m gap + (T - 2 m) gap Phi(-gap sqrt(m / 2)), exactly.
double commit_regret(double pulls, double rounds, double gap);
/// At m = max(1, ceil((4 / gap^2) ln(T gap^2 / 4))): gap + (4 / gap) (1 + max(0, ln(T gap^2 / 4))). Lattimore and
/// Szepesvari 2020, 6.1.
double commit_bound(double rounds, double gap);

/// eps_t-greedy, eps_t = min(1, c K / (d^2 t)), rewards in [0, 1], 0 < d <= least gap: the sum over rounds n of gap
/// times
///   min(1, c / (d^2 n) + 2 (c / d^2) ln(x) x^(-c / (5 d^2)) + (4 e / d^2) x^(-c / 2)),  x = (n - 1) d^2 sqrt(e) / (c
///   K),
/// 1 where x <= 1. Auer, Cesa-Bianchi and Fischer 2002, Theorem 3.
double epsilon_greedy_regret(std::span<const double> gaps, double c, double d, std::int64_t rounds);
/// No learner has less on all arms with unit normal rewards: sqrt((K - 1) T) / 27, T >= K - 1. Lattimore and Szepesvari
/// 2020, Theorem 15.2.
double normal_lower(double arms, double rounds);

/// max over i >= 2 of i / gap_(i)^2, gaps ascending.
double hardness_h2(std::span<const double> gaps);
/// Successive rejects: K (K - 1) / 2 exp(-(n - K) / (l H2)), l = 1/2 + sum over i = 2 .. K of 1 / i. Audibert, Bubeck
/// and Munos 2010, Theorem 2.
double successive_rejects_error(std::span<const double> gaps, double rounds);
/// Sequential halving: 3 log2 K exp(-n / (8 H2 log2 K)). Karnin, Koren and Somekh 2013, Theorem 4.1.
double sequential_halving_error(std::span<const double> gaps, double rounds);
/// sum of 1 / gap^2, the best arm counting with the gap of the second best.
double hardness_h1(std::span<const double> gaps);
/// LUCB1: 292 H1 ln(H1 / delta) + 16 rounds on average, rewards in [0, 1]. Kalyanakrishnan, Tewari, Auer and Stone
/// 2012, Theorem 6.
double lucb_rounds(std::span<const double> gaps, double delta);
/// No delta-correct learner stops before T* kl(delta, 1 - delta) rounds on average. Garivier and Kaufmann 2016,
/// Theorem 1.
double identification_rounds(double characteristic_time, double delta);

/// A worse arm passes the best when n rewards of each get Laplace noise of scale 1 / (eps n) on their mean:
/// exp(-n gap^2 / 8) + (2 + eps n gap / 2) exp(-eps n gap / 2) / 4.
double private_passing(double gap, double pulls, double privacy);
/// Private halving: sum over phases, with sizes s and pulls n of each arm, of 3 times private_passing of the arm of
/// rank ceil(s / 4) among the worse ones; for a last phase of two or three arms the sum of it over the worse ones.
double private_halving_error(std::span<const double> gaps, std::span<const int> sizes, std::span<const double> pulls,
                             double privacy);

}  // namespace bellwether::bounds
