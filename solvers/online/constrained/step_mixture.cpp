#include "solvers/online/constrained/step_mixture.h"

#include <algorithm>
#include <cmath>

#include "core/learner.h"
#include "solvers/online/episodic/counts.h"

namespace bellwether::online {
namespace {

enum class Rule { kOptimistic, kStepMix, kEpsMix };

/// With n visits of a row, beta = ln(3 C H / delta) + S ln(8 e (n + 1)), beta* = ln(3 C H (H + 1) / delta) +
/// ln(8 e (n + 1)), U and L the bounds of a policy's values at the next stage,
///   b      = 3 sqrt(Var_P^(U) beta* / n) + 14 H^2 beta / n + (1/H) P^(U - L)
///   Qup_h  = min{H - h, r + P^ U + b},   Qlow_h = max{0, r + P^ L - b},
/// averaged over the policy's choices. Bounds on costs have beta in place of beta*: the policies are no good guess of
/// what is best for them.
class StepMixture final : public ConstrainedAgent {
 public:
  StepMixture(Rule rule, const ConstrainedWorld& world, const StepMixOptions& options, double factor,
              double safety_bonus, const Stream& stream)
      : ConstrainedAgent(world),
        rule_(rule),
        factor_(factor),
        safety_(safety_bonus),
        horizon_(world.horizon),
        log_rows_(std::log(3 * static_cast<double>(world.num_choices()) * horizon_ / options.delta)),
        log_unions_(std::log(horizon_ + 1)),
        coins_(stream.child("coins")),
        counts_(world.horizon * world.num_choices()),
        rows_(static_cast<std::size_t>(counts_.num_rows())),
        greedy_(world.state_begin, world.horizon),
        baseline_(world.state_begin, world.horizon),
        own_(1 + world.constraints.size(), empty_bounds()),
        mixed_(own_),
        room_(static_cast<std::size_t>(world.horizon) + 1, std::vector<double>(world.constraints.size())) {
    play_baseline(baseline_);
    for (const EpisodeConstraint& constraint : world.constraints)
      signal_needed_.push_back(rule != Rule::kOptimistic && !constraint.of_value);
  }

  void plan(std::int64_t /*episode*/) override {
    plan_greedy();
    mode_ = Mode::kOwn;
    coin_ = {};
    if (rule_ != Rule::kOptimistic) {
      bound_room(0, own_);
      const int all = world().horizon;
      if (safe(0)) {
        play_mixture(0, 0);
      } else if (rule_ == Rule::kStepMix) {
        mix_steps(all);
      } else {
        mix_episodes(all);
      }
      return;
    }
    play_mixture(0, 0);
  }

  void learn(std::span<const Step> steps) override {
    for (std::size_t h = 0; h < steps.size(); ++h) {
      const std::size_t at = world().place(static_cast<int>(h), steps[h].choice);
      counts_.add(static_cast<std::int64_t>(at), steps[h].next);
      const auto n = static_cast<double>(counts_.visits(static_cast<std::int64_t>(at)));
      const double log_visits = 1 + std::log(8 * (n + 1)), beta = log_rows_ + world().num_states() * log_visits;
      rows_[at] = {.root = 3 * std::sqrt((log_rows_ + log_unions_ + log_visits) / n),
                   .root_of_costs = 3 * std::sqrt(beta / n),
                   .fixed = 14 * horizon_ * horizon_ * beta / n};
    }
  }

  Mode mode() const override { return mode_; }
  Coin coin() const override { return coin_; }
  std::optional<double> optimistic_optimum() const override { return over_start(own_.front().high); }
  std::optional<double> cost_bound(int constraint) const override {
    // The baseline is safe because it is said to be.
    if (rule_ == Rule::kOptimistic) return std::nullopt;
    const auto i = static_cast<std::size_t>(constraint);
    const double limit = world().constraints[i].limit;
    return mode_ == Mode::kOwn ? limit - room_[0][i] : limit;
  }

 private:
  struct Row {
    double root = 0;           ///< 3 sqrt(beta* / n)
    double root_of_costs = 0;  ///< 3 sqrt(beta / n)
    double fixed = 0;          ///< 14 H^2 beta / n
  };
  struct Pair {
    double high, low;
  };

