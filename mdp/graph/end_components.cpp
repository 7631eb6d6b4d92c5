#include "mdp/graph/end_components.h"

#include <algorithm>

#include "mdp/graph/components.h"

namespace bellwether::mdp {
namespace {

/// The states and choices still in play.
class Peeling {
 public:
  Peeling(const TabularMdp& model, const ReverseTransitions& reverse, const ChoiceSet& allowed)
      : model_(model),
        reverse_(reverse),
        alive_(allowed.empty() ? ChoiceSet(static_cast<std::size_t>(model.num_choices()), 1) : allowed),
        choices_left_(static_cast<std::size_t>(model.num_states()), 0),
        local_(static_cast<std::size_t>(model.num_states()), -1),
        part_(static_cast<std::size_t>(model.num_states()), -1) {
    for (int s = 0; s < model.num_states(); ++s) {
      for (std::int64_t c = model.first_choice(s); c < model.first_choice(s + 1); ++c) {
        if (alive_[static_cast<std::size_t>(c)]) ++choices_left_[static_cast<std::size_t>(s)];
      }
      pending_.push_back(s);
    }
    drop_stuck_states();
  }

  void run() {
    while (!pending_.empty()) split();
  }

  const ChoiceSet& choices() const { return alive_; }
  /// Settled states carry the number of their component (not yet in its final order), others -1.
  const std::vector<std::int32_t>& parts() const { return part_; }

 private:
  bool lives(std::int32_t s) const { return choices_left_[static_cast<std::size_t>(s)] > 0; }

  void drop_stuck_states() {
    std::vector<std::int32_t> stuck;
    for (const std::int32_t s : pending_)
      if (!lives(s)) stuck.push_back(s);
    drop_choices_into(std::move(stuck));
    std::erase_if(pending_, [this](std::int32_t s) { return !lives(s); });
  }

  void drop_choices_into(std::vector<std::int32_t> gone) {
    while (!gone.empty()) {
      const std::int32_t t = gone.back();
      gone.pop_back();
      for (const std::int64_t c : reverse_.choices_into(t)) {
        if (!alive_[static_cast<std::size_t>(c)]) continue;
        alive_[static_cast<std::size_t>(c)] = 0;
        const std::int32_t s = reverse_.state_of(c);
        if (--choices_left_[static_cast<std::size_t>(s)] == 0) gone.push_back(s);
      }
    }
  }

  /// The graph of the pending states under living choices, numbered locally.
  Components pending_components() {
    for (std::size_t i = 0; i < pending_.size(); ++i) {
      local_[static_cast<std::size_t>(pending_[i])] = static_cast<std::int32_t>(i);
    }
    std::vector<std::int64_t> offset{0};
    std::vector<std::int32_t> target;
    for (const std::int32_t s : pending_) {
      for (std::int64_t c = model_.first_choice(s); c < model_.first_choice(s + 1); ++c) {
        if (!alive_[static_cast<std::size_t>(c)]) continue;
        for (const std::int32_t t : model_.successors(c)) {
          const std::int32_t node = local_[static_cast<std::size_t>(t)];
          if (node >= 0) target.push_back(node);
        }
      }
      offset.push_back(static_cast<std::int64_t>(target.size()));
    }
    return strongly_connected_components(Digraph{offset, target});
  }

  /// One round: cuts the choices that leave their strongly connected component; what lost nothing is settled.
  void split() {
    const Components split = pending_components();
    const auto component_of = [&](std::int32_t s) {
      const std::int32_t node = local_[static_cast<std::size_t>(s)];
      return node < 0 ? -1 : split.component[static_cast<std::size_t>(node)];
    };
    std::vector<char> changed(static_cast<std::size_t>(split.count()), 0);
    std::vector<std::int32_t> stuck;
    for (const std::int32_t s : pending_) {
      const std::int32_t home = component_of(s);
      for (std::int64_t c = model_.first_choice(s); c < model_.first_choice(s + 1); ++c) {
        if (!alive_[static_cast<std::size_t>(c)]) continue;
        const auto next = model_.successors(c);
        if (std::all_of(next.begin(), next.end(), [&](std::int32_t t) { return component_of(t) == home; })) continue;
        alive_[static_cast<std::size_t>(c)] = 0;
        changed[static_cast<std::size_t>(home)] = 1;
        if (--choices_left_[static_cast<std::size_t>(s)] == 0) stuck.push_back(s);
      }
    }
    // Choices that are left stay in their component, so states dropped here pull down their own component only.
    drop_choices_into(std::move(stuck));
    std::vector<std::int32_t> again;
    for (const std::int32_t s : pending_) {
      const std::int32_t home = component_of(s);
      if (!lives(s)) continue;
      if (changed[static_cast<std::size_t>(home)]) {
        again.push_back(s);
      } else {
        part_[static_cast<std::size_t>(s)] = settled_ + home;
      }
    }
    settled_ += split.count();
    for (const std::int32_t s : pending_) local_[static_cast<std::size_t>(s)] = -1;
    pending_ = std::move(again);
  }

  const TabularMdp& model_;
  const ReverseTransitions& reverse_;
  ChoiceSet alive_;
  std::vector<std::int32_t> choices_left_, local_, part_, pending_;
  std::int32_t settled_ = 0;
};

}  // namespace

EndComponents maximal_end_components(const TabularMdp& model, const ReverseTransitions& reverse,
                                     const ChoiceSet& allowed) {
  Peeling peeling(model, reverse, allowed);
  peeling.run();
  EndComponents result;
  result.choices = peeling.choices();
  result.component.assign(static_cast<std::size_t>(model.num_states()), -1);
  const std::vector<std::int32_t>& part = peeling.parts();
  const std::int32_t parts = part.empty() ? 0 : *std::max_element(part.begin(), part.end()) + 1;
  std::vector<std::int32_t> number(static_cast<std::size_t>(std::max(parts, 0)), -1), size;
  for (std::size_t s = 0; s < part.size(); ++s) {
    if (part[s] < 0) continue;
    std::int32_t& k = number[static_cast<std::size_t>(part[s])];
    if (k < 0) {
      k = static_cast<std::int32_t>(size.size());
      size.push_back(0);
    }
    result.component[s] = k;
    ++size[static_cast<std::size_t>(k)];
  }
  result.begin.assign(1, 0);
  for (const std::int32_t n : size) result.begin.push_back(result.begin.back() + n);
  result.members.resize(static_cast<std::size_t>(result.begin.back()));
  std::vector<std::int32_t> cursor(result.begin.begin(), result.begin.end() - 1);
  for (std::size_t s = 0; s < part.size(); ++s) {
    if (result.component[s] < 0) continue;
    std::int32_t& place = cursor[static_cast<std::size_t>(result.component[s])];
    result.members[static_cast<std::size_t>(place++)] = static_cast<std::int32_t>(s);
  }
  return result;
}

}  // namespace bellwether::mdp
