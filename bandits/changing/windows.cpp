#include "bandits/changing/windows.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "bandits/adversarial/drawing.h"
#include "bandits/requirements.h"
#include "core/learner.h"

namespace bellwether::bandits {
namespace {

/// The range B of rewards; InvalidOption, naming the learner, unless it is finite and feedback is prompt.
double range_of(std::string_view learner, const World& world) {
  const LossScale bounded(learner, world);
  require_prompt(learner, world);
  return world.high - world.low;
}

/// The arm with the largest index, the first of equals; one with no weight comes before all others.
template <class Index>
int largest_index(std::span<const double> weight, const Index& index) {
  std::size_t best = 0;
  double value = -1;
  for (std::size_t i = 0; i < weight.size(); ++i) {
    if (weight[i] <= 0) return static_cast<int>(i);
    const double x = index(i);
    if (i == 0 || x > value) {
      value = x;
      best = i;
    }
  }
  return static_cast<int>(best);
}

class SlidingWindow final : public Agent {
 public:
  SlidingWindow(int arms, std::int64_t window, double scale, double xi)
      : scale_(scale),
        xi_(xi),
        window_(static_cast<std::size_t>(window)),
        count_(static_cast<std::size_t>(arms)),
        sum_(count_.size()) {}

  int choose(const Round&) override {
    const double rounds = static_cast<double>(std::min(played_, window_.size()));
    width_ = scale_ * std::sqrt(xi_ * std::log(std::max(1.0, rounds)));
    return largest_index(count_, [this](std::size_t i) { return sum_[i] / count_[i] + width_ / std::sqrt(count_[i]); });
  }

  void learn(const Feedback& feedback) override {
    Play& oldest = window_[played_ % window_.size()];
    if (played_ >= window_.size()) {
      count_[oldest.arm] -= 1;
      // Sums of differences drift: an arm without a round left starts from nothing.
      sum_[oldest.arm] = count_[oldest.arm] == 0 ? 0 : sum_[oldest.arm] - oldest.reward;
    }
    oldest = {static_cast<std::size_t>(feedback.arm), feedback.reward};
    count_[oldest.arm] += 1;
    sum_[oldest.arm] += feedback.reward;
    ++played_;
  }

 private:
  struct Play {
    std::size_t arm = 0;
    double reward = 0;
  };

  double scale_, xi_, width_ = 0;
  std::size_t played_ = 0;
  std::vector<Play> window_;
  std::vector<double> count_, sum_;
};

class Discounted final : public Agent {
 public:
  Discounted(int arms, double discount, double scale, double xi)
      : discount_(discount), scale_(scale), xi_(xi), count_(static_cast<std::size_t>(arms)), sum_(count_.size()) {}

  int choose(const Round&) override {
    const double width = scale_ * std::sqrt(xi_ * std::log(std::max(1.0, total_)));
    return largest_index(count_, [&](std::size_t i) { return sum_[i] / count_[i] + width / std::sqrt(count_[i]); });
  }

  void learn(const Feedback& feedback) override {
    for (std::size_t i = 0; i < count_.size(); ++i) {
      count_[i] *= discount_;
      sum_[i] *= discount_;
    }
    const auto a = static_cast<std::size_t>(feedback.arm);
    count_[a] += 1;
    sum_[a] += feedback.reward;
    total_ = discount_ * total_ + 1;
  }

 private:
  double discount_, scale_, xi_, total_ = 0;
  std::vector<double> count_, sum_;
};

}  // namespace

std::unique_ptr<Agent> make_sliding_window_ucb(const World& world, const SlidingWindowOptions& o, const Stream&) {
  const double range = range_of("sw-ucb", world), rounds = static_cast<double>(world.rounds);
  const double factor = Constant("sw-ucb", o.constant, kSlidingPractical).factor();
  const double spread = std::sqrt(rounds * std::log(std::max(2.0, rounds)));
  const double tau = o.changes > 0 ? 2 * range * spread / std::sqrt(o.changes) : 4 * spread;
  // A window longer than the run forgets nothing.
  const std::int64_t window = o.window > 0 ? o.window : static_cast<std::int64_t>(std::ceil(std::min(tau, rounds)));
  return std::make_unique<SlidingWindow>(world.arms, std::max<std::int64_t>(1, std::min(window, world.rounds)),
                                         factor * range, o.xi);
}

std::unique_ptr<Agent> make_discounted_ucb(const World& world, const DiscountedOptions& o, const Stream&) {
  const double range = range_of("d-ucb", world), rounds = static_cast<double>(world.rounds);
  const double factor = Constant("d-ucb", o.constant, kDiscountedPractical).factor();
  const double theory = o.changes > 0 ? 1 - std::sqrt(o.changes / rounds) / (4 * std::max(range, 1e-300))
                                      : 1 - 1 / (4 * std::sqrt(rounds));
  const double discount = o.discount > 0 ? o.discount : std::clamp(theory, 0.0, 1.0);
  return std::make_unique<Discounted>(world.arms, discount, 2 * factor * range, o.xi);
}

}  // namespace bellwether::bandits
