#pragma once

#include <utility>
#include <vector>

namespace bellwether::solvers {

/// A law on finitely many numbers. Larger is better, so risk is what the lower tail does.
struct Law {
  std::vector<double> atom;    ///< ascending, each once
  std::vector<double> weight;  ///< positive, summing to one
};

/// The law with these (atom, weight) pairs, in any order; equal atoms are joined, weights of zero dropped. InvalidModel
/// when a number is no number, a weight is negative or the weights miss one by more than 1e-9.
Law make_law(std::vector<std::pair<double, double>> atoms);

/// The law of minus the number.
void turn_law(Law& law);

double mean(const Law& law);
double variance(const Law& law);

// Levels lie in (0, 1]: level 1 is risk neutral, level 0 would be the worst case. InvalidOption otherwise.

/// The lower quantile inf{x : F(x) >= level}. The weights are taken at their word: it jumps where F meets the level.
double value_at_risk(const Law& law, double level);

/// The mean of the worst `level` of the mass, max over b of b - E[(b - X)^+] / level.
double conditional_value_at_risk(const Law& law, double level);

/// Entropic risk -(1/beta) log E exp(-beta X), 0 <= beta <= infinity: the mean at 0, the smallest atom at infinity.
double entropic_risk(const Law& law, double beta);

/// An interval that holds a number.
struct Enclosure {
  double lower = 0, upper = 0;
  double middle() const { return lower + (upper - lower) / 2; }
};

/// Entropic value at risk: the smallest mean of a law Q with KL(Q || law) <= -log(level). The lower end is a value of
/// the dual, sup over beta of entropic_risk + log(level) / beta, the upper end the mean of an admissible Q.
Enclosure entropic_value_at_risk(const Law& law, double level);

}  // namespace bellwether::solvers
