#include "mdp/evaluate/average.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include <fmt/format.h>

#include "core/errors.h"
#include "core/rounding.h"
#include "mdp/evaluate/chain_search.h"

namespace bellwether::mdp {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// r(s) + sum of p (h(j) - h(s)) in a state whose successors are all in the class, and what it may be off by.
struct Drift {
  double value, error;
};
Drift drift(const PolicyChain& chain, std::int32_t s, const std::vector<double>& h, const Evaluation& step) {
  const MarkovChain& rows = chain.chain();
  const auto i = static_cast<std::size_t>(s);
  double sum = 0, moved = 0;
  bool nothing = true;
  for (auto k = static_cast<std::size_t>(rows.row_begin[i]); k < static_cast<std::size_t>(rows.row_begin[i + 1]); ++k) {
    const double difference = h[static_cast<std::size_t>(rows.successor[k])] - h[i];
    const double term = rows.probability[k] * difference;
    sum += term;
    moved += std::abs(term);
    nothing = nothing && difference == 0;
  }
  const std::int64_t terms = rows.row_begin[i + 1] - rows.row_begin[i];
  const double error = (rounding_error(terms + 6) + chain.share(s)) * (moved + std::abs(step.value[s])) + step.error[s];
  return {step.value[s] + sum, error * (1 + 1e-12) + (nothing ? 0 : kUnderflowSlack)};
}

/// sum of p x over the successors that are in a class, with its error.
Evaluation over_classes(const PolicyChain& chain, std::span<const std::int32_t> states, const RecurrentClasses& classes,
                        const Evaluation& x) {
  const MarkovChain& rows = chain.chain();
  Evaluation result{Eigen::VectorXd::Zero(static_cast<Eigen::Index>(states.size())),
                    Eigen::VectorXd::Zero(static_cast<Eigen::Index>(states.size()))};
  for (std::size_t i = 0; i < states.size(); ++i) {
    const auto s = static_cast<std::size_t>(states[i]);
    double sum = 0, magnitude = 0, error = 0;
    bool nothing = true;
    for (auto k = static_cast<std::size_t>(rows.row_begin[s]); k < static_cast<std::size_t>(rows.row_begin[s + 1]);
         ++k) {
      const std::int32_t to = rows.successor[k];
      if (classes.class_of[static_cast<std::size_t>(to)] < 0) continue;
      sum += rows.probability[k] * x.value[to];
      magnitude += rows.probability[k] * std::abs(x.value[to]);
      error += rows.probability[k] * x.error[to];
      nothing = nothing && x.value[to] == 0 && x.error[to] == 0;
    }
    const double share = rounding_error(rows.row_begin[s + 1] - rows.row_begin[s] + 2) + chain.share(states[i]);
    result.value[static_cast<Eigen::Index>(i)] = sum;
    result.error[static_cast<Eigen::Index>(i)] =
        (share * magnitude + (1 + share) * error) * (1 + 1e-12) + (nothing ? 0 : kUnderflowSlack);
  }
  return result;
}

void evaluate_transient(const PolicyChain& chain, const Evaluation& step, AverageEvaluation& result) {
  std::vector<std::int32_t> number(static_cast<std::size_t>(chain.num_states()), -1), transient;
  for (int s = 0; s < chain.num_states(); ++s) {
    if (result.classes.class_of[static_cast<std::size_t>(s)] >= 0) continue;
    number[static_cast<std::size_t>(s)] = static_cast<std::int32_t>(transient.size());
    transient.push_back(s);
  }
  if (transient.empty()) return;
  LeakySystem system(chain.leaky(number, 1));
  const Evaluation entered = over_classes(chain, transient, result.classes, result.gain);
  const Evaluation gain = system.solve(entered.value, entered.error);
  const Evaluation beyond = over_classes(chain, transient, result.classes, result.bias);
  // h = r - g + P h, two sums rounded once each.
  const Eigen::VectorXd excess = step.value(transient) - gain.value;
  const Eigen::VectorXd right = excess + beyond.value;
  const Eigen::VectorXd error =
      (step.error(transient) + gain.error + beyond.error + 2 * kUnitRoundoff * (excess.cwiseAbs() + right.cwiseAbs())) *
      (1 + 1e-12);
  const Evaluation bias = system.solve(right, error);
  result.gain.value(transient) = gain.value;
  result.gain.error(transient) = gain.error;
  result.bias.value(transient) = bias.value;
  result.bias.error(transient) = bias.error;
}

}  // namespace

