#include "proofs_checks/bounds/bandits_adversarial.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace bellwether::bounds {
namespace {

constexpr double e = std::numbers::e;

double product(const BanditSize& z) { return z.arms * z.rounds; }

}  // namespace

double exp3_fixed(const BanditSize& z) { return std::sqrt(2 * product(z) * std::log(z.arms)); }

double exp3_anytime(const BanditSize& z) { return 2 * std::sqrt(product(z) * std::log(z.arms)); }

double exp3_rewards(const BanditSize& z) { return 2 * std::sqrt((e - 1) * product(z) * std::log(z.arms)); }

double exp4(const BanditSize& z, double experts) { return std::sqrt(2 * product(z) * std::log(experts)); }

double exp3_ix(const BanditSize& z, double delta) {
  const double log = std::log(z.arms);
  return 2 * std::sqrt(2 * product(z) * log) + (std::sqrt(2 * product(z) / log) + 1) * std::log(2 / delta);
}

double exp3_p(const BanditSize& z, double delta) { return 5.15 * std::sqrt(product(z) * std::log(z.arms / delta)); }

double tsallis_inf_weighted(const BanditSize& z) { return 4 * std::sqrt(product(z)) + 1; }

double tsallis_inf_reduced(const BanditSize& z) {
  return 2 * std::sqrt(product(z)) + 10 * z.arms * std::log(z.rounds) + 16;
}

double tsallis_fixed(const BanditSize& z, double alpha) {
  const double range = (std::pow(z.arms, 1 - alpha) - 1) / (alpha * (1 - alpha));
  return std::sqrt(2 * z.rounds * std::pow(z.arms, alpha) * range);
}

double tsallis_anytime(const BanditSize& z, double alpha) { return std::numbers::sqrt2 * tsallis_fixed(z, alpha); }

double log_barrier(const BanditSize& z) { return 1 + 2 * std::sqrt(product(z) * std::log(z.rounds)); }

double exp3_delay(const BanditSize& z, double largest_delay, double sum_delay) {
  const double log = std::log(z.arms), noise = product(z) * e / 2 + sum_delay;
  double rate = std::sqrt(log / noise);
  if (largest_delay > 0) rate = std::min(rate, 1 / (2 * e * largest_delay));
  return std::max(log / rate, 4 * e * largest_delay * log) + rate * noise;
}

double bold_exp3(const BanditSize& size, double delay) {
  return (delay + 1) * exp3_fixed({size.arms, std::ceil(size.rounds / (delay + 1))});
}

double exp3_s(const BanditSize& z, double parts) {
  return 2 * std::sqrt((e - 1) * product(z) * (parts * std::log(product(z)) + e));
}

double bandit_lower(const BanditSize& z) { return std::min(std::sqrt(product(z)), z.rounds) / 20; }

}  // namespace bellwether::bounds
