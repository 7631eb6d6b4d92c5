#include "solvers/constrained/pareto/c_morl.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>

#include <fmt/format.h>

#include "core/errors.h"
#include "mdp/evaluate/policy_chain.h"
#include "solvers/constrained/first_order/loop.h"
#include "solvers/constrained/occupancy_lp.h"

namespace bellwether::solvers {
namespace {

using namespace constrained;

/// A cost column that is the objective with its sign turned.
mdp::Column turned(const mdp::TabularMdp& model, const std::string& name) {
  const std::span<const double> values = mdp::column_values(model, name);
  std::vector<double> negative(values.begin(), values.end());
  for (double& x : negative) x = -x;
  return {.name = "minus " + name, .expected = std::move(negative), .by_transition = {}};
}

void require_one_model(const MultiObjectiveProblem& problem) {
  require_valid(problem);
  if (!problem.question.stages.empty())
    throw InvalidOption("c-morl: the stages of the model differ, must be one model throughout");
}

/// Rewards `reward`, costs minus the objectives in `kept` with these limits.
ConstrainedProblem bounded(const MultiObjectiveProblem& problem, std::vector<double> reward,
                           const std::vector<int>& kept, const Objectives& at_least) {
  const mdp::TabularMdp& model = problem.question.model;
  std::vector<mdp::Column> costs;
  std::vector<double> limits;
  for (const int i : kept) {
    costs.push_back(turned(model, problem.objectives[static_cast<std::size_t>(i)]));
    limits.push_back(-at_least[static_cast<std::size_t>(i)]);
  }
  return {.model = {mdp::with_costs(model.with_expected_rewards(std::move(reward), "objective"), std::move(costs)),
                    std::move(limits)},
          .criterion = problem.question.criterion,
          .direction = Direction::kMaximise,
          .discount = problem.question.discount,
          .horizon = problem.question.horizon};
}

std::vector<double> column(const MultiObjectiveProblem& problem, int l) {
  const auto values = mdp::column_values(problem.question.model, problem.objectives[static_cast<std::size_t>(l)]);
  return {values.begin(), values.end()};
}

std::vector<int> all_but(const MultiObjectiveProblem& problem, int l) {
  std::vector<int> kept;
  for (int i = 0; i < static_cast<int>(problem.objectives.size()); ++i)
    if (i != l) kept.push_back(i);
  return kept;
}

AnyPolicy policy_in(const ConstrainedSolution& solution) {
  return {.stationary = solution.policy,
          .stages = solution.stages,
          .parts = solution.mixture.policy,
          .weights = solution.mixture.initial};
}

/// A concave function of the policy's values and the direction that raises it: log barriers of the limits.
class Barrier {
 public:
  Barrier(const Game& game, double sharpness) : game_(game), sharpness_(sharpness) {}

  /// -infinity outside.
  double value(const View& view) const {
    double sum = view.total[0] * game_.reward_unit();
    for (int i = 0; i < game_.num_budgets(); ++i) {
      const double slack = slack_of(view, i);
      if (!(slack > 0)) return -std::numeric_limits<double>::infinity();
      sum += std::log(slack) / sharpness_;
    }
    return sum;
  }
  double slack_of(const View& view, int i) const { return -game_.excess(view, i) * game_.cost_unit(i); }
  double smallest_slack(const View& view) const {
    double least = std::numeric_limits<double>::infinity();
    for (int i = 0; i < game_.num_budgets(); ++i) least = std::min(least, slack_of(view, i));
    return least;
  }
  /// q of the reward whose expected total is the derivative.
  Eigen::VectorXd gradient(const View& view) const {
    Eigen::VectorXd q = view.q.col(0) * game_.reward_unit();
    for (int i = 0; i < game_.num_budgets(); ++i)
      q -= view.q.col(i + 1) * (game_.cost_unit(i) / (sharpness_ * slack_of(view, i)));
    return q;
  }

