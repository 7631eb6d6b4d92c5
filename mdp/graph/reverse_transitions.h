#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "mdp/tabular_mdp.h"

namespace bellwether::mdp {

/// A set of states as flags, one a state.
using StateSet = std::vector<char>;
/// A set of choices as flags, one a choice of the model; empty means all choices.
using ChoiceSet = std::vector<char>;

StateSet state_set(const TabularMdp& model, std::span<const std::int32_t> states);

/// Which choices can move into a state: what backward searches walk. Linear time and memory (8 bytes a transition,
/// 4 bytes a choice); build it once and hand it to every search on the same model.
class ReverseTransitions {
 public:
  explicit ReverseTransitions(const TabularMdp& model);

  /// Choices with a transition into s, ascending; a choice appears once for each such transition.
  std::span<const std::int64_t> choices_into(std::int32_t s) const {
    const auto state = static_cast<std::size_t>(s);
    return {choice_.data() + begin_[state], choice_.data() + begin_[state + 1]};
  }
  std::int32_t state_of(std::int64_t choice) const { return state_[static_cast<std::size_t>(choice)]; }

 private:
  std::vector<std::int64_t> begin_, choice_;
  std::vector<std::int32_t> state_;
};

}  // namespace bellwether::mdp
