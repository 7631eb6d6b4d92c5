#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/paired_test.h"
#include "experiments/engine/grid.h"
#include "experiments/engine/run.h"

namespace bellwether::experiments {

/// Two learners on one instance at their last checkpoint, paired by seed.
struct Comparison {
  std::size_t first = 0, second = 0;  ///< learners
  std::string metric = {};
  PairedTest test = {};
  double adjusted_p = 1;    ///< for all rows of the table together
  bool told_apart = false;  ///< at the plan's level
  /// So many seeds of a new run, looked at once, would tell a difference of this size with probability 0.8. Seeds added
  /// to those that were looked at would not do: the second look makes false alarms more likely than the level says.
  std::int64_t fresh_seeds = 0;
  /// Who broke a limit, and how often: regret below that of others is no merit then. Empty for other learners.
  std::string broken_limits = {};
};

/// Who can be told apart on one instance.
struct ComparisonTable {
  /// Up to three learners: all pairs, with Holm's correction. More: everybody against the learner with the lowest mean,
  /// with p times the number of all pairs, since the lowest was found in the same numbers.
  bool with_lowest = false;
  std::int64_t tests = 0;  ///< that the correction allows for
  double smallest_p = 1;   ///< that any row could have, corrected
  std::vector<Comparison> rows;
};

/// Of learners whose metric of this name means the same (same protocol, same length) and exists; who does not measure
/// it is left out. No rows where a log is replayed.
ComparisonTable compare(const Grid& grid, const Results& results, std::size_t instance, std::string_view metric);

/// "paired by seed, permutation test, Holm's correction; 0.0059 is the least p of so many seeds".
std::string comparison_heading(const ComparisonTable& table);

/// "ucbvi-bf against psrl", "101.9 ± 1.5", "50", "0.005", "above"; or "not told apart; 13 fresh seeds might".
std::vector<std::string> comparison_cells(const Grid& grid, const Comparison& row);

}  // namespace bellwether::experiments
