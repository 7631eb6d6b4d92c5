#include "solvers/online/exploration/best_policy.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <vector>

#include "core/learner.h"
#include "solvers/online/episodic/backward_induction.h"
#include "solvers/online/episodic/counts.h"
#include "solvers/online/exploration/start.h"

namespace bellwether::online {
namespace {

/// With n visits of a row, beta = ln(3 C / delta) + S ln(8 e (n + 1)), beta* = ln(3 C / delta) + ln(8 e (n + 1)) for C
/// rows in all stages together, U the upper and L the lower values of the next stage,
///   b   = 3 sqrt(Var_P^(U) beta* / n) + 14 H^2 beta / n + (1/H) P^(U - L)
///   U_h = max over c of min{H - h, r + P^ U + b},  attained by pi_h
///   L_h = max over c of max{0, r + P^ L - b}
///   G_h = min{H - h, 6 sqrt(Var_P^(U) beta* / n) + 36 H^2 beta / n + (1 + 3/H) P^ G_{h+1}}  at the choice of pi_h
/// L bounds V* from below, not V^pi; G bounds V* - V^pi.
class BpiUcbvi final : public InductionAgent {
 public:
  BpiUcbvi(const EpisodicWorld& world, const BestPolicyOptions& options);

  void plan(std::int64_t /*episode*/) override {
    induction().plan(*this);
    finished_ = over_start(world(), [&](int s) { return gap_[static_cast<std::size_t>(s)]; }) <= epsilon_;
  }
  void learn(std::span<const Step> steps) override;
  bool finished() const override { return finished_; }
  std::optional<double> optimistic_value(int state) const override { return values().value(0, state); }
  std::optional<double> certificate(int state) const override { return gap_[static_cast<std::size_t>(state)]; }

  double value(int stage, std::int64_t choice, const double* next);
  bool settle(int stage, int state, std::int64_t best);

 private:
  struct Row {
    double reward = 0;
    double root_factor = 0;  ///< 3 sqrt(beta* / n)
    double fixed = 0;        ///< H^2 beta / n
    double low = 0;          ///< max{0, r + P^ L - b}
  };

  std::size_t place(int stage, int state) const {
    return static_cast<std::size_t>(stage) * static_cast<std::size_t>(world().num_states()) +
           static_cast<std::size_t>(state);
  }
  double gap_of(int stage, std::int64_t choice) const;

  double constant_, epsilon_, horizon_, states_, log_rows_;
  bool finished_ = false;
  TransitionCounts counts_;
  std::vector<Row> rows_;
  std::vector<double> low_, gap_;  ///< L and G of a stage and state, stages 0 .. H
};

BpiUcbvi::BpiUcbvi(const EpisodicWorld& world, const BestPolicyOptions& options)
    : InductionAgent(world, {.per_stage = true, .incremental = options.incremental}),
      constant_(Constant("bpi-ucbvi", options.constant, kBpiUcbviPractical).factor()),
      epsilon_(options.epsilon),
      horizon_(world.horizon),
      states_(world.num_states()),
      log_rows_(std::log(3 * static_cast<double>(num_rows()) / options.delta)),
      counts_(num_rows()),
      rows_(static_cast<std::size_t>(num_rows())),
      low_(place(world.horizon + 1, 0)),
      gap_(place(world.horizon + 1, 0)) {
  for (int h = 0; h < world.horizon; ++h)
    for (int s = 0; s < world.num_states(); ++s) gap_[place(h, s)] = horizon_ - h;
}

void BpiUcbvi::learn(std::span<const Step> steps) {
  for (int h = 0; h < static_cast<int>(steps.size()); ++h) {
    const Step& step = steps[static_cast<std::size_t>(h)];
    const std::int64_t i = row(h, step.choice);
    if (counts_.add(i, step.next)) induction().link(h, step.choice, step.next);
    induction().touch(h, step.choice);
    const auto visits = static_cast<double>(counts_.visits(i));
    const double log_visits = 1 + std::log(8 * (visits + 1));
    Row& r = rows_[static_cast<std::size_t>(i)];
    r.reward = world().mean_reward[static_cast<std::size_t>(world().row(h, step.choice))];
    r.root_factor = 3 * std::sqrt((log_rows_ + log_visits) / visits);
    r.fixed = horizon_ * horizon_ * (log_rows_ + states_ * log_visits) / visits;
  }
}

double BpiUcbvi::value(int stage, std::int64_t choice, const double* next) {
  const std::int64_t i = row(stage, choice);
  Row& r = rows_[static_cast<std::size_t>(i)];
  const Spread up = counts_.spread(i, next), down = counts_.spread(i, low_.data() + place(stage + 1, 0));
  const double bonus =
      constant_ * (r.root_factor * std::sqrt(up.variance) + 14 * r.fixed + (up.mean - down.mean) / horizon_);
  r.low = std::max(0.0, r.reward + down.mean - bonus);
  return r.reward + up.mean + bonus;
}

double BpiUcbvi::gap_of(int stage, std::int64_t choice) const {
  const std::int64_t i = row(stage, choice);
  const double most = horizon_ - stage;
  if (counts_.visits(i) == 0) return most;
  const Row& r = rows_[static_cast<std::size_t>(i)];
  const Spread up = counts_.spread(i, values().values(stage + 1));
  const Spread behind = counts_.spread(i, gap_.data() + place(stage + 1, 0));
  const double own = constant_ * (2 * r.root_factor * std::sqrt(up.variance) + 36 * r.fixed);
  return std::min(most, own + (1 + 3 * constant_ / horizon_) * behind.mean);
}

bool BpiUcbvi::settle(int stage, int state, std::int64_t best) {
  policy().play(stage, state, best);
  const std::int64_t last = world().state_begin[static_cast<std::size_t>(state) + 1];
  double low = 0;
  for (std::int64_t c = world().state_begin[static_cast<std::size_t>(state)]; c < last; ++c)
    low = std::max(low, rows_[static_cast<std::size_t>(row(stage, c))].low);
  const double gap = gap_of(stage, best);
  const std::size_t at = place(stage, state);
  const bool changed = low != low_[at] || gap != gap_[at];
  low_[at] = low;
  gap_[at] = gap;
  return changed;
}

}  // namespace

std::unique_ptr<EpisodicAgent> make_bpi_ucbvi(const EpisodicWorld& world, const BestPolicyOptions& options,
                                              const Stream& /*stream*/) {
  require_valid("bpi-ucbvi", options);
  require_start("bpi-ucbvi", world);
  return std::make_unique<BpiUcbvi>(world, options);
}

}  // namespace bellwether::online
