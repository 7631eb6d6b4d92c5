#include "bandits/adversarial/gains.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "bandits/requirements.h"
#include "core/learner.h"

namespace bellwether::bandits {
namespace {

constexpr double e = std::numbers::e;

class GainLeader final : public Agent {
 public:
  GainLeader(std::string_view learner, const World& world, const GainPlan& plan, const Stream& stream)
      : plan_(plan),
        scale_(learner, world),
        stream_(stream),
        gain_(static_cast<std::size_t>(world.arms)),
        theta_(gain_.size()),
        p_(gain_.size()) {
    require_prompt(learner, world);
  }

  int choose(const Round& round) override {
    if (plan_.batch > 0 && (round.number - 1) % plan_.batch == 0) std::ranges::fill(gain_, 0.0);
    const double most = std::ranges::max(gain_), even = plan_.uniform / static_cast<double>(p_.size());
    for (std::size_t i = 0; i < gain_.size(); ++i) theta_[i] = plan_.rate * (most - gain_[i]);
    entropy_.minimise(theta_, p_);
    for (double& x : p_) x = (1 - plan_.uniform) * x + even;
    return draw_index(p_, stream_.uniform());
  }

  void learn(const Feedback& feedback) override {
    const auto a = static_cast<std::size_t>(feedback.arm);
    gain_[a] += scale_.gain(feedback.reward) / p_[a];
    if (plan_.bonus == 0) return;
    for (std::size_t i = 0; i < gain_.size(); ++i) gain_[i] += plan_.bonus / p_[i];
  }

  std::span<const double> probabilities() const override { return p_; }

 private:
  GainPlan plan_;
  LossScale scale_;
  Potential entropy_{1};
  Stream stream_;
  std::vector<double> gain_, theta_, p_;
};

/// w_i <- w_i exp(g x_i / K) + (e a / K) W, kept with sum W = 1: the exponent is at most 1, as x <= K / g.
class Exp3S final : public Agent {
 public:
  Exp3S(const World& world, double uniform, double share, const Stream& stream)
      : uniform_(uniform),
        share_(e * share / world.arms),
        scale_("exp3-s", world),
        stream_(stream),
        weight_(static_cast<std::size_t>(world.arms), 1.0 / world.arms),
        p_(weight_.size()) {
    require_prompt("exp3-s", world);
  }

  int choose(const Round&) override {
    const double even = uniform_ / static_cast<double>(p_.size());
    for (std::size_t i = 0; i < p_.size(); ++i) p_[i] = (1 - uniform_) * weight_[i] + even;
    return draw_index(p_, stream_.uniform());
  }

  void learn(const Feedback& feedback) override {
    const auto a = static_cast<std::size_t>(feedback.arm);
    const double even = uniform_ / static_cast<double>(p_.size());
    weight_[a] *= std::exp(even * scale_.gain(feedback.reward) / p_[a]);
    double sum = 0;
    for (double& w : weight_) {
      w += share_;
      sum += w;
    }
    for (double& w : weight_) w /= sum;
  }

  std::span<const double> probabilities() const override { return p_; }

 private:
  double uniform_, share_;
  LossScale scale_;
  Stream stream_;
  std::vector<double> weight_, p_;
};

}  // namespace

std::unique_ptr<Agent> make_gain_leader(std::string_view learner, const World& world, const GainPlan& plan,
                                        const Stream& stream) {
  return std::make_unique<GainLeader>(learner, world, plan, stream);
}

GainPlan exp3_rewards_plan(double arms, double rounds) {
  const double g = std::min(1.0, std::sqrt(arms * std::log(arms) / ((e - 1) * rounds)));
  return {.rate = g / arms, .uniform = g};
}

std::unique_ptr<Agent> make_exp3_rewards(const World& world, const Exp3RewardsOptions& o, const Stream& stream) {
  GainPlan plan = exp3_rewards_plan(world.arms, static_cast<double>(world.rounds));
  if (o.exploration > 0) plan = {.rate = o.exploration / world.arms, .uniform = o.exploration};
  return make_gain_leader("exp3-rewards", world, plan, stream);
}

std::unique_ptr<Agent> make_exp3_p(const World& world, const Exp3POptions& o, const Stream& stream) {
  const double arms = world.arms, rounds = static_cast<double>(world.rounds), log = std::log(arms);
  const double factor = Constant("exp3-p", o.constant, 1).factor();
  return make_gain_leader("exp3-p", world,
                          {.rate = 0.95 * std::sqrt(log / (rounds * arms)),
                           .uniform = std::min(1.0, 1.05 * std::sqrt(arms * log / rounds)),
                           .bonus = factor * std::sqrt(std::log(arms / o.delta) / (arms * rounds))},
                          stream);
}

std::unique_ptr<Agent> make_exp3_s(const World& world, const Exp3SOptions& o, const Stream& stream) {
  const double arms = world.arms, rounds = static_cast<double>(world.rounds);
  const double g = std::min(1.0, std::sqrt(arms * (o.changes * std::log(arms * rounds) + e) / ((e - 1) * rounds)));
  return std::make_unique<Exp3S>(world, o.exploration > 0 ? o.exploration : g, o.share > 0 ? o.share : 1 / rounds,
                                 stream);
}

}  // namespace bellwether::bandits
