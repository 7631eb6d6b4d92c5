#pragma once

#include <cstdint>
#include <span>

namespace bellwether::bounds {

// Bandits whose arms have features, items and duels. Statements: docs/papers/linear-bandits.md,
// combinatorial-bandits.md.

/// A linear bandit as its theorems see it.
struct LinearSize {
  std::int64_t rounds = 1;
  int dimension = 1;
  double feature_bound = 1, parameter_bound = 1;  ///< L and S
  double sigma = 1, lambda = 1, delta = 0.05;
};

/// d ln(1 + T L^2 / (d lambda)): what ln(det V_T / lambda^d) is at most.
double log_det_growth(const LinearSize& size);

/// 2 ln(det V_T / lambda^d): what the sum of min(1, |a_t|^2 in the norm of the inverse of V_{t-1}) is at most.
double elliptical_potential(double log_det_growth);

/// sigma sqrt(2 ln(1 / delta) + growth) + sqrt(lambda) S: the radius of the ellipsoid that holds theta* in all rounds
/// with probability 1 - delta. Abbasi-Yadkori, Pal and Szepesvari 2011, Theorem 2.
double ellipsoid_radius(const LinearSize& size, double log_det_growth);

/// radius sqrt(8 T growth): regret of OFUL with probability 1 - delta, for gaps up to 2, radius >= 1 and
/// lambda >= max(1, L^2). Abbasi-Yadkori et al. 2011, Theorem 3 in the form of Lattimore and Szepesvari 2020, Theorem
/// 19.2.
double oful_regret(const LinearSize& size);

/// (d / ln(1 + C)) ln(1 + T L^2 / (d lambda)): how often a determinant can grow by 1 + C.
double determinant_switches(const LinearSize& size, double growth);

/// exp(-2) d sqrt(T) / 8: mean regret over the signs of theta in {-1, 1}^d / sqrt(T), arms the corners of the cube, of
/// any learner at all; normal noise, sigma = 1. Lattimore and Szepesvari 2020, Theorem 24.1.
double hypercube_regret(std::int64_t rounds, int dimension);

/// 2 ln(K t^2 pi^2 / (6 delta)): beta_t of GP-UCB on K points. Srinivas, Krause, Kakade and Seeger 2010, Theorem 1.
double process_beta(int points, std::int64_t round, double delta);
/// sqrt(8 T beta_T gamma_T / ln(1 + sigma^-2)): regret of GP-UCB with probability 1 - delta, variances at most 1;
/// gamma_T is the most that T observations tell of the function, in nats. The same theorem.
double process_regret(std::int64_t rounds, double beta, double information, double sigma);

/// sum over items outside the best set of 534 m ln(T) / gap + (pi^2 / 3 + 1) m n: expected regret of CombUCB1; gaps of
/// those items: the least loss of a set that holds the item. Kveton, Wen, Ashkan and Szepesvari 2015, Theorem 4.
double comb_ucb_regret(std::int64_t rounds, int chosen, int items, std::span<const double> gaps);

/// 47 sqrt(m n T ln T) + (pi^2 / 3 + 1) m n. Kveton et al. 2015, Theorem 6.
double comb_ucb_worst_regret(std::int64_t rounds, int chosen, int items);

}  // namespace bellwether::bounds
