#include "experiments/engine/comparison.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/text.h"
#include "experiments/engine/streams.h"
#include "experiments/engine/summary.h"

namespace bellwether::experiments {
namespace {

constexpr double kPower = 0.8;  // of the hint how many fresh seeds might do

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

/// With n pairs no sign test gives less than 2^(1 - n), and the correction multiplies the smallest p by the number of
/// tests.
std::int64_t pairs_that_can_tell(double level, std::int64_t tests) {
  return static_cast<std::int64_t>(std::ceil(1 + std::log2(static_cast<double>(tests) / level)));
}

/// Sign patterns to draw where there are too many to count: so many that the smallest p is, corrected, a hundredth of
/// the level, unless that would take seconds.
std::int64_t patterns_to_draw(std::int64_t tests, double level, std::int64_t least) {
  constexpr double kShare = 0.01, kMost = 2e6;
  return std::max(least,
                  static_cast<std::int64_t>(std::ceil(std::min(kMost, static_cast<double>(tests) / (kShare * level)))));
}

/// How learner `a` fares against learner `b`.
class Pairing {
 public:
  Pairing(const Grid& grid, const Results& results, std::size_t instance, std::string_view metric)
      : grid_(grid), instance_(instance) {
    for (std::size_t l = 0; l < grid.learners.size(); ++l) {
      const LearnerVariant& learner = grid.learners[l];
      const std::string name = measures(learner, metric) ? metric_named(learner, metric) : "";
      const bool cut = is_stopping_time(learner, name) && !stopped(grid, results, instance, l).all();
      samples_.push_back(name.empty() || cut ? Sample() : sample(grid, results, instance, l, name));
    }
  }

  void draw(std::int64_t resamples) { resamples_ = static_cast<int>(resamples); }

  Comparison test(std::size_t a, std::size_t b, std::string_view metric) const {
    Comparison c{.first = a, .second = b, .metric = metric_named(grid_.learners[a], metric)};
    const Pairs pairs = paired_finals(samples_[a], samples_[b]);
    const Stream draws = summary_stream(grid_, "comparison", instance_, a, c.metric).child(grid_.learners[b].label);
    c.test = paired_permutation_test(pairs.first, pairs.second, resamples_, draws);
    return c;
  }

  /// Mean of the final values; NaN when nothing was finished or it does not exist.
  double mean(std::size_t learner) const {
    const Sample& own = samples_[learner];
    double sum = 0;
    for (std::size_t i = 0; i < own.seeds.size(); ++i) sum += own.table().at(i, own.at.size() - 1);
    return sum / static_cast<double>(own.seeds.size());
  }

