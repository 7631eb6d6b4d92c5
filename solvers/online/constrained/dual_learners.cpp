#include "solvers/online/constrained/dual_learners.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "core/learner.h"
#include "solvers/online/constrained/confidence.h"

namespace bellwether::online {
namespace {

/// What both have: optimistic values of reward and costs, and multipliers.
class DualLearner : public ConstrainedAgent {
 public:
  /// Multipliers stay below `cap` times H / room.
  DualLearner(std::string_view name, const ConstrainedWorld& world, const DualLearnerOptions& options, double cap)
      : ConstrainedAgent(world),
        confidence_(world, options.delta, Constant(name, options.constant, kDualPractical).factor()),
        multiplier_(world.constraints.size(), 0.0),
        next_(1 + world.constraints.size(), std::vector<double>(static_cast<std::size_t>(world.num_states()))),
        now_(next_),
        bonus_(static_cast<std::size_t>(world.horizon * world.num_choices())) {
    rho_ = world.horizon / require_room(name, world);
    largest_multiplier_ = cap * rho_;
    dual_step_ = options.step * rho_ / (world.horizon * std::sqrt(static_cast<double>(world.episodes)));
    for (int h = 0; h < world.horizon; ++h)
      for (std::int64_t c = 0; c < world.num_choices(); ++c)
        bonus_[world.place(h, c)] = confidence_.bonus(h, static_cast<std::int64_t>(world.place(h, c)));
  }

  void learn(std::span<const Step> steps) override {
    (void)confidence_.learn(steps);
    for (std::size_t h = 0; h < steps.size(); ++h) {
      const std::size_t place = constrained().place(static_cast<int>(h), steps[h].choice);
      bonus_[place] = confidence_.bonus(static_cast<int>(h), static_cast<std::int64_t>(place));
    }
  }

 protected:
  double rho() const { return rho_; }
  std::span<const double> multipliers() const { return multiplier_; }
  double& now(std::size_t signal, int s) { return now_[signal][static_cast<std::size_t>(s)]; }

  /// Optimistic Q of a signal at a row, between 0 and H - h: reward and bonus (0), or cost without (1, 2, ...).
  double q(std::size_t signal, int h, std::int64_t c) const {
    const ConstrainedWorld& world = constrained();
    const std::size_t place = world.place(h, c);
    const double most = world.horizon - h, b = bonus_[place];
    const auto row = static_cast<std::int64_t>(place);
    const std::int64_t visits = confidence_.counts().visits(row);
    const double own = signal == 0 ? world.reward(h, c) : world.constraints[signal - 1].cost[place];
    if (visits == 0) return signal == 0 ? own + b : own;
    const double after = confidence_.counts().sum(row, next_[signal].data()) / static_cast<double>(visits);
    return std::clamp(own + (signal == 0 ? b : -b) + after, 0.0, most);
  }
  /// Q of reward less multipliers times costs.
  double weighed(int h, std::int64_t c) const {
    double sum = q(0, h, c);
    for (std::size_t i = 0; i < multiplier_.size(); ++i)
      if (multiplier_[i] > 0) sum -= multiplier_[i] * q(i + 1, h, c);
    return sum;
  }
  /// Makes the values of stage h, which `now` holds, those that stage h - 1 reads.
  void step_back() { now_.swap(next_); }
  void begin() {
    for (auto& values : next_) std::ranges::fill(values, 0.0);
  }
  /// After the values of stage 0 became those to read.
  void move_multipliers() {
    for (std::size_t i = 0; i < multiplier_.size(); ++i) {
      double cost = 0;
      for (int s = 0; s < constrained().num_states(); ++s)
        cost += constrained().initial[static_cast<std::size_t>(s)] * next_[i + 1][static_cast<std::size_t>(s)];
      multiplier_[i] = std::clamp(multiplier_[i] + dual_step_ * (cost - constrained().constraints[i].limit), 0.0,
                                  largest_multiplier_);
    }
  }
  std::size_t num_signals() const { return next_.size(); }
  std::int64_t first(int s) const { return constrained().state_begin[static_cast<std::size_t>(s)]; }

