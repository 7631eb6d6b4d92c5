#include "solvers/online/optimistic/mvp.h"

#include <cmath>
#include <optional>
#include <vector>

#include "core/learner.h"
#include "solvers/online/episodic/backward_induction.h"
#include "solvers/online/episodic/counts.h"

namespace bellwether::online {
namespace {

// The constants of both papers, and how they come about: 460/9 = 20/3 + 400/9, 544/9 = 400/9 + 16.
constexpr double kVariance = 460.0 / 9, kRest = 544.0 / 9;
const double kReward = 2 * std::sqrt(2.0);

/// What the two versions do not share.
struct Version {
  double constant = 1;
  double log_term = 1;           ///< iota
  bool reward_variance = false;  ///< the variance of rewards in the bonus, else H times their mean
  bool newest_alone = false;     ///< statistics from the visits since the last doubling
};

/// b = c1 sqrt(Var_P^(V) iota / n) + c2 sqrt(x iota / n) + c3 H iota / n, c1 = 460/9, c2 = 2 sqrt(2), c3 = 544/9, where
/// x is the empirical variance of the rewards (2024) or H r^ (2021). The paper of 2021 has it for values up to 1; this
/// is H times that with rewards r / H and values V / H.
class Mvp final : public InductionAgent {
 public:
  Mvp(const EpisodicWorld& world, const InductionOptions& options, const Version& version)
      : InductionAgent(world, options),
        version_(version),
        counts_(num_rows()),
        used_(num_rows()),
        rewards_(static_cast<std::size_t>(num_rows())),
        visits_(static_cast<std::size_t>(num_rows())),
        rows_(static_cast<std::size_t>(num_rows())) {}

  void plan(std::int64_t /*episode*/) override { induction().plan(*this); }
  void learn(std::span<const Step> steps) override;
  std::optional<double> optimistic_value(int state) const override { return values().value(0, state); }

  double value(int stage, std::int64_t choice, const double* next) const {
    const std::int64_t i = row(stage, choice);
    const Row& r = rows_[static_cast<std::size_t>(i)];
    const Spread spread = used_.spread(i, next);
    return r.fixed + r.root_factor * std::sqrt(spread.variance) + spread.mean;
  }
  bool settle(int stage, int state, std::int64_t best) {
    policy().play(stage, state, best);
    return false;
  }

 private:
  struct Row {
    double fixed = 0;        ///< reward and what of the bonus does not depend on values
    double root_factor = 0;  ///< c1 sqrt(iota / n)
  };

  void renew(std::int64_t i);

  Version version_;
  TransitionCounts counts_, used_;  ///< what is seen, and what the values are computed from
  std::vector<Moments> rewards_;
  std::vector<std::int64_t> visits_;  ///< all of them
  std::vector<Row> rows_;
};

void Mvp::learn(std::span<const Step> steps) {
  for (int h = 0; h < static_cast<int>(steps.size()); ++h) {
    const Step& step = steps[static_cast<std::size_t>(h)];
    const std::int64_t i = row(h, step.choice);
    if (counts_.add(i, step.next)) induction().link(h, step.choice, step.next);
    rewards_[static_cast<std::size_t>(i)].add(step.reward);
    const std::int64_t n = ++visits_[static_cast<std::size_t>(i)];
    if ((n & (n - 1)) != 0) continue;
    renew(i);
    induction().touch(h, step.choice);
  }
}

void Mvp::renew(std::int64_t i) {
  used_.copy(i, counts_);
  const auto place = static_cast<std::size_t>(i);
  const auto n = static_cast<double>(used_.visits(i));
  const double mean = rewards_[place].mean(), iota = version_.log_term, horizon = world().horizon;
  const double varying = version_.reward_variance ? rewards_[place].variance() : horizon * mean;
  rows_[place].fixed =
      mean + version_.constant * (kReward * std::sqrt(varying * iota / n) + kRest * horizon * iota / n);
  rows_[place].root_factor = version_.constant * kVariance * std::sqrt(iota / n);
  if (!version_.newest_alone) return;
  counts_.clear(i);
  rewards_[place] = {};
}

}  // namespace

std::unique_ptr<EpisodicAgent> make_mvp(const EpisodicWorld& world, const MvpOptions& options,
                                        const Stream& /*stream*/) {
  require_valid("mvp", options);
  const Version version{.constant = Constant("mvp", options.constant, kMvpPractical).factor(),
                        .log_term = std::log(2 / options.delta)};
  return std::make_unique<Mvp>(
      world,
      InductionOptions{
          .per_stage = !world.same_at_every_stage, .monotone = options.monotone, .incremental = options.incremental},
      version);
}

std::unique_ptr<EpisodicAgent> make_mvp_2024(const EpisodicWorld& world, const Mvp2024Options& options,
                                             const Stream& /*stream*/) {
  require_valid("mvp-2024", options);
  // iota = ln(1 / delta'), delta' = delta / (200 S A H^2 K^2)
  const double horizon = world.horizon, episodes = static_cast<double>(world.episodes);
  const double pairs = static_cast<double>(world.num_choices());
  const Version version{.constant = Constant("mvp-2024", options.constant, kMvp2024Practical).factor(),
                        .log_term = std::log(200 * pairs * horizon * horizon * episodes * episodes / options.delta),
                        .reward_variance = true,
                        .newest_alone = options.data == "newest"};
  return std::make_unique<Mvp>(
      world, InductionOptions{.per_stage = true, .monotone = options.monotone, .incremental = options.incremental},
      version);
}

}  // namespace bellwether::online
