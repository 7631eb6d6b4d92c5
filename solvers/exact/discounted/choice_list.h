#pragma once

#include <cstdint>
#include <limits>
#include <vector>

#include "mdp/tabular_mdp.h"

namespace bellwether::solvers::discounted {

/// One choice a state, counted within the state, or none yet; a byte each where no state has more than 255.
class ChoiceList {
 public:
  static constexpr std::int32_t kNone = -1;

  ChoiceList() = default;
  explicit ChoiceList(const mdp::TabularMdp& model) {
    const auto states = static_cast<std::size_t>(model.num_states());
    bool few = true;
    for (int s = 0; s < model.num_states(); ++s)
      few &= model.num_choices(s) <= std::numeric_limits<std::uint8_t>::max();
    if (few) narrow_.assign(states, 0);
    if (!few) wide_.assign(states, kNone);
  }

  std::int32_t operator[](std::int64_t s) const {
    const auto i = static_cast<std::size_t>(s);
    return wide_.empty() ? narrow_[i] - 1 : wide_[i];
  }
  void set(std::int64_t s, std::int32_t choice) {
    const auto i = static_cast<std::size_t>(s);
    if (wide_.empty()) {
      narrow_[i] = static_cast<std::uint8_t>(choice + 1);
    } else {
      wide_[i] = choice;
    }
  }

 private:
  std::vector<std::uint8_t> narrow_;  // choice + 1
  std::vector<std::int32_t> wide_;
};

}  // namespace bellwether::solvers::discounted
