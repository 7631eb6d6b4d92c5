#include "solvers/online/exploration/reward_free.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <optional>
#include <vector>

#include "core/learner.h"
#include "solvers/online/episodic/backward_induction.h"
#include "solvers/online/exploration/start.h"

namespace bellwether::online {
namespace {

enum class Version { kUcrl, kExpress };

/// With n visits of a row (h, c), h from 0, and D_h = H - h - 1 the most that can be earned after its step,
///   RF-UCRL:    E_h = min{D_h, D_h sqrt(2 beta / n) + P^ max E_{h+1}}, D_h where n = 0
///               beta = ln(2 C / delta) + (S - 1) ln(e (1 + n / (S - 1)))
///   RF-Express: W_h = min{H, 15 H^2 beta / n + (1 + 1/H) P^ max W_{h+1}}, H where n = 0
///               beta = ln(3 C / delta) + S ln(8 e (n + 1))
/// for C rows in all stages together. What is played has the largest E (W); an estimated value is wrong by at most
/// E_0 (3 e sqrt(W_0) + W_0), and half of epsilon is where to stop. An answer loses at most twice that, and never more
/// than H.
class RewardFree final : public InductionAgent, public RewardFreeAgent {
 public:
  RewardFree(const EpisodicWorld& world, const RewardFreeOptions& options, Version version, double constant);

  void plan(std::int64_t /*episode*/) override {
    induction().plan(*this);
    finished_ = over_start(world(), [&](int s) { return value_error(s); }) <= epsilon_ / 2;
  }
  void learn(std::span<const Step> steps) override;
  bool finished() const override { return finished_; }
  void answer() override;
  std::optional<double> certificate(int state) const override {
    return answered_ ? std::optional(std::min(horizon_, 2 * value_error(state))) : std::nullopt;
  }

  const LearntModel& learnt() const override { return learnt_; }
  double value_error(int state) const override {
    const double top = values().value(0, state);
    return version_ == Version::kUcrl ? top : 3 * std::numbers::e * std::sqrt(top) + top;
  }

  // The rule of the induction.
  double value(int stage, std::int64_t choice, const double* next) const {
    const std::int64_t i = row(stage, choice);
    const Row& r = rows_[static_cast<std::size_t>(i)];
    return r.width + r.per_visit * learnt_.counts().sum(i, next);
  }
  bool settle(int stage, int state, std::int64_t best) {
    policy().play(stage, state, best);
    return false;
  }

 private:
  struct Row {
    double width = 0;
    double per_visit = 0;  ///< 1 / n, or (1 + 1/H) / n
  };

  double width(int stage, double visits) const;

  Version version_;
  double constant_, epsilon_, horizon_, states_;
  double log_rows_;   ///< the part of beta that does not depend on n
  double inflation_;  ///< of what lies behind a row: 1, or 1 + 1/H
  bool finished_ = false, answered_ = false;
  LearntModel learnt_;
  std::vector<Row> rows_;
};

RewardFree::RewardFree(const EpisodicWorld& world, const RewardFreeOptions& options, Version version, double constant)
    : InductionAgent(world, {.per_stage = true,
                             .incremental = options.incremental,
                             .cap = version == Version::kUcrl ? Cap::kAfterStep : Cap::kHorizon}),
      version_(version),
      constant_(constant),
      epsilon_(options.epsilon),
      horizon_(world.horizon),
      states_(world.num_states()),
      log_rows_(std::log((version == Version::kUcrl ? 2 : 3) * static_cast<double>(num_rows()) / options.delta)),
      inflation_(version == Version::kUcrl ? 1 : 1 + 1 / horizon_),
      learnt_(world),
      rows_(static_cast<std::size_t>(num_rows())) {}

double RewardFree::width(int stage, double visits) const {
  if (version_ == Version::kUcrl) {
    const double others = states_ - 1;
    const double beta = log_rows_ + (others > 0 ? others * (1 + std::log1p(visits / others)) : 0);
    return constant_ * (horizon_ - stage - 1) * std::sqrt(2 * beta / visits);
  }
  const double beta = log_rows_ + states_ * (1 + std::log(8 * (visits + 1)));
  return constant_ * 15 * horizon_ * horizon_ * beta / visits;
}

void RewardFree::learn(std::span<const Step> steps) {
  for (int h = 0; h < static_cast<int>(steps.size()); ++h) {
    const Step& step = steps[static_cast<std::size_t>(h)];
    const std::int64_t i = row(h, step.choice);
    if (learnt_.counts().add(i, step.next)) induction().link(h, step.choice, step.next);
    induction().touch(h, step.choice);
    const auto visits = static_cast<double>(learnt_.counts().visits(i));
    rows_[static_cast<std::size_t>(i)] = {.width = width(h, visits), .per_visit = inflation_ / visits};
  }
}

void RewardFree::answer() {
  std::vector<double> rewards;
  rewards.reserve(rows_.size());
  for (int h = 0; h < world().horizon; ++h)
    for (std::int64_t c = 0; c < world().num_choices(); ++c)
      rewards.push_back(world().mean_reward[static_cast<std::size_t>(world().row(h, c))]);
  learnt_.plan(rewards, policy());
  answered_ = true;
}

}  // namespace

std::unique_ptr<EpisodicAgent> make_rf_ucrl(const EpisodicWorld& world, const RewardFreeOptions& options,
                                            const Stream& /*stream*/) {
  require_valid("rf-ucrl", options);
  require_start("rf-ucrl", world);
  return std::make_unique<RewardFree>(world, options, Version::kUcrl,
                                      Constant("rf-ucrl", options.constant, kRfUcrlPractical).factor());
}

std::unique_ptr<EpisodicAgent> make_rf_express(const EpisodicWorld& world, const RewardFreeOptions& options,
                                               const Stream& /*stream*/) {
  require_valid("rf-express", options);
  require_start("rf-express", world);
  return std::make_unique<RewardFree>(world, options, Version::kExpress,
                                      Constant("rf-express", options.constant, kRfExpressPractical).factor());
}

}  // namespace bellwether::online
