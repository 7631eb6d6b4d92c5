#include "mdp/graph/quotient.h"

#include <utility>

namespace bellwether::mdp {
namespace {

/// Assembles the rows of the quotient.
class Collapser {
 public:
  Collapser(const TabularMdp& model, const EndComponents& components, std::vector<std::int32_t> state_of)
      : model_(model), components_(components), state_of_(std::move(state_of)) {}

  void add_state(std::int32_t s) {
    const std::int32_t k = components_.component[static_cast<std::size_t>(s)];
    if (k < 0) {
      add_choices(s);
    } else {
      for (const std::int32_t member : components_.members_of(k)) add_choices(member);
      successor_.push_back(state_of_[static_cast<std::size_t>(s)]);
      probability_.push_back(1.0);
      finish_choice(-1, 0.0);
    }
    state_begin_.push_back(static_cast<std::int64_t>(source_.size()));
  }

  Quotient finish() && {
    ModelData data;
    data.state_begin = std::move(state_begin_);
    data.choice_begin = std::move(choice_begin_);
    data.successor = std::move(successor_);
    data.probability = std::move(probability_);
    data.rewards.push_back(
        {.name = model_.data().rewards.front().name, .expected = std::move(reward_), .by_transition = {}});
    return {
        .model = TabularMdp(std::move(data)), .state_of = std::move(state_of_), .source_choice = std::move(source_)};
  }

 private:
  void add_choices(std::int32_t s) {
    for (std::int64_t c = model_.first_choice(s); c < model_.first_choice(s + 1); ++c) {
      const bool inner =
          components_.component[static_cast<std::size_t>(s)] >= 0 && components_.choices[static_cast<std::size_t>(c)];
      if (inner) continue;
      for (const std::int32_t next : model_.successors(c)) {
        successor_.push_back(state_of_[static_cast<std::size_t>(next)]);
      }
      const auto probability = model_.probabilities(c);
      probability_.insert(probability_.end(), probability.begin(), probability.end());
      finish_choice(c, model_.reward(c));
    }
  }

  void finish_choice(std::int64_t source, double reward) {
    choice_begin_.push_back(static_cast<std::int64_t>(successor_.size()));
    source_.push_back(source);
    reward_.push_back(reward);
  }

  const TabularMdp& model_;
  const EndComponents& components_;
  std::vector<std::int32_t> state_of_;
  std::vector<std::int64_t> state_begin_{0}, choice_begin_{0}, source_;
  std::vector<std::int32_t> successor_;
  std::vector<double> probability_, reward_;
};

/// Lets the members of one component walk to `gate`.
void walk_to_gate(const ReverseTransitions& reverse, const EndComponents& components, std::int32_t gate,
                  std::vector<std::int64_t>& choice) {
  const std::int32_t home = components.component[static_cast<std::size_t>(gate)];
  std::vector<std::int32_t> queue{gate};
  for (std::size_t head = 0; head < queue.size(); ++head) {
    for (const std::int64_t c : reverse.choices_into(queue[head])) {
      const std::int32_t s = reverse.state_of(c);
      const auto state = static_cast<std::size_t>(s);
      if (components.component[state] != home || !components.choices[static_cast<std::size_t>(c)]) continue;
      if (choice[state] >= 0) continue;
      choice[state] = c;
      queue.push_back(s);
    }
  }
}

std::int64_t first_inner_choice(const TabularMdp& model, const EndComponents& components, std::int32_t s) {
  std::int64_t c = model.first_choice(s);
  while (!components.choices[static_cast<std::size_t>(c)]) ++c;
  return c;
}

}  // namespace

Quotient collapse(const TabularMdp& model, const EndComponents& components) {
  std::vector<std::int32_t> state_of(static_cast<std::size_t>(model.num_states()), -1), smallest;
  for (int s = 0; s < model.num_states(); ++s) {
    if (state_of[static_cast<std::size_t>(s)] >= 0) continue;
    const auto number = static_cast<std::int32_t>(smallest.size());
    smallest.push_back(s);
    const std::int32_t k = components.component[static_cast<std::size_t>(s)];
    if (k < 0) {
      state_of[static_cast<std::size_t>(s)] = number;
    } else {
      for (const std::int32_t member : components.members_of(k)) state_of[static_cast<std::size_t>(member)] = number;
    }
  }
  Collapser collapser(model, components, std::move(state_of));
  for (const std::int32_t s : smallest) collapser.add_state(s);
  return std::move(collapser).finish();
}

std::vector<std::int64_t> lift_choices(const TabularMdp& model, const ReverseTransitions& reverse,
                                       const EndComponents& components, const Quotient& quotient,
                                       const std::vector<std::int64_t>& quotient_choice) {
  std::vector<std::int64_t> choice(static_cast<std::size_t>(model.num_states()), -1);
  std::vector<char> done(static_cast<std::size_t>(components.count()), 0);
  for (int s = 0; s < model.num_states(); ++s) {
    const auto state = static_cast<std::size_t>(s);
    const std::int32_t k = components.component[state];
    const auto at = static_cast<std::size_t>(quotient.state_of[state]);
    const std::int64_t source = quotient.source_choice[static_cast<std::size_t>(quotient_choice[at])];
    if (k < 0) {
      choice[state] = source;
    } else if (source < 0) {
      choice[state] = first_inner_choice(model, components, s);
    } else if (!done[static_cast<std::size_t>(k)]) {
      done[static_cast<std::size_t>(k)] = 1;
      const std::int32_t gate = reverse.state_of(source);
      choice[static_cast<std::size_t>(gate)] = source;
      walk_to_gate(reverse, components, gate, choice);
    }
  }
  return choice;
}

Policy policy_from_choices(const TabularMdp& model, const std::vector<std::int64_t>& choice) {
  std::vector<std::int32_t> local(choice.size());
  for (std::size_t s = 0; s < choice.size(); ++s) {
    local[s] = static_cast<std::int32_t>(choice[s] - model.first_choice(static_cast<int>(s)));
  }
  return Policy::deterministic(std::move(local));
}

}  // namespace bellwether::mdp
