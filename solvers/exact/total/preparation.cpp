#include "solvers/exact/total/preparation.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "core/errors.h"
#include "mdp/graph/reachability.h"
#include "solvers/exact/total/gain_sign.h"
#include "solvers/exact/total/reduction.h"

namespace bellwether::solvers::total {
namespace {

using mdp::ChoiceSet;
using mdp::StateSet;
using mdp::TabularMdp;

/// States of the original model that are decided before any end component is looked at.
struct Decided {
  StateSet zero, one;
  std::vector<std::int64_t> choice;
};

StateSet complement(StateSet set) {
  for (char& flag : set) flag = !flag;
  return set;
}

/// For reachability the graph alone finds the states of probability 0 and 1, and policies that attain them.
Decided decide_reach(const TabularMdp& model, const mdp::ReverseTransitions& reverse, const StateSet& target,
                     bool maximise) {
  Decided result;
  result.choice.assign(target.size(), -1);
  if (maximise) {
    result.one = mdp::can_reach_surely(model, reverse, target);
    result.zero = complement(mdp::can_reach(model, reverse, target));
    const auto approach = mdp::approaching_choices(model, reverse, target, mdp::choices_within(model, result.one));
    for (std::size_t s = 0; s < target.size(); ++s)
      if (result.one[s]) result.choice[s] = approach[s];
  } else {
    result.one = mdp::must_reach_surely(model, reverse, target);
    result.zero = mdp::can_avoid(model, reverse, target);
    const ChoiceSet avoiding = mdp::choices_within(model, result.zero);
    for (int s = 0; s < model.num_states(); ++s) {
      if (!result.zero[static_cast<std::size_t>(s)]) continue;
      std::int64_t c = model.first_choice(s);
      while (!avoiding[static_cast<std::size_t>(c)]) ++c;
      result.choice[static_cast<std::size_t>(s)] = c;
    }
  }
  for (int s = 0; s < model.num_states(); ++s) {
    const auto state = static_cast<std::size_t>(s);
    if ((result.zero[state] || result.one[state]) && result.choice[state] < 0) {
      result.choice[state] = model.first_choice(s);
    }
  }
  return result;
}

ChoiceSet zero_reward_choices(const TabularMdp& model, const StateSet& zero, const StateSet& one) {
  ChoiceSet result(static_cast<std::size_t>(model.num_choices()), 0);
  for (int s = 0; s < model.num_states(); ++s) {
    if (zero[static_cast<std::size_t>(s)] || one[static_cast<std::size_t>(s)]) continue;
    for (std::int64_t c = model.first_choice(s); c < model.first_choice(s + 1); ++c) {
      result[static_cast<std::size_t>(c)] = model.reward(c) == 0;
    }
  }
  return result;
}

/// The qualitative analysis of the quotient: fates of its states and the choices that a sensible policy may use.
class Analysis {
 public:
  explicit Analysis(Prepared& p)
      : p_(p),
        model_(p.quotient.model),
        reverse_(model_),
        open_(static_cast<std::size_t>(model_.num_choices()), 0),
        terminal_(static_cast<std::size_t>(model_.num_states()), 0),
        holds_(terminal_),
        winning_(terminal_) {
    for (int q = 0; q < model_.num_states(); ++q) {
      const auto state = static_cast<std::size_t>(q);
      terminal_[state] = p_.fate[state] != Fate::kNumber;
      for (std::int64_t c = model_.first_choice(q); c < model_.first_choice(q + 1); ++c) {
        if (is_stay(c)) {
          holds_[state] = !p_.must_reach;
        } else {
          open_[static_cast<std::size_t>(c)] = !terminal_[state];
        }
      }
    }
    has_rewards_ = std::any_of(model_.reward().begin(), model_.reward().end(), [](double r) { return r != 0; });
  }

