#include "solvers/constrained/vector_planner.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>
#include <utility>

#include "core/rounding.h"
#include "mdp/evaluate/average.h"
#include "mdp/evaluate/discounted.h"
#include "mdp/evaluate/finite.h"
#include "mdp/evaluate/leaky_chain.h"
#include "mdp/evaluate/occupancy.h"
#include "solvers/abandonable.h"
#include "solvers/constrained/long_run.h"
#include "solvers/exact/average/multichain_value_iteration.h"
#include "solvers/exact/discounted/discounted_auto.h"
#include "solvers/exact/discounted/modified_policy_iteration.h"
#include "solvers/exact/discounted/rounding_bounds.h"
#include "solvers/exact/finite/backward_induction.h"

namespace bellwether::solvers::constrained {
namespace {

std::vector<double> normalised_initial(const mdp::TabularMdp& model) {
  std::vector<double> initial = model.initial();
  const double total = std::accumulate(initial.begin(), initial.end(), 0.0);
  for (double& p : initial) p /= total;
  return initial;
}

/// Sweeps forget the values they start from at the rate of the discount. Where plays last longer than this, planning
/// afresh is quicker, and there it may take a billion sweeps to forget.
constexpr double kLongestWarmStart = 1e5;

/// sum of gamma^t over the play, rounded up.
double duration_of(const Problem& problem) {
  if (problem.criterion == Criterion::kDiscounted)
    return round_up(1 + discounted::discount_tail(problem.discount).high);
  return problem.criterion == Criterion::kFinite ? problem.horizon : 1.0;
}

/// A policy is evaluated quickly: stage by stage, or by a linear system.
bool is_quick(const Problem& question) {
  constexpr std::int64_t kTransitions = 10'000'000;
  constexpr int kStates = 20'000;
  if (question.criterion != Criterion::kFinite) return question.model.num_states() <= kStates;
  std::int64_t sum = 0;
  if (question.stages.empty()) sum = question.horizon * question.model.num_transitions();
  for (const mdp::TabularMdp& stage : question.stages) sum += stage.num_transitions();
  return sum <= kTransitions;
}

Problem checked(Problem question) {
  require_valid(question);
  return question;
}

mdp::FiniteHorizonMdp task_of(const Problem& question) {
  if (!question.stages.empty()) return mdp::FiniteHorizonMdp(question.stages);
  return {question.model, std::max(1, question.horizon)};
}

/// sum += weight * part. Rounding may leave a mass just below zero.
void add_mass(const Masses& part, double weight, Masses& sum) {
  sum.resize(part.size());
  for (std::size_t h = 0; h < part.size(); ++h) {
    sum[h].resize(part[h].size());
    for (std::size_t c = 0; c < part[h].size(); ++c) sum[h][c] += weight * std::max(0.0, part[h][c]);
  }
}

/// States that a play may visit.
std::vector<std::int32_t> reachable(const mdp::PolicyChain& chain, std::span<const double> initial) {
  const mdp::MarkovChain& rows = chain.chain();
  std::vector<char> seen(initial.size(), 0);
  std::vector<std::int32_t> states;
  for (std::size_t s = 0; s < initial.size(); ++s) {
    if (initial[s] == 0) continue;
    seen[s] = 1;
    states.push_back(static_cast<std::int32_t>(s));
  }
  for (std::size_t i = 0; i < states.size(); ++i) {
    const auto s = static_cast<std::size_t>(states[i]);
    for (auto k = static_cast<std::size_t>(rows.row_begin[s]); k < static_cast<std::size_t>(rows.row_begin[s + 1]);
         ++k) {
      const auto to = static_cast<std::size_t>(rows.successor[k]);
      if (seen[to]) continue;
      seen[to] = 1;
      states.push_back(static_cast<std::int32_t>(to));
    }
  }
  std::sort(states.begin(), states.end());
  return states;
}

/// Discounted values of the states that a play may visit, zeros elsewhere: what is never visited costs no accuracy, and
/// a cost that is never met is exactly zero.
std::vector<mdp::Evaluation> evaluate_visited(const mdp::PolicyChain& chain, double discount,
                                              std::span<const std::string> columns, std::span<const double> initial) {
  const std::vector<std::int32_t> states = reachable(chain, initial);
  std::vector<std::int32_t> number(initial.size(), -1);
  for (std::size_t k = 0; k < states.size(); ++k)
    number[static_cast<std::size_t>(states[k])] = static_cast<std::int32_t>(k);
  mdp::LeakySystem system(chain.leaky_part(states, number, discount));
  const auto size = static_cast<Eigen::Index>(states.size());
  std::vector<mdp::Evaluation> result;
  for (const std::string& column : columns) {
    const mdp::Evaluation step = chain.step_values(column);
    mdp::Evaluation part{Eigen::VectorXd(size), Eigen::VectorXd(size)};
    for (Eigen::Index k = 0; k < size; ++k) {
      part.value[k] = step.value[states[static_cast<std::size_t>(k)]];
      part.error[k] = step.error[states[static_cast<std::size_t>(k)]];
    }
    mdp::Evaluation whole{Eigen::VectorXd::Zero(step.value.size()), Eigen::VectorXd::Zero(step.value.size())};
    if (!part.value.isZero(0) || !part.error.isZero(0)) part = system.solve(part.value, part.error);
    for (Eigen::Index k = 0; k < size; ++k) {
      whole.value[states[static_cast<std::size_t>(k)]] = part.value[k];
      whole.error[states[static_cast<std::size_t>(k)]] = part.error[k];
    }
    result.push_back(std::move(whole));
  }
  return result;
}

}  // namespace

Bounded plus(const Bounded& a, const Bounded& b) {
  if (b.lower == 0 && b.upper == 0) return a;
  if (a.lower == 0 && a.upper == 0) return b;
  return {a.value + b.value, round_down(a.lower + b.lower), round_up(a.upper + b.upper)};
}

Bounded times(double factor, const Bounded& x) {
  if (factor == 0) return exactly(0);
  const double low = factor > 0 ? x.lower : x.upper, high = factor > 0 ? x.upper : x.lower;
  return {factor * x.value, low == 0 ? 0 : round_down(factor * low), high == 0 ? 0 : round_up(factor * high)};
}

VectorPlanner::VectorPlanner(Problem question, std::vector<std::string> columns)
    : question_(checked(std::move(question))),
      columns_(std::move(columns)),
      task_(std::make_shared<mdp::FiniteHorizonMdp>(task_of(question_))),
      initial_(normalised_initial(question_.model)),
      duration_(duration_of(question_)),
      quick_(is_quick(question_)) {
  const int models = task_->is_stationary() ? 1 : task_->horizon();
  for (const std::string& column : columns_) {
    double largest = 0;
    for (int h = 0; h < models; ++h)
      for (const double x : mdp::column_values(task_->stage(h), column)) largest = std::max(largest, std::abs(x));
    scale_.push_back(largest * duration_);
  }
}

VectorPlanner::Weighted VectorPlanner::weighted(const mdp::TabularMdp& model, std::span<const double> weights) const {
  std::vector<double> sum(static_cast<std::size_t>(model.num_choices()), 0.0), size(sum.size(), 0.0);
  int used = 0;
  for (std::size_t k = 0; k < columns_.size(); ++k) {
    if (weights[k] == 0) continue;
    ++used;
    const std::span<const double> column = mdp::column_values(model, columns_[k]);
    for (std::size_t c = 0; c < sum.size(); ++c) {
      const double term = weights[k] * column[c];
      sum[c] += term;
      size[c] += std::abs(term);
    }
  }
  double largest = 0;
  for (const double x : size) largest = std::max(largest, x);
  // A product and an addition a column, the reading of each number, and the reading of the sum by the planner.
  const double error = largest == 0 ? 0 : rounding_error(2 * used + 6) * largest + kUnderflowSlack;
  return {model.with_expected_rewards(std::move(sum), "weighted"), error};
}

VectorPlanner::Best VectorPlanner::best(std::span<const double> weights, double tolerance, const Eigen::VectorXd* start,
                                        const Observer& observer) const {
  Problem problem = question_;
  problem.direction = Direction::kMaximise;
  Weighted first = weighted(problem.model, weights);
  problem.model = std::move(first.model);
  double error = first.error;
  for (mdp::TabularMdp& stage : problem.stages) {
    Weighted mixed = weighted(stage, weights);
    stage = std::move(mixed.model);
    error = std::max(error, mixed.error);
  }
  const SolveOptions run{.tolerance = tolerance, .observer = observer};
  Solution found;
  if (problem.criterion == Criterion::kDiscounted) {
    const bool warm = start != nullptr && start->size() == problem.model.num_states() && duration_ <= kLongestWarmStart;
    found = warm ? modified_policy_iteration_from(problem, *start, {}, run) : discounted_auto(problem, run);
  } else if (problem.criterion == Criterion::kFinite) {
    found = backward_induction(problem, {}, run);
  } else {
    found = average_auto(problem, run);
  }
  Best best{.policy = {.stationary = std::move(found.policy), .stages = std::move(found.stages)},
            .status = found.status,
            .work = found.transitions_read};
  if (found.lower.size() == 0) return best;  // nothing was proven
  const Eigen::VectorXd radius = ((found.upper - found.lower) * 0.5 * (1 + 1e-12)).cwiseMax(0.0);
  const Eigen::VectorXd middle = found.lower + 0.5 * (found.upper - found.lower);
  const double read = 4 * kUnitRoundoff * middle.cwiseAbs().maxCoeff();
  best.value = expected({middle, radius.array() + (read + error * duration_ * (1 + 1e-12))});
  best.v = std::move(found.value);
  return best;
}

Bounded VectorPlanner::expected(const mdp::Evaluation& values) const {
  double sum = 0, size = 0, error = 0;
  for (std::size_t s = 0; s < initial_.size(); ++s) {
    if (initial_[s] == 0) continue;
    const auto i = static_cast<Eigen::Index>(s);
    sum += initial_[s] * values.value[i];
    size += initial_[s] * std::abs(values.value[i]);
    error += initial_[s] * values.error[i];
  }
  // The sum of the initial distribution, a division, a product and a sum each.
  const double share = rounding_error(2 * static_cast<std::int64_t>(initial_.size()) + 8);
  const double off = error * (1 + 2 * share) + share * size;
  if (size == 0 && error == 0) return exactly(0);
  return {sum, round_down(sum - round_up(off)), round_up(sum + round_up(off))};
}

std::function<bool()> VectorPlanner::asks() const {
  if (quick_) return nullptr;
  return [asking = asking_] { return asking->go_on(); };
}

template <class Work>
std::optional<std::invoke_result_t<Work>> VectorPlanner::unless_stopped(Work work) const {
  if (quick_ || !asking_->asks()) return work();
  if (given_up()) return std::nullopt;
  return abandonable(std::move(work), asks());
}

std::vector<mdp::Evaluation> VectorPlanner::evaluations(const AnyPolicy& policy,
                                                        std::span<const std::string> columns) const {
  if (given_up()) return {};
  std::vector<mdp::Evaluation> result;
  if (question_.criterion == Criterion::kFinite) {
    for (const std::string& column : columns) {
      auto stages = mdp::evaluate_finite(*task_, policy.stages, question_.discount, column, asks());
      if (stages.empty()) return {};
      result.push_back(std::move(stages.front()));
    }
    return result;
  }
  // Linear systems cannot be interrupted.
  std::vector<std::string> names(columns.begin(), columns.end());
  if (question_.criterion == Criterion::kDiscounted) {
    return unless_stopped([model = question_.model, discount = question_.discount, played = policy.stationary,
                           names = std::move(names), initial = initial_] {
             return evaluate_visited(mdp::PolicyChain(model, played), discount, names, initial);
           })
        .value_or(std::vector<mdp::Evaluation>{});
  }
  return unless_stopped([model = question_.model, played = policy.stationary, names = std::move(names)] {
           const mdp::PolicyChain chain(model, played);
           std::vector<mdp::Evaluation> gains;
           for (const std::string& column : names) gains.push_back(mdp::evaluate_average(chain, column).gain);
           return gains;
         })
      .value_or(std::vector<mdp::Evaluation>{});
}

std::vector<Bounded> VectorPlanner::evaluate(const AnyPolicy& policy) const {
  const std::vector<Bounded> anything(columns_.size());
  std::vector<Bounded> result;
  if (policy.parts.empty()) {
    for (const mdp::Evaluation& column : evaluations(policy, columns_)) result.push_back(expected(column));
    return result.empty() ? anything : result;
  }
  result.assign(columns_.size(), exactly(0));
  const double total = std::accumulate(policy.weights.begin(), policy.weights.end(), 0.0);
  const double share = rounding_error(static_cast<std::int64_t>(policy.parts.size()) + 6);
  for (std::size_t j = 0; j < policy.parts.size(); ++j) {
    const std::vector<mdp::Evaluation> values = evaluations({.stationary = policy.parts[j]}, columns_);
    if (values.empty()) return anything;
    for (std::size_t k = 0; k < columns_.size(); ++k) {
      Bounded part = times(policy.weights[j] / total, expected(values[k]));
      const double slack = share * std::max(std::abs(part.lower), std::abs(part.upper));
      if (slack > 0) part = {part.value, round_down(part.lower - slack), round_up(part.upper + slack)};
      result[k] = plus(result[k], part);
    }
  }
  return result;
}

mdp::Evaluation VectorPlanner::values(const AnyPolicy& policy) const {
  if (question_.criterion == Criterion::kDiscounted)
    return unless_stopped([model = question_.model, discount = question_.discount, played = policy.stationary,
                           column = columns_.front()] {
             return mdp::evaluate_discounted(mdp::PolicyChain(model, played), discount, column);
           })
        .value_or(mdp::Evaluation{});
  const std::span<const std::string> first(columns_.data(), 1);
  if (policy.parts.empty()) {
    std::vector<mdp::Evaluation> only = evaluations(policy, first);
    return only.empty() ? mdp::Evaluation{} : std::move(only.front());
  }
  const Eigen::Index states = question_.model.num_states();
  mdp::Evaluation sum{Eigen::VectorXd::Zero(states), Eigen::VectorXd::Zero(states)};
  const double total = std::accumulate(policy.weights.begin(), policy.weights.end(), 0.0);
  const double share = rounding_error(static_cast<std::int64_t>(policy.parts.size()) + 6);
  for (std::size_t j = 0; j < policy.parts.size(); ++j) {
    const std::vector<mdp::Evaluation> only = evaluations({.stationary = policy.parts[j]}, first);
    if (only.empty()) return {};
    const mdp::Evaluation& part = only.front();
    const double weight = policy.weights[j] / total;
    sum.value += weight * part.value;
    sum.error += weight * part.error + (2 * share) * weight * part.value.cwiseAbs();
  }
  return sum;
}

/// How often the policy takes each choice; empty when given_up().
Masses VectorPlanner::masses(const AnyPolicy& policy) const {
  if (given_up()) return {};
  std::vector<mdp::Occupancy> occupancy;
  if (question_.criterion == Criterion::kFinite) {
    occupancy = mdp::finite_occupancy(*task_, policy.stages, {}, asks());
  } else if (auto flow =
                 unless_stopped([model = question_.model, discount = question_.discount, played = policy.stationary] {
                   return mdp::discounted_occupancy(mdp::PolicyChain(model, played), discount);
                 })) {
    occupancy.push_back(std::move(*flow));
  }
  Masses choices;
  for (mdp::Occupancy& stage : occupancy) choices.push_back(std::move(stage.choice));
  return choices;
}

Occupation VectorPlanner::occupation(const AnyPolicy& policy) const {
  if (question_.criterion != Criterion::kAverage) return {.mass = masses(policy), .way = {}};
  const std::vector<mdp::Policy> parts = policy.parts.empty() ? std::vector{policy.stationary} : policy.parts;
  const std::vector<double> weights = policy.parts.empty() ? std::vector{1.0} : policy.weights;
  Occupation sum;
  for (std::size_t j = 0; j < parts.size(); ++j) {
    const auto part = unless_stopped([model = question_.model, initial = initial_, played = parts[j]] {
      return long_run(mdp::PolicyChain(model, played), initial);
    });
    if (!part || part->mass.empty()) return {};
    if (j == 0) {
      sum.mass = {std::vector<double>(part->way.size(), 0.0)};
      sum.way.assign(part->way.size(), 0.0);
    }
    add_mass(part->mass, weights[j], sum.mass);
    for (std::size_t c = 0; c < sum.way.size(); ++c) sum.way[c] += weights[j] * std::max(0.0, part->way[c]);
  }
  return sum;
}

AnyPolicy VectorPlanner::mix(std::span<const AnyPolicy> policies, std::span<const double> weights) const {
  if (question_.criterion == Criterion::kAverage) {
    return unless_stopped([model = question_.model, initial = initial_,
                           policies = std::vector(policies.begin(), policies.end()),
                           weights = std::vector(weights.begin(), weights.end())] {
             return mix_average(model, initial, policies, weights);
           })
        .value_or(AnyPolicy{});
  }
  Masses mass;
  AnyPolicy only;
  int mixed = 0;
  for (std::size_t j = 0; j < policies.size(); ++j) {
    if (weights[j] <= 0) continue;
    ++mixed;
    only = policies[j];
    if (policies[j].mass) {
      add_mass(*policies[j].mass, weights[j], mass);
      continue;
    }
    const Masses own = masses(policies[j]);
    if (own.empty()) return {};
    add_mass(own, weights[j], mass);
  }
  if (mixed == 1) return only;
  AnyPolicy result;
  if (question_.criterion == Criterion::kDiscounted) {
    result.stationary = mdp::policy_from_occupancy(question_.model, mass.front());
  } else {
    const std::function<bool()> go_on = asks();
    for (std::size_t h = 0; h < mass.size(); ++h) {
      if (go_on && !go_on()) return {};
      result.stages.push_back(mdp::policy_from_occupancy(task_->stage(static_cast<int>(h)), mass[h]));
    }
  }
  result.mass = std::make_shared<const Masses>(std::move(mass));
  return result;
}

}  // namespace bellwether::solvers::constrained
