#include "mdp/graph/reverse_transitions.h"

namespace bellwether::mdp {

StateSet state_set(const TabularMdp& model, std::span<const std::int32_t> states) {
  StateSet inside(static_cast<std::size_t>(model.num_states()), 0);
  for (const std::int32_t s : states) inside[static_cast<std::size_t>(s)] = 1;
  return inside;
}

ReverseTransitions::ReverseTransitions(const TabularMdp& model)
    : begin_(static_cast<std::size_t>(model.num_states()) + 1, 0),
      choice_(static_cast<std::size_t>(model.num_transitions())),
      state_(static_cast<std::size_t>(model.num_choices())) {
  for (const std::int32_t next : model.successor()) ++begin_[static_cast<std::size_t>(next) + 1];
  for (std::size_t s = 0; s + 1 < begin_.size(); ++s) begin_[s + 1] += begin_[s];
  std::vector<std::int64_t> cursor(begin_.begin(), begin_.end() - 1);
  for (int s = 0; s < model.num_states(); ++s) {
    for (std::int64_t c = model.first_choice(s); c < model.first_choice(s + 1); ++c) {
      state_[static_cast<std::size_t>(c)] = s;
      for (const std::int32_t next : model.successors(c)) {
        choice_[static_cast<std::size_t>(cursor[static_cast<std::size_t>(next)]++)] = c;
      }
    }
  }
}

}  // namespace bellwether::mdp