  /// Returns the choices left to states whose value is a number; marks their losing components in `losing`.
  ChoiceSet run(StateSet& losing) {
    if (!p_.must_reach) find_winning(open_, losing);
    StateSet goals = terminal_;
    for (std::size_t q = 0; q < goals.size(); ++q) goals[q] = goals[q] || holds_[q] || winning_[q];
    // Whoever can neither stop nor win is condemned to a component that loses without bound (or never ends).
    const StateSet safe = mdp::can_reach_surely(model_, reverse_, goals, open_);
    const ChoiceSet kept = mdp::choices_within(model_, safe, open_);
    if (p_.must_reach) find_winning(kept, losing);
    const StateSet gaining = mdp::can_reach(model_, reverse_, winning_, kept);
    const auto toward = mdp::approaching_choices(model_, reverse_, winning_, kept);
    for (int q = 0; q < model_.num_states(); ++q) {
      const auto state = static_cast<std::size_t>(q);
      if (terminal_[state]) {
        p_.quotient_choice[state] = model_.first_choice(q);
      } else if (!safe[state]) {
        p_.fate[state] = Fate::kLoss;
        p_.quotient_choice[state] = model_.first_choice(q);
      } else if (gaining[state]) {
        p_.fate[state] = Fate::kGain;
        if (!winning_[state]) p_.quotient_choice[state] = toward[state];
      }
    }
    return kept;
  }

 private:
  bool is_stay(std::int64_t c) const { return p_.quotient.source_choice[static_cast<std::size_t>(c)] < 0; }

  /// Sorts the end components left after shrinking those without rewards: a positive best average wins without bound,
  /// a negative one must be left. In each at least one choice has a reward.
  void find_winning(const ChoiceSet& choices, StateSet& losing) {
    if (!has_rewards_) return;
    const mdp::EndComponents parts = mdp::maximal_end_components(model_, reverse_, choices);
    for (int k = 0; k < parts.count(); ++k) {
      const auto members = parts.members_of(k);
      const bool wins = classify(members, parts.choices);
      for (const std::int32_t q : members) (wins ? winning_ : losing)[static_cast<std::size_t>(q)] = 1;
    }
  }

  bool classify(std::span<const std::int32_t> members, const ChoiceSet& inner) {
    bool positive = false, negative = false;
    for (const std::int32_t q : members) {
      for (std::int64_t c = model_.first_choice(q); c < model_.first_choice(q + 1); ++c) {
        if (!inner[static_cast<std::size_t>(c)]) continue;
        positive = positive || p_.sign * model_.reward(c) > 0;
        negative = negative || p_.sign * model_.reward(c) < 0;
      }
    }
    if (!positive) return false;
    if (!negative) {
      play_rewarded_choices(members, inner);
      return true;
    }
    switch (gain_sign(model_, p_.sign, members, inner, p_.quotient_choice)) {
      case GainSign::kPositive:
        return true;
      case GainSign::kNegative:
        for (const std::int32_t q : members) p_.quotient_choice[static_cast<std::size_t>(q)] = -1;
        return false;
      case GainSign::kUndecided:
        break;
    }
    throw InvalidModel(
        fmt::format("total reward: the play can stay for ever in the {} states around state {} with rewards of both "
                    "signs whose best average is zero or too close to tell, so the sum need not settle",
                    members.size(), p_.model.state_name(original_state(members.front()))));
  }

  /// Rewards of one sign: walking to a rewarded choice again and again earns without bound.
  void play_rewarded_choices(std::span<const std::int32_t> members, const ChoiceSet& inner) {
    StateSet rewarded(terminal_.size(), 0);
    for (const std::int32_t q : members) {
      for (std::int64_t c = model_.first_choice(q); c < model_.first_choice(q + 1); ++c) {
        if (!inner[static_cast<std::size_t>(c)] || p_.sign * model_.reward(c) <= 0) continue;
        rewarded[static_cast<std::size_t>(q)] = 1;
        p_.quotient_choice[static_cast<std::size_t>(q)] = c;
        break;
      }
    }
    std::vector<std::int32_t> queue;
    for (const std::int32_t q : members)
      if (rewarded[static_cast<std::size_t>(q)]) queue.push_back(q);
    for (std::size_t head = 0; head < queue.size(); ++head) {
      for (const std::int64_t c : reverse_.choices_into(queue[head])) {
        const auto from = static_cast<std::size_t>(reverse_.state_of(c));
        if (!inner[static_cast<std::size_t>(c)] || p_.quotient_choice[from] >= 0) continue;
        p_.quotient_choice[from] = c;
        queue.push_back(static_cast<std::int32_t>(from));
      }
    }
  }

