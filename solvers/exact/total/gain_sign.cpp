#include "solvers/exact/total/gain_sign.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <unordered_map>

#include "core/rounding.h"

namespace bellwether::solvers::total {
namespace {

struct Interval {
  double low = 0, high = 0;
};

/// r + sum p (h(next) - h(s)) with its rounding error; rows may miss one by 2^-50.
Interval increment(const mdp::TabularMdp& model, double sign, std::int64_t c, double h_s,
                   const std::unordered_map<std::int32_t, double>& h) {
  const auto next = model.successors(c);
  const auto probability = model.probabilities(c);
  double sum = 0, magnitude = 0;
  for (std::size_t i = 0; i < next.size(); ++i) {
    const double term = probability[i] * (h.at(next[i]) - h_s);
    sum += term;
    magnitude += std::abs(term);
  }
  const double reward = sign * model.reward(c);
  const double error = rounding_error(static_cast<std::int64_t>(next.size()) + 20) * (magnitude + std::abs(reward));
  return {reward + sum - error, reward + sum + error};
}

}  // namespace

GainSign gain_sign(const mdp::TabularMdp& model, double sign, std::span<const std::int32_t> members,
                   const mdp::ChoiceSet& inner, std::vector<std::int64_t>& choice, int max_sweeps) {
  std::unordered_map<std::int32_t, double> h;
  double scale = 0;
  for (const std::int32_t s : members) {
    h[s] = 0;
    for (std::int64_t c = model.first_choice(s); c < model.first_choice(s + 1); ++c) {
      if (inner[static_cast<std::size_t>(c)]) scale = std::max(scale, std::abs(model.reward(c)));
    }
  }
  std::vector<double> step(members.size());
  for (int sweep = 0; sweep < max_sweeps; ++sweep) {
    double low = std::numeric_limits<double>::infinity(), high = -low;
    for (std::size_t k = 0; k < members.size(); ++k) {
      const std::int32_t s = members[k];
      Interval best{-std::numeric_limits<double>::infinity(), -std::numeric_limits<double>::infinity()};
      for (std::int64_t c = model.first_choice(s); c < model.first_choice(s + 1); ++c) {
        if (!inner[static_cast<std::size_t>(c)]) continue;
        const Interval x = increment(model, sign, c, h[s], h);
        if (x.low > best.low) choice[static_cast<std::size_t>(s)] = c;
        best = {std::max(best.low, x.low), std::max(best.high, x.high)};
      }
      step[k] = best.low / 2 + best.high / 2;
      low = std::min(low, best.low);
      high = std::max(high, best.high);
    }
    if (!std::isfinite(low) || !std::isfinite(high)) break;  // overflow decides nothing
    if (low > 0) return GainSign::kPositive;
    if (high < 0) return GainSign::kNegative;
    if (high - low < 1e-13 * scale) break;  // both signs survive at the limit of double arithmetic
    for (std::size_t k = 0; k < members.size(); ++k) h[members[k]] += (step[k] - step[0]) / 2;
  }
  return GainSign::kUndecided;
}

}  // namespace bellwether::solvers::total
