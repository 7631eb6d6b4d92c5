#include "solvers/exact/average/component_gains.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <stdexcept>
#include <utility>

#include "core/rounding.h"
#include "mdp/evaluate/gain_and_bias.h"
#include "mdp/graph/quotient.h"
#include "mdp/operators.h"
#include "solvers/abandonable.h"
#include "solvers/exact/discounted/rounding_bounds.h"
#include "solvers/exact/total/total_reward.h"

namespace bellwether::solvers::average {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// The model of the stopping problem: staying in component k earns `gain[k]` and ends the play in an added state.
mdp::TabularMdp stopping_model(const mdp::Quotient& quotient, const mdp::EndComponents& components,
                               const std::vector<double>& gain) {
  const mdp::TabularMdp& m = quotient.model;
  std::vector<std::int32_t> component_of(static_cast<std::size_t>(m.num_states()), -1);
  for (int k = 0; k < components.count(); ++k)
    component_of[static_cast<std::size_t>(quotient.state_of[static_cast<std::size_t>(components.members_of(k)[0])])] =
        k;
  const std::int32_t end = m.num_states();
  std::vector<std::int64_t> state_begin(m.state_begin().begin(), m.state_begin().end()), choice_begin{0};
  std::vector<std::int32_t> successor;
  std::vector<double> probability, reward;
  for (int s = 0; s < m.num_states(); ++s) {
    for (std::int64_t c = m.first_choice(s); c < m.first_choice(s + 1); ++c) {
      if (quotient.source_choice[static_cast<std::size_t>(c)] < 0) {
        successor.push_back(end);
        probability.push_back(1);
        reward.push_back(gain[static_cast<std::size_t>(component_of[static_cast<std::size_t>(s)])]);
      } else {
        successor.insert(successor.end(), m.successors(c).begin(), m.successors(c).end());
        probability.insert(probability.end(), m.probabilities(c).begin(), m.probabilities(c).end());
        reward.push_back(0);
      }
      choice_begin.push_back(static_cast<std::int64_t>(successor.size()));
    }
  }
  successor.push_back(end);
  probability.push_back(1);
  reward.push_back(0);
  choice_begin.push_back(static_cast<std::int64_t>(successor.size()));
  state_begin.push_back(static_cast<std::int64_t>(reward.size()));
  mdp::ModelData data;
  data.state_begin = std::move(state_begin);
  data.choice_begin = std::move(choice_begin);
  data.successor = std::move(successor);
  data.probability = std::move(probability);
  data.rewards.push_back({.name = "gain", .expected = std::move(reward), .by_transition = {}});
  return mdp::TabularMdp(std::move(data));
}

Solution solve_stopping(const Problem& problem, const mdp::Quotient& quotient, const mdp::EndComponents& components,
                        const std::vector<double>& gain, const SolveOptions& run) {
  const Problem stopping{.model = stopping_model(quotient, components, gain),
                         .criterion = Criterion::kTotal,
                         .direction = problem.direction};
  return total_auto(stopping, {}, run);
}

/// The choices of the stopping policy in the original model, inside components the policy that earns their gain.
mdp::Policy played(const Problem& problem, const mdp::ReverseTransitions& reverse, const mdp::EndComponents& components,
                   const mdp::Quotient& quotient, const ComponentGains& gains, const mdp::Policy& stopping) {
  const mdp::TabularMdp& m = quotient.model;
  std::vector<std::int64_t> quotient_choice;
  for (int s = 0; s < m.num_states(); ++s)
    quotient_choice.push_back(m.first_choice(s) + stopping.choices()[static_cast<std::size_t>(s)]);
  std::vector<std::int64_t> choice = mdp::lift_choices(problem.model, reverse, components, quotient, quotient_choice);
  for (int s = 0; s < problem.model.num_states(); ++s) {
    const auto state = static_cast<std::size_t>(s);
    const std::int64_t chosen = quotient_choice[static_cast<std::size_t>(quotient.state_of[state])];
    if (quotient.source_choice[static_cast<std::size_t>(chosen)] < 0) choice[state] = gains.choice[state];
  }
  return mdp::policy_from_choices(problem.model, choice);
}

}  // namespace

