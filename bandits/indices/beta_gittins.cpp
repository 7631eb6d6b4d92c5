#include "bandits/indices/beta_gittins.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include <fmt/format.h>

#include "core/errors.h"

namespace bellwether::bandits {
namespace {

void require_posterior(double successes, double failures) {
  if (!(successes > 0 && failures > 0 && std::isfinite(successes + failures)))
    throw InvalidOption(fmt::format("BetaGittins: Beta({}, {}) is no law, both must be above 0", successes, failures));
}

}  // namespace

BetaGittins::BetaGittins(double discount, double tolerance)
    : discount_(discount),
      tolerance_(tolerance),
      // Values lie in [0, 1]; a step of the recursion rounds them by less than 8 units, later steps count discounted.
      rounding_(8 * 0x1p-52 / (1 - discount)) {
  if (!(discount >= 0 && discount < 1))
    throw InvalidOption(fmt::format("BetaGittins: 'discount' is {}, must be at least 0 and below 1", discount));
  if (!(tolerance > 0)) throw InvalidOption(fmt::format("BetaGittins: 'tolerance' is {}, must be above 0", tolerance));
  if (discount > 0.9999)
    throw InvalidOption(fmt::format("BetaGittins: 'discount' is {}, trees are too deep above 0.9999", discount));
}

BetaGittins::Point BetaGittins::step(double p, std::size_t at) const {
  return {.value = (1 - discount_) * p + discount_ * (p * value_[at + 1] + (1 - p) * value_[at]),
          .slope = discount_ * (p * slope_[at + 1] + (1 - p) * slope_[at])};
}

int BetaGittins::depth(double observations) const {
  // Tails differ by at most half a standard deviation, 1 / (4 sqrt(n + depth)); the worth of playing less the charge
  // falls with the charge by 1 - discount or more.
  const double aim = tolerance_ / 4 * (1 - discount_);
  int deep = 1;
  double weight = discount_;
  while (weight / (4 * std::sqrt(observations + deep)) > aim) {
    ++deep;
    weight *= discount_;
  }
  return deep;
}

void BetaGittins::fill_leaves(double successes, double failures, double charge, Tail tail, int depth) {
  const double n = successes + failures + depth;
  for (int j = 0; j <= depth; ++j) {
    const auto at = static_cast<std::size_t>(j);
    const double mean = (successes + j) / n, above = mean - charge;
    if (tail == Tail::kNoNews) {
      value_[at] = std::max(charge, mean);
      slope_[at] = above > 0 ? 0 : 1;
    } else {
      // E max(charge, theta) = charge + E (theta - charge)^+, and E x^+ <= (sqrt(E x^2) + E x) / 2.
      const double root = std::sqrt(mean * (1 - mean) / (n + 1) + above * above);
      value_[at] = charge + (root + above) / 2;
      slope_[at] = root > 0 ? (1 - above / root) / 2 : 1;
    }
  }
}

BetaGittins::Point BetaGittins::play(double successes, double failures, double charge, Tail tail, int depth) {
  const auto leaves = static_cast<std::size_t>(depth) + 1;
  if (value_.size() < leaves) {
    value_.resize(leaves);
    slope_.resize(leaves);
  }
  fill_leaves(successes, failures, charge, tail, depth);
  // The first `given_up` nodes of a level are worth the charge. Of a node whose two children are among them that holds,
  // too: the better child's mean is at most the charge, and the node's mean below it.
  int given_up = 0;
  if (tail == Tail::kNoNews)
    while (given_up <= depth && slope_[static_cast<std::size_t>(given_up)] == 1) ++given_up;
  for (int k = depth - 1; k > 0; --k) {
    const double n = successes + failures + k;
    const int begin = std::max(0, given_up - 1);
    given_up = begin;
    for (int j = begin; j <= k; ++j) {
      const auto at = static_cast<std::size_t>(j);
      const Point again = step((successes + j) / n, at);
      const bool gives_up = again.value <= charge;
      value_[at] = gives_up ? charge : again.value;
      slope_[at] = gives_up ? 1 : again.slope;
      if (gives_up && j == given_up) ++given_up;
    }
  }
  return step(successes / (successes + failures), 0);
}

Enclosure BetaGittins::index(double successes, double failures) {
  require_posterior(successes, failures);
  const double mean = successes / (successes + failures);
  const int deep = depth(successes + failures);
  const auto worth = [&](double charge, Tail tail) {
    Point at = play(successes, failures, charge, tail, deep);
    at.value -= charge;
    at.slope -= 1;
    return at;
  };
  // Newton's steps on a convex function that falls: from the left, never past the root.
  double charge = mean;
  for (int step = 0; step < 60; ++step) {
    const Point at = worth(charge, Tail::kNoNews);
    const double move = -at.value / at.slope;
    charge += std::max(move, 0.0);
    if (!(move > tolerance_ / 64)) break;
  }
  Enclosure bounds{.low = mean, .high = 1};
  for (double back = tolerance_ / 16; charge - back > mean; back *= 2) {
    if (worth(charge - back, Tail::kNoNews).value < rounding_) continue;
    bounds.low = charge - back;
    break;
  }
  for (double ahead = tolerance_ / 2; charge + ahead < 1; ahead *= 2) {
    if (worth(charge + ahead, Tail::kTruthIsTold).value > -rounding_) continue;
    bounds.high = charge + ahead;
    break;
  }
  return bounds;
}

Enclosure BetaGittins::retirement_value(double successes, double failures, double charge) {
  require_posterior(successes, failures);
  if (!(charge >= 0 && charge <= 1))
    throw InvalidOption(fmt::format("BetaGittins: 'charge' is {}, must be between 0 and 1", charge));
  const int deep = depth(successes + failures);
  const double low = play(successes, failures, charge, Tail::kNoNews, deep).value;
  const double high = play(successes, failures, charge, Tail::kTruthIsTold, deep).value;
  return {.low = std::max(charge, low - rounding_), .high = std::max(charge, high + rounding_)};
}

}  // namespace bellwether::bandits
