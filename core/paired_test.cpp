#include "core/paired_test.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <numeric>

#include "core/statistics.h"

namespace bellwether {
namespace {

constexpr std::size_t kMostCounted = 40;  // pairs whose 2^n sign patterns are all counted
constexpr int kEnoughHits = 1000;         // of drawn patterns: they leave an error of 3 % on p
constexpr std::int64_t kMostPairs = 1'000'000'000;

/// Rounding must not tell apart sums that are equal: patterns this close to the observed sum count as at least as far.
double rounding_slack(std::span<const double> differences) {
  double size = 0;
  for (const double d : differences) size += std::abs(d);
  return 1e-12 * size;
}

/// The sums of all sign patterns, ascending.
std::vector<double> signed_sums(std::span<const double> differences) {
  std::vector<double> sums = {0}, low, high;
  for (const double d : differences) {
    const double size = std::abs(d);
    low.clear();
    high.clear();
    for (const double sum : sums) {
      low.push_back(sum - size);
      high.push_back(sum + size);
    }
    sums.resize(low.size() + high.size());
    std::ranges::merge(low, high, sums.begin());
  }
  return sums;
}

/// Meets in the middle: a pattern's sum is one of the first half of the pairs plus one of the second, so the sums of
/// 2^(n/2) patterns on either side, both sorted, are enough.
double counted_share(std::span<const double> differences, double bar) {
  if (bar <= 0) return 1;
  const std::size_t half = differences.size() / 2;
  const std::vector<double> first = signed_sums(differences.first(half)),
                            second = signed_sums(differences.subspan(half));
  std::uint64_t far = 0;  // sums of bar or more; as many are -bar or less
  std::size_t below = second.size();
  for (const double sum : first) {
    while (below > 0 && sum + second[below - 1] >= bar) --below;
    far += second.size() - below;
  }
  return 2 * static_cast<double>(far) / std::pow(2.0, static_cast<double>(differences.size()));
}

/// Besag and Clifford 1991: hits / draws when there are enough hits, else (1 + hits) / (1 + draws).
double sampled_share(std::span<const double> differences, double bar, int resamples, Stream draws) {
  int far = 0;
  for (int b = 1; b <= resamples; ++b) {
    double sum = 0;
    std::uint64_t bits = 0;
    for (std::size_t i = 0; i < differences.size(); ++i, bits >>= 1) {
      if (i % 64 == 0) bits = draws();
      sum += (bits & 1) != 0 ? differences[i] : -differences[i];
    }
    if (std::abs(sum) >= bar && ++far == kEnoughHits) return static_cast<double>(far) / b;
  }
  return (1.0 + far) / (1.0 + resamples);
}

}  // namespace

PairedTest paired_permutation_test(std::span<const double> first, std::span<const double> second, int resamples,
                                   const Stream& stream) {
  assert(first.size() == second.size());
  std::vector<double> differences(first.size());
  for (std::size_t i = 0; i < first.size(); ++i) differences[i] = first[i] - second[i];
  PairedTest test;
  test.pairs = static_cast<int>(first.size());
  test.difference = mean(differences);
  test.deviation = standard_deviation(differences);
  test.standard_error = standard_error(differences);
  if (differences.empty() || std::isnan(test.difference)) return test;
  const double observed = std::abs(std::accumulate(differences.begin(), differences.end(), 0.0));
  const double bar = observed - rounding_slack(differences);
  test.exact = differences.size() <= kMostCounted;
  test.smallest_p = test.exact ? std::ldexp(1.0, 1 - test.pairs) : 1 / (1.0 + resamples);
  test.p_value = test.exact ? counted_share(differences, bar) : sampled_share(differences, bar, resamples, stream);
  return test;
}

std::vector<double> holm_adjusted(std::span<const double> p_values) {
  std::vector<std::size_t> order(p_values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return p_values[a] < p_values[b]; });
  std::vector<double> adjusted(p_values.size());
  double running = 0;
  for (std::size_t rank = 0; rank < order.size(); ++rank) {
    const double factor = static_cast<double>(order.size() - rank);
    running = std::max(running, std::min(1.0, factor * p_values[order[rank]]));
    adjusted[order[rank]] = running;
  }
  return adjusted;
}

std::int64_t pairs_needed(double difference, double deviation, double level, double power) {
  if (difference == 0 || std::isnan(difference)) return kMostPairs;
  if (deviation == 0) return 2;
  const double ratio = deviation / std::abs(difference);
  const double limit = static_cast<double>(kMostPairs);
  const auto pairs = [&](double tails) { return std::max(2.0, std::ceil(tails * tails * ratio * ratio)); };
  const double fewest = pairs(normal_quantile(1 - level / 2) + normal_quantile(power));
  if (!(fewest < limit)) return kMostPairs;
  // The t quantiles shrink as n grows: the least n that is as many as its own quantiles ask for.
  const auto enough = [&](double n) {
    return n >= pairs(student_quantile(1 - level / 2, n - 1) + student_quantile(power, n - 1));
  };
  double low = fewest - 1, high = fewest;  // not enough; enough, once it is
  while (high < limit && !enough(high)) {
    low = high;
    high *= 2;
  }
  while (high - low > 1) {
    const double middle = std::floor((low + high) / 2);
    (enough(middle) ? high : low) = middle;
  }
  return static_cast<std::int64_t>(std::min(limit, high));
}

}  // namespace bellwether
