#include "solvers/online/exploration/orlc.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <optional>
#include <vector>

#include "core/learner.h"
#include "solvers/online/episodic/backward_induction.h"
#include "solvers/online/episodic/counts.h"

namespace bellwether::online {
namespace {

/// With n visits of a row, U upper and W lower values of the next stage,
///   phi = min{1, sqrt((0.52 / n) (1.4 ln ln max{e, n} + ln(26 C (H + 1 + S) / delta)))}, C rows
///   b_x = (1 + sqrt(12 Var_P^(U))) phi + x S H^2 phi^2 + (1/H) P^(U - W)
///   U_h = max over c of min{H - h, r^ + P^ U + b_45},  W_h = max{0, r^ + P^ W - b_46} at the greedy choice.
class Orlc final : public InductionAgent {
 public:
  Orlc(const EpisodicWorld& world, const OrlcOptions& options);

  void plan(std::int64_t /*episode*/) override { induction().plan(*this); }
  void learn(std::span<const Step> steps) override;
  std::optional<double> optimistic_value(int state) const override { return values().value(0, state); }
  std::optional<double> pessimistic_value(int state) const override { return low_[static_cast<std::size_t>(state)]; }

  double value(int stage, std::int64_t choice, const double* next) const {
    const std::int64_t i = row(stage, choice);
    const Spread up = counts_.spread(i, next), down = counts_.spread(i, low_.data() + place(stage + 1, 0));
    return rows_[static_cast<std::size_t>(i)].reward + up.mean + bonus(i, up, down, 45);
  }
  bool settle(int stage, int state, std::int64_t best);

 private:
  struct Row {
    double reward = 0;  ///< the mean of those seen
    double phi = 0;
  };

  std::size_t place(int stage, int state) const {
    return static_cast<std::size_t>(stage) * static_cast<std::size_t>(world().num_states()) +
           static_cast<std::size_t>(state);
  }
  double phi(double visits) const;
  double bonus(std::int64_t i, const Spread& up, const Spread& down, double rest) const {
    const double phi = rows_[static_cast<std::size_t>(i)].phi;
    return constant_ * ((1 + std::sqrt(12 * up.variance)) * phi + rest * states_ * horizon_ * horizon_ * phi * phi +
                        (up.mean - down.mean) / horizon_);
  }

  double constant_, horizon_, states_, log_term_;
  TransitionCounts counts_;
  std::vector<Moments> rewards_;
  std::vector<Row> rows_;
  std::vector<double> low_;  ///< W of a stage and state, stages 0 .. H
};

Orlc::Orlc(const EpisodicWorld& world, const OrlcOptions& options)
    : InductionAgent(world, {.per_stage = !world.same_at_every_stage, .incremental = options.incremental}),
      constant_(Constant("orlc", options.constant, kOrlcPractical).factor()),
      horizon_(world.horizon),
      states_(world.num_states()),
      log_term_(std::log(26 * static_cast<double>(num_rows()) * (horizon_ + 1 + states_) / options.delta)),
      counts_(num_rows()),
      rewards_(static_cast<std::size_t>(num_rows())),
      rows_(static_cast<std::size_t>(num_rows())),
      low_(place(world.horizon + 1, 0)) {}

double Orlc::phi(double visits) const {
  const double log_log = std::log(std::log(std::max(std::numbers::e, visits)));
  return std::min(1.0, std::sqrt(0.52 / visits * (1.4 * log_log + log_term_)));
}

void Orlc::learn(std::span<const Step> steps) {
  for (int h = 0; h < static_cast<int>(steps.size()); ++h) {
    const Step& step = steps[static_cast<std::size_t>(h)];
    const std::int64_t i = row(h, step.choice);
    if (counts_.add(i, step.next)) induction().link(h, step.choice, step.next);
    induction().touch(h, step.choice);
    Moments& rewards = rewards_[static_cast<std::size_t>(i)];
    rewards.add(step.reward);
    rows_[static_cast<std::size_t>(i)] = {.reward = rewards.mean(), .phi = phi(static_cast<double>(rewards.count))};
  }
}

bool Orlc::settle(int stage, int state, std::int64_t best) {
  policy().play(stage, state, best);
  const std::int64_t i = row(stage, best);
  double low = 0;
  if (counts_.visits(i) > 0) {
    const Spread up = counts_.spread(i, values().values(stage + 1));
    const Spread down = counts_.spread(i, low_.data() + place(stage + 1, 0));
    low = std::max(0.0, rows_[static_cast<std::size_t>(i)].reward + down.mean - bonus(i, up, down, 46));
  }
  double& now = low_[place(stage, state)];
  const bool changed = low != now;
  now = low;
  return changed;
}

}  // namespace

std::unique_ptr<EpisodicAgent> make_orlc(const EpisodicWorld& world, const OrlcOptions& options,
                                         const Stream& /*stream*/) {
  require_valid("orlc", options);
  return std::make_unique<Orlc>(world, options);
}

}  // namespace bellwether::online