 private:
  const Grid& grid_;
  std::size_t instance_;
  int resamples_ = 0;
  std::vector<Sample> samples_;
};

/// Who stops at another epsilon has answered another question.
std::string precision_of(const LearnerVariant& learner) {
  if (!stops_itself(learner)) return {};
  const auto found = std::ranges::find(learner.settings, "epsilon", &Setting::first);
  return found == learner.settings.end() ? std::string() : found->second;
}

bool comparable(const LearnerVariant& a, const LearnerVariant& b, std::string_view metric) {
  return a.protocol == b.protocol && a.length == b.length && precision_of(a) == precision_of(b) && measures(a, metric);
}

/// Learners that can be compared with each other, those of a group in the order of the grid.
std::vector<std::vector<std::size_t>> groups_of(const Grid& grid, const Pairing& pairing, std::string_view metric) {
  std::vector<std::vector<std::size_t>> groups;
  for (std::size_t l = 0; l < grid.learners.size(); ++l) {
    if (!measures(grid.learners[l], metric) || std::isnan(pairing.mean(l))) continue;
    const auto found = std::ranges::find_if(
        groups, [&](const auto& group) { return comparable(grid.learners[group.front()], grid.learners[l], metric); });
    if (found == groups.end()) {
      groups.push_back({l});
    } else {
      found->push_back(l);
    }
  }
  return groups;
}

void add_all_pairs(std::vector<Comparison>& rows, const Pairing& pairing, const std::vector<std::size_t>& group,
                   std::string_view metric) {
  for (std::size_t i = 0; i < group.size(); ++i)
    for (std::size_t j = i + 1; j < group.size(); ++j) rows.push_back(pairing.test(group[i], group[j], metric));
}

void add_with_lowest(std::vector<Comparison>& rows, const Pairing& pairing, const std::vector<std::size_t>& group,
                     std::string_view metric) {
  const std::size_t lowest =
      *std::ranges::min_element(group, {}, [&](std::size_t learner) { return pairing.mean(learner); });
  for (const std::size_t learner : group)
    if (learner != lowest) rows.push_back(pairing.test(learner, lowest, metric));
}

void correct(ComparisonTable& table) {
  std::vector<double> p_values;
  for (const Comparison& c : table.rows) p_values.push_back(c.test.p_value);
  const std::vector<double> holm = holm_adjusted(p_values);
  for (std::size_t i = 0; i < table.rows.size(); ++i) {
    table.smallest_p = std::min(table.smallest_p, static_cast<double>(table.tests) * table.rows[i].test.smallest_p);
    table.rows[i].adjusted_p =
        table.with_lowest ? std::min(1.0, static_cast<double>(table.tests) * p_values[i]) : holm[i];
  }
}

/// "opt-lp broke a limit in 492 of 500 episodes"; of learners that keep to limits, beside their regret.
std::string broken_limits(const Grid& grid, const Results& results, std::size_t instance, const Comparison& c) {
  std::vector<std::string> who;
  for (const std::size_t l : {c.first, c.second}) {
    const LearnerVariant& learner = grid.learners[l];
    constexpr std::string_view kBroken = "violating-episodes";
    if (c.metric.find("regret") == std::string::npos || !measures(learner, kBroken)) continue;
    const double broken = curve(grid, results, instance, l, kBroken).points.back().mean;
    if (broken > 0)
      who.push_back(fmt::format("{} broke a limit in {} of {} episodes", learner.name, short_number(broken, 4),
                                grouped(learner.length)));
  }
  return fmt::format("{}", fmt::join(who, ", "));
}

std::string verdict_of(const Comparison& c) {
  if (c.test.pairs < 2) return "two seeds or more are needed";
  if (c.told_apart) return c.test.difference < 0 ? "below" : "above";
  if (c.test.difference == 0 && c.test.deviation == 0) return "the same";
  return c.fresh_seeds > 1'000'000 ? "not told apart"
                                   : fmt::format("not told apart; {} might", counted(c.fresh_seeds, "fresh seed"));
}

}  // namespace

ComparisonTable compare(const Grid& grid, const Results& results, std::size_t instance, std::string_view metric) {
  // Seeds would meet the same rows again: more of them, and any two learners were told apart for certain.
  if (replays_a_log(grid.instances[instance])) return {};
  constexpr std::size_t kAllPairs = 3;  // the most learners of which all pairs are compared
  Pairing pairing(grid, results, instance, metric);
  const auto groups = groups_of(grid, pairing, metric);
  ComparisonTable table;
  table.with_lowest = std::ranges::any_of(groups, [](const auto& group) { return group.size() > kAllPairs; });
  for (const auto& group : groups) table.tests += std::ssize(group) * (std::ssize(group) - 1) / 2;
  const double level = 1 - grid.plan.summary.level;
  pairing.draw(patterns_to_draw(table.tests, level, grid.plan.summary.resamples));
  for (const auto& group : groups)
    (table.with_lowest ? add_with_lowest : add_all_pairs)(table.rows, pairing, group, metric);
  correct(table);
  for (Comparison& c : table.rows) {
    c.told_apart = c.adjusted_p < level;
    c.broken_limits = broken_limits(grid, results, instance, c);
    if (c.told_apart) continue;
    // The strictest level that the correction may ask of this row.
    const double own_level = level / static_cast<double>(table.tests);
    const std::int64_t needed = std::max(pairs_needed(c.test.difference, c.test.deviation, own_level, kPower),
                                         pairs_that_can_tell(level, table.tests));
    c.fresh_seeds = needed;
  }
  return table;
}

std::string comparison_heading(const ComparisonTable& table) {
  const std::string smallest = fmt::format("{:.2g} is the least p of so many seeds", table.smallest_p);
  return table.with_lowest
             ? "against the lowest; paired by seed, permutation test, p times the number of pairs; " + smallest
             : "paired by seed, permutation test, Holm's correction; " + smallest;
}

std::vector<std::string> comparison_cells(const Grid& grid, const Comparison& c) {
  const bool any = c.test.pairs > 0;
  return {fmt::format("{} against {}", grid.learners[c.first].label, grid.learners[c.second].label),
          any ? with_error(c.test.difference, c.test.standard_error) : "-", std::to_string(c.test.pairs),
          c.test.pairs < 2 ? "-" : fmt::format("{:.2g}", c.adjusted_p),
          verdict_of(c) + (c.broken_limits.empty() ? "" : "; " + c.broken_limits)};
}

}  // namespace bellwether::experiments
