#include "solvers/online/constrained/program_learners.h"

#include "core/learner.h"
#include "solvers/online/constrained/confidence.h"

namespace bellwether::online {
namespace {

/// What tells the four learners apart. With b the bonus of a row (for intervals of twice the width where the program
/// chooses the model),
///   reward r + reward_bonus b,   costs c + cost_bonus b.
/// Safe learners tighten the limits by a sum B of bonuses, 2 B on the empirical model. A share w = B / room (2 B /
/// room) of the baseline in the best policy makes up for it and loses at most w H, which the bonus of rewards pays back
/// when it is H / room (1 + 2 H / room) times b.
struct Recipe {
  bool intervals = false;
  double times = 1;  ///< b covers models that are this many widths apart
  double reward_bonus = 0, cost_bonus = 0;
};

class ProgramLearner final : public ConstrainedAgent {
 public:
  ProgramLearner(const ConstrainedWorld& world, const ProgramLearnerOptions& options, double factor,
                 const Recipe& recipe)
      : ConstrainedAgent(world),
        recipe_(recipe),
        every_(options.every),
        confidence_(world, options.delta, factor),
        reward_(static_cast<std::size_t>(world.horizon * world.num_choices())),
        cost_(world.constraints.size(), std::vector<double>(reward_.size())),
        elsewhere_(world.baseline.begin(), world.baseline.end()) {
    for (const EpisodeConstraint& constraint : world.constraints) task_.limit.push_back(constraint.limit);
    for (const auto& cost : cost_) task_.cost.emplace_back(cost);
    task_.reward = reward_;
    if (recipe.cost_bonus > 0) return;
    // Where the program sends nobody, those who come by chance look around.
    for (int s = 0; s < world.num_states(); ++s) {
      const auto first = world.state_begin[static_cast<std::size_t>(s)],
                 last = world.state_begin[static_cast<std::size_t>(s) + 1];
      for (int h = 0; h < world.horizon; ++h)
        for (auto c = first; c < last; ++c) elsewhere_[world.place(h, c)] = 1.0 / static_cast<double>(last - first);
    }
  }

  void plan(std::int64_t episode) override {
    if (episode > 0 && (every_ > 0 ? episode % every_ != 0 : !doubled_)) return;
    doubled_ = false;
    confidence_.rows(recipe_.intervals, rows_);
    for (int h = 0; h < constrained().horizon; ++h)
      for (std::int64_t c = 0; c < constrained().num_choices(); ++c) fill(h, c);
    const ProgramAnswer answer = recipe_.intervals ? solve_interval_program(constrained(), rows_, task_)
                                                   : solve_program(constrained(), rows_, task_);
    ++programs_;
    feasible_ = answer.status == lp::LpStatus::kOptimal;
    if (feasible_) {
      value_ = answer.value;
      play_occupancy(constrained(), answer.occupancy, elsewhere_, policy());
    } else {
      play_baseline(policy());
    }
  }

  void learn(std::span<const Step> steps) override { doubled_ |= confidence_.learn(steps); }

  Mode mode() const override { return feasible_ ? Mode::kOwn : Mode::kBaseline; }
  std::optional<double> optimistic_optimum() const override { return feasible_ ? std::optional(value_) : std::nullopt; }
  std::optional<double> cost_bound(int constraint) const override {
    if (!(recipe_.cost_bonus > 0) || !feasible_) return std::nullopt;
    return constrained().constraints[static_cast<std::size_t>(constraint)].limit;
  }
  std::int64_t programs() const override { return programs_; }

 private:
  void fill(int h, std::int64_t c) {
    const std::size_t place = constrained().place(h, c);
    const auto row = static_cast<std::int64_t>(place);
    const double b = confidence_.bonus(h, row, recipe_.times);
    reward_[place] = constrained().reward(h, c) + recipe_.reward_bonus * b;
    // Nothing was seen behind the row: what follows costs nothing at least, in programs that end there.
    const bool ends = confidence_.counts().visits(row) == 0 && !recipe_.intervals;
    const double of_costs = ends && recipe_.cost_bonus < 0 ? 0 : recipe_.cost_bonus * b;
    for (std::size_t i = 0; i < cost_.size(); ++i)
      cost_[i][place] = constrained().constraints[i].cost[place] + of_costs;
  }

  Recipe recipe_;
  std::int64_t every_;
  TransitionConfidence confidence_;
  std::vector<double> reward_;
  std::vector<std::vector<double>> cost_;
  std::vector<double> elsewhere_;
  ProgramTask task_;
  EstimatedRows rows_;
  bool doubled_ = false, feasible_ = false;
  double value_ = 0;
  std::int64_t programs_ = 0;
};

std::unique_ptr<ConstrainedAgent> make(std::string_view name, const ConstrainedWorld& world,
                                       const ProgramLearnerOptions& options, const Recipe& recipe) {
  require_valid(name, options);
  return std::make_unique<ProgramLearner>(world, options, Constant(name, options.constant, kProgramPractical).factor(),
                                          recipe);
}

}  // namespace

std::unique_ptr<ConstrainedAgent> make_opt_lp(const ConstrainedWorld& world, const ProgramLearnerOptions& options,
                                              const Stream& /*stream*/) {
  return make("opt-lp", world, options, {.reward_bonus = 1, .cost_bonus = -1});
}

std::unique_ptr<ConstrainedAgent> make_opt_cmdp(const ConstrainedWorld& world, const ProgramLearnerOptions& options,
                                                const Stream& /*stream*/) {
  return make("opt-cmdp", world, options, {.intervals = true});
}

std::unique_ptr<ConstrainedAgent> make_opt_pess_lp(const ConstrainedWorld& world, const ProgramLearnerOptions& options,
                                                   const Stream& /*stream*/) {
  return make_opt_pess_lp_with(world, options, 1);
}

std::unique_ptr<ConstrainedAgent> make_opt_pess_lp_with(const ConstrainedWorld& world,
                                                        const ProgramLearnerOptions& options, double cost_bonus) {
  return make("opt-pess-lp", world, options,
              {.reward_bonus = 1 + 2 * world.horizon / require_room("opt-pess-lp", world), .cost_bonus = cost_bonus});
}

std::unique_ptr<ConstrainedAgent> make_dope(const ConstrainedWorld& world, const ProgramLearnerOptions& options,
                                            const Stream& /*stream*/) {
  return make(
      "dope", world, options,
      {.intervals = true, .times = 2, .reward_bonus = world.horizon / require_room("dope", world), .cost_bonus = 1});
}

}  // namespace bellwether::online
