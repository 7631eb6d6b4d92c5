#include "solvers/online/exploration/learnt_model.h"

#include <algorithm>
#include <utility>

namespace bellwether::online {

// r(h, c) + sum over s' of P^_h(s' | c) V_{h+1}(s'), V_{h+1} in next_.
double LearntModel::q(std::span<const double> rewards, int stage, std::int64_t choice) const {
  const std::int64_t i = row(stage, choice);
  const auto visits = static_cast<double>(counts_.visits(i));
  const double next = visits > 0 ? counts_.sum(i, next_.data()) / visits : 0;
  return rewards[static_cast<std::size_t>(i)] + next;
}

void LearntModel::plan(std::span<const double> rewards, EpisodicPolicy& policy) const {
  std::ranges::fill(next_, 0.0);
  for (int h = world_.horizon - 1; h >= 0; --h) {
    for (int s = 0; s < world_.num_states(); ++s) {
      std::int64_t best = world_.state_begin[static_cast<std::size_t>(s)];
      const std::int64_t last = world_.state_begin[static_cast<std::size_t>(s) + 1];
      double most = q(rewards, h, best);
      for (std::int64_t c = best + 1; c < last; ++c) {
        const double value = q(rewards, h, c);
        if (value > most) {
          most = value;
          best = c;
        }
      }
      now_[static_cast<std::size_t>(s)] = most;
      policy.play(h, s, best);
    }
    std::swap(now_, next_);
  }
}

double LearntModel::value(std::span<const double> rewards, const EpisodicPolicy& policy, int state) const {
  std::ranges::fill(next_, 0.0);
  for (int h = world_.horizon - 1; h >= 0; --h) {
    for (int s = 0; s < world_.num_states(); ++s)
      now_[static_cast<std::size_t>(s)] = q(rewards, h, policy.choice(h, s));
    std::swap(now_, next_);
  }
  return next_[static_cast<std::size_t>(state)];
}

}  // namespace bellwether::online
