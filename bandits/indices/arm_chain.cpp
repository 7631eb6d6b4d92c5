#include "bandits/indices/arm_chain.h"

#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "core/errors.h"

namespace bellwether::bandits {

void require_valid(std::string_view who, const ArmChain& arm) {
  if (arm.states < 1) throw InvalidModel(fmt::format("{}: an arm has {} states, must be at least 1", who, arm.states));
  const auto n = static_cast<std::size_t>(arm.states);
  for (const Activity what : {kRest, kPlay}) {
    const char* word = what == kPlay ? "played" : "rested";
    if (arm.rewards[what].size() != n || arm.transitions[what].size() != n * n)
      throw InvalidModel(fmt::format("{}: {} rewards and {} probabilities of a {} arm do not fit {} states", who,
                                     arm.rewards[what].size(), arm.transitions[what].size(), word, n));
    for (int s = 0; s < arm.states; ++s) {
      if (!std::isfinite(arm.reward(what, s)))
        throw InvalidModel(
            fmt::format("{}: the reward of state {}, {}, is {}, must be finite", who, s, word, arm.reward(what, s)));
      double sum = 0;
      for (int to = 0; to < arm.states; ++to) {
        const double p = arm.transition(what, s, to);
        if (!(p >= 0))
          throw InvalidModel(fmt::format("{}: the probability from state {} to {}, {}, is {}, must be at least 0", who,
                                         s, to, word, p));
        sum += p;
      }
      if (!(std::abs(sum - 1) <= 1e-9))
        throw InvalidModel(
            fmt::format("{}: probabilities from state {}, {}, add up to {}, must be 1", who, s, word, sum));
    }
  }
}

ArmChain rested_arm(std::vector<double> rewards, std::vector<double> transitions) {
  ArmChain arm{.states = static_cast<int>(rewards.size())};
  const std::size_t n = rewards.size();
  arm.rewards = {std::vector<double>(n), std::move(rewards)};
  arm.transitions = {std::vector<double>(n * n), std::move(transitions)};
  for (std::size_t s = 0; s < n; ++s) arm.transitions[kRest][s * n + s] = 1;
  return arm;
}

}  // namespace bellwether::bandits
