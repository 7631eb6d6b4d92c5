#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <string>
#include <vector>

namespace bellwether {

/// Measured numbers at checkpoints: value(i, m) is metric m after at[i] episodes, steps, rounds or samples.
struct Series {
  std::vector<std::string> metrics;
  std::vector<std::int64_t> at = {};
  std::vector<double> values = {};  ///< row by row

  double value(std::size_t row, std::size_t metric) const { return values[row * metrics.size() + metric]; }
  void append(std::int64_t place, std::initializer_list<double> row);
  /// The same bits: a number that does not exist equals itself.
  friend bool operator==(const Series& a, const Series& b);
};

/// How one replicate is played, whatever is played.
struct TrialOptions {
  std::int64_t length = 1000;  ///< in the units of the protocol; the most of them when the learner stops itself
  std::vector<std::int64_t> checkpoints = {};            ///< ascending; empty: log_checkpoints(length)
  double epsilon = 0.1;                                  ///< of the count of mistakes
  std::function<bool(std::int64_t)> observer = nullptr;  ///< hears of what is done of the length; false stops the run
};

}  // namespace bellwether