 private:
  const Game& game_;
  double sharpness_;
};

void take_step(const Game& game, const Eigen::VectorXd& q, double length, Point& at) {
  for (std::size_t c = 0; c < at.log_policy.size(); ++c) at.log_policy[c] += length * q[static_cast<Eigen::Index>(c)];
  normalise_logarithms(game, at);
}

/// Points in order of selection: farthest from their neighbours first, those not selected before.
std::vector<std::size_t> most_isolated(const std::vector<FrontPoint>& points, const std::vector<Objectives>& before,
                                       int count) {
  std::vector<Objectives> values;
  for (const FrontPoint& p : points) values.push_back(p.at());
  const std::vector<double> distance = crowding_distance(values);
  std::vector<std::size_t> order(points.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return distance[a] > distance[b]; });
  std::erase_if(order,
                [&](std::size_t i) { return std::find(before.begin(), before.end(), values[i]) != before.end(); });
  if (order.size() > static_cast<std::size_t>(count)) order.resize(static_cast<std::size_t>(count));
  return order;
}

/// Non-dominated points, at most `buffer` of them.
void tidy(std::vector<FrontPoint>& points, int buffer) {
  const auto keep = [&](const std::vector<std::size_t>& which) {
    std::vector<FrontPoint> kept;
    for (const std::size_t i : which) kept.push_back(std::move(points[i]));
    points = std::move(kept);
  };
  std::vector<Objectives> values;
  for (const FrontPoint& p : points) values.push_back(p.at());
  keep(non_dominated(values));
  while (points.size() > static_cast<std::size_t>(buffer)) {
    values.clear();
    for (const FrontPoint& p : points) values.push_back(p.at());
    const std::vector<double> distance = crowding_distance(values);
    points.erase(points.begin() + (std::min_element(distance.begin(), distance.end()) - distance.begin()));
  }
}

}  // namespace

ConstrainedProblem epsilon_constraint(const MultiObjectiveProblem& problem, int l, const Objectives& at_least) {
  require_one_model(problem);
  return bounded(problem, column(problem, l), all_but(problem, l), at_least);
}

Extension extend_by_program(const MultiObjectiveProblem& problem, int l, const Objectives& at_least, double tolerance) {
  const ConstrainedSolution first =
      occupancy_lp(epsilon_constraint(problem, l, at_least), {.sensitivity = false}, {.tolerance = tolerance});
  if (first.status == Status::kInfeasible || first.violation > tolerance) return {};
  const VectorPlanner planner(problem.question, problem.objectives);
  AnyPolicy policy = policy_in(first);
  // Among the optima the one with the largest sum: no other policy has more of anything without less of another.
  Objectives kept = at_least;
  kept[static_cast<std::size_t>(l)] = first.expected.lower - tolerance;
  std::vector<double> sum = column(problem, 0);
  for (int i = 1; i < static_cast<int>(problem.objectives.size()); ++i) {
    const std::vector<double> more = column(problem, i);
    for (std::size_t c = 0; c < sum.size(); ++c) sum[c] += more[c];
  }
  const ConstrainedSolution second = occupancy_lp(bounded(problem, std::move(sum), all_but(problem, -1), kept),
                                                  {.sensitivity = false}, {.tolerance = tolerance});
  if (second.status != Status::kInfeasible && second.violation <= tolerance) policy = policy_in(second);
  Extension result{.found = true, .point = {.policy = std::move(policy), .value = {}}};
  result.point.value = planner.evaluate(result.point.policy);
  return result;
}

Objectives relaxed(const Objectives& point, double beta) {
  Objectives result = point;
  for (double& x : result) x -= (1 - beta) * std::abs(x);
  return result;
}

