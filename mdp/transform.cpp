#include "mdp/transform.h"

#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/errors.h"
#include "core/text.h"

namespace bellwether::mdp {
namespace {

std::vector<char> membership(const TabularMdp& model, std::span<const std::int32_t> states) {
  std::vector<char> inside(static_cast<std::size_t>(model.num_states()), 0);
  for (const std::int32_t s : states) {
    if (s < 0 || s >= model.num_states())
      throw InvalidModel(
          fmt::format("state {} is out of range, the model has {}", s, counted(model.num_states(), "state")));
    inside[static_cast<std::size_t>(s)] = 1;
  }
  return inside;
}

/// Which choices of the old model the new one keeps: all of ordinary states, the first of absorbing ones.
std::vector<std::int64_t> kept_choices(const TabularMdp& model, const std::vector<char>& absorbs) {
  std::vector<std::int64_t> kept;
  kept.reserve(static_cast<std::size_t>(model.num_choices()));
  for (int s = 0; s < model.num_states(); ++s) {
    const std::int64_t first = model.first_choice(s);
    const std::int64_t last = absorbs[static_cast<std::size_t>(s)] ? first + 1 : model.first_choice(s + 1);
    for (std::int64_t c = first; c < last; ++c) kept.push_back(c);
  }
  return kept;
}

Column absorbed_column(const TabularMdp& model, const Column& column, const std::vector<std::int64_t>& kept,
                       const std::vector<char>& choice_absorbs) {
  std::vector<double> expected, by_transition;
  for (std::size_t k = 0; k < kept.size(); ++k) {
    const auto c = static_cast<std::size_t>(kept[k]);
    expected.push_back(choice_absorbs[k] ? 0.0 : column.expected[c]);
    if (column.by_transition.empty()) continue;
    if (choice_absorbs[k]) {
      by_transition.push_back(0);
    } else {
      const std::int64_t* begin = model.choice_begin().data();
      by_transition.insert(by_transition.end(), column.by_transition.begin() + begin[c],
                           column.by_transition.begin() + begin[c + 1]);
    }
  }
  return {.name = column.name, .expected = std::move(expected), .by_transition = std::move(by_transition)};
}

}  // namespace

TabularMdp absorbing(const TabularMdp& model, std::span<const std::int32_t> states) {
  const std::vector<char> absorbs = membership(model, states);
  const std::vector<std::int64_t> kept = kept_choices(model, absorbs);
  std::vector<char> choice_absorbs;
  std::vector<std::int64_t> state_begin{0}, choice_begin{0};
  std::vector<std::int32_t> successor, action;
  std::vector<double> probability;
  std::size_t next_kept = 0;
  for (int s = 0; s < model.num_states(); ++s) {
    const bool absorb = absorbs[static_cast<std::size_t>(s)];
    for (; next_kept < kept.size() && kept[next_kept] < model.first_choice(s + 1); ++next_kept) {
      const std::int64_t c = kept[next_kept];
      choice_absorbs.push_back(absorb);
      if (absorb) {
        successor.push_back(s);
        probability.push_back(1);
      } else {
        successor.insert(successor.end(), model.successors(c).begin(), model.successors(c).end());
        probability.insert(probability.end(), model.probabilities(c).begin(), model.probabilities(c).end());
      }
      choice_begin.push_back(static_cast<std::int64_t>(successor.size()));
      if (!model.data().action.empty()) action.push_back(model.data().action[static_cast<std::size_t>(c)]);
    }
    state_begin.push_back(static_cast<std::int64_t>(next_kept));
  }
  ModelData data = model.data();
  for (Column& column : data.rewards) column = absorbed_column(model, column, kept, choice_absorbs);
  for (Column& column : data.costs) column = absorbed_column(model, column, kept, choice_absorbs);
  data.reward_laws = {};
  data.state_begin = std::move(state_begin);
  data.choice_begin = std::move(choice_begin);
  data.successor = std::move(successor);
  data.probability = std::move(probability);
  data.action = std::move(action);
  return TabularMdp(std::move(data));
}

TabularMdp reaching(const TabularMdp& model, std::span<const std::int32_t> target) {
  const TabularMdp absorbed = absorbing(model, target);
  const std::vector<char> inside = membership(model, target);
  std::vector<double> reward(static_cast<std::size_t>(absorbed.num_choices()), 0.0);
  std::vector<double> by_transition(static_cast<std::size_t>(absorbed.num_transitions()), 0.0);
  for (int s = 0; s < absorbed.num_states(); ++s) {
    if (inside[static_cast<std::size_t>(s)]) continue;
    for (std::int64_t c = absorbed.first_choice(s); c < absorbed.first_choice(s + 1); ++c) {
      const auto successors = absorbed.successors(c);
      const auto probabilities = absorbed.probabilities(c);
      double enter = 0;
      bool all = true;
      for (std::size_t i = 0; i < successors.size(); ++i) {
        const bool hit = inside[static_cast<std::size_t>(successors[i])];
        if (hit) {
          enter += probabilities[i];
          by_transition[static_cast<std::size_t>(absorbed.choice_begin()[static_cast<std::size_t>(c)]) + i] = 1;
        }
        all = all && hit;
      }
      reward[static_cast<std::size_t>(c)] = all ? 1.0 : enter;
    }
  }
  // The reward of each transition says exactly what the sum of probabilities says rounded.
  ModelData data = absorbed.data();
  data.rewards = {{.name = "reach", .expected = std::move(reward), .by_transition = std::move(by_transition)}};
  return TabularMdp(std::move(data));
}

}  // namespace bellwether::mdp
