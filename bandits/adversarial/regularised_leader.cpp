#include "bandits/adversarial/regularised_leader.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

namespace bellwether::bandits {
namespace {

class RegularisedLeader final : public Agent {
 public:
  RegularisedLeader(std::string_view learner, const World& world, const LeaderPlan& plan, const Stream& stream)
      : plan_(plan),
        scale_(learner, world),
        potential_(plan.alpha),
        history_(world),
        stream_(stream),
        sum_(static_cast<std::size_t>(world.arms)),
        theta_(sum_.size()) {}

  int choose(const Round& round) override {
    // Mirror descent moves the gradient of psi at p by eta l: the sum is weighted, the potential is not.
    const double rate = plan_.mirror ? 1 : plan_.rate_of(round.number);
    const double least = std::ranges::min(sum_);
    for (std::size_t i = 0; i < sum_.size(); ++i) theta_[i] = rate * (sum_[i] - least);
    p_ = history_.of(round.number);
    potential_.minimise(theta_, p_);
    return draw_index(p_, stream_.uniform());
  }

  void learn(const Feedback& feedback) override {
    const double rate = plan_.rate_of(feedback.round);
    const LossEstimate estimate{plan_.estimator, rate, plan_.estimator == Estimator::kImplicit ? rate / 2 : 0};
    estimate.add(history_.of(feedback.round), feedback.arm, scale_.loss(feedback.reward), plan_.mirror ? rate : 1,
                 sum_);
  }

  std::span<const double> probabilities() const override { return p_; }

 private:
  LeaderPlan plan_;
  LossScale scale_;
  Potential potential_;
  DrawHistory history_;
  Stream stream_;
  std::vector<double> sum_, theta_;
  std::span<double> p_;
};

LeaderPlan plan_of(const LeaderOptions& options, double rate, bool anytime) {
  return {.rate = options.eta > 0 ? options.eta : rate, .anytime = anytime, .mirror = options.form == "mirror"};
}

double real(std::int64_t x) { return static_cast<double>(x); }

LeaderPlan exp3_plan(const World& world, const Exp3Options& o) {
  if (o.schedule == "fixed") return plan_of(o, exponential_rate(world.arms, world.arms, real(world.rounds)), false);
  return plan_of(o, std::sqrt(std::log(world.arms) / world.arms), true);
}

}  // namespace

double LeaderPlan::rate_of(std::int64_t round) const { return anytime ? rate / std::sqrt(real(round)) : rate; }

double exponential_rate(double experts, double arms, double rounds) {
  return std::sqrt(2 * std::log(experts) / (arms * rounds));
}

std::unique_ptr<Agent> make_leader(std::string_view learner, const World& world, const LeaderPlan& plan,
                                   const Stream& stream) {
  return std::make_unique<RegularisedLeader>(learner, world, plan, stream);
}

std::unique_ptr<Agent> make_exp3(const World& world, const Exp3Options& o, const Stream& stream) {
  return make_leader("exp3", world, exp3_plan(world, o), stream);
}

std::unique_ptr<Agent> make_exp3_ix(const World& world, const Exp3IxOptions& o, const Stream& stream) {
  LeaderPlan plan = exp3_plan(world, o);
  plan.estimator = Estimator::kImplicit;
  return make_leader("exp3-ix", world, plan, stream);
}

std::unique_ptr<Agent> make_exp3_delay(const World& world, const Exp3DelayOptions& o, const Stream& stream) {
  constexpr double e = std::numbers::e;
  const double noise = world.arms * real(world.rounds) * e / 2 + real(world.total_delay);
  double rate = std::sqrt(std::log(world.arms) / noise);
  if (world.largest_delay > 0) rate = std::min(rate, 1 / (2 * e * real(world.largest_delay)));
  return make_leader("exp3-delay", world, {.rate = o.eta > 0 ? o.eta : rate}, stream);
}

std::unique_ptr<Agent> make_tsallis_inf(const World& world, const TsallisInfOptions& o, const Stream& stream) {
  const bool reduced = o.estimator == "rv";
  LeaderPlan plan = plan_of(o, reduced ? 4 : 2, true);
  plan.alpha = 0.5;
  plan.estimator = reduced ? Estimator::kReduced : Estimator::kWeighted;
  return make_leader("tsallis-inf", world, plan, stream);
}

std::unique_ptr<Agent> make_ftrl_tsallis(const World& world, const TsallisOptions& o, const Stream& stream) {
  // The range of psi is (K^(1 - a) - 1) / (a (1 - a)); a round costs eta K^a / 2: see the page.
  const double arms = world.arms, range = (std::pow(arms, 1 - o.alpha) - 1) / (o.alpha * (1 - o.alpha));
  const double share = range / std::pow(arms, o.alpha);
  const bool anytime = o.schedule == "anytime";
  LeaderPlan plan = plan_of(o, std::sqrt(anytime ? share : 2 * share / real(world.rounds)), anytime);
  plan.alpha = o.alpha;
  return make_leader("ftrl-tsallis", world, plan, stream);
}

std::unique_ptr<Agent> make_ftrl_log_barrier(const World& world, const LogBarrierOptions& o, const Stream& stream) {
  const double rounds = real(world.rounds);
  LeaderPlan plan = plan_of(o, std::min(0.5, std::sqrt(world.arms * std::log(rounds) / rounds)), false);
  plan.alpha = 0;
  return make_leader("ftrl-log-barrier", world, plan, stream);
}

}  // namespace bellwether::bandits
