#include "solvers/robust/operator.h"

#include <algorithm>
#include <type_traits>
#include <utility>

#include "core/parallel.h"
#include "core/rounding.h"
#include "mdp/robust/best_choice.h"

namespace bellwether::solvers::robust {
namespace {

/// The choice that is played.
struct Played {
  const std::int32_t* choice;

  template <class Q>
  double operator()(int s, std::int64_t first, std::int64_t, Q&& q) const {
    return q(first + choice[s]);
  }
};

/// The average of what is played.
struct Mixed {
  const double* weight;

  template <class Q>
  double operator()(int, std::int64_t first, std::int64_t last, Q&& q) const {
    double sum = 0, total = 0;
    for (std::int64_t c = first; c < last; ++c) {
      if (weight[c] <= 0) continue;
      sum += weight[c] * q(c);
      total += weight[c];
    }
    return sum / total;
  }
};

/// Values that states compute themselves, where the budget of a state ties its choices together.
template <class Value>
struct ByState {
  Value value;

  template <class Q>
  double operator()(int s, std::int64_t, std::int64_t, Q&&) const {
    return value(s);
  }
};

/// A choice that is no longer made once the caller said stop.
template <class Choose>
struct WhileWanted {
  const Operator& op;
  const Choose& choose;

  template <class Q>
  double operator()(int s, std::int64_t first, std::int64_t last, Q&& q) const {
    return op.wanted(s) ? choose(s, first, last, std::forward<Q>(q)) : 0;
  }
};

/// Every state is an outcome where sets are on all states and one receiver does not tell it all; Wasserstein weighs
/// pairs of outcomes. Sorts and iterations cost a few times a plain look, and a budget that choices share is spent by
/// solving each of them a few times.
std::int64_t effort_of(const mdp::RobustMdp& model) {
  using enum mdp::SetKind;
  constexpr std::int64_t kSortOrIterate = 5, kShare = 10;
  const mdp::TabularMdp& nominal = model.nominal();
  const mdp::SetKind kind = model.kind();
  const bool pairs = kind == kWasserstein, all = pairs || kind == kL2 || kind == kLinf || kind == kWeightedL1,
             anywhere = all && model.ambiguity().support == mdp::Support::kAll;
  std::int64_t effort = 0;
  for (std::int64_t c = 0; c < nominal.num_choices(); ++c) {
    const auto listed = static_cast<std::int64_t>(nominal.successors(c).size());
    effort += (anywhere ? nominal.num_states() : listed) * (pairs ? listed : 1);
  }
  if (all || kind == kKl || kind == kChiSquare) effort *= kSortOrIterate;
  return model.state_wise() ? kShare * effort : effort;
}

/// The weights of a state in a decision of either kind.
std::vector<double> weights_of(const mdp::TabularMdp& model, int s, const Decision& decision) {
  const auto count = static_cast<std::size_t>(model.num_choices(s));
  std::vector<double> weight(count, 0);
  if (!decision.mixes()) {
    weight[static_cast<std::size_t>(decision.choice[static_cast<std::size_t>(s)])] = 1;
    return weight;
  }
  double total = 0;
  for (std::size_t a = 0; a < count; ++a)
    total += weight[a] = decision.weight[static_cast<std::size_t>(model.first_choice(s)) + a];
  for (double& w : weight) w /= total;
  return weight;
}

}  // namespace

mdp::Policy Decision::policy() const {
  return mixes() ? mdp::Policy::randomised(weight) : mdp::Policy::deterministic(choice);
}

Decision Decision::of(const mdp::Policy& policy) {
  Decision decision;
  if (policy.is_deterministic())
    decision.choice.assign(policy.choices().begin(), policy.choices().end());
  else
    decision.weight.assign(policy.choice_probabilities().begin(), policy.choice_probabilities().end());
  return decision;
}

Operator::Operator(const RobustProblem& problem)
    : problem_(problem),
      nature_(problem.model, problem.discount, problem.aim()),
      game_(nature_, problem.adversarial()),
      by_state_(problem.model.state_wise()),
      effort_(effort_of(problem.model)) {}

mdp::Change Operator::sweep(std::span<const double> v, std::span<double> out) {
  nature_.prepare(v);
  const auto with = [&](const auto& choose) {
    return mdp::backup_with_change(model(), problem_.discount, v, out, nature_,
                                   WhileWanted<std::remove_cvref_t<decltype(choose)>>{*this, choose});
  };
  if (by_state_) {
    const auto value = [&](int s) { return game_.value(s, v); };
    return with(ByState<decltype(value)>{value});
  }
  return with(mdp::BestChoice(nature_, v, problem_.maximise()));
}

mdp::Change Operator::improve(std::span<const double> v, std::span<double> out, Decision& decision) {
  nature_.prepare(v);
  const auto with = [&](const auto& choose) {
    return mdp::backup_with_change(model(), problem_.discount, v, out, nature_,
                                   WhileWanted<std::remove_cvref_t<decltype(choose)>>{*this, choose});
  };
  if (by_state_) {
    decision.weight.resize(static_cast<std::size_t>(model().num_choices()));
    const auto value = [&](int s) {
      const mdp::StateGame::Answer answer = game_.decide(s, v);
      std::copy(answer.weight.begin(), answer.weight.end(), decision.weight.begin() + model().first_choice(s));
      return answer.value;
    };
    return with(ByState<decltype(value)>{value});
  }
  decision.choice.resize(v.size());
  return with(mdp::BestChoice(nature_, v, problem_.maximise(), decision.choice.data()));
}

mdp::Change Operator::evaluate(const Decision& decision, std::span<const double> v, std::span<double> out) {
  nature_.prepare(v);
  const auto with = [&](const auto& choose) {
    return mdp::backup_with_change(model(), problem_.discount, v, out, nature_,
                                   WhileWanted<std::remove_cvref_t<decltype(choose)>>{*this, choose});
  };
  if (by_state_) {
    const auto value = [&](int s) { return game_.against(s, v, weights_of(model(), s, decision)).value; };
    return with(ByState<decltype(value)>{value});
  }
  return decision.mixes() ? with(Mixed{decision.weight.data()}) : with(Played{decision.choice.data()});
}

NatureRows Operator::respond(const Decision& decision, std::span<const double> v, bool all) {
  nature_.prepare(v);
  NatureRows rows;
  rows.begin.push_back(0);
  mdp::Outcomes outcomes;
  for (int s = 0; s < model().num_states(); ++s) {
    if (!wanted(s)) break;
    const std::vector<double> weight = weights_of(model(), s, decision);
    std::vector<double> budget;
    if (by_state_) budget = game_.against(s, v, weight).budget;
    for (std::int64_t c = model().first_choice(s); c < model().first_choice(s + 1); ++c) {
      const auto a = static_cast<std::size_t>(c - model().first_choice(s));
      if (all || weight[a] > 0) {
        nature_.outcomes(c, v, by_state_, outcomes);
        const std::vector<double> q = by_state_ ? game_.respond(c, v, budget[a]) : nature_.respond(c, v);
        const auto listed = model().successors(c);
        for (std::size_t i = 0; i < q.size(); ++i) {
          if (i >= listed.size() && q[i] <= 0) continue;
          rows.successor.push_back(i < listed.size() ? listed[i] : outcomes.state[i]);
          rows.probability.push_back(q[i]);
        }
      }
      rows.begin.push_back(static_cast<std::int64_t>(rows.successor.size()));
      if (problem_.model.priced()) {
        const bool answered = rows.size(c) > 0;
        rows.payment.push_back(answered ? nature_.payment(c, v, rows.probabilities(c)) : 0);
      }
    }
  }
  return rows;
}

mdp::Bounds Operator::enclose(int s, std::span<const double> v, Decision& decision) const {
  const std::int64_t first = model().first_choice(s), last = model().first_choice(s + 1);
  if (by_state_) {
    const mdp::StateGame::Answer answer = game_.solve(s, v);
    std::copy(answer.weight.begin(), answer.weight.end(), decision.weight.begin() + first);
    return answer.bounds;
  }
  const bool maximise = problem_.maximise();
  mdp::Bounds best, all;
  for (std::int64_t c = first; c < last; ++c) {
    const mdp::Bounds b = nature_.enclose(c, v);
    if (c == first || (maximise ? b.low + b.high > best.low + best.high : b.low + b.high < best.low + best.high)) {
      best = b;
      decision.choice[static_cast<std::size_t>(s)] = static_cast<std::int32_t>(c - first);
    }
    all = c == first ? b : mdp::Bounds{std::min(all.low, b.low), std::max(all.high, b.high)};
  }
  // The decision is worth at least its own near end, nothing is worth more than the farthest one.
  return maximise ? mdp::Bounds{best.low, all.high} : mdp::Bounds{all.low, best.high};
}

mdp::Bounds Operator::enclose_policy(int s, std::span<const double> v, const Decision& decision) const {
  const std::vector<double> weight = weights_of(model(), s, decision);
  if (by_state_) return game_.against(s, v, weight).bounds;
  mdp::Bounds mean;
  double size = 0;
  for (std::size_t a = 0; a < weight.size(); ++a) {
    if (weight[a] <= 0) continue;
    const mdp::Bounds b = nature_.enclose(model().first_choice(s) + static_cast<std::int64_t>(a), v);
    if (weight[a] == 1) return b;
    mean.low += weight[a] * b.low;
    mean.high += weight[a] * b.high;
    size += weight[a] * std::max(std::abs(b.low), std::abs(b.high));
  }
  // Weights stand for weights divided by their sum; products and sums round.
  const double slack = 4 * rounding_error(static_cast<std::int64_t>(weight.size()) + 4) * size;
  return {round_down(mean.low - slack), round_up(mean.high + slack)};
}

std::optional<double> Operator::reward_for_ever(int s) const {
  if (problem_.model.ambiguity().support == mdp::Support::kAll) return std::nullopt;
  const std::int64_t first = model().first_choice(s), last = model().first_choice(s + 1);
  double best = model().reward(first);
  for (std::int64_t c = first; c < last; ++c) {
    const auto successors = model().successors(c);
    if (successors.size() != 1 || successors[0] != s) return std::nullopt;
    best = problem_.maximise() ? std::max(best, model().reward(c)) : std::min(best, model().reward(c));
  }
  return best;
}

}  // namespace bellwether::solvers::robust
