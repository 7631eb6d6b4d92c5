#include "proofs_checks/robust_papers/models.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "mdp/tabular_mdp_builder.h"

namespace bellwether::claims {
namespace {

/// So many different states, ascending.
std::vector<int> drawn_states(int states, int successors, Stream& stream) {
  std::vector<int> all(static_cast<std::size_t>(states));
  std::iota(all.begin(), all.end(), 0);
  for (int i = 0; i < successors; ++i) {
    const auto j = static_cast<std::size_t>(i) + stream.below(static_cast<std::uint64_t>(states - i));
    std::swap(all[static_cast<std::size_t>(i)], all[j]);
  }
  all.resize(static_cast<std::size_t>(successors));
  std::sort(all.begin(), all.end());
  return all;
}

mdp::TabularMdp drawn(int states, int actions, int successors, double scale, bool by_transition, Stream& stream) {
  mdp::TabularMdpBuilder builder(states);
  for (int s = 0; s < states; ++s) {
    for (int a = 0; a < actions; ++a) {
      std::vector<mdp::Entry> row;
      double sum = 0;
      for (const int next : drawn_states(states, successors, stream)) {
        row.push_back({.next = next, .probability = 1e-3 + stream.uniform(), .reward = scale * stream.uniform()});
        sum += row.back().probability;
      }
      for (mdp::Entry& entry : row) entry.probability /= sum;
      if (by_transition)
        builder.add_choice(s, row);
      else
        builder.add_choice(s, scale * stream.uniform(), row);
    }
  }
  builder.initial(std::vector<double>(static_cast<std::size_t>(states), 1.0 / states));
  return std::move(builder).build();
}

}  // namespace

mdp::TabularMdp drawn_cost_garnet(int states, int actions, int successors, Stream& stream) {
  return drawn(states, actions, successors, 5, true, stream);
}

mdp::TabularMdp drawn_reward_garnet(int states, int actions, int successors, Stream& stream) {
  return drawn(states, actions, successors, 1, false, stream);
}

solvers::RobustProblem drawn_robust_garnet(int states, int actions, int successors, Stream& stream,
                                           mdp::Rectangular rectangular) {
  mdp::TabularMdp model = drawn_cost_garnet(states, actions, successors, stream);
  const bool by_state = rectangular == mdp::Rectangular::kState;
  mdp::Ambiguity set{.kind = mdp::SetKind::kL1, .rectangular = rectangular};
  const std::int64_t count = by_state ? states : model.num_choices();
  for (std::int64_t i = 0; i < count; ++i)
    set.radius.push_back((0.1 + 0.4 * stream.uniform()) * (by_state ? actions : 1));
  return {.model = mdp::RobustMdp(std::move(model), std::move(set)),
          .direction = solvers::Direction::kMinimise,
          .discount = 0.95};
}

mdp::TabularMdp windy_walk(double wind) {
  constexpr int kRows = 5, kColumns = 7;
  mdp::TabularMdpBuilder builder(kRows * kColumns);
  const auto cell = [](int r, int c) { return r * kColumns + c; };
  for (int r = 0; r < kRows; ++r) {
    for (int c = 0; c < kColumns; ++c) {
      const bool goal = r == 2 && c == 6, swamp = r == 4 && c >= 1 && c <= 5;
      for (const auto& [dr, dc] : {std::pair{-1, 0}, {1, 0}, {0, -1}, {0, 1}}) {
        if (goal) {
          builder.add_choice(cell(r, c), 0.0, {{cell(r, c), 1.0}});
          continue;
        }
        const int nr = std::clamp(r + dr, 0, kRows - 1), nc = std::clamp(c + dc, 0, kColumns - 1);
        const bool windy = nc >= 1 && nc <= 5;
        const double push = windy && nr == 2 ? wind : (windy && nr == 3 ? wind * wind : 0);
        builder.add_choice(cell(r, c), swamp ? -3.0 : -1.0,
                           {{cell(nr, nc), 1 - push}, {cell(std::min(nr + 1, kRows - 1), nc), push}});
      }
    }
  }
  builder.start_in(cell(2, 0));
  return std::move(builder).build();
}

mdp::TabularMdp slippery_row(double slip) {
  mdp::TabularMdpBuilder builder(10);
  for (int s = 0; s < 10; ++s) {
    const int left = std::max(0, s - 1), right = std::min(9, s + 1);
    builder.add_choice(s, s == 0 ? 0.3 : 0, {{left, 0.9}, {right, 0.1}});
    builder.add_choice(s, s == 9 ? 1 : 0, {{right, 0.6 - slip}, {s, 0.2}, {left, 0.2 + slip}});
  }
  return std::move(builder).build();
}

std::vector<double> drawn_weights(const mdp::TabularMdp& model, Stream& stream) {
  std::vector<double> weights(static_cast<std::size_t>(model.num_choices()));
  for (int s = 0; s < model.num_states(); ++s) {
    double sum = 0;
    const auto first = static_cast<std::size_t>(model.first_choice(s)),
               last = static_cast<std::size_t>(model.first_choice(s + 1));
    for (std::size_t c = first; c < last; ++c) sum += weights[c] = 0.02 + stream.uniform();
    for (std::size_t c = first; c < last; ++c) weights[c] /= sum;
  }
  return weights;
}

}  // namespace bellwether::claims