ComponentGains backup_bounds(const Problem& problem, const mdp::EndComponents& components, std::span<const double> h) {
  const mdp::TabularMdp& model = problem.model;
  double largest = 0;
  for (const double x : h) largest = std::max(largest, std::abs(x));
  const mdp::Expectation expectation;
  ComponentGains out;
  out.choice.assign(static_cast<std::size_t>(model.num_states()), -1);
  for (int k = 0; k < components.count(); ++k) {
    double low = kInfinity, high = -kInfinity;
    double least = kInfinity, most = -kInfinity;  // of the rewards: no gain lies outside
    for (const std::int32_t s : components.members_of(k)) {
      double best = -kInfinity, far = -kInfinity, slack_of_best = 0;
      std::int64_t& chosen = out.choice[static_cast<std::size_t>(s)];
      for (std::int64_t c = model.first_choice(s); c < model.first_choice(s + 1); ++c) {
        if (components.choices[static_cast<std::size_t>(c)] == 0) continue;
        if (chosen < 0) chosen = c;
        least = std::min(least, problem.sign() * model.reward(c));
        most = std::max(most, problem.sign() * model.reward(c));
        const double q =
            problem.sign() * (model.reward(c) + expectation(model.successors(c), model.probabilities(c), h));
        const auto length = static_cast<std::int64_t>(model.successors(c).size());
        // Two units more: the difference to h(s) is rounded too.
        const double slack =
            discounted::row_error(length + 2) * (std::abs(model.reward(c)) + 2 * largest) + discounted::kUnderflow;
        far = std::max(far, round_up(q + slack));
        if (q > best) {
          best = q;
          slack_of_best = slack;
          chosen = c;
        }
      }
      const double here = problem.sign() * h[static_cast<std::size_t>(s)];
      low = std::min(low, round_down(round_down(best - slack_of_best) - here));
      high = std::max(high, round_up(far - here));
    }
    // Written so that overflow (NaN) leaves the bounds of the rewards, which stand for numbers within half a unit in
    // the last place.
    least = round_down(least);
    most = round_up(most);
    if (!(low > least)) low = least;
    if (!(high < most)) high = most;
    out.lower.push_back(problem.maximise() ? low : -high);
    out.upper.push_back(problem.maximise() ? high : -low);
  }
  return out;
}

Part part_of(const mdp::TabularMdp& model, const mdp::EndComponents& components, int component) {
  const auto members = components.members_of(component);
  std::vector<std::int64_t> state_begin{0}, choice_begin{0}, choices;
  std::vector<std::int32_t> successor;
  std::vector<double> probability, reward;
  for (const std::int32_t s : members) {
    for (std::int64_t c = model.first_choice(s); c < model.first_choice(s + 1); ++c) {
      if (components.choices[static_cast<std::size_t>(c)] == 0) continue;
      for (const std::int32_t to : model.successors(c))
        successor.push_back(
            static_cast<std::int32_t>(std::lower_bound(members.begin(), members.end(), to) - members.begin()));
      probability.insert(probability.end(), model.probabilities(c).begin(), model.probabilities(c).end());
      reward.push_back(model.reward(c));
      choices.push_back(c);
      choice_begin.push_back(static_cast<std::int64_t>(successor.size()));
    }
    state_begin.push_back(static_cast<std::int64_t>(choices.size()));
  }
  mdp::ModelData data;
  data.state_begin = std::move(state_begin);
  data.choice_begin = std::move(choice_begin);
  data.successor = std::move(successor);
  data.probability = std::move(probability);
  data.rewards.push_back({.name = "reward", .expected = std::move(reward), .by_transition = {}});
  return {mdp::TabularMdp(std::move(data)), std::move(choices)};
}