  std::int32_t original_state(std::int32_t q) const {
    const auto& map = p_.quotient.state_of;
    return static_cast<std::int32_t>(std::find(map.begin(), map.end(), q) - map.begin());
  }

  Prepared& p_;
  const TabularMdp& model_;
  mdp::ReverseTransitions reverse_;
  ChoiceSet open_;
  StateSet terminal_, holds_, winning_;
  bool has_rewards_ = false;
};

TabularMdp with_counting_rewards(const Problem& problem) {
  if (problem.criterion != Criterion::kReach) return problem.model;
  return problem.model.with_expected_rewards(std::vector<double>(static_cast<std::size_t>(problem.model.num_choices())),
                                             "none");
}

}  // namespace

Prepared prepare(const Problem& problem, bool must_reach_goal) {
  TabularMdp model = with_counting_rewards(problem);
  mdp::ReverseTransitions reverse(model);
  const StateSet target = mdp::state_set(model, problem.target);
  const StateSet none(target.size(), 0);
  const bool reach = problem.criterion == Criterion::kReach;
  Decided decided = reach ? decide_reach(model, reverse, target, problem.maximise()) : Decided{target, none, {}};
  if (!reach) decided.choice.assign(target.size(), -1);
  mdp::EndComponents parts =
      mdp::maximal_end_components(model, reverse, zero_reward_choices(model, decided.zero, decided.one));
  mdp::Quotient quotient = mdp::collapse(model, parts);
  const auto quotient_states = static_cast<std::size_t>(quotient.model.num_states());
  Prepared p{.model = std::move(model),
             .sign = problem.sign(),
             .must_reach = must_reach_goal,
             .reverse = std::move(reverse),
             .zero_parts = std::move(parts),
             .quotient = std::move(quotient),
             .fate = std::vector<Fate>(quotient_states, Fate::kNumber),
             .reduced_state = std::vector<std::int32_t>(quotient_states, -1),
             .quotient_choice = std::vector<std::int64_t>(quotient_states, -1),
             .decided_choice = std::move(decided.choice),
             .reduced = {}};
  for (std::size_t s = 0; s < target.size(); ++s) {
    const auto q = static_cast<std::size_t>(p.quotient.state_of[s]);
    if (decided.zero[s]) p.fate[q] = Fate::kZero;
    if (decided.one[s]) p.fate[q] = Fate::kOne;
  }
  StateSet losing(quotient_states, 0);
  const ChoiceSet kept = Analysis(p).run(losing);
  reduce(p, kept, losing);
  return p;
}

mdp::Policy assemble_policy(const Prepared& prepared, const std::vector<std::int64_t>& row_choice) {
  std::vector<std::int64_t> choice = prepared.quotient_choice;
  for (std::size_t q = 0; q < choice.size(); ++q) {
    const std::int32_t reduced = prepared.reduced_state[q];
    if (reduced < 0) continue;
    const std::int64_t row = row_choice[static_cast<std::size_t>(reduced)];
    choice[q] = prepared.reduced.source[static_cast<std::size_t>(row)];
  }
  std::vector<std::int64_t> lifted =
      mdp::lift_choices(prepared.model, prepared.reverse, prepared.zero_parts, prepared.quotient, choice);
  for (std::size_t s = 0; s < lifted.size(); ++s) {
    if (prepared.decided_choice[s] >= 0) lifted[s] = prepared.decided_choice[s];
  }
  return mdp::policy_from_choices(prepared.model, lifted);
}

}  // namespace bellwether::solvers::total
