#include "bandits/dynamical/dynlin_ucb.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include <fmt/format.h>

#include "core/errors.h"
#include "core/learner.h"

namespace bellwether::bandits {
namespace {

/// ln T, or what was asked for; ln 1 = 0 would be no regularisation at all.
double regularisation(const DynLinOptions& options, std::int64_t rounds) {
  return options.lambda > 0 ? options.lambda : std::log(std::max(2.0, static_cast<double>(rounds)));
}

const DynamicalBandit& dynamical(std::string_view learner, const Bandit& bandit) {
  const auto* known = dynamic_cast<const DynamicalBandit*>(&bandit);
  if (known == nullptr)
    throw InvalidOption(fmt::format("{} is told bounds of a hidden linear system, and this bandit has none", learner));
  return *known;
}

class ConstantAction final : public Agent {
 public:
  explicit ConstantAction(int arm) : arm_(arm) {}
  int choose(const Round&) override { return arm_; }
  void learn(const Feedback&) override {}

 private:
  int arm_;
};

}  // namespace

std::int64_t settling_rounds(std::int64_t epoch, double rho) {
  if (rho <= 0) return 0;
  // At exact powers the quotient is a whole number, from which rounding must not take one.
  constexpr double kSlack = 1e-12;
  return static_cast<std::int64_t>(std::floor(std::log(static_cast<double>(epoch)) / -std::log(rho) + kSlack));
}

double DynLinRadius::at(std::int64_t round) const {
  const auto t = static_cast<double>(round);
  const double growth = log_rounds + dimension / 2 * std::log1p(t * action * action / (dimension * lambda));
  return c1 * std::log(std::numbers::e * (t + 1)) / std::sqrt(lambda) + c2 * std::sqrt(lambda) +
         sigma * std::sqrt(2 * growth);
}

DynLinRadius static_radius(const DynamicalBounds& bounds, double lambda, int dimension, std::int64_t rounds) {
  return {.c1 = 0,
          .c2 = bounds.theta,
          .sigma = bounds.sigma,
          .lambda = lambda,
          .action = bounds.action,
          .dimension = static_cast<double>(dimension),
          .log_rounds = std::log(static_cast<double>(rounds))};
}

DynLinRadius dynamic_radius(const DynamicalBounds& bounds, double rho_bar, double lambda, int dimension,
                            std::int64_t rounds) {
  DynLinRadius radius = static_radius(bounds, lambda, dimension, rounds);
  const double gain = bounds.omega * bounds.phi;
  radius.c1 = bounds.action * gain * (bounds.action * bounds.b / (1 - rho_bar) + bounds.state(rho_bar));
  radius.c2 = bounds.theta + gain * bounds.b / (1 - rho_bar);
  radius.sigma = bounds.sigma * std::sqrt(1 + gain * gain / (1 - rho_bar * rho_bar));
  return radius;
}

DynLinUcb::DynLinUcb(const DynamicalBandit& bandit, std::int64_t rounds, const DynLinOptions& options, double factor)
    : bandit_(bandit),
      rho_(options.rho < 0 ? bandit.bounds().rho : options.rho),
      factor_(factor),
      all_rounds_(options.update == "all"),
      ridge_(static_cast<int>(bandit.system().theta.size()), regularisation(options, rounds)) {
  const double lambda = regularisation(options, rounds);
  radius_ = options.radius == "static" ? static_radius(bandit.bounds(), lambda, ridge_.dimension(), rounds)
                                       : dynamic_radius(bandit.bounds(), rho_, lambda, ridge_.dimension(), rounds);
  score_.resize(static_cast<std::size_t>(bandit.actions()));
  squared_norm_.resize(score_.size());
  refresh();
}

int DynLinUcb::choose(const Round& round) {
  if (left_ > 0) return arm_;
  ++epoch_;
  left_ = 1 + settling_rounds(epoch_, rho_);
  const double beta = radius(round.number);
  double best = 0;
  for (std::size_t a = 0; a < score_.size(); ++a) {
    const double index = score_[a] + beta * std::sqrt(squared_norm_[a]);
    if (a > 0 && !(index > best)) continue;
    best = index;
    arm_ = static_cast<int>(a);
  }
  return arm_;
}

void DynLinUcb::learn(const Feedback& feedback) {
  --left_;
  if (left_ == 0 || all_rounds_) add(feedback.arm, feedback.reward);
}

void DynLinUcb::add(int arm, double reward) {
  const auto action = bandit_.action(arm);
  const Ridge::Update update = ridge_.add({action.data(), static_cast<std::size_t>(action.size())}, reward);
  if (update.refreshed) return refresh();
  for (int b = 0; b < bandit_.actions(); ++b) {
    const auto other = static_cast<std::size_t>(b);
    const double share = ridge_.direction().dot(bandit_.action(b));
    score_[other] += update.shift * share;
    squared_norm_[other] = std::max(0.0, squared_norm_[other] - update.shrink * share * share);
  }
}

void DynLinUcb::refresh() {
  for (int b = 0; b < bandit_.actions(); ++b) {
    const auto action = bandit_.action(b);
    score_[static_cast<std::size_t>(b)] = ridge_.theta().dot(action);
    squared_norm_[static_cast<std::size_t>(b)] =
        ridge_.squared_norm({action.data(), static_cast<std::size_t>(action.size())});
  }
}

std::unique_ptr<Agent> make_dynlin_ucb(const Bandit& bandit, const World& world, const std::vector<Setting>& settings,
                                       const Stream&) {
  DynLinOptions options;
  apply_settings("learner", options, settings);
  const Constant constant("dynlin-ucb", options.constant, kDynLinPractical);
  return std::make_unique<DynLinUcb>(dynamical("dynlin-ucb", bandit), world.rounds, options, constant.factor());
}

std::unique_ptr<Agent> make_dynlin_expert(const Bandit& bandit, const World&, const std::vector<Setting>& settings,
                                          const Stream&) {
  require_none("dynlin-expert", settings);
  return std::make_unique<ConstantAction>(dynamical("dynlin-expert", bandit).best());
}

std::unique_ptr<Agent> make_dynlin_myopic(const Bandit& bandit, const World&, const std::vector<Setting>& settings,
                                          const Stream&) {
  require_none("dynlin-myopic", settings);
  const DynamicalBandit& known = dynamical("dynlin-myopic", bandit);
  int best = 0;
  for (int a = 1; a < known.actions(); ++a)
    if (known.system().theta.dot(known.action(a)) > known.system().theta.dot(known.action(best))) best = a;
  return std::make_unique<ConstantAction>(best);
}

}  // namespace bellwether::bandits
