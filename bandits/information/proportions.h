#pragma once

#include <span>
#include <vector>

#include "bandits/information/divergence.h"

namespace bellwether::bandits {

/// The characteristic time T* of a best-arm problem (Garivier and Kaufmann 2016) and the shares w* of the rounds that
/// attain it: 1 / T* = max over w of min over b of [w_1 d(m_1, m_1b) + w_b d(m_b, m_1b)], where 1 is the best arm and
/// m_1b the mean of both weighted by w. No delta-correct learner stops before T* kl(delta, 1 - delta) rounds on
/// average.
struct Proportions {
  double time = 0;            ///< infinite when the best arm is not unique; then the best arms share all rounds
  std::vector<double> share;  ///< w*, sums to 1
};

/// Solves for them again and again, each time from the solution before.
class ProportionSolver {
 public:
  ProportionSolver(int arms, const LawFamily& family);

  /// Good until the next call. One arm: time 0.
  const Proportions& solve(std::span<const double> means);

 private:
  struct Balance {
    double value, slope;  ///< of the sum over b of d(m_1, m_b) / d(m_b, m_b1) in y
  };
  Balance balance(double y);
  double ratio_at(double best, double other, double y, double guess) const;

  LawFamily family_;
  Proportions result_;
  std::vector<double> others_, ratio_;
  double best_ = 0, information_ = 0;  ///< the y that was found last, from which the next search starts
};

Proportions optimal_proportions(std::span<const double> means, const LawFamily& family);

/// What it costs, in rounds-weighted information, to believe that arm b is at least as good as arm a, whose mean is the
/// larger: n_a d(m_a, m) + n_b d(m_b, m) at the pooled mean m. 0 when m_a <= m_b.
double transport_cost(double count_a, double mean_a, double count_b, double mean_b, const LawFamily& family);

}  // namespace bellwether::bandits
