#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <span>

#include "solvers/online/constrained/program.h"
#include "solvers/online/episodic/counts.h"

namespace bellwether::online {

/// What a learner of a constrained task has seen, stage by stage, and how far off it may be: with probability
/// 1 - delta, for all stages, choices, successors and numbers of visits n at once, the empirical probability p misses
/// the true one by at most
///   beta(p, n) = 2 sqrt(p (1 - p) L / n) + 14 L / (3 n),   L = ln(4 S C H K / delta),
/// with S states, C choices, H stages and K episodes (empirical Bernstein, Maurer and Pontil 2009, and a union).
class TransitionConfidence {
 public:
  TransitionConfidence(const EpisodicWorld& world, double delta, double factor)
      : world_(world),
        factor_(factor),
        log_term_(std::log(4 * static_cast<double>(world.num_states()) * static_cast<double>(world.num_choices()) *
                           world.horizon * static_cast<double>(world.episodes) / delta)),
        counts_(world.horizon * world.num_choices()) {}

  const TransitionCounts& counts() const { return counts_; }
  double log_term() const { return log_term_; }

  /// Whether the visits of a row have reached a power of two.
  bool learn(std::span<const Step> steps) {
    bool doubled = false;
    for (std::size_t h = 0; h < steps.size(); ++h) {
      const std::int64_t row = static_cast<std::int64_t>(h) * world_.num_choices() + steps[h].choice;
      counts_.add(row, steps[h].next);
      const std::int64_t n = counts_.visits(row);
      doubled |= (n & (n - 1)) == 0;
    }
    return doubled;
  }

  /// beta(p, n) times the learner's constant.
  double width(double p, double n) const {
    return factor_ * (2 * std::sqrt(p * (1 - p) * log_term_ / n) + 14 * log_term_ / (3 * n));
  }

  /// By how much the value of what follows a row may be wrong, what follows being worth between 0 and H - h - 1:
  ///   (H - h - 1) min{1, times * sum over all s' of beta(s')};   all of it where nothing was seen.
  double bonus(int stage, std::int64_t row, double times = 1) const {
    const double most = world_.horizon - stage - 1;
    const std::int64_t visits = counts_.visits(row);
    if (visits == 0) return most;
    const auto n = static_cast<double>(visits);
    const auto seen = counts_.successors(row);
    double sum = static_cast<double>(world_.num_states() - static_cast<int>(seen.size())) * width(0, n);
    for (const auto& [next, count] : seen) sum += width(count / n, n);
    return most * std::min(1.0, times * sum);
  }

  /// Rows as they were seen; with `intervals` also successors that were not, every one with its width.
  void rows(bool intervals, EstimatedRows& into) const {
    into.row.resize(static_cast<std::size_t>(counts_.num_rows()));
    for (std::size_t i = 0; i < into.row.size(); ++i) {
      auto& row = into.row[i];
      row.clear();
      const auto n = static_cast<double>(counts_.visits(static_cast<std::int64_t>(i)));
      if (n == 0) continue;
      const auto seen = counts_.successors(static_cast<std::int64_t>(i));
      if (!intervals) {
        for (const auto& [next, count] : seen) row.push_back({next, count / n});
        continue;
      }
      for (int s = 0; s < world_.num_states(); ++s) row.push_back({s, 0, width(0, n)});
      for (const auto& [next, count] : seen)
        row[static_cast<std::size_t>(next)] = {next, count / n, width(count / n, n)};
    }
  }

 private:
  EpisodicWorld world_;
  double factor_, log_term_;
  TransitionCounts counts_;
};

}  // namespace bellwether::online
