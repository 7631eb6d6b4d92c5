#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "mdp/instances/instance.h"
#include "solvers/online/episodic/agent.h"
#include "solvers/online/episodic/task.h"

namespace bellwether::online {

/// What learners of a constrained task have to keep to, as it is asked for.
struct ConstraintRequest {
  /// A cost column and the most that an episode may cost in expectation: an amount, or (`relative`) a share of the way
  /// from the least possible cost to the least that an unconstrained policy of the highest value costs.
  struct Budget {
    std::string column;
    double limit = 0;
    bool relative = false;
  };
  std::vector<Budget> budgets = {};
  /// The value of an episode must be at least this share of the baseline's (rewards in the learner's units).
  std::optional<double> floor = {};
  /// The policy that is known to be safe: "safest" (leaves the most room below the limits of the cost columns),
  /// "uniform", or a number w: in every state w of the best unconstrained choice, the rest uniform. Empty: "safest"
  /// where there are budgets, else 0.6.
  std::string baseline = {};

  bool empty() const { return budgets.empty() && !floor; }
};

/// From settings: budget "damage=0.3" or "damage=40%", several with a + between; floor "0.8"; baseline as above. Empty
/// texts say nothing. InvalidOption for what cannot be read.
ConstraintRequest read_constraints(std::string_view budget, std::string_view floor, std::string_view baseline);

/// The most that an episode may cost, in units of the column. InvalidOption when the model has no such column.
double budget_amount(const EpisodicTask& task, const ConstraintRequest::Budget& asked);

/// A constraint in the learner's units: cost of every stage and choice in [0, 1], their expected sum at most `limit`.
struct EpisodeConstraint {
  std::string name;               ///< the cost column, or "value"
  std::vector<double> cost = {};  ///< place h * C + c
  double limit = 0;
  double unit = 1;        ///< one unit of cost in the model's
  bool of_value = false;  ///< a floor of the value: cost 1 - reward
};

/// What a learner of a constrained task knows before the first episode: mean rewards and costs, the limits, and a
/// baseline with its expected costs. Transitions are unknown.
struct ConstrainedWorld : EpisodicWorld {
  std::span<const EpisodeConstraint> constraints = {};
  std::span<const double> baseline = {};       ///< probability of choice c at stage h, place h * C + c
  std::span<const double> baseline_cost = {};  ///< of each constraint

  std::size_t place(int stage, std::int64_t choice) const {
    return static_cast<std::size_t>(stage * num_choices() + choice);
  }
  double reward(int stage, std::int64_t choice) const {
    return mean_reward[static_cast<std::size_t>(row(stage, choice))];
  }
  /// The least room that the baseline leaves below a limit.
  double baseline_slack() const;
};

/// A limit counts as broken when it is exceeded by more than rounding and the tolerance of linear programs: this much,
/// a stage, in the learner's units.
inline constexpr double kLimitTolerance = 1e-8;

/// The baseline's slack, for learners that cannot do without; InvalidOption, naming the learner, when there is none.
double require_room(std::string_view learner, const ConstrainedWorld& world);

/// An episodic task with limits on expected costs, from the initial distribution. The optimum that regret is measured
/// by is the best value among the policies that keep to them (docs/papers/constrained-regret.md).
class ConstrainedTask {
 public:
  /// InvalidOption when nothing is asked for, or no policy keeps to it; InvalidModel for a column that does not exist.
  ConstrainedTask(std::shared_ptr<const EpisodicTask> task, const ConstraintRequest& request);

  const EpisodicTask& episodes() const { return *task_; }
  std::span<const EpisodeConstraint> constraints() const { return constraints_; }
  std::span<const double> baseline() const { return baseline_; }
  std::span<const double> baseline_cost() const { return baseline_cost_; }
  double baseline_value() const { return baseline_value_; }  ///< in the learner's units
  double optimum() const { return optimum_; }                ///< in the learner's units

  /// What an episode under a policy is worth: its value and the cost of each constraint, in the learner's units, exact
  /// to rounding. `probability(h, s, c)` is that of a choice.
  template <class Probability>
  void evaluate_with(Probability&& probability, std::span<double> worth) const;
  void evaluate(const EpisodicPolicy& policy, std::span<double> worth) const;

 private:
  void add_budget(const ConstraintRequest::Budget& asked);
  void choose_baseline(const ConstraintRequest& request);
  void solve();

  std::shared_ptr<const EpisodicTask> task_;
  std::vector<EpisodeConstraint> constraints_;
  std::vector<double> baseline_, baseline_cost_;
  double baseline_value_ = 0, optimum_ = 0;
};

/// What learners of this task may know; it looks into `task`, which must outlive it.
ConstrainedWorld world_of(const ConstrainedTask& task, std::int64_t episodes);

// d_{h+1}(s') = sum over s, c of d_h(s) pi_h(c | s) p_h(s' | c); worth = sum of d_h(s) pi_h(c | s) of reward and costs.
template <class Probability>
void ConstrainedTask::evaluate_with(Probability&& probability, std::span<double> worth) const {
  std::vector<double> now(task_->initial().begin(), task_->initial().end()), next(now.size());
  for (double& w : worth) w = 0;
  const auto choices = static_cast<std::size_t>(task_->num_choices());
  for (int h = 0; h < task_->horizon(); ++h) {
    const mdp::TabularMdp& model = task_->model(h);
    next.assign(next.size(), 0.0);
    for (int s = 0; s < task_->num_states(); ++s) {
      const double mass = now[static_cast<std::size_t>(s)];
      if (mass == 0) continue;
      for (std::int64_t c = model.first_choice(s); c < model.first_choice(s + 1); ++c) {
        const double flow = mass * probability(h, s, c);
        if (flow == 0) continue;
        worth[0] += flow * task_->unit_reward(h, c);
        const std::size_t at = static_cast<std::size_t>(h) * choices + static_cast<std::size_t>(c);
        for (std::size_t i = 0; i + 1 < worth.size(); ++i) worth[i + 1] += flow * constraints_[i].cost[at];
        const auto to = model.successors(c);
        const auto p = model.probabilities(c);
        for (std::size_t k = 0; k < to.size(); ++k) next[static_cast<std::size_t>(to[k])] += flow * p[k];
      }
    }
    now.swap(next);
  }
}

}  // namespace bellwether::online
