#include "proofs_checks/bounds/bandits_stochastic.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numbers>
#include <numeric>
#include <vector>

namespace bellwether::bounds {
namespace {

double sum_of(std::span<const double> gaps) { return std::accumulate(gaps.begin(), gaps.end(), 0.0); }

double sum_of_inverses(std::span<const double> gaps) {
  double sum = 0;
  for (const double gap : gaps) sum += gap > 0 ? 1 / gap : 0;
  return sum;
}

double count(std::span<const double> gaps) { return static_cast<double>(gaps.size()); }

std::vector<double> ascending(std::span<const double> gaps) {
  std::vector<double> sorted(gaps.begin(), gaps.end());
  std::ranges::sort(sorted);
  return sorted;
}

}  // namespace

double ucb1_regret(std::span<const double> gaps, double rounds) {
  constexpr double kPi = std::numbers::pi;
  return 8 * std::log(rounds) * sum_of_inverses(gaps) + (1 + kPi * kPi / 3) * sum_of(gaps);
}

double ucb_delta_regret(std::span<const double> gaps, double rounds, double sigma) {
  return 16 * sigma * sigma * std::log(rounds) * sum_of_inverses(gaps) + 3 * sum_of(gaps);
}

double ucb_delta_worst_regret(std::span<const double> gaps, double rounds, double sigma) {
  return 8 * sigma * std::sqrt(rounds * count(gaps) * std::log(rounds)) + 3 * sum_of(gaps);
}

double ucb_regret(std::span<const double> gaps, double rounds, double sigma) {
  const double log = std::log1p(rounds * std::log(rounds) * std::log(rounds));
  const double evidence = 2 * (log + std::sqrt(std::numbers::pi * log) + 1);
  double sum = 0;
  for (const double gap : gaps) {
    if (gap <= 0) continue;
    const double unit = gap / sigma;
    // 5 / e^2 + x / (unit - e)^2 is least where the cube of (unit - e) / e is x / 5.
    const double e = unit / (1 + std::cbrt(evidence / 5));
    sum += gap * (1 + 5 / (e * e) + evidence / ((unit - e) * (unit - e)));
  }
  return sum;
}

double moss_regret(std::span<const double> gaps, double rounds, double sigma) {
  return 39 * sigma * std::sqrt(count(gaps) * rounds) + sum_of(gaps);
}

double robust_ucb_regret(std::span<const double> gaps, double rounds, double epsilon, double moment) {
  const double c = 4.0 / 3 + std::numbers::sqrt2 + epsilon;
  double sum = 0;
  for (const double gap : gaps) {
    if (gap == 0) continue;
    const double pulls =
        3 * std::log(rounds) * std::pow(2 * c / gap, (1 + epsilon) / epsilon) * std::pow(moment, 1 / epsilon);
    sum += gap * (1 + std::numbers::pi * std::numbers::pi / 3 + pulls);
  }
  return sum;
}

double commit_regret(double pulls, double rounds, double gap) {
  const double wrong = std::erfc(gap * std::sqrt(pulls / 2) / std::numbers::sqrt2) / 2;
  return pulls * gap + (rounds - 2 * pulls) * gap * wrong;
}

double commit_bound(double rounds, double gap) {
  return gap + 4 / gap * (1 + std::max(0.0, std::log(rounds * gap * gap / 4)));
}

double epsilon_greedy_regret(std::span<const double> gaps, double c, double d, std::int64_t rounds) {
  constexpr double e = std::numbers::e;
  const double a = c / (d * d);
  double worse = 0;
  for (std::int64_t n = 1; n <= rounds; ++n) {
    const auto t = static_cast<double>(n);
    const double x = (t - 1) * std::sqrt(e) / (a * count(gaps));
    worse +=
        x <= 1
            ? 1
            : std::min(1.0, a / t + 2 * a * std::log(x) * std::pow(x, -a / 5) + 4 * e / (d * d) * std::pow(x, -c / 2));
  }
  return worse * sum_of(gaps);
}

double normal_lower(double arms, double rounds) { return std::sqrt((arms - 1) * rounds) / 27; }

double hardness_h1(std::span<const double> gaps) {
  const std::vector<double> sorted = ascending(gaps);
  double sum = 1 / (sorted[1] * sorted[1]);
  for (std::size_t i = 1; i < sorted.size(); ++i) sum += 1 / (sorted[i] * sorted[i]);
  return sum;
}

double lucb_rounds(std::span<const double> gaps, double delta) {
  const double hardness = hardness_h1(gaps);
  return 292 * hardness * std::log(hardness / delta) + 16;
}

double hardness_h2(std::span<const double> gaps) {
  const std::vector<double> sorted = ascending(gaps);
  double largest = 0;
  for (std::size_t i = 1; i < sorted.size(); ++i)
    largest = std::max(largest, static_cast<double>(i + 1) / (sorted[i] * sorted[i]));
  return largest;
}

double successive_rejects_error(std::span<const double> gaps, double rounds) {
  const double arms = count(gaps);
  double harmonic = 0.5;
  for (std::size_t i = 2; i <= gaps.size(); ++i) harmonic += 1 / static_cast<double>(i);
  return arms * (arms - 1) / 2 * std::exp(-(rounds - arms) / (harmonic * hardness_h2(gaps)));
}

double sequential_halving_error(std::span<const double> gaps, double rounds) {
  const double phases = std::log2(count(gaps));
  return 3 * phases * std::exp(-rounds / (8 * hardness_h2(gaps) * phases));
}

double identification_rounds(double characteristic_time, double delta) {
  return characteristic_time * (1 - 2 * delta) * std::log((1 - delta) / delta);
}

double private_passing(double gap, double pulls, double privacy) {
  const double noise = privacy * pulls * gap / 2;
  return std::exp(-pulls * gap * gap / 8) + (2 + noise) * std::exp(-noise) / 4;
}

double private_halving_error(std::span<const double> gaps, std::span<const int> sizes, std::span<const double> pulls,
                             double privacy) {
  const std::vector<double> sorted = ascending(gaps);
  double sum = 0;
  for (std::size_t p = 0; p < pulls.size(); ++p) {
    const auto size = static_cast<std::size_t>(sizes[p]);
    if (size < 4) {
      // Whichever worse arms are left, they are no better than the best of them.
      for (std::size_t i = 1; i < size; ++i) sum += private_passing(sorted[i], pulls[p], privacy);
    } else {
      sum += 3 * private_passing(sorted[(size + 3) / 4], pulls[p], privacy);
    }
  }
  return sum;
}

}  // namespace bellwether::bounds