  const ConstrainedWorld& world() const { return constrained(); }
  ValueBounds empty_bounds() const {
    const auto size = static_cast<std::size_t>((world().horizon + 1) * world().num_states());
    return {std::vector<double>(size), std::vector<double>(size)};
  }
  std::size_t at(int h, int s) const { return static_cast<std::size_t>(h * world().num_states() + s); }
  double over_start(const std::vector<double>& values) const {
    double sum = 0;
    for (int s = 0; s < world().num_states(); ++s)
      sum += world().initial[static_cast<std::size_t>(s)] * values[static_cast<std::size_t>(s)];
    return sum;
  }
  double amount(std::size_t signal, int h, std::int64_t c) const {
    return signal == 0 ? world().reward(h, c) : world().constraints[signal - 1].cost[world().place(h, c)];
  }

  /// Bounds of a row, from those of the next stage.
  Pair q(std::size_t signal, int h, std::int64_t c, const ValueBounds& next) const {
    const std::size_t place = world().place(h, c);
    const auto row = static_cast<std::int64_t>(place);
    const double most = horizon_ - h, own = amount(signal, h, c);
    if (counts_.visits(row) == 0) return {most, 0};
    const Row& r = rows_[place];
    const Spread up = counts_.spread(row, next.high.data() + at(h + 1, 0));
    const double low = counts_.spread(row, next.low.data() + at(h + 1, 0)).mean;
    const double root = signal == 0 ? r.root : r.root_of_costs;
    const double bonus = factor_ * (root * std::sqrt(up.variance) + r.fixed) + (up.mean - low) / horizon_;
    // What a learner is safe by: the lower bound of rewards, the upper one of costs.
    const double high_bonus = signal == 0 ? bonus : safety_ * bonus, low_bonus = signal == 0 ? safety_ * bonus : bonus;
    return {std::min(most, own + up.mean + high_bonus), std::max(0.0, own + low - low_bonus)};
  }

  /// The greedy policy of the upper bounds, and the bounds of all signals under it.
  void plan_greedy() {
    for (int h = world().horizon - 1; h >= 0; --h) {
      for (int s = 0; s < world().num_states(); ++s) {
        std::int64_t best = world().state_begin[static_cast<std::size_t>(s)];
        Pair most = q(0, h, best, own_[0]);
        for (std::int64_t c = best + 1; c < world().state_begin[static_cast<std::size_t>(s) + 1]; ++c) {
          const Pair other = q(0, h, c, own_[0]);
          if (other.high > most.high) {
            most = other;
            best = c;
          }
        }
        greedy_.play(h, s, best);
        own_[0].high[at(h, s)] = most.high;
        own_[0].low[at(h, s)] = most.low;
        for (std::size_t i = 0; i < signal_needed_.size(); ++i) {
          if (!signal_needed_[i]) continue;
          const Pair cost = q(i + 1, h, best, own_[i + 1]);
          own_[i + 1].high[at(h, s)] = cost.high;
          own_[i + 1].low[at(h, s)] = cost.low;
        }
      }
    }
  }

  /// Bounds of the candidate that follows the baseline for `steps` steps, then the greedy policy.
  void bound_candidate(int steps) {
    for (std::size_t signal = 0; signal < own_.size(); ++signal) {
      if (signal > 0 && !signal_needed_[signal - 1]) continue;
      mixed_[signal] = own_[signal];
      for (int h = steps - 1; h >= 0; --h)
        for (int s = 0; s < world().num_states(); ++s) {
          Pair sum{0, 0};
          for (std::int64_t c = world().state_begin[static_cast<std::size_t>(s)];
               c < world().state_begin[static_cast<std::size_t>(s) + 1]; ++c) {
            const double p = world().baseline[world().place(h, c)];
            if (p == 0) continue;
            const Pair row = q(signal, h, c, mixed_[signal]);
            sum.high += p * row.high;
            sum.low += p * row.low;
          }
          mixed_[signal].high[at(h, s)] = sum.high;
          mixed_[signal].low[at(h, s)] = sum.low;
        }
    }
    bound_room(steps, mixed_);
  }

