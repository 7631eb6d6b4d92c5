#include "solvers/robust/certificate.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>
#include <vector>

#include "core/parallel.h"
#include "core/rounding.h"
#include "solvers/exact/discounted/rounding_bounds.h"

namespace bellwether::solvers::robust {
namespace {

using discounted::Enclosure;

/// a - b rounded up; equal numbers are no distance apart.
double distance_up(double a, double b) { return a == b ? 0 : round_up(a - b); }

/// What any play earns: at least the least reward a step and at most the largest one.
Enclosure reward_bounds(const Operator& op) {
  const mdp::TabularMdp& nominal = op.model();
  double least = nominal.reward(0), most = least;
  const auto count = [&](std::span<const double> rewards) {
    for (const double reward : rewards) {
      least = std::min(least, reward);
      most = std::max(most, reward);
    }
  };
  count(nominal.reward());
  count(op.problem().model.transition_reward());
  const Enclosure tail = discounted::discount_tail(op.problem().discount);
  return {discounted::value_of_staying(least, tail).low, discounted::value_of_staying(most, tail).high};
}

/// A vector to prove with, and what was taken from each entry of the one given.
struct Centred {
  std::vector<double> v;
  double taken = 0;
};

/// v less the middle of its range, where that leaves numbers much smaller. T(v - k) = Tv - discount k: such a vector
/// proves as much in exact arithmetic, and what rounds in nature's answers grows with |v|.
Centred centred(std::span<const double> v) {
  Centred out{.v = {v.begin(), v.end()}};
  const auto [low, high] = std::minmax_element(v.begin(), v.end());
  const double range = *high - *low, middle = *low + range / 2;
  if (std::isfinite(middle) && std::abs(middle) > range) {
    out.taken = middle;
    for (double& x : out.v) x -= middle;
  }
  return out;
}

/// With the backed-up interval [low, high] of each state and d = that minus v,
/// low + t min d <= V <= high + t max d, t = discount / (1 - discount).
void close_interval(const Operator& op, const Centred& centred, const std::vector<std::optional<double>>& for_ever,
                    Certificate& out) {
  const Enclosure tail = discounted::discount_tail(op.problem().discount);
  const std::vector<double>& v = centred.v;
  const auto states = static_cast<Eigen::Index>(v.size());
  const double of_constant = (op.problem().discount - 1) * centred.taken;  // T(v + k) - (v + k) = Tv - v + that of k
  Enclosure d{std::numeric_limits<double>::infinity(), -std::numeric_limits<double>::infinity()};
  double widest = 0;
  out.residual = 0;
  for (Eigen::Index s = 0; s < states; ++s) {
    const double at = v[static_cast<std::size_t>(s)];
    d.low = std::min(d.low, round_down(out.lower[s] - at));
    d.high = std::max(d.high, round_up(out.upper[s] - at));
    widest = std::max(widest, (out.upper[s] - out.lower[s]) / 2);
    out.residual = std::max(out.residual, std::abs(out.lower[s] / 2 + out.upper[s] / 2 - at + of_constant));
  }
  const Enclosure shift = discounted::outward_product(tail, d), rewards = reward_bounds(op);
  out.gap = 0;
  for (Eigen::Index s = 0; s < states; ++s) {
    const auto& reward = for_ever[static_cast<std::size_t>(s)];
    Enclosure at = reward ? discounted::value_of_staying(*reward, tail)
                          : discounted::outward_sum({out.lower[s], out.upper[s]}, shift);
    if (at.high - at.low > rewards.high - rewards.low) at = rewards;  // early on nothing is known but what rewards say
    out.lower[s] = at.low;
    out.upper[s] = at.high;
    out.value[s] = at.low + (at.high - at.low) / 2;
    out.gap = std::max({out.gap, distance_up(at.high, out.value[s]), distance_up(out.value[s], at.low)});
    if (!std::isfinite(at.high - at.low)) out.gap = std::numeric_limits<double>::infinity();
  }
  out.rounding = widest * (1 + tail.low);
}

template <class Enclose>
Certificate enclose_states(Operator& op, std::span<const double> v, const Enclose& enclose) {
  op.prepare(v);
  Certificate out;
  const auto states = static_cast<Eigen::Index>(v.size());
  out.lower.resize(states);
  out.upper.resize(states);
  out.value.resize(states);
  parallel_for(states, 20 * op.work(), [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t s = begin; s < end && op.wanted(s); ++s) {
      const mdp::Bounds b = enclose(static_cast<int>(s));
      out.lower[s] = b.low;
      out.upper[s] = b.high;
    }
  });
  return out;
}

}  // namespace

Certificate certify(Operator& op, std::span<const double> values) {
  const Centred at = centred(values);
  const std::vector<double>& v = at.v;
  Decision decision;
  if (op.problem().model.state_wise())
    decision.weight.resize(static_cast<std::size_t>(op.model().num_choices()));
  else
    decision.choice.resize(v.size());
  Certificate out = enclose_states(op, v, [&](int s) { return op.enclose(s, v, decision); });
  std::vector<std::optional<double>> for_ever(v.size());
  for (int s = 0; s < op.model().num_states(); ++s) {
    for_ever[static_cast<std::size_t>(s)] = op.reward_for_ever(s);
    if (!for_ever[static_cast<std::size_t>(s)]) continue;
    // Where the play never leaves the reward decides; adding the value could hide a difference.
    bool found = false;
    for (std::int64_t c = op.model().first_choice(s); c < op.model().first_choice(s + 1); ++c) {
      const bool best = !found && op.model().reward(c) == *for_ever[static_cast<std::size_t>(s)];
      found = found || best;
      if (decision.mixes())
        decision.weight[static_cast<std::size_t>(c)] = best ? 1 : 0;
      else if (best)
        decision.choice[static_cast<std::size_t>(s)] = static_cast<std::int32_t>(c - op.model().first_choice(s));
    }
  }
  close_interval(op, at, for_ever, out);
  out.policy = decision.policy();
  return out;
}

Certificate certify_policy(Operator& op, std::span<const double> values, const Decision& decision) {
  const Centred at = centred(values);
  const std::vector<double>& v = at.v;
  Certificate out = enclose_states(op, v, [&](int s) { return op.enclose_policy(s, v, decision); });
  std::vector<std::optional<double>> for_ever(v.size());
  for (int s = 0; s < op.model().num_states(); ++s) {
    const std::int64_t first = op.model().first_choice(s);
    bool one_reward = true;
    for (std::int64_t c = first; c < op.model().first_choice(s + 1); ++c)
      one_reward = one_reward && op.model().reward(c) == op.model().reward(first);
    if (one_reward) for_ever[static_cast<std::size_t>(s)] = op.reward_for_ever(s);
  }
  close_interval(op, at, for_ever, out);
  out.policy = decision.policy();
  return out;
}

Certificate bound_by_rewards(const Operator& op, mdp::Policy policy) {
  const auto [low, high] = reward_bounds(op);
  const Eigen::Index states = op.model().num_states();
  Certificate out;
  out.lower.setConstant(states, low);
  out.upper.setConstant(states, high);
  out.value.setConstant(states, low / 2 + high / 2);
  out.gap = std::max(distance_up(high, out.value[0]), distance_up(out.value[0], low));
  if (!std::isfinite(high - low)) out.gap = std::numeric_limits<double>::infinity();
  out.policy = std::move(policy);
  return out;
}

}  // namespace bellwether::solvers::robust
