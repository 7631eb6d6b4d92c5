#include "solvers/exact/discounted/rounding_bounds.h"

#include <algorithm>
#include <cmath>

#include "core/parallel.h"
#include "core/rounding.h"

namespace bellwether::solvers::discounted {
namespace {

/// One double outwards, unless a factor makes the product an exact zero.
double down(double x, bool exact_zero) { return exact_zero ? 0 : round_down(x); }
double up(double x, bool exact_zero) { return exact_zero ? 0 : round_up(x); }

}  // namespace

Enclosure outward_product(const Enclosure& factor, const Enclosure& x) {
  const double low_factor = x.low >= 0 ? factor.low : factor.high;
  const double high_factor = x.high >= 0 ? factor.high : factor.low;
  return {down(low_factor * x.low, low_factor == 0 || x.low == 0),
          up(high_factor * x.high, high_factor == 0 || x.high == 0)};
}

Enclosure outward_sum(const Enclosure& a, const Enclosure& b) {
  // Adding zero is exact; a terminal state keeps its exact zero.
  const double low = a.low + b.low, high = a.high + b.high;
  return {a.low == 0 || b.low == 0 ? low : round_down(low), a.high == 0 || b.high == 0 ? high : round_up(high)};
}

Enclosure geometric_tail(const Enclosure& rate) {
  const auto end = [](double x, auto outward, auto inward) {
    if (x <= 0) return 0.0;
    return outward(x / inward(1 - x));
  };
  return {end(rate.low, round_down, round_up), end(rate.high, round_up, round_down)};
}

Enclosure discount_tail(double discount) {
  if (discount == 0) return {};
  // Half an ulp is exact here, and smaller than 1 - discount: next to one a whole ulp would reach it.
  const double below = (discount - round_down(discount)) / 2, above = (round_up(discount) - discount) / 2;
  const double longest = round_up(round_up(round_up(1 - discount)) + below);
  const double shortest = round_down(round_down(round_down(1 - discount)) - above);
  return {round_down(round_down(discount) / longest), round_up(round_up(discount) / shortest)};
}

Enclosure reading(double x) {
  if (x == 0) return {};
  return {round_down(x), round_up(x)};
}

Enclosure value_of_staying(double reward, const Enclosure& tail) {
  const Enclosure r = reading(reward);
  return outward_sum(r, outward_product(tail, r));  // r + r * discount / (1 - discount)
}

double row_error(std::int64_t length) { return rounding_error(length + 16) * (1 + rounding_error(length + 2)); }

SweepError::SweepError(const Problem& problem) : tail_(discount_tail(problem.discount)) {
  const auto choices = problem.model.num_choices();
  const auto begin = problem.model.choice_begin();
  const auto reward = problem.model.reward();
  struct Extremes {
    std::int64_t longest = 0;
    double reward = 0;
  };
  const Extremes extremes = parallel_reduce(
      choices, 2 * choices, Extremes{},
      [&](std::int64_t first, std::int64_t last) {
        Extremes e;
        for (auto c = static_cast<std::size_t>(first); c < static_cast<std::size_t>(last); ++c) {
          e.longest = std::max(e.longest, begin[c + 1] - begin[c]);
          e.reward = std::max(e.reward, std::abs(reward[c]));
        }
        return e;
      },
      [](const Extremes& a, const Extremes& b) {
        return Extremes{std::max(a.longest, b.longest), std::max(a.reward, b.reward)};
      });
  // Sixteen more units: a change out - v is rounded, and so are a relaxation step and the additions of the bound.
  share_ = row_error(extremes.longest + 16);
  largest_reward_ = extremes.reward;
}

double SweepError::slack(double largest) const { return share_ * (largest_reward_ + largest) + kUnderflow; }

double SweepError::floor(double largest) const { return round_up(slack(largest) * (1 + tail_.high)) * (1 + 1e-12); }

RunningBound macqueen_bound(const SweepError& error, const mdp::Change& change) {
  const Enclosure interval = outward_product(error.tail(), {change.low, change.high});
  return {round_up(interval.high - interval.low) / 2, error.floor(change.largest)};
}

RunningBound in_place_bound(const SweepError& error, const mdp::Change& change) {
  mdp::Change around_zero = change;
  around_zero.low = std::min(change.low, 0.0);
  around_zero.high = std::max(change.high, 0.0);
  return macqueen_bound(error, around_zero);
}

}  // namespace bellwether::solvers::discounted
