#pragma once

#include <array>
#include <cstddef>
#include <string_view>
#include <vector>

namespace bellwether::bandits {

/// What can be done with an arm in a round.
enum Activity { kRest = 0, kPlay = 1 };

/// An arm that is a Markov chain of its own: how it moves and what it brings depend on whether it is played.
struct ArmChain {
  int states = 0;
  std::array<std::vector<double>, 2> transitions = {};  ///< by Activity; of state s: [s states, (s + 1) states)
  std::array<std::vector<double>, 2> rewards = {};      ///< by Activity; of each state

  double transition(Activity what, int from, int to) const {
    return transitions[what][static_cast<std::size_t>(from) * static_cast<std::size_t>(states) +
                             static_cast<std::size_t>(to)];
  }
  double reward(Activity what, int state) const { return rewards[what][static_cast<std::size_t>(state)]; }
  friend bool operator==(const ArmChain&, const ArmChain&) = default;
};

/// InvalidModel "who: ..." unless there is a state, sizes agree, rewards are finite and rows are probabilities that add
/// up to one within 1e-9.
void require_valid(std::string_view who, const ArmChain& arm);

/// An arm that stays where it is and brings nothing while it rests.
ArmChain rested_arm(std::vector<double> rewards, std::vector<double> transitions);

}  // namespace bellwether::bandits
