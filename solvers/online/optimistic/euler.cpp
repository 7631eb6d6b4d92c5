#include "solvers/online/optimistic/euler.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <vector>

#include "core/learner.h"
#include "solvers/online/episodic/backward_induction.h"
#include "solvers/online/episodic/counts.h"

namespace bellwether::online {
namespace {

InductionOptions induction_options(const EpisodicWorld& world, const EulerOptions& options) {
  return {.per_stage = !world.same_at_every_stage, .monotone = options.monotone, .incremental = options.incremental};
}

/// With L = ln(4 S A T / delta'), delta' = delta / 7, and n visits of a row, upper values U and lower values W,
///   rewards: b_r = sqrt(2 Var^(r) L / n) + 7 L / (3 (n - 1))
///   next:    b(V) = sqrt(2 Var_P^(V) L / n) + H L / (3 (n - 1)) + (4 J + B_p) / n + B_v ||U - W||_{2,P^} / sqrt(n)
/// with J = H L / 3, B_p = H sqrt(2 L), B_v = sqrt(2 L);
///   U_h(s) = max over c of r^ + b_r + P^ U + b(U),  W_h(s) = max{0, r^ - b_r + P^ W - b(W)} at the greedy choice.
class Euler final : public InductionAgent {
 public:
  Euler(const EpisodicWorld& world, const EulerOptions& options);

  void plan(std::int64_t /*episode*/) override { induction().plan(*this); }
  void learn(std::span<const Step> steps) override;
  std::optional<double> optimistic_value(int state) const override { return values().value(0, state); }
  std::optional<double> pessimistic_value(int state) const override { return lower_[static_cast<std::size_t>(state)]; }

  double value(int stage, std::int64_t choice, const double* next) const {
    const std::int64_t i = row(stage, choice);
    const Row& r = rows_[static_cast<std::size_t>(i)];
    return r.reward + bonus_about(i, counts_.spread(i, next), stage, next) + r.reward_bonus;
  }
  bool settle(int stage, int state, std::int64_t best);

 private:
  struct Row {
    double reward = 0;
    double reward_bonus = 0;  ///< b_r
    double fixed = 0;         ///< what of b does not depend on values
    double factor = 0;        ///< 2 L / n, by the square of the constant: of the variance, and of ||U - W||^2
  };

  const double* lower(int stage) const {
    return lower_.data() + static_cast<std::size_t>(stage) * static_cast<std::size_t>(world().num_states());
  }
  /// P^ V + b(V), from the mean and the variance of V = U.
  double bonus_about(std::int64_t i, const Spread& spread, int stage, const double* upper_next) const {
    return spread.mean + width(i, spread.variance, stage, upper_next);
  }
  /// b(V)
  double width(std::int64_t i, double variance, int stage, const double* upper_next) const;
  void renew(Row& r, const Moments& rewards) const;

  double constant_, log_term_, horizon_;
  TransitionCounts counts_;
  std::vector<Moments> rewards_;
  std::vector<Row> rows_;
  std::vector<double> lower_;  ///< W, of stages 0 .. H
};

Euler::Euler(const EpisodicWorld& world, const EulerOptions& options)
    : InductionAgent(world, induction_options(world, options)),
      constant_(Constant("euler", options.constant, kEulerPractical).factor()),
      log_term_(std::log(4 * static_cast<double>(world.num_rows()) * static_cast<double>(world.episodes) *
                         world.horizon * 7 / options.delta)),
      horizon_(world.horizon),
      counts_(num_rows()),
      rewards_(static_cast<std::size_t>(num_rows())),
      rows_(static_cast<std::size_t>(num_rows())),
      lower_(static_cast<std::size_t>(world.num_states()) * static_cast<std::size_t>(world.horizon + 1)) {}

void Euler::learn(std::span<const Step> steps) {
  for (int h = 0; h < static_cast<int>(steps.size()); ++h) {
    const Step& step = steps[static_cast<std::size_t>(h)];
    const std::int64_t i = row(h, step.choice);
    if (counts_.add(i, step.next)) induction().link(h, step.choice, step.next);
    induction().touch(h, step.choice);
    rewards_[static_cast<std::size_t>(i)].add(step.reward);
    renew(rows_[static_cast<std::size_t>(i)], rewards_[static_cast<std::size_t>(i)]);
  }
}

void Euler::renew(Row& r, const Moments& rewards) const {
  const auto n = static_cast<double>(rewards.count);
  r.reward = rewards.mean();
  if (rewards.count < 2) {  // the bonuses divide by n - 1
    r.reward_bonus = constant_ > 0 ? std::numeric_limits<double>::infinity() : 0;
    return;
  }
  const double variance = rewards.variance() * n / (n - 1);  // the unbiased one, as the inequality behind b_r has it
  r.reward_bonus = constant_ * (std::sqrt(2 * variance * log_term_ / n) + 7 * log_term_ / (3 * (n - 1)));
  const double j = horizon_ * log_term_ / 3, b_p = horizon_ * std::sqrt(2 * log_term_);
  r.fixed = constant_ * (horizon_ * log_term_ / (3 * (n - 1)) + (4 * j + b_p) / n);
  r.factor = constant_ * constant_ * 2 * log_term_ / n;
}

double Euler::width(std::int64_t i, double variance, int stage, const double* upper_next) const {
  const Row& r = rows_[static_cast<std::size_t>(i)];
  const double* lower_next = lower(stage + 1);
  double square = 0;
  for (const auto& [next, count] : counts_.successors(i)) {
    const double apart = upper_next[next] - lower_next[next];
    square += count * apart * apart;
  }
  square /= static_cast<double>(counts_.visits(i));
  return r.fixed + std::sqrt(r.factor * variance) + std::sqrt(r.factor * square);
}

bool Euler::settle(int stage, int state, std::int64_t best) {
  policy().play(stage, state, best);
  const std::int64_t i = row(stage, best);
  double value = 0;
  if (counts_.visits(i) > 0) {
    const Row& r = rows_[static_cast<std::size_t>(i)];
    const Spread spread = counts_.spread(i, lower(stage + 1));
    value = r.reward - r.reward_bonus + spread.mean - width(i, spread.variance, stage, values().values(stage + 1));
    value = std::max(0.0, value);
  }
  double& now = lower_[static_cast<std::size_t>(lower(stage) - lower_.data()) + static_cast<std::size_t>(state)];
  const bool changed = value != now;
  now = value;
  return changed;
}

}  // namespace

std::unique_ptr<EpisodicAgent> make_euler(const EpisodicWorld& world, const EulerOptions& options,
                                          const Stream& /*stream*/) {
  require_valid("euler", options);
  return std::make_unique<Euler>(world, options);
}

}  // namespace bellwether::online
