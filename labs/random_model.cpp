#include "labs/random_model.h"

#include <array>
#include <utility>

#include "mdp/tabular_mdp_builder.h"

namespace bellwether::labs {
namespace {

struct Action {
  double reward = 0;
  std::vector<mdp::Entry> row;
};

/// Two or three different successors with probabilities in tenths; the way to the end is rare.
Action random_action(int states, Stream& draws) {
  static constexpr std::array<std::array<double, 3>, 4> kTenths = {
      {{0.7, 0.2, 0.1}, {0.5, 0.3, 0.2}, {0.6, 0.3, 0.1}, {0.2, 0.8, 0}}};
  const auto& tenths = kTenths[draws.below(kTenths.size())];
  Action action{.reward = static_cast<double>(static_cast<int>(draws.below(501)) - 300) / 100, .row = {}};
  for (const double p : tenths) {
    if (p == 0) continue;
    int next = 0;
    bool taken = true;
    while (taken) {
      next = static_cast<int>(draws.below(static_cast<std::uint64_t>(states)));
      taken = false;
      for (const mdp::Entry& entry : action.row) taken = taken || entry.next == next;
    }
    action.row.push_back({.next = next, .probability = p});
  }
  return action;
}

}  // namespace

lab::Model RandomModel::view() const {
  return lab::Model({.states = model.num_states(),
                     .first_choice = first_choice.data(),
                     .first_successor = first_successor.data(),
                     .reward = reward.data(),
                     .successor = successor.data(),
                     .probability = probability.data(),
                     .discount = discount});
}

RandomModel random_model(const Stream& stream, bool same_actions) {
  Stream draws = stream.child("model");
  const int states = 8 + static_cast<int>(draws.below(4));
  const int all = 2 + static_cast<int>(draws.below(3));
  const double discount = static_cast<double>(80 + draws.below(16)) / 100;
  std::vector<std::vector<Action>> actions(static_cast<std::size_t>(states - 1));
  for (std::size_t s = 0; s < actions.size(); ++s) {
    const int count = same_actions ? all : 2 + static_cast<int>(draws.below(3));
    for (int a = 0; a < count; ++a) actions[s].push_back(random_action(states, draws));
    if (s % 2 == 0) actions[s].back() = actions[s].front();  // a tie whenever the first one is best
  }
  mdp::TabularMdpBuilder builder(states);
  builder.discount(discount);
  std::vector<std::int64_t> first_choice{0}, first_successor{0};
  std::vector<double> reward, probability;
  std::vector<std::int32_t> successor;
  for (std::size_t s = 0; s < actions.size(); ++s) {
    for (const Action& action : actions[s]) {
      builder.add_choice(static_cast<int>(s), action.reward, action.row);
      reward.push_back(action.reward);
      for (const mdp::Entry& entry : action.row) {
        successor.push_back(entry.next);
        probability.push_back(entry.probability);
      }
      first_successor.push_back(static_cast<std::int64_t>(successor.size()));
    }
    first_choice.push_back(static_cast<std::int64_t>(reward.size()));
  }
  first_choice.push_back(first_choice.back());
  builder.add_choice(states - 1, 0.0, {{states - 1, 1.0}});
  return {.model = std::move(builder).build(),
          .discount = discount,
          .first_choice = std::move(first_choice),
          .first_successor = std::move(first_successor),
          .reward = std::move(reward),
          .probability = std::move(probability),
          .successor = std::move(successor)};
}

}  // namespace bellwether::labs