  /// The room that a candidate is sure to leave below each limit. A floor's cost is H - V.
  void bound_room(int steps, const std::vector<ValueBounds>& bounds) {
    auto& room = room_[static_cast<std::size_t>(steps)];
    for (std::size_t i = 0; i < room.size(); ++i) {
      const EpisodeConstraint& constraint = world().constraints[i];
      const double cost = constraint.of_value ? horizon_ - over_start(bounds[0].low) : over_start(bounds[i + 1].high);
      room[i] = constraint.limit - cost;
    }
  }
  bool safe(int steps) const {
    return std::ranges::all_of(room_[static_cast<std::size_t>(steps)], [](double room) { return room >= 0; });
  }
  /// The largest share of the unsafe candidate that keeps every mean of the two rooms from becoming negative.
  double share(int safe_one, int unsafe_one) const {
    double most = 1;
    const auto &a = room_[static_cast<std::size_t>(safe_one)], &b = room_[static_cast<std::size_t>(unsafe_one)];
    for (std::size_t i = 0; i < a.size(); ++i)
      if (b[i] < 0) most = std::min(most, a[i] / (a[i] - b[i]));
    return most;
  }

  void mix_steps(int all) {
    for (int steps = 1; steps <= all; ++steps) {
      bound_candidate(steps);
      if (!safe(steps)) continue;
      mode_ = Mode::kMixture;
      play_mixture(steps, share(steps, steps - 1));
      return;
    }
    mode_ = Mode::kBaseline;
    play_mixture(all, 0);
  }

  void mix_episodes(int all) {
    bound_candidate(all);
    if (!safe(all)) {
      mode_ = Mode::kBaseline;
      play_mixture(all, 0);
      return;
    }
    mode_ = Mode::kMixture;
    const double own = share(all, 0);
    const bool baseline = coins_.uniform() >= own;
    play_mixture(baseline ? all : 0, 0);
    coin_ = {.probability = baseline ? 1 - own : own, .other = baseline ? &greedy_ : &baseline_, .baseline = baseline};
  }

  /// The baseline for `steps` steps, the greedy policy after them; at the last step of the baseline the greedy one with
  /// this probability.
  void play_mixture(int steps, double greedy_share) {
    for (int h = 0; h < world().horizon; ++h) {
      const double greedy = h >= steps ? 1 : h == steps - 1 ? greedy_share : 0;
      for (int s = 0; s < world().num_states(); ++s)
        for (std::int64_t c = world().state_begin[static_cast<std::size_t>(s)];
             c < world().state_begin[static_cast<std::size_t>(s) + 1]; ++c) {
          const double own = greedy_.choice(h, s) == c ? 1 : 0;
          const double p = greedy == 1 ? own : greedy * own + (1 - greedy) * world().baseline[world().place(h, c)];
          set(policy(), h, c, p);
        }
    }
  }

  Rule rule_;
  double factor_, safety_, horizon_, log_rows_, log_unions_;
  Stream coins_;
  TransitionCounts counts_;
  std::vector<Row> rows_;
  EpisodicPolicy greedy_, baseline_;
  std::vector<ValueBounds> own_, mixed_;   ///< of each signal: reward, then the constraints
  std::vector<bool> signal_needed_;        ///< of each constraint: costs that are not of the value
  std::vector<std::vector<double>> room_;  ///< of each candidate and constraint
  Mode mode_ = Mode::kBaseline;
  Coin coin_;
};

std::unique_ptr<ConstrainedAgent> make(Rule rule, std::string_view name, const ConstrainedWorld& world,
                                       const StepMixOptions& options, const Stream& stream, double safety_bonus = 1) {
  require_valid(name, options);
  const double factor = Constant(name, options.constant, kStepMixPractical).factor();
  return std::make_unique<StepMixture>(rule, world, options, factor, safety_bonus, stream);
}

}  // namespace

std::unique_ptr<ConstrainedAgent> make_stepmix(const ConstrainedWorld& world, const StepMixOptions& options,
                                               const Stream& stream) {
  return make(Rule::kStepMix, "stepmix", world, options, stream);
}

std::unique_ptr<ConstrainedAgent> make_epsmix(const ConstrainedWorld& world, const StepMixOptions& options,
                                              const Stream& stream) {
  return make(Rule::kEpsMix, "epsmix", world, options, stream);
}

std::unique_ptr<ConstrainedAgent> make_bpi_ucb(const ConstrainedWorld& world, const StepMixOptions& options,
                                               const Stream& stream) {
  return make(Rule::kOptimistic, "bpi-ucb", world, options, stream);
}

std::unique_ptr<ConstrainedAgent> make_stepmix_with(const ConstrainedWorld& world, const StepMixOptions& options,
                                                    double safety_bonus) {
  return make(Rule::kStepMix, "stepmix", world, options, Stream(0), safety_bonus);
}

}  // namespace bellwether::online