GainBounds choose_components(const Problem& problem, const mdp::ReverseTransitions& reverse,
                             const mdp::EndComponents& components, const ComponentGains& gains,
                             const SolveOptions& run) {
  const int states = problem.model.num_states();
  GainBounds out{Eigen::VectorXd(states), Eigen::VectorXd(states), {}, 0, Status::kConverged};
  const mdp::Quotient quotient = mdp::collapse(problem.model, components);
  // The policy is chosen by what components are worth at least; what they are worth at most bounds the optimum.
  const Solution safe =
      solve_stopping(problem, quotient, components, problem.maximise() ? gains.lower : gains.upper, run);
  const Solution bold =
      solve_stopping(problem, quotient, components, problem.maximise() ? gains.upper : gains.lower, run);
  out.transitions_read = safe.transitions_read + bold.transitions_read;
  for (const Solution* solved : {&safe, &bold})
    if (solved->status != Status::kConverged) out.status = solved->status;
  if (safe.policy.empty()) return out;
  const Eigen::VectorXd &low = problem.maximise() ? safe.lower : bold.lower,
                        &high = problem.maximise() ? bold.upper : safe.upper;
  // Every play ends in some component, so no value lies outside what the worst and the best of them are worth, also
  // where the stopping problem is too ill-conditioned for bounds of its own.
  const double least = *std::min_element(gains.lower.begin(), gains.lower.end());
  const double most = *std::max_element(gains.upper.begin(), gains.upper.end());
  for (int s = 0; s < states; ++s) {
    const std::int32_t at = quotient.state_of[static_cast<std::size_t>(s)];
    out.lower[s] = low.size() > 0 && low[at] > least ? low[at] : least;
    out.upper[s] = high.size() > 0 && high[at] < most ? high[at] : most;
    if (out.lower[s] > out.upper[s]) throw std::logic_error("the bounds of a gain cross");
  }
  out.policy = played(problem, reverse, components, quotient, gains, safe.policy);
  return out;
}

std::optional<mdp::GainAndBias> evaluated(mdp::MarkovChain chain, const std::function<bool()>& keep_going) {
  constexpr int kAtOnce = 500;  // states: a factorisation takes some 50 ms at most
  if (!keep_going || chain.num_states() <= kAtOnce) return mdp::gain_and_bias(chain);
  return abandonable([chain = std::move(chain)] { return mdp::gain_and_bias(chain); }, keep_going);
}

Eigen::VectorXd bias_of(const mdp::TabularMdp& model, const mdp::Policy& policy,
                        const std::function<bool()>& keep_going) {
  constexpr double kHolds = 1e-6;
  const mdp::MarkovChain chain = mdp::induced_chain(model, policy);
  const std::optional<mdp::GainAndBias> found = evaluated(chain, keep_going);
  if (!found) return {};
  const mdp::GainAndBias& at = *found;
  double largest = 0;
  for (const double r : chain.reward) largest = std::max(largest, std::abs(r));
  for (int s = 0; s < chain.num_states(); ++s) {
    const auto i = static_cast<std::size_t>(s);
    double rest = chain.reward[i] - at.gain[s];
    for (auto k = static_cast<std::size_t>(chain.row_begin[i]); k < static_cast<std::size_t>(chain.row_begin[i + 1]);
         ++k)
      rest += chain.probability[k] * (at.bias[chain.successor[k]] - at.bias[s]);
    if (!(std::abs(rest) <= kHolds * largest)) return {};
  }
  return at.bias;
}

Solution solution_of(const Problem& problem, GainBounds bounds, const Eigen::VectorXd& h, const SolveOptions& run) {
  Solution out;
  out.transitions_read = bounds.transitions_read;
  if (bounds.policy.empty()) {
    out.status = bounds.status;
    out.value = Eigen::VectorXd::Zero(problem.model.num_states());
    out.note = "The problem of choosing among the end components was not solved.";
    return out;
  }
  out.value.resize(bounds.lower.size());
  double gap = 0;
  for (Eigen::Index s = 0; s < out.value.size(); ++s) {
    const double half_width = (bounds.upper[s] - bounds.lower[s]) / 2;
    out.value[s] = std::isfinite(half_width) ? bounds.lower[s] + half_width : bounds.lower[s] / 2 + bounds.upper[s] / 2;
    gap = std::max(gap, bounds.upper[s] - out.value[s]);
    gap = std::max(gap, out.value[s] - bounds.lower[s]);
  }
  out.gap = round_up(gap);
  out.residual = (bounds.upper - bounds.lower).maxCoeff();
  out.lower = std::move(bounds.lower);
  out.upper = std::move(bounds.upper);
  out.policy = std::move(bounds.policy);
  out.bias = h;
  out.status = bounds.status;
  // No gain lies outside the rewards, so something is proven even where the stopping problem broke down.
  if (out.status == Status::kConverged || out.status == Status::kNumericalTrouble)
    out.status = Status::kRoundingLimited;
  if (out.gap <= run.tolerance) out.status = Status::kConverged;
  return out;
}

}  // namespace bellwether::solvers::average
