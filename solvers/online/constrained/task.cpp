#include "solvers/online/constrained/task.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "core/errors.h"
#include "core/text.h"
#include "mdp/constrained/constrained_mdp.h"
#include "mdp/operators.h"
#include "solvers/constrained/occupancy_lp.h"
#include "solvers/online/constrained/program.h"

namespace bellwether::online {
namespace {

constexpr double kUsualBaseline = 0.6;

ConstraintRequest::Budget read_budget(std::string_view text) {
  const std::size_t equals = text.rfind('=');
  if (equals == std::string_view::npos || equals == 0)
    throw InvalidOption(fmt::format("budget is '{}', must be COLUMN=LIMIT or COLUMN=SHARE%, as in damage=0.3", text));
  std::string_view limit = text.substr(equals + 1);
  const bool relative = limit.ends_with('%');
  if (relative) limit.remove_suffix(1);
  const auto amount = parse_double(std::string(limit));
  if (!amount || !std::isfinite(*amount))
    throw InvalidOption(fmt::format("budget is '{}', the limit must be a number, or a share as in {}=40%", text,
                                    text.substr(0, equals)));
  const double number = *amount;
  if (relative && !(number >= 0 && number <= 100))
    throw InvalidOption(fmt::format("budget is '{}', a share must be from 0% to 100%", text));
  return {
      .column = std::string(text.substr(0, equals)), .limit = relative ? number / 100 : number, .relative = relative};
}

/// The expected costs of a column; they lie one after the other, a stage of C numbers each.
std::vector<double> column_of(const EpisodicTask& task, const std::string& name) {
  std::vector<double> all;
  std::vector<std::string> known;
  for (int h = 0; h < task.horizon(); ++h) {
    const auto& costs = task.model(h).data().costs;
    const auto found = std::ranges::find(costs, name, &mdp::Column::name);
    if (found == costs.end()) {
      for (const mdp::Column& column : costs) known.push_back(column.name);
      throw InvalidOption(fmt::format("budget: the model has no cost column '{}'{}", name,
                                      known.empty() ? "; it has none at all" : "; it has " + join_names(known)));
    }
    const auto costs_of_stage = found->expected.view();
    all.insert(all.end(), costs_of_stage.begin(), costs_of_stage.end());
  }
  return all;
}

/// The least expected sum of these costs, by backward induction; `of_best`: among the policies of the highest value,
/// ties within rounding.
double least_cost(const EpisodicTask& task, const std::vector<double>& cost, bool of_best) {
  const double tie = task.from_unit_loss(1e-12 * task.horizon());
  std::vector<double> next(static_cast<std::size_t>(task.num_states())), now(next.size());
  for (int h = task.horizon() - 1; h >= 0; --h) {
    const mdp::TabularMdp& model = task.model(h);
    const double* own = cost.data() + static_cast<std::size_t>(h) * static_cast<std::size_t>(task.num_choices());
    for (int s = 0; s < task.num_states(); ++s) {
      double best = std::numeric_limits<double>::infinity();
      for (std::int64_t c = model.first_choice(s); c < model.first_choice(s + 1); ++c)
        if (!of_best || task.gap(h, c) <= tie)
          best = std::min(best, own[c] + mdp::Expectation{}(model.successors(c), model.probabilities(c), next));
      now[static_cast<std::size_t>(s)] = best;
    }
    now.swap(next);
  }
  double sum = 0;
  for (std::size_t s = 0; s < next.size(); ++s) sum += task.initial()[s] * next[s];
  return sum;
}

/// 1 for the first of the best unconstrained choices.
double best_choice(const EpisodicTask& task, int h, int s, std::int64_t c) {
  const mdp::TabularMdp& model = task.model(h);
  std::int64_t best = model.first_choice(s);
  for (std::int64_t other = best + 1; other < model.first_choice(s + 1); ++other)
    if (task.gap(h, other) < task.gap(h, best)) best = other;
  return c == best ? 1.0 : 0.0;
}

EstimatedRows true_rows(const EpisodicTask& task) {
  EstimatedRows rows;
  for (int h = 0; h < task.horizon(); ++h)
    for (std::int64_t c = 0; c < task.num_choices(); ++c) {
      auto& row = rows.row.emplace_back();
      for (std::size_t k = 0; k < task.model(h).successors(c).size(); ++k)
        row.push_back({task.model(h).successors(c)[k], task.model(h).probabilities(c)[k]});
    }
  return rows;
}

}  // namespace

double budget_amount(const EpisodicTask& task, const ConstraintRequest::Budget& asked) {
  if (!asked.relative) return asked.limit;
  const std::vector<double> cost = column_of(task, asked.column);
  const double least = least_cost(task, cost, false), of_best = least_cost(task, cost, true);
  return least + asked.limit * (of_best - least);
}

ConstraintRequest read_constraints(std::string_view budget, std::string_view floor, std::string_view baseline) {
  ConstraintRequest request{.baseline = std::string(baseline)};
  for (std::size_t begin = 0; !budget.empty() && begin <= budget.size();) {
    const std::size_t end = std::min(budget.find('+', begin), budget.size());
    request.budgets.push_back(read_budget(budget.substr(begin, end - begin)));
    begin = end + 1;
  }
  if (!floor.empty()) {
    request.floor = parse_double(std::string(floor));
    if (!request.floor || !(*request.floor >= 0 && *request.floor <= 1))
      throw InvalidOption(
          fmt::format("floor is '{}', must be a share of the baseline's value, a number from 0 to 1", floor));
  }
  if (!baseline.empty() && baseline != "safest" && baseline != "uniform") {
    const auto weight = parse_double(request.baseline);
    if (!weight || !(*weight >= 0 && *weight <= 1))
      throw InvalidOption(fmt::format("baseline is '{}', must be safest, uniform or a number from 0 to 1", baseline));
  }
  return request;
}

double ConstrainedWorld::baseline_slack() const {
  double least = std::numeric_limits<double>::infinity();
  for (std::size_t i = 0; i < constraints.size(); ++i) least = std::min(least, constraints[i].limit - baseline_cost[i]);
  return least;
}

double require_room(std::string_view learner, const ConstrainedWorld& world) {
  const double room = world.baseline_slack();
  if (!(room > kLimitTolerance * world.horizon))
    throw InvalidOption(
        fmt::format("{}: the baseline must leave room below every limit, it leaves {:.6g}; raise the budget, lower the "
                    "floor or choose another baseline",
                    learner, room));
  return room;
}

ConstrainedTask::ConstrainedTask(std::shared_ptr<const EpisodicTask> task, const ConstraintRequest& request)
    : task_(std::move(task)) {
  if (request.empty())
    throw InvalidOption(
        "learners with constraints need one: a budget on a cost column (budget, as in damage=0.3) or a floor of the "
        "value (floor, a share of the baseline's)");
  for (const auto& budget : request.budgets) add_budget(budget);
  choose_baseline(request);
  std::vector<double> worth(1 + constraints_.size());
  const auto evaluate_baseline = [&] {
    evaluate_with(
        [&](int h, int, std::int64_t c) { return baseline_[static_cast<std::size_t>(h * task_->num_choices() + c)]; },
        worth);
  };
  evaluate_baseline();
  baseline_value_ = worth[0];
  if (request.floor) {
    EpisodeConstraint floor{.name = "value", .unit = task_->from_unit_loss(1), .of_value = true};
    for (int h = 0; h < task_->horizon(); ++h)
      for (std::int64_t c = 0; c < task_->num_choices(); ++c) floor.cost.push_back(1 - task_->unit_reward(h, c));
    floor.limit = task_->horizon() - *request.floor * baseline_value_;
    constraints_.push_back(std::move(floor));
    worth.resize(1 + constraints_.size());
    evaluate_baseline();
  }
  baseline_cost_.assign(worth.begin() + 1, worth.end());
  solve();
}

void ConstrainedTask::add_budget(const ConstraintRequest::Budget& asked) {
  for (const EpisodeConstraint& other : constraints_)
    if (other.name == asked.column) throw InvalidOption(fmt::format("budget: '{}' has two limits", asked.column));
  EpisodeConstraint budget{.name = asked.column, .cost = column_of(*task_, asked.column)};
  const auto [least, most] = std::ranges::minmax(budget.cost);
  const double low = least < 0 || most > 1 ? least : 0;
  budget.unit = (least < 0 || most > 1) && most > least ? most - least : 1;
  for (double& cost : budget.cost) cost = (cost - low) / budget.unit;
  budget.limit = (budget_amount(*task_, asked) - task_->horizon() * low) / budget.unit;
  constraints_.push_back(std::move(budget));
}

void ConstrainedTask::choose_baseline(const ConstraintRequest& request) {
  const bool safest = request.baseline == "safest" || (request.baseline.empty() && !constraints_.empty());
  if (safest && constraints_.empty())
    throw InvalidOption("baseline is 'safest', but there is no budget to be safe about; say uniform or a number");
  const EpisodicWorld world = world_of(*this, 1);
  if (safest) {
    ProgramTask most_room{.reward = {}, .most_room = true};
    for (const EpisodeConstraint& constraint : constraints_) {
      most_room.cost.emplace_back(constraint.cost);
      most_room.limit.push_back(constraint.limit);
    }
    const ProgramAnswer answer = solve_program(world, true_rows(*task_), most_room);
    if (answer.status != lp::LpStatus::kOptimal) throw InvalidOption("baseline: the safest policy could not be found");
    EpisodicPolicy policy(world.state_begin, world.horizon);
    std::vector<double> first(answer.occupancy.size());
    for (int h = 0; h < world.horizon; ++h)
      for (int s = 0; s < world.num_states(); ++s)
        first[static_cast<std::size_t>(h * world.num_choices() + world.state_begin[static_cast<std::size_t>(s)])] = 1;
    play_occupancy(world, answer.occupancy, first, policy);
    for (int h = 0; h < world.horizon; ++h)
      for (std::int64_t c = 0; c < world.num_choices(); ++c) baseline_.push_back(policy.probability(h, c));
    return;
  }
  const double weight = request.baseline == "uniform" ? 0
                        : request.baseline.empty()    ? kUsualBaseline
                                                      : *parse_double(request.baseline);
  for (int h = 0; h < world.horizon; ++h)
    for (int s = 0; s < world.num_states(); ++s)
      for (auto c = task_->model(h).first_choice(s); c < task_->model(h).first_choice(s + 1); ++c)
        baseline_.push_back(weight * best_choice(*task_, h, s, c) + (1 - weight) / task_->model(h).num_choices(s));
}

void ConstrainedTask::solve() {
  std::vector<mdp::TabularMdp> stages;
  const auto choices = static_cast<std::size_t>(task_->num_choices());
  for (int h = 0; h < task_->horizon(); ++h) {
    std::vector<double> reward;
    for (std::int64_t c = 0; c < task_->num_choices(); ++c) reward.push_back(task_->unit_reward(h, c));
    std::vector<mdp::Column> costs;
    for (const EpisodeConstraint& constraint : constraints_) {
      const auto from = constraint.cost.begin() + static_cast<std::ptrdiff_t>(static_cast<std::size_t>(h) * choices);
      costs.push_back({.name = constraint.name,
                       .expected = std::vector<double>(from, from + static_cast<std::ptrdiff_t>(choices)),
                       .by_transition = {}});
    }
    stages.push_back(mdp::with_costs(task_->model(h).with_expected_rewards(std::move(reward)), std::move(costs)));
  }
  std::vector<double> limits;
  for (const EpisodeConstraint& constraint : constraints_) limits.push_back(constraint.limit);
  const solvers::ConstrainedProblem problem{.model = mdp::ConstrainedMdp(stages.front(), limits),
                                            .criterion = solvers::Criterion::kFinite,
                                            .horizon = task_->horizon(),
                                            .stages = stages};
  const solvers::ConstrainedSolution solution = solvers::occupancy_lp(problem, {.sensitivity = false});
  if (solution.infeasibility) {
    const double excess = std::max(0.0, solution.infeasibility->least_violation.lower);
    if (constraints_.size() == 1)
      throw InvalidOption(fmt::format("no policy keeps to the limit on {}: every one exceeds it by {:.6g} or more",
                                      constraints_.front().name, constraints_.front().unit * excess));
    std::vector<std::string> names;
    for (const EpisodeConstraint& constraint : constraints_) names.push_back(constraint.name);
    throw InvalidOption(
        fmt::format("no policy keeps to the limits on {} together: every one exceeds one of them by {:.6g} or more, "
                    "costs scaled to "
                    "[0, 1] a step",
                    join_names(names), excess));
  }
  // Where limits leave no room nothing is proven from below: the bound from above is the optimum within rounding.
  optimum_ = std::isfinite(solution.optimum.value) ? solution.optimum.value : solution.optimum.upper;
  if (!std::isfinite(optimum_)) throw InvalidOption("the optimum under the limits could not be found");
}

void ConstrainedTask::evaluate(const EpisodicPolicy& policy, std::span<double> worth) const {
  if (policy.randomised())
    evaluate_with([&](int h, int, std::int64_t c) { return policy.probability(h, c); }, worth);
  else
    evaluate_with([&](int h, int s, std::int64_t c) { return policy.choice(h, s) == c ? 1.0 : 0.0; }, worth);
}

ConstrainedWorld world_of(const ConstrainedTask& task, std::int64_t episodes) {
  const EpisodicTask& plain = task.episodes();
  ConstrainedWorld world;
  world.state_begin = plain.state_begin();
  world.horizon = plain.horizon();
  world.largest_num_actions = plain.largest_num_actions();
  world.same_at_every_stage = plain.same_at_every_stage();
  world.episodes = episodes;
  world.mean_reward = plain.unit_rewards();
  world.initial = plain.initial();
  world.constraints = task.constraints();
  world.baseline = task.baseline();
  world.baseline_cost = task.baseline_cost();
  return world;
}

}  // namespace bellwether::online
