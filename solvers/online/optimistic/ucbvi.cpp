#include "solvers/online/optimistic/ucbvi.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <vector>

#include "core/learner.h"
#include "solvers/online/episodic/counts.h"
#include "solvers/online/optimistic/count_bonus.h"

namespace bellwether::online {
namespace {

/// L = ln(5 S A T / delta), T = K H steps, with a row for every pair (and stage, when stages differ).
double log_term(const EpisodicWorld& world, double delta) {
  const double steps = static_cast<double>(world.episodes) * world.horizon;
  return std::log(5 * static_cast<double>(world.num_rows()) * steps / delta);
}

InductionOptions induction_options(const EpisodicWorld& world, const UcbviOptions& options) {
  return {.per_stage = !world.same_at_every_stage, .monotone = options.monotone, .incremental = options.incremental};
}

/// With n visits of a row and V the optimistic values of the next stage,
///   b = sqrt(8 L Var_P^(V) / n) + 14 H L / (3 n) + sqrt((8 / n) sum over y of P^(y) min{10^4 H^3 S^2 A L^2 / N'(y),
///   H^2}),
/// where N'(y) is the number of episodes that were in y at the next stage.
class UcbviBf final : public InductionAgent {
 public:
  UcbviBf(const EpisodicWorld& world, const UcbviOptions& options);

  void plan(std::int64_t /*episode*/) override { induction().plan(*this); }
  void learn(std::span<const Step> steps) override;
  std::optional<double> optimistic_value(int state) const override { return values().value(0, state); }

  double value(int stage, std::int64_t choice, const double* next) const {
    const std::int64_t i = row(stage, choice);
    const Row& r = rows_[static_cast<std::size_t>(i)];
    const Spread spread = counts_.spread(i, next);
    const double bonus = std::sqrt(r.variance_factor * spread.variance);
    return r.fixed + bonus + spread.mean + (arrivals_matter_ ? arrival_bonus(stage, i) : 0);
  }
  bool settle(int stage, int state, std::int64_t best) {
    policy().play(stage, state, best);
    return false;
  }

 private:
  struct Row {
    double fixed = 0;            ///< reward and what of the bonus does not depend on values
    double variance_factor = 0;  ///< 8 L / n, by the square of the constant
  };

  double arrival_bonus(int stage, std::int64_t i) const;
  void arrive(int stage, std::int32_t state);
  std::size_t arrival(int stage, std::int32_t state) const {
    return static_cast<std::size_t>(stage) * static_cast<std::size_t>(world().num_states()) +
           static_cast<std::size_t>(state);
  }

  double constant_, log_term_, horizon_;
  double arrival_scale_;  ///< 10^4 H^3 S^2 A L^2
  bool arrivals_matter_;  ///< whether the quotient can get below H^2 in this run
  TransitionCounts counts_;
  std::vector<Row> rows_;
  std::vector<std::int64_t> arrivals_;  ///< N' of a stage and state, stages 1 .. H
};

UcbviBf::UcbviBf(const EpisodicWorld& world, const UcbviOptions& options)
    : InductionAgent(world, induction_options(world, options)),
      constant_(Constant("ucbvi-bf", options.constant, kUcbviBfPractical).factor()),
      log_term_(log_term(world, options.delta)),
      horizon_(world.horizon),
      arrival_scale_(1e4 * std::pow(horizon_, 3) * world.num_states() * static_cast<double>(world.num_choices()) *
                     log_term_ * log_term_),
      arrivals_matter_(arrival_scale_ < horizon_ * horizon_ * static_cast<double>(world.episodes)),
      counts_(num_rows()),
      rows_(static_cast<std::size_t>(num_rows())) {
  if (arrivals_matter_) arrivals_.resize(arrival(world.horizon + 1, 0));
}

void UcbviBf::learn(std::span<const Step> steps) {
  for (int h = 0; h < static_cast<int>(steps.size()); ++h) {
    const Step& step = steps[static_cast<std::size_t>(h)];
    const std::int64_t i = row(h, step.choice);
    if (counts_.add(i, step.next)) induction().link(h, step.choice, step.next);
    induction().touch(h, step.choice);
    const double per_visit = 1 / static_cast<double>(counts_.visits(i));
    Row& r = rows_[static_cast<std::size_t>(i)];
    r.variance_factor = constant_ * constant_ * 8 * log_term_ * per_visit;
    r.fixed = world().mean_reward[static_cast<std::size_t>(world().row(h, step.choice))] +
              constant_ * (14.0 / 3) * horizon_ * log_term_ * per_visit;
    if (arrivals_matter_) {
      arrive(h + 1, step.next);
    } else {
      r.fixed += constant_ * horizon_ * std::sqrt(8 * per_visit);  // every minimum is H^2
    }
  }
}

void UcbviBf::arrive(int stage, std::int32_t state) {
  const auto n = static_cast<double>(++arrivals_[arrival(stage, state)]);
  if (arrival_scale_ / n < horizon_ * horizon_) induction().touch_readers(stage - 1, state);
}

double UcbviBf::arrival_bonus(int stage, std::int64_t i) const {
  double sum = 0;
  for (const auto& [next, count] : counts_.successors(i)) {
    const auto n = static_cast<double>(std::max<std::int64_t>(1, arrivals_[arrival(stage + 1, next)]));
    sum += count * std::min(arrival_scale_ / n, horizon_ * horizon_);
  }
  const auto n = static_cast<double>(counts_.visits(i));
  return constant_ * std::sqrt(8 * sum / (n * n));
}

}  // namespace

std::unique_ptr<EpisodicAgent> make_ucbvi_ch(const EpisodicWorld& world, const UcbviOptions& options,
                                             const Stream& /*stream*/) {
  require_valid("ucbvi-ch", options);
  const double constant = Constant("ucbvi-ch", options.constant, kUcbviChPractical).factor();
  return std::make_unique<CountBonusAgent>(
      world, induction_options(world, options),
      CountBonus{.scale = constant * 7 * world.horizon * log_term(world, options.delta)});
}

std::unique_ptr<EpisodicAgent> make_ucbvi_bf(const EpisodicWorld& world, const UcbviOptions& options,
                                             const Stream& /*stream*/) {
  require_valid("ucbvi-bf", options);
  return std::make_unique<UcbviBf>(world, options);
}

}  // namespace bellwether::online
