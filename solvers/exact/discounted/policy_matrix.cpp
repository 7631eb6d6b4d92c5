#include "solvers/exact/discounted/policy_matrix.h"

#include <algorithm>

#include "core/parallel.h"

namespace bellwether::solvers::discounted {

void PolicyMatrix::extract(const mdp::TabularMdp& model, const Choices& choice) {
  const auto states = static_cast<std::size_t>(model.num_states());
  row_begin_.resize(states + 1);
  reward_.resize(states);
  row_begin_[0] = 0;
  const auto played = [&](std::size_t s) { return model.first_choice(static_cast<int>(s)) + choice[s]; };
  for (std::size_t s = 0; s < states; ++s) {
    row_begin_[s + 1] = row_begin_[s] + static_cast<std::int64_t>(model.successors(played(s)).size());
  }
  successor_.resize(static_cast<std::size_t>(row_begin_[states]));
  probability_.resize(successor_.size());
  parallel_for(model.num_states(), row_begin_[states], [&](std::int64_t begin, std::int64_t end) {
    for (auto s = static_cast<std::size_t>(begin); s < static_cast<std::size_t>(end); ++s) {
      const std::int64_t c = played(s);
      std::ranges::copy(model.successors(c), successor_.begin() + row_begin_[s]);
      std::ranges::copy(model.probabilities(c), probability_.begin() + row_begin_[s]);
      reward_[s] = model.reward(c);
    }
  });
}

mdp::Change PolicyMatrix::sweep(double discount, std::span<const double> v, std::span<double> out) const {
  return parallel_reduce(
      num_states(), num_transitions(), mdp::Change{},
      [&](std::int64_t begin, std::int64_t end) {
        mdp::Change change;
        for (auto s = static_cast<int>(begin); s < static_cast<int>(end); ++s) {
          const auto i = static_cast<std::size_t>(s);
          out[i] = reward_[i] + discount * expectation(s, v);
          change.add(v[i], out[i]);
        }
        return change;
      },
      mdp::Change::join);
}

}  // namespace bellwether::solvers::discounted
