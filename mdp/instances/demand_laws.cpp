#include "mdp/instances/demand_laws.h"

#include <cmath>

namespace bellwether::mdp {

std::vector<double> capped_poisson(double mean, int most) {
  const auto weight = [&](int k) { return std::exp(k * std::log(mean) - mean - std::lgamma(k + 1.0)); };
  std::vector<double> law;
  for (int k = 0; k < most; ++k) law.push_back(weight(k));
  double tail = 0;
  for (int k = most;; ++k) {
    const double term = weight(k);
    tail += term;
    if (k > mean && term <= tail * 1e-18) break;
    if (k > mean && term == 0) break;
  }
  law.push_back(tail);
  return law;
}

std::vector<double> capped_geometric(double mean, int most) {
  const double q = mean / (1 + mean);
  std::vector<double> law;
  for (int k = 0; k < most; ++k) law.push_back(std::pow(q, k) / (1 + mean));
  law.push_back(std::pow(q, most));
  return law;
}

std::vector<double> capped_uniform(double mean, int most) {
  const auto count = static_cast<int>(std::lround(2 * mean)) + 1;
  std::vector<double> law(static_cast<std::size_t>(most) + 1, 0.0);
  for (int k = 0; k < most && k < count; ++k) law[static_cast<std::size_t>(k)] = 1.0 / count;
  if (count > most) law.back() = static_cast<double>(count - most) / count;
  return law;
}

std::vector<double> capped(const std::vector<double>& law, int most) {
  std::vector<double> out(static_cast<std::size_t>(most) + 1, 0.0);
  for (std::size_t k = 0; k < law.size(); ++k) out[k < out.size() ? k : out.size() - 1] += law[k];
  return out;
}

}  // namespace bellwether::mdp
