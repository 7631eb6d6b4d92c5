#include "bandits/information/complexity.h"

#include <algorithm>

namespace bellwether::bandits {
namespace {

/// Ascending; the first is that of the best arm, 0.
std::vector<double> sorted_gaps(std::span<const double> means) {
  std::vector<double> all = gaps(means);
  std::ranges::sort(all);
  return all;
}

}  // namespace

std::vector<double> gaps(std::span<const double> means) {
  const double best = std::ranges::max(means);
  std::vector<double> all;
  for (const double mean : means) all.push_back(best - mean);
  return all;
}

double lai_robbins_constant(std::span<const double> means, const LawFamily& family) {
  const double best = std::ranges::max(means);
  double sum = 0;
  if (family.kind == LawFamily::Kind::kBernoulli && best >= 1)
    return 0;  // one failure tells a worse arm apart: infinite divergence
  for (const double mean : means)
    if (mean < best) sum += (best - mean) / family.divergence(mean, best);
  return sum;
}

double complexity_h1(std::span<const double> means) {
  const std::vector<double> all = sorted_gaps(means);
  if (all.size() < 2) return 0;
  double sum = 1 / (all[1] * all[1]);
  for (std::size_t i = 1; i < all.size(); ++i) sum += 1 / (all[i] * all[i]);
  return sum;
}

double complexity_h2(std::span<const double> means) {
  const std::vector<double> all = sorted_gaps(means);
  double largest = 0;
  for (std::size_t i = 1; i < all.size(); ++i)
    largest = std::max(largest, static_cast<double>(i + 1) / (all[i] * all[i]));
  return largest;
}

}  // namespace bellwether::bandits
