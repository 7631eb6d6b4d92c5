#include "bandits/stochastic/robust.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <numbers>
#include <optional>

#include <fmt/format.h>

#include "core/errors.h"
#include "core/learner.h"

namespace bellwether::bandits {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

class RobustUcb final : public Agent {
 public:
  RobustUcb(int arms, double epsilon, double moment, double factor)
      : means_(static_cast<std::size_t>(arms), TruncatedMean(epsilon, moment)),
        index_(means_.size(), kInfinity),
        factor_(factor) {}

  int choose(const Round&) override {
    const double level = 3 * std::log(static_cast<double>(played_ + 1));
    for (std::size_t a = 0; a < means_.size(); ++a)
      if (means_[a].count() > 0) index_[a] = means_[a].mean(level) + factor_ * means_[a].width(level);
    return static_cast<int>(std::ranges::max_element(index_) - index_.begin());
  }

  void learn(const Feedback& feedback) override {
    ++played_;
    means_[static_cast<std::size_t>(feedback.arm)].add(feedback.reward);
  }

  std::optional<double> optimistic_mean(int arm) const override { return index_[static_cast<std::size_t>(arm)]; }

 private:
  std::vector<TruncatedMean> means_;
  std::vector<double> index_;
  double factor_;
  std::int64_t played_ = 0;
};

}  // namespace

void TruncatedMean::add(double x) {
  ++count_;
  sum_ += x;
  kept_.push_back({x, moment_ * count_ / std::pow(std::abs(x), 1 + epsilon_)});
  std::push_heap(kept_.begin(), kept_.end());
}

double TruncatedMean::mean(double level) {
  while (!kept_.empty() && kept_.front().level < level) {
    sum_ -= kept_.front().x;
    std::pop_heap(kept_.begin(), kept_.end());
    kept_.pop_back();
  }
  if (kept_.empty()) sum_ = 0;  // what rounding left
  return sum_ / count_;
}

double TruncatedMean::constant() const { return 4.0 / 3 + std::numbers::sqrt2 + epsilon_; }

double TruncatedMean::width(double level) const {
  const double order = 1 + epsilon_;
  return constant() * std::pow(moment_, 1 / order) * std::pow(level / count_, epsilon_ / order);
}

std::unique_ptr<Agent> make_robust_ucb(const World& world, const RobustUcbOptions& options, const Stream&) {
  if ((options.epsilon > 0) != (options.moment > 0))
    throw InvalidOption("robust-ucb: options 'epsilon' and 'moment' say one thing together, and one of them is 0");
  double epsilon = options.epsilon, moment = options.moment;
  if (moment == 0 && std::isfinite(world.moment)) {
    epsilon = world.moment_order - 1;
    moment = world.moment;
  } else if (moment == 0) {
    epsilon = 1;
    moment = std::pow(std::max(std::abs(world.low), std::abs(world.high)), 2);
  }
  if (!std::isfinite(moment))
    throw InvalidOption(
        "robust-ucb needs to know a moment of the rewards, and this bandit says none: set 'epsilon' and 'moment'");
  const double factor = Constant("robust-ucb", options.constant, kRobustPractical).factor();
  return std::make_unique<RobustUcb>(world.arms, epsilon, moment, factor);
}

}  // namespace bellwether::bandits
