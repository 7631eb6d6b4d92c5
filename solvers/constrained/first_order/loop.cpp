#include "solvers/constrained/first_order/loop.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>
#include <utility>

#include "core/projections.h"
#include "mdp/evaluate/occupancy.h"
#include "solvers/constrained/best_proof.h"

namespace bellwether::solvers::constrained {
namespace {

constexpr double kInfinite = std::numeric_limits<double>::infinity();

double worst_excess(const Game& game, const View& view) {
  double worst = 0;
  for (int i = 0; i < game.num_budgets(); ++i) worst = std::max(worst, game.excess(view, i));
  return worst;
}

/// Mean occupancy and multipliers over the iterates that count, the best of them, and the path.
class Memory {
 public:
  Memory(const Game& game, const FirstOrderOptions& options)
      : game_(game),
        options_(options),
        mean_(game.num_choices(), 0.0),
        mean_multipliers_(static_cast<std::size_t>(game.num_budgets()), 0.0) {}

  void add(std::int64_t iteration, const Point& at, const View& view, bool counts) {
    record(iteration, at, view);
    if (!counts) return;
    ++counted_;
    for (std::size_t i = 0; i < mean_multipliers_.size(); ++i) mean_multipliers_[i] += at.multipliers[i];
    if (options_.output == "average") {
      const mdp::TabularMdp& model = game_.model();
      for (int s = 0; s < model.num_states(); ++s)
        for (auto c = static_cast<std::size_t>(model.first_choice(s));
             c < static_cast<std::size_t>(model.first_choice(s + 1)); ++c)
          mean_[c] += std::max(0.0, view.occupancy[s]) * at.policy[c];
    } else if (options_.output == "best") {
      keep_if_best(at, view);
    }
  }

  /// What is worth less than this is not played: a product with a transition must not underflow.
  static mdp::Policy cleaned(std::vector<double> probability) {
    for (double& p : probability)
      if (p < 1e-200) p = 0;
    return mdp::Policy::randomised(std::move(probability));
  }

  /// The policy to be returned; `last` when nothing has counted yet.
  mdp::Policy policy(const Point& last) const {
    if (options_.output == "average" && counted_ > 0) {
      const mdp::Policy mean = mdp::policy_from_occupancy(game_.model(), mean_);
      return cleaned({mean.choice_probabilities().begin(), mean.choice_probabilities().end()});
    }
    if (options_.output == "best" && !best_.empty()) return cleaned(best_);
    return cleaned(last.policy);
  }
  std::vector<double> mean_multipliers() const {
    std::vector<double> result = mean_multipliers_;
    for (double& y : result) y /= static_cast<double>(std::max<std::int64_t>(1, counted_));
    return result;
  }
  std::vector<PathRow> take_path() { return std::move(path_); }

 private:
  void record(std::int64_t iteration, const Point& at, const View& view) {
    if (options_.record > 0 ? iteration % options_.record != 0 : iteration < next_) return;
    next_ = std::max(iteration + 1, iteration + iteration / 16);
    const double sign = game_.lagrangian().sign();
    PathRow row{.iteration = iteration, .value = sign * view.total[0] * game_.reward_unit(), .violation = -kInfinite};
    for (int i = 0; i < game_.num_budgets(); ++i) {
      const auto j = static_cast<std::size_t>(i);
      row.violation = std::max(row.violation, game_.excess(view, i) * game_.cost_unit(i));
      row.multipliers.push_back(sign * at.multipliers[j] * (game_.reward_unit() / game_.cost_unit(i)));
    }
    path_.push_back(std::move(row));
  }

  /// Among iterates within a millionth of their limits the one worth most, before that the least excessive one.
  void keep_if_best(const Point& at, const View& view) {
    const double grain = 1e-6 / (1 - game_.discount()), excess = worst_excess(game_, view);
    const bool feasible = excess <= grain, best_feasible = best_excess_ <= grain;
    const bool better = feasible ? !best_feasible || view.total[0] > best_value_ : excess < best_excess_;
    if (!better) return;
    best_ = at.policy;
    best_value_ = view.total[0];
    best_excess_ = excess;
  }

