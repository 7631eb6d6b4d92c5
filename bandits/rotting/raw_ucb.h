#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "bandits/agent.h"
#include "core/options.h"
#include "core/stream.h"

namespace bellwether::bandits {

/// exponent = 2 in place of 4: half of the squared width.
inline constexpr double kRawUcbPractical = 0.70710678118654752;

/// RAW-UCB (Seznec, Menard, Lazaric, Valko 2020): the index of an arm is the least of the upper bounds that its last h
/// rewards give, over all windows h (docs/papers/rotting-bandits.md).
struct RawUcbOptions {
  std::string windows = "doubling", constant = "theory";
};

template <class Field>
void describe(RawUcbOptions& o, Field&& field) {
  field("windows", o.windows, one_of({"all", "doubling"}),
        "h = 1, 2, 3, ... (a round costs as many steps as were played), or 1, 2, 4, ... and all");
  field("constant", o.constant, any_value(), "factor on the bonus: theory, practical or a number");
}

/// What the last pulls of one arm brought on average.
class RecentMeans {
 public:
  explicit RecentMeans(std::int64_t rounds) {
    sums_.reserve(static_cast<std::size_t>(rounds) + 1);
    sums_.push_back(0);
  }

  void add(double reward) { sums_.push_back(sums_.back() + reward); }
  std::size_t count() const { return sums_.size() - 1; }
  double mean(std::size_t last) const { return (sums_.back() - sums_[count() - last]) / static_cast<double>(last); }

  /// min over windows of the mean and width / sqrt(window); infinite before the first pull.
  double index(double width, bool all) const {
    const std::size_t n = count();
    double least = std::numeric_limits<double>::infinity();
    for (std::size_t h = 1; h <= n; h = all ? h + 1 : 2 * h) least = std::min(least, upper(h, width));
    return n > 0 && !all ? std::min(least, upper(n, width)) : least;
  }

 private:
  double upper(std::size_t window, double width) const {
    return mean(window) + width / std::sqrt(static_cast<double>(window));
  }

  std::vector<double> sums_;  // [n]: of the first n rewards
};

std::unique_ptr<Agent> make_raw_ucb(const World& world, const RawUcbOptions& options, const Stream& stream);

}  // namespace bellwether::bandits
