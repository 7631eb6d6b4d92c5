#pragma once

#include <cstddef>
#include <span>

namespace bellwether::bandits {

/// How the losses of all arms are estimated from that of the one that was drawn, A with probability p_A.
enum class Estimator {
  kWeighted,  ///< IW: l 1{A = i} / p_i, without bias
  kImplicit,  ///< IX: l 1{A = i} / (p_i + gamma), too low by l gamma / (p_i + gamma)
  kReduced    ///< RV: (l - B_i) 1{A = i} / p_i + B_i with B_i = (1/2) 1{p_i >= eta^2}, without bias
};

/// Where the estimate of an arm that was not drawn is not 0, and what is added to one that was.
struct LossEstimate {
  Estimator kind = Estimator::kWeighted;
  double rate = 0;    ///< eta of the round in which it was drawn (kReduced)
  double margin = 0;  ///< gamma (kImplicit)

  double baseline(double p) const { return kind == Estimator::kReduced && p >= rate * rate ? 0.5 : 0; }

  /// Adds `weight` times the estimates to `sum`.
  void add(std::span<const double> p, int arm, double loss, double weight, std::span<double> sum) const {
    const auto a = static_cast<std::size_t>(arm);
    sum[a] += weight * (loss - baseline(p[a])) / (p[a] + margin);
    if (kind != Estimator::kReduced) return;
    for (std::size_t i = 0; i < p.size(); ++i) sum[i] += weight * baseline(p[i]);
  }
};

}  // namespace bellwether::bandits