 private:
  TransitionConfidence confidence_;
  std::vector<double> multiplier_;
  std::vector<std::vector<double>> next_, now_;
  std::vector<double> bonus_;
  double rho_ = 0, dual_step_ = 0, largest_multiplier_ = 0;
};

class OptDual final : public DualLearner {
 public:
  OptDual(const ConstrainedWorld& world, const DualLearnerOptions& options)
      : DualLearner("opt-dual", world, options, std::numeric_limits<double>::infinity()) {}

  void plan(std::int64_t /*episode*/) override {
    begin();
    for (int h = constrained().horizon - 1; h >= 0; --h) {
      for (int s = 0; s < constrained().num_states(); ++s) {
        std::int64_t best = first(s);
        double most = weighed(h, best);
        for (std::int64_t c = best + 1; c < first(s + 1); ++c) {
          const double value = weighed(h, c);
          if (value > most) {
            most = value;
            best = c;
          }
        }
        policy().play(h, s, best);
        for (std::size_t signal = 0; signal < num_signals(); ++signal) now(signal, s) = q(signal, h, best);
      }
      step_back();
    }
    move_multipliers();
  }
};

class OptPrimalDual final : public DualLearner {
 public:
  /// Twice what an optimal multiplier can be: the largest that the proof compares with.
  static constexpr double kLargestMultiplier = 2;

  OptPrimalDual(const ConstrainedWorld& world, const DualLearnerOptions& options)
      : DualLearner("opt-primal-dual", world, options, kLargestMultiplier),
        step_(options.step *
              std::sqrt(2 * std::log(static_cast<double>(std::max(2, world.largest_num_actions))) /
                        static_cast<double>(world.episodes)) /
              (world.horizon * (1 + rho()))),
        weight_(static_cast<std::size_t>(world.horizon * world.num_choices()), 0.0),
        probability_(static_cast<std::size_t>(world.num_choices())) {}

  /// Plays the policy as the last episodes left it, and moves it afterwards: its values are those of these counts.
  void plan(std::int64_t /*episode*/) override {
    begin();
    for (int h = constrained().horizon - 1; h >= 0; --h) {
      for (int s = 0; s < constrained().num_states(); ++s) improve(h, s);
      step_back();
    }
    move_multipliers();
  }

 private:
  void improve(int h, int s) {
    double most = weight_[constrained().place(h, first(s))], sum = 0;
    for (std::int64_t c = first(s); c < first(s + 1); ++c) most = std::max(most, weight_[constrained().place(h, c)]);
    for (std::int64_t c = first(s); c < first(s + 1); ++c)
      sum += probability_[static_cast<std::size_t>(c)] = std::exp(weight_[constrained().place(h, c)] - most);
    for (std::size_t signal = 0; signal < num_signals(); ++signal) now(signal, s) = 0;
    for (std::int64_t c = first(s); c < first(s + 1); ++c) {
      const double p = probability_[static_cast<std::size_t>(c)] / sum;
      set(policy(), h, c, p);
      for (std::size_t signal = 0; signal < num_signals(); ++signal) now(signal, s) += p * q(signal, h, c);
      weight_[constrained().place(h, c)] += step_ * weighed(h, c);
    }
  }

  double step_;
  std::vector<double> weight_;       ///< logarithms of the probabilities, up to a number a state
  std::vector<double> probability_;  ///< of the state at work
};

}  // namespace

std::unique_ptr<ConstrainedAgent> make_opt_dual(const ConstrainedWorld& world, const DualLearnerOptions& options,
                                                const Stream& /*stream*/) {
  require_valid("opt-dual", options);
  return std::make_unique<OptDual>(world, options);
}

std::unique_ptr<ConstrainedAgent> make_opt_primal_dual(const ConstrainedWorld& world, const DualLearnerOptions& options,
                                                       const Stream& /*stream*/) {
  require_valid("opt-primal-dual", options);
  return std::make_unique<OptPrimalDual>(world, options);
}

}  // namespace bellwether::online
