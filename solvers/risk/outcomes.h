#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "mdp/tabular_mdp.h"

namespace bellwether::solvers {

inline constexpr std::string_view kOutOfRange =
    "the values exceed the range of double arithmetic: scale the rewards down";

/// What limits the bounds of a search on a grid that is too coarse for the tolerance.
inline constexpr std::string_view kGridOfEarnings = "the grid of earnings";

/// InvalidModel unless sums of a few returns, none larger than this, are finite.
void require_range(double largest_return);

/// One thing that may happen when a choice is made.
struct Outcome {
  std::int32_t next = 0;
  double reward = 0;
  double probability = 0;
};

/// The outcomes of every choice. Planning for risk needs the law of the reward, not its mean: it is that of the model's
/// reward laws, else the reward of the transition taken, else the expected reward for sure.
class OutcomeTable {
 public:
  /// `sign` multiplies every reward: -1 turns costs into rewards. InvalidModel when a reward is Gaussian, whose law is
  /// not finite.
  OutcomeTable(const mdp::TabularMdp& model, double sign);

  std::span<const Outcome> of(std::int64_t choice) const {
    return {outcome_.data() + begin_[static_cast<std::size_t>(choice)],
            outcome_.data() + begin_[static_cast<std::size_t>(choice) + 1]};
  }
  /// Where the outcomes of a choice begin, counted through the model.
  std::int64_t begin(std::int64_t choice) const { return begin_[static_cast<std::size_t>(choice)]; }
  double largest_reward() const { return largest_; }   ///< in absolute value
  double reward_range() const { return range_; }       ///< largest minus smallest
  std::size_t most_outcomes() const { return most_; }  ///< of one choice
  double least_probability() const { return least_; }  ///< of any outcome
  /// Some probabilities are products of that of a successor and that of a reward, rounded.
  bool has_products() const { return has_products_; }

 private:
  std::vector<std::int64_t> begin_;
  std::vector<Outcome> outcome_;
  double largest_ = 0, range_ = 0, least_ = 1;
  std::size_t most_ = 0;
  bool has_products_ = false;
};

}  // namespace bellwether::solvers