  const Game& game_;
  const FirstOrderOptions& options_;
  std::vector<double> mean_, mean_multipliers_, best_;
  double best_value_ = -kInfinite, best_excess_ = kInfinite;
  std::int64_t counted_ = 0, next_ = 0;
  std::vector<PathRow> path_;
};

/// Tries the proof: the dual function at the last and at the mean multipliers, and the policy that `memory` makes.
void prove(const std::string& name, const Game& game, const Memory& memory, const Point& last, std::int64_t iteration,
           const SolveOptions& run, BestProof& best) {
  for (const std::vector<double>& y : {last.multipliers, memory.mean_multipliers()}) {
    const std::vector<double> in_units = game.in_problem_units(y);
    best.offer(in_units, game.lagrangian().dual(in_units, run.tolerance / 4, nullptr, run.observer).value);
  }
  best.add({.algorithm = name,
            .policy = {.stationary = memory.policy(last)},
            .priced = iteration > 0,
            .iterations = iteration,
            .exhausted = true});
}

}  // namespace

void normalise_logarithms(const Game& game, Point& at) {
  const mdp::TabularMdp& model = game.model();
  for (int s = 0; s < model.num_states(); ++s) {
    const auto first = static_cast<std::size_t>(model.first_choice(s));
    const std::span<double> row(at.log_policy.data() + first, static_cast<std::size_t>(model.num_choices(s)));
    const double total = log_sum_exp(row);
    for (std::size_t a = 0; a < row.size(); ++a) {
      row[a] -= total;
      at.policy[first + a] = std::exp(row[a]);
    }
  }
}

Eigen::VectorXd mixed_q(const View& view, const std::vector<double>& multipliers) {
  Eigen::VectorXd q = view.q.col(0);
  for (std::size_t i = 0; i < multipliers.size(); ++i)
    q -= multipliers[i] * view.q.col(static_cast<Eigen::Index>(i) + 1);
  return q;
}

std::vector<double> dual_caps(const Game& game, const FirstOrderOptions& options, const Observer& observer) {
  std::vector<double> caps(static_cast<std::size_t>(game.num_budgets()), options.cap > 0 ? options.cap : kInfinite);
  if (options.cap > 0) return caps;
  ColumnPool pool(game.lagrangian());
  const Feasibility found = find_safe(game.lagrangian(), pool, observer);
  if (!found.safe) return caps;
  for (int i = 0; i < game.num_budgets(); ++i) {
    const auto j = static_cast<std::size_t>(i);
    const double slack = game.limit(i) - found.collected[j + 1].upper / game.cost_unit(i);
    if (slack > 0) caps[j] = 2 * game.reward_range() / ((1 - game.discount()) * slack);
  }
  return caps;
}

ConstrainedSolution play(std::string name, const Game& game, const Step& step, const FirstOrderOptions& options,
                         const SolveOptions& run) {
  const Lagrangian& on = game.lagrangian();
  ColumnPool pool(on);
  Feasibility found = find_safe(on, pool, run.observer);
  if (found.infeasibility) return infeasible(on, std::move(found), {.algorithm = name});
  Point at{.policy = game.uniform_policy(),
           .log_policy = std::vector<double>(game.num_choices()),
           .multipliers = std::vector<double>(static_cast<std::size_t>(game.num_budgets()), 0.0)};
  for (std::size_t c = 0; c < at.policy.size(); ++c) at.log_policy[c] = std::log(at.policy[c]);
  Memory memory(game, options);
  View view;
  TraceRecorder trace;
  BestProof best(on, found, run);
  const std::int64_t last = std::min(options.iterations, run.max_iterations);
  std::int64_t next_proof = 100;
  bool stopped = false;
  for (std::int64_t k = 0; k <= last && !stopped; ++k) {
    game.evaluate(at.policy, view, options.output == "average");
    stopped = on.planner().stopped();
    Point now = at;
    if (!stopped) {
      const bool counts = step(at, view);
      memory.add(k, now, view, counts);
      stopped = run.observer && !run.observer({.iteration = k});
    }
    if (stopped) on.planner().stop();
    if (k < next_proof && k < last && !stopped) continue;
    if (on.planner().given_up() && best.any()) break;  // the last proof stands
    next_proof *= 2;
    prove(name, game, memory, now, k, run, best);
    trace.record({.iteration = k, .gap = best.solution().gap});
    if (best.solution().status == Status::kConverged) break;
  }
  ConstrainedSolution solution = best.solution();
  if (stopped && solution.status != Status::kConverged) solution.status = Status::kStoppedByCaller;
  solution.trace = trace.take();
  solution.path = memory.take_path();
  return solution;
}

}  // namespace bellwether::solvers::constrained