BarrierRun extend_by_barrier(const MultiObjectiveProblem& problem, int l, const Objectives& at_least,
                             const mdp::Policy& start, const BarrierOptions& options) {
  bellwether::require_valid("barrier", options);
  const ConstrainedProblem extension = epsilon_constraint(problem, l, at_least);
  const Lagrangian on(extension);
  const Game game(on, "barrier");
  const Barrier barrier(game, options.sharpness);
  Point at{.policy = std::vector<double>(game.num_choices()), .log_policy = std::vector<double>(game.num_choices())};
  // The start, softened: probabilities of exactly zero would stay zero. As softly as the thresholds allow.
  const std::vector<double> uniform = game.uniform_policy();
  View view;
  double softness = 0.25;
  for (; softness > 1e-12; softness /= 4) {
    for (int s = 0; s < game.model().num_states(); ++s)
      for (std::int64_t c = game.model().first_choice(s); c < game.model().first_choice(s + 1); ++c) {
        const auto i = static_cast<std::size_t>(c);
        at.policy[i] = (1 - softness) * start.probability(game.model(), s, c) + softness * uniform[i];
        at.log_policy[i] = std::log(at.policy[i]);
      }
    game.evaluate(at.policy, view);
    if (barrier.smallest_slack(view) > 0) break;
  }
  if (!(barrier.smallest_slack(view) > 0))
    throw InvalidOption("barrier: the first policy does not exceed every threshold, which it must");
  BarrierRun run{.smallest_slack = barrier.smallest_slack(view)};
  double length = 1 / std::max(1e-300, barrier.gradient(view).cwiseAbs().maxCoeff());
  for (; run.steps < options.steps; ++run.steps) {
    const double here = barrier.value(view);
    const Eigen::VectorXd direction = barrier.gradient(view);
    View there;
    bool moved = false;
    for (int halving = 0; halving < 60 && !moved; ++halving, length *= 0.5) {
      Point next = at;
      take_step(game, direction, length, next);
      game.evaluate(next.policy, there);
      if (!(barrier.value(there) > here)) continue;
      at = std::move(next);
      moved = true;
    }
    if (!moved) break;
    view = std::move(there);
    run.smallest_slack = std::min(run.smallest_slack, barrier.smallest_slack(view));
    length *= 4;  // the halving above took one already
  }
  for (double& p : at.policy)
    if (p < 1e-200) p = 0;
  run.point.policy.stationary = mdp::Policy::randomised(at.policy);
  run.point.value = VectorPlanner(problem.question, problem.objectives).evaluate(run.point.policy);
  return run;
}

CMorlResult c_morl(const MultiObjectiveProblem& problem, const CMorlOptions& options) {
  bellwether::require_valid("c-morl", options);
  require_one_model(problem);
  const VectorPlanner planner(problem.question, problem.objectives);
  const int objectives = planner.num_columns();
  CMorlResult result;
  double scale = 0;
  for (int k = 0; k < objectives; ++k) scale = std::max(scale, planner.scale(k));
  for (const std::vector<double>& w : weight_grid(objectives, options.divisions)) {
    VectorPlanner::Best best = planner.best(w, 1e-9 * scale + 1e-300);
    ++result.solves;
    if (best.v.size() == 0) continue;
    FrontPoint point{.policy = std::move(best.policy), .value = {}};
    point.value = planner.evaluate(point.policy);
    result.points.push_back(std::move(point));
  }
  tidy(result.points, options.buffer);
  const auto remember = [&] {
    result.fronts.emplace_back();
    for (const FrontPoint& p : result.points) result.fronts.back().push_back(p.at());
  };
  remember();
  std::vector<Objectives> selected;
  for (int round = 0; round < options.rounds; ++round) {
    std::vector<FrontPoint> added;
    for (const std::size_t j : most_isolated(result.points, selected, options.selected)) {
      const Objectives from = result.points[j].at(), thresholds = relaxed(from, options.beta);
      selected.push_back(from);
      for (int l = 0; l < objectives; ++l) {
        ++result.solves;
        if (options.form == "barrier") {
          added.push_back(extend_by_barrier(problem, l, thresholds, result.points[j].policy.stationary,
                                            {.sharpness = options.sharpness})
                              .point);
        } else if (Extension extension = extend_by_program(problem, l, thresholds, 1e-8 * scale); extension.found) {
          added.push_back(std::move(extension.point));
        }
      }
    }
    for (FrontPoint& point : added) result.points.push_back(std::move(point));
    tidy(result.points, options.buffer);
    remember();
  }
  return result;
}

}  // namespace bellwether::solvers
