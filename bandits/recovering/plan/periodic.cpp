#include "bandits/recovering/plan/periodic.h"

#include <algorithm>
#include <array>
#include <numeric>

namespace bellwether::bandits {
namespace {

constexpr std::array<int, 4> kMultipliers = {1, 3, 5, 7};
/// Slots of a channel's cycle: a period a 2^j takes kCycle / 2^j of a kCycle slots.
constexpr std::int64_t kCycle = std::int64_t{1} << 40;
/// Shares of the pulls that the programme is given: .3, .325, ..., 1.3.
constexpr int kShares = 41;

}  // namespace

int rounded_period(int delay, int multipliers, int* multiplier) {
  int best = 0;
  for (int k = 0; k < multipliers; ++k) {
    int period = kMultipliers[static_cast<std::size_t>(k)];
    while (period < delay) period *= 2;
    if (best == 0 || period < best) {
      best = period;
      *multiplier = kMultipliers[static_cast<std::size_t>(k)];
    }
  }
  return best;
}

PeriodicPlanner::PeriodicPlanner(int arms, int pulls)
    : arms_(static_cast<std::size_t>(arms)),
      pulls_(static_cast<std::size_t>(pulls)),
      envelopes_(arms_),
      period_(arms_),
      multiplier_(arms_) {}

void PeriodicPlanner::begin(std::span<const Recovery> recoveries) {
  for (std::size_t i = 0; i < arms_; ++i) build_envelope(recoveries[i], envelopes_[i]);
  programme_.build(envelopes_);
  bound_ = programme_.solve(static_cast<double>(pulls_));
}

void PeriodicPlanner::plan(std::span<const Recovery> recoveries, PeriodicPolicy& policy) {
  begin(recoveries);
  policy.period.assign(arms_, 0);
  policy.offset.assign(arms_, 0);
  policy.value = 0;
  for (const int multipliers : {1, 2, 4}) try_multipliers(recoveries, multipliers, policy);
}

void PeriodicPlanner::plan(std::span<const Recovery> recoveries, int multipliers, PeriodicPolicy& policy) {
  begin(recoveries);
  policy.period.assign(arms_, 0);
  policy.offset.assign(arms_, 0);
  policy.value = 0;
  try_multipliers(recoveries, multipliers, policy);
}

void PeriodicPlanner::try_multipliers(std::span<const Recovery> recoveries, int multipliers, PeriodicPolicy& policy) {
  for (int share = 0; share < kShares; ++share) {
    programme_.solve((0.3 + 0.025 * share) * static_cast<double>(pulls_), &delays_);
    for (std::size_t i = 0; i < arms_; ++i)
      period_[i] = delays_[i] == 0 ? 0 : rounded_period(delays_[i], multipliers, &multiplier_[i]);
    const double value = pack(recoveries);
    if (value > policy.value) settle(policy, value);
  }
}

PeriodicPlanner::Channel& PeriodicPlanner::new_channel(int multiplier) {
  if (used_ == channels_.size()) channels_.emplace_back();
  Channel& channel = channels_[used_++];
  channel.load = 0;
  channel.value = 0;
  channel.multiplier = multiplier;
  channel.arms.clear();
  return channel;
}

double PeriodicPlanner::pack(std::span<const Recovery> recoveries) {
  order_.clear();
  for (std::size_t i = 0; i < arms_; ++i)
    if (period_[i] > 0) order_.push_back(static_cast<int>(i));
  std::ranges::sort(order_, {}, [&](int arm) { return std::pair(period_[static_cast<std::size_t>(arm)], arm); });
  used_ = 0;
  // Periods of one multiplier divide each other, so that in this order an arm fits wherever slots enough are left.
  for (const int arm : order_) {
    const auto a = static_cast<std::size_t>(arm);
    const std::int64_t slots = multiplier_[a] * kCycle / period_[a];
    Channel* home = nullptr;
    for (std::size_t c = 0; c < used_ && home == nullptr; ++c) {
      Channel& channel = channels_[c];
      if (channel.multiplier == multiplier_[a] && channel.load + slots <= multiplier_[a] * kCycle) home = &channel;
    }
    if (home == nullptr) home = &new_channel(multiplier_[a]);
    home->load += slots;
    home->value += recovered(recoveries[a], period_[a]) / period_[a];
    home->arms.push_back(arm);
  }
  by_value_.resize(used_);
  std::iota(by_value_.begin(), by_value_.end(), 0);
  std::ranges::sort(by_value_, {}, [&](int c) { return std::pair(-channels_[static_cast<std::size_t>(c)].value, c); });
  if (by_value_.size() > pulls_) by_value_.resize(pulls_);
  double value = 0;
  for (const int c : by_value_) value += channels_[static_cast<std::size_t>(c)].value;
  return value;
}

void PeriodicPlanner::settle(PeriodicPolicy& policy, double value) {
  std::ranges::fill(policy.period, 0);
  policy.value = value;
  for (const int c : by_value_) assign_offsets(channels_[static_cast<std::size_t>(c)], policy);
}

void PeriodicPlanner::assign_offsets(const Channel& channel, PeriodicPolicy& policy) {
  const auto cycle = static_cast<std::size_t>(period_[static_cast<std::size_t>(channel.arms.back())]);  // the longest
  taken_.assign(cycle, 0);
  std::size_t free = 0;
  for (const int arm : channel.arms) {
    const auto a = static_cast<std::size_t>(arm);
    // All before are at least as frequent, so a free slot is free in every period of this arm.
    while (taken_[free] != 0) ++free;
    policy.period[a] = period_[a];
    policy.offset[a] = static_cast<int>(free);
    for (std::size_t slot = free; slot < cycle; slot += static_cast<std::size_t>(period_[a])) taken_[slot] = 1;
  }
}

PeriodicPolicy plan_periodic(std::span<const Recovery> recoveries, int pulls) {
  PeriodicPolicy policy;
  PeriodicPlanner(static_cast<int>(recoveries.size()), pulls).plan(recoveries, policy);
  return policy;
}

}  // namespace bellwether::bandits