ClassAverage average_of_class(const PolicyChain& chain, std::span<const std::int32_t> members, const Evaluation& step,
                              ClassScratch& scratch) {
  const std::vector<std::int32_t> others(members.begin() + 1, members.end());
  const auto size = static_cast<Eigen::Index>(members.size());
  ClassAverage result{.bias = Eigen::VectorXd::Zero(size), .bias_error = Eigen::VectorXd::Zero(size)};
  const std::int32_t start = members.front();
  if (others.empty()) {
    result.gain = step.value[start];
    result.gain_error = step.error[start];
    return result;
  }
  std::vector<std::int32_t>& number = scratch.number;
  for (std::size_t i = 0; i < others.size(); ++i)
    number[static_cast<std::size_t>(others[i])] = static_cast<std::int32_t>(i);
  LeakySystem system(chain.leaky_part(others, number, 1));
  const Eigen::VectorXd zero = Eigen::VectorXd::Zero(size - 1);
  const Eigen::VectorXd rewards = step.value(others);
  // Renewal at the first member: what a tour earns by how long it takes, both until the first member is back.
  const Evaluation earned = system.solve(rewards, zero);
  const Evaluation time = system.solve(Eigen::VectorXd::Ones(size - 1), zero);
  double tour_reward = step.value[start], tour_time = 1;
  const MarkovChain& rows = chain.chain();
  for (auto k = static_cast<std::size_t>(rows.row_begin[static_cast<std::size_t>(start)]);
       k < static_cast<std::size_t>(rows.row_begin[static_cast<std::size_t>(start) + 1]); ++k) {
    const std::int32_t to = number[static_cast<std::size_t>(rows.successor[k])];
    if (to < 0) continue;
    tour_reward += rows.probability[k] * earned.value[to];
    tour_time += rows.probability[k] * time.value[to];
  }
  const double first_gain = tour_reward / tour_time;
  const Evaluation guess = system.solve((rewards.array() - first_gain).matrix(), zero);
  // For any h the gain lies between the extremes of r + P h - h (docs/papers/policy-evaluation.md, (7)).
  std::vector<double>& h = scratch.h;
  for (std::size_t i = 0; i < others.size(); ++i)
    h[static_cast<std::size_t>(others[i])] = guess.value[static_cast<Eigen::Index>(i)];
  double low = kInfinity, high = -kInfinity;
  bool finite = true;
  for (const std::int32_t s : members) {
    const Drift d = drift(chain, s, h, step);
    finite = finite && std::isfinite(d.value) && std::isfinite(d.error);  // a NaN would pass min and max unseen
    low = std::min(low, round_down(d.value - d.error));
    high = std::max(high, round_up(d.value + d.error));
  }
  result.gain = low + (high - low) / 2;
  result.gain_error = round_up(std::max(high - result.gain, result.gain - low));
  if (!finite || !(result.gain_error < kInfinity)) {  // overflow, or a system without solution
    result.gain = first_gain;
    result.gain_error = kInfinity;
  }
  const Eigen::VectorXd right = rewards.array() - result.gain;
  const Eigen::VectorXd error =
      (step.error(others) + kUnitRoundoff * right.cwiseAbs() + Eigen::VectorXd::Constant(size - 1, result.gain_error)) *
      (1 + 1e-12);
  const Evaluation bias = system.solve(right, error);
  result.bias.tail(size - 1) = bias.value;
  result.bias_error.tail(size - 1) = bias.error;
  for (const std::int32_t s : others) {
    number[static_cast<std::size_t>(s)] = -1;
    h[static_cast<std::size_t>(s)] = 0;
  }
  return result;
}

AverageEvaluation evaluate_average(const PolicyChain& chain, std::string_view column) {
  const Evaluation step = chain.step_values(column);
  const Eigen::VectorXd zero = Eigen::VectorXd::Zero(chain.num_states());
  AverageEvaluation result{{zero, zero}, {zero, zero}, recurrent_classes(chain.chain())};
  ClassScratch scratch(chain.num_states());
  for (const auto& members : result.classes.members) {
    const ClassAverage average = average_of_class(chain, members, step, scratch);
    for (std::size_t i = 0; i < members.size(); ++i) {
      result.gain.value[members[i]] = average.gain;
      result.gain.error[members[i]] = average.gain_error;
      result.bias.value[members[i]] = average.bias[static_cast<Eigen::Index>(i)];
      result.bias.error[members[i]] = average.bias_error[static_cast<Eigen::Index>(i)];
    }
  }
  evaluate_transient(chain, step, result);
  return result;
}

Evaluation absorption_probability(const PolicyChain& chain, const RecurrentClasses& classes, int index) {
  if (index < 0 || index >= classes.count()) {
    throw InvalidOption(
        fmt::format("absorption_probability: 'index' is {}, there are {} recurrent classes", index, classes.count()));
  }
  Marks inside(static_cast<std::size_t>(chain.num_states()), 0);
  for (const std::int32_t s : classes.members[static_cast<std::size_t>(index)]) inside[static_cast<std::size_t>(s)] = 1;
  return probability_of_reaching(chain, chain.chain(), inside);  // a recurrent class is not left, so nothing need stop
}

}  // namespace bellwether::mdp
