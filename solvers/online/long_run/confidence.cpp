#include "solvers/online/long_run/confidence.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace bellwether::online {

HoeffdingSets::HoeffdingSets(const AverageWorld& world, double delta, double factor)
    : states_(world.num_states()),
      actions_(world.largest_num_actions),
      choices_(static_cast<double>(world.num_choices())),
      delta_(delta),
      factor_(factor) {}

void HoeffdingSets::renew(const Experience& seen, double t, std::span<double> reward) {
  const double reward_width = factor_ * std::sqrt(3.5 * std::log(2 * choices_ * t / delta_));
  const double law_width = factor_ * std::sqrt(14 * states_ * std::log(2 * actions_ * t / delta_));
  laws_.clear();
  for (std::int64_t c = 0; c < seen.num_choices(); ++c) {
    const auto n = static_cast<double>(seen.visits(c));
    if (n == 0) {
      reward[static_cast<std::size_t>(c)] = 1;
      laws_.end_row(2);
      continue;
    }
    const double per_root = 1 / std::sqrt(n), per_visit = 1 / n;
    reward[static_cast<std::size_t>(c)] = std::min(1.0, seen.rewards(c).mean() + reward_width * per_root);
    for (const auto& next : seen.successors(c)) laws_.push(next.state, next.count * per_visit);
    laws_.end_row(law_width * per_root);
  }
}

BernsteinSets::BernsteinSets(const AverageWorld& world, Widths widths, double delta, double factor)
    : choices_(static_cast<double>(world.num_choices())), delta_(delta), factor_(factor), widths_(widths) {}

void BernsteinSets::renew(const Experience& seen, double t, std::span<double> reward) {
  const bool newer = widths_ == Widths::k2020;
  const double log_t = std::log(2 * choices_ * t / delta_);
  laws_.clear();
  for (std::int64_t c = 0; c < seen.num_choices(); ++c) {
    const auto n = static_cast<double>(seen.visits(c));
    if (n == 0) {
      reward[static_cast<std::size_t>(c)] = 1;
      laws_.end_row(1);
      continue;
    }
    const double l = newer ? std::log(6 * choices_ * n / delta_) : log_t;
    const double per_deviation = factor_ * (newer ? 2 * std::sqrt(l / n) : std::sqrt(14 * l / n));
    const double fixed = factor_ * (newer ? 6 * l / n : 49 * l / (3 * std::max(1.0, n - 1)));
    const Moments& r = seen.rewards(c);
    reward[static_cast<std::size_t>(c)] = std::min(1.0, r.mean() + per_deviation * std::sqrt(r.variance()) + fixed);
    for (const auto& next : seen.successors(c)) {
      const double p = next.count / n, width = per_deviation * std::sqrt(p * (1 - p)) + fixed;
      laws_.push(next.state, std::max(0.0, p - width), std::min(1.0, p + width));
    }
    laws_.end_row(std::min(1.0, fixed));
  }
}

KlSets::KlSets(const AverageWorld& world, double delta, double factor) : factor_(factor) {
  const double S = world.num_states(), SA = static_cast<double>(world.num_choices());
  // The theorem is for T > 5; shorter runs take its constants at 6.
  const double log_steps = std::log(std::max(6.0, static_cast<double>(world.steps)));
  reward_constant_ = std::log(4 * SA * log_steps / delta) / 1.99;
  const double b = std::log(2 * std::numbers::e * S * SA * log_steps / delta), more = b + 1 / log_steps;
  law_constant_ = S * (b + std::log(more) * (1 + 1 / more));
}

void KlSets::renew(const Experience& seen, double /*t*/, std::span<double> reward) {
  laws_.clear();
  for (std::int64_t c = 0; c < seen.num_choices(); ++c) {
    const auto n = static_cast<double>(seen.visits(c));
    if (n == 0) {
      reward[static_cast<std::size_t>(c)] = 1;
      laws_.end_row(0);
      continue;
    }
    const double width = factor_ * std::sqrt(reward_constant_ / n);
    reward[static_cast<std::size_t>(c)] = std::min(1.0, seen.rewards(c).mean() + width);
    for (const auto& next : seen.successors(c)) laws_.push(next.state, next.count / n);
    laws_.end_row(factor_ * law_constant_ / n);
  }
}

}  // namespace bellwether::online
