#include "mdp/graph/reachability.h"

#include <algorithm>

namespace bellwether::mdp {
namespace {

bool is_allowed(const ChoiceSet& allowed, std::int64_t choice) {
  return allowed.empty() || allowed[static_cast<std::size_t>(choice)];
}

std::vector<std::int32_t> members(const StateSet& set) {
  std::vector<std::int32_t> states;
  for (std::size_t s = 0; s < set.size(); ++s)
    if (set[s]) states.push_back(static_cast<std::int32_t>(s));
  return states;
}

/// Takes the states in `queue` away: their choices and the choices that may lead to them are no longer allowed, and a
/// state left without a choice goes too.
void remove_states(const TabularMdp& model, const ReverseTransitions& reverse, const StateSet& target,
                   std::vector<std::int32_t> queue, std::vector<std::int32_t>& choices_left, ChoiceSet& allowed,
                   StateSet& alive) {
  for (const std::int32_t s : queue) alive[static_cast<std::size_t>(s)] = 0;
  while (!queue.empty()) {
    const std::int32_t gone = queue.back();
    queue.pop_back();
    for (std::int64_t c = model.first_choice(gone); c < model.first_choice(gone + 1); ++c) {
      allowed[static_cast<std::size_t>(c)] = 0;
    }
    for (const std::int64_t c : reverse.choices_into(gone)) {
      if (!allowed[static_cast<std::size_t>(c)]) continue;
      const std::int32_t s = reverse.state_of(c);
      const auto state = static_cast<std::size_t>(s);
      if (target[state] || !alive[state]) continue;
      allowed[static_cast<std::size_t>(c)] = 0;
      if (--choices_left[state] == 0) {
        alive[state] = 0;
        queue.push_back(s);
      }
    }
  }
}

}  // namespace

std::vector<std::int64_t> approaching_choices(const TabularMdp& model, const ReverseTransitions& reverse,
                                              const StateSet& target, const ChoiceSet& allowed) {
  std::vector<std::int64_t> choice(static_cast<std::size_t>(model.num_states()), -1);
  std::vector<std::int32_t> queue = members(target);  // first in, first out: shortest paths
  for (std::size_t head = 0; head < queue.size(); ++head) {
    for (const std::int64_t c : reverse.choices_into(queue[head])) {
      const std::int32_t s = reverse.state_of(c);
      const auto state = static_cast<std::size_t>(s);
      if (choice[state] >= 0 || target[state] || !is_allowed(allowed, c)) continue;
      choice[state] = c;
      queue.push_back(s);
    }
  }
  return choice;
}

StateSet can_reach(const TabularMdp& model, const ReverseTransitions& reverse, const StateSet& target,
                   const ChoiceSet& allowed) {
  const std::vector<std::int64_t> choice = approaching_choices(model, reverse, target, allowed);
  StateSet result = target;
  for (std::size_t s = 0; s < result.size(); ++s)
    if (choice[s] >= 0) result[s] = 1;
  return result;
}

StateSet can_avoid(const TabularMdp& model, const ReverseTransitions& reverse, const StateSet& target,
                   const ChoiceSet& allowed) {
  // The complement is the least set with the target in it and every state all of whose choices may enter the set.
  std::vector<std::int32_t> safe_choices(static_cast<std::size_t>(model.num_states()), 0);
  for (int s = 0; s < model.num_states(); ++s) {
    for (std::int64_t c = model.first_choice(s); c < model.first_choice(s + 1); ++c) {
      if (is_allowed(allowed, c)) ++safe_choices[static_cast<std::size_t>(s)];
    }
  }
  StateSet drawn = target;
  ChoiceSet spoilt(static_cast<std::size_t>(model.num_choices()), 0);
  std::vector<std::int32_t> queue = members(target);
  while (!queue.empty()) {
    const std::int32_t inside = queue.back();
    queue.pop_back();
    for (const std::int64_t c : reverse.choices_into(inside)) {
      if (spoilt[static_cast<std::size_t>(c)] || !is_allowed(allowed, c)) continue;
      spoilt[static_cast<std::size_t>(c)] = 1;
      const std::int32_t s = reverse.state_of(c);
      const auto state = static_cast<std::size_t>(s);
      if (--safe_choices[state] > 0 || drawn[state]) continue;
      drawn[state] = 1;
      queue.push_back(s);
    }
  }
  for (char& flag : drawn) flag = !flag;
  return drawn;
}

StateSet can_reach_surely(const TabularMdp& model, const ReverseTransitions& reverse, const StateSet& target,
                          const ChoiceSet& allowed) {
  StateSet alive(static_cast<std::size_t>(model.num_states()), 1);
  ChoiceSet kept = allowed.empty() ? ChoiceSet(static_cast<std::size_t>(model.num_choices()), 1) : allowed;
  std::vector<std::int32_t> choices_left(alive.size(), 0);
  for (int s = 0; s < model.num_states(); ++s) {
    for (std::int64_t c = model.first_choice(s); c < model.first_choice(s + 1); ++c) {
      if (kept[static_cast<std::size_t>(c)]) ++choices_left[static_cast<std::size_t>(s)];
    }
  }
  // A state that cannot reach the target is lost; so is every choice that may lead to a lost state. What survives has
  // choices that never enter a lost state and, from everywhere, a path to the target.
  while (true) {
    const StateSet reaching = can_reach(model, reverse, target, kept);
    std::vector<std::int32_t> lost;
    for (std::size_t s = 0; s < alive.size(); ++s) {
      if (alive[s] && !reaching[s]) lost.push_back(static_cast<std::int32_t>(s));
    }
    if (lost.empty()) return alive;
    remove_states(model, reverse, target, std::move(lost), choices_left, kept, alive);
  }
}

StateSet must_reach_surely(const TabularMdp& model, const ReverseTransitions& reverse, const StateSet& target,
                           const ChoiceSet& allowed) {
  // Some policy misses the target with positive probability exactly where it can get to a state that avoids it.
  const StateSet avoiding = can_avoid(model, reverse, target, allowed);
  ChoiceSet outside = allowed.empty() ? ChoiceSet(static_cast<std::size_t>(model.num_choices()), 1) : allowed;
  for (int s = 0; s < model.num_states(); ++s) {
    if (!target[static_cast<std::size_t>(s)]) continue;
    std::fill(outside.begin() + model.first_choice(s), outside.begin() + model.first_choice(s + 1), char{0});
  }
  StateSet result = can_reach(model, reverse, avoiding, outside);
  for (char& flag : result) flag = !flag;
  return result;
}

ChoiceSet choices_within(const TabularMdp& model, const StateSet& region, const ChoiceSet& allowed) {
  ChoiceSet result(static_cast<std::size_t>(model.num_choices()), 0);
  for (int s = 0; s < model.num_states(); ++s) {
    if (!region[static_cast<std::size_t>(s)]) continue;
    for (std::int64_t c = model.first_choice(s); c < model.first_choice(s + 1); ++c) {
      const auto next = model.successors(c);
      result[static_cast<std::size_t>(c)] =
          is_allowed(allowed, c) &&
          std::all_of(next.begin(), next.end(), [&](std::int32_t t) { return region[static_cast<std::size_t>(t)]; });
    }
  }
  return result;
}

}  // namespace bellwether::mdp
