#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "core/text.h"
#include "experiments/engine/streams.h"
#include "experiments/engine/summary.h"

namespace bellwether::experiments {
namespace {

constexpr double kPower = 0.8;  // of the hint how many more seeds would do

/// The final values of two learners on the seeds that both have finished, in the order of the seeds.
struct Pairs {
  std::vector<double> first, second;
};

Pairs paired_finals(const Sample& a, const Sample& b) {
  Pairs pairs;
  for (std::size_t i = 0; i < a.seeds.size(); ++i) {
    const auto found = std::ranges::find(b.seeds, a.seeds[i]);
    if (found == b.seeds.end()) continue;
    const auto j = static_cast<std::size_t>(found - b.seeds.begin());
    pairs.first.push_back(a.table().at(i, a.at.size() - 1));
    pairs.second.push_back(b.table().at(j, b.at.size() - 1));
  }
  return pairs;
}

/// With n pairs no sign test gives less than 2^(1 - n), and Holm multiplies the smallest p by the number of tests.
std::int64_t pairs_that_can_tell(double level, std::size_t tests) {
  return static_cast<std::int64_t>(std::ceil(1 + std::log2(static_cast<double>(tests) / level)));
}

std::string verdict_of(const Comparison& c, const std::string& first, const std::string& second, double level) {
  const std::string by = fmt::format("{:.4g} +- {:.2g}", std::abs(c.test.difference), c.test.standard_error);
  const std::string p = fmt::format("p = {:.2g}", c.adjusted_p);
  const std::string seeds = counted(c.test.pairs, "seed");
  if (c.test.pairs < 2) return fmt::format("{} and {}: it takes two seeds or more to compare them", first, second);
  if (c.adjusted_p < level)
    return fmt::format("{} is {} {} by {} ({}, {})", first, c.test.difference < 0 ? "below" : "above", second, by,
                       seeds, p);
  if (c.test.difference == 0 && c.test.deviation == 0)
    return fmt::format("{} and {} are the same ({})", first, second, seeds);
  const std::string hint = c.more_seeds > 1'000'000
                               ? "more seeds would hardly help"
                               : fmt::format("about {} more would, if the difference is real", c.more_seeds);
  return fmt::format("{} and {} are not told apart: they differ by {} ({}, {}); {}", first, second, by, seeds, p, hint);
}

bool comparable(const LearnerVariant& a, const LearnerVariant& b, std::string_view metric) {
  return a.protocol == b.protocol && a.length == b.length && measures(a, metric);
}

/// All pairs of comparable learners, tested one by one.
std::vector<Comparison> tested_pairs(const Grid& grid, const Results& results, std::size_t instance,
                                     std::string_view metric) {
  std::vector<Sample> samples;
  for (std::size_t l = 0; l < grid.learners.size(); ++l) {
    const LearnerVariant& learner = grid.learners[l];
    samples.push_back(measures(learner, metric) ? sample(grid, results, instance, l, metric_named(learner, metric))
                                                : Sample());
  }
  std::vector<Comparison> comparisons;
  for (std::size_t a = 0; a < samples.size(); ++a) {
    for (std::size_t b = a + 1; b < samples.size(); ++b) {
      if (!comparable(grid.learners[a], grid.learners[b], metric)) continue;
      Comparison c{.instance = instance, .first = a, .second = b, .metric = metric_named(grid.learners[a], metric)};
      const Pairs pairs = paired_finals(samples[a], samples[b]);
      const Stream draws = summary_stream(grid, "comparison", instance, a, c.metric).child(grid.learners[b].label);
      c.test = paired_permutation_test(pairs.first, pairs.second, grid.plan.summary.resamples, draws);
      if (!std::isnan(c.test.difference)) comparisons.push_back(std::move(c));
    }
  }
  return comparisons;
}

}  // namespace

std::vector<Comparison> compare(const Grid& grid, const Results& results, std::size_t instance,
                                std::string_view metric) {
  std::vector<Comparison> comparisons = tested_pairs(grid, results, instance, metric);
  std::vector<double> p_values;
  for (const Comparison& c : comparisons) p_values.push_back(c.test.p_value);
  const std::vector<double> adjusted = holm_adjusted(p_values);
  const double level = 1 - grid.plan.summary.level;
  for (std::size_t i = 0; i < comparisons.size(); ++i) {
    Comparison& c = comparisons[i];
    c.adjusted_p = adjusted[i];
    // The strictest level that Holm may ask of this pair.
    const double own_level = level / static_cast<double>(comparisons.size());
    const std::int64_t needed = std::max(pairs_needed(c.test.difference, c.test.deviation, own_level, kPower),
                                         pairs_that_can_tell(level, comparisons.size()));
    c.more_seeds = c.adjusted_p < level ? 0 : std::max<std::int64_t>(1, needed - c.test.pairs);
    c.verdict = verdict_of(c, grid.learners[c.first].label, grid.learners[c.second].label, level);
  }
  return comparisons;
}

}  // namespace bellwether::experiments
