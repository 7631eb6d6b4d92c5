#include "bandits/adversarial/barbar.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include "bandits/adversarial/drawing.h"
#include "bandits/requirements.h"
#include "core/learner.h"

namespace bellwether::bandits {
namespace {

/// Longer than any run, and short enough to be counted.
constexpr double kMostRounds = 1e18;

class Barbar final : public Agent {
 public:
  Barbar(const World& world, double scale, const Stream& stream)
      : gains_("barbar", world),
        scale_(scale),
        stream_(stream),
        gap_(static_cast<std::size_t>(world.arms), 1.0),
        planned_(gap_.size()),
        sum_(gap_.size()),
        p_(gap_.size()) {
    require_prompt("barbar", world);
    plan();
  }

  int choose(const Round&) override {
    if (left_ == 0) {
      look_back();
      plan();
    }
    --left_;
    return draw_index(p_, stream_.uniform());
  }

  void learn(const Feedback& feedback) override {
    sum_[static_cast<std::size_t>(feedback.arm)] += gains_.gain(feedback.reward);
  }

  std::span<const double> probabilities() const override { return p_; }

 private:
  void plan() {
    double total = 0;
    for (std::size_t i = 0; i < gap_.size(); ++i) total += planned_[i] = scale_ / (gap_[i] * gap_[i]);
    for (std::size_t i = 0; i < gap_.size(); ++i) p_[i] = planned_[i] / total;
    left_ = static_cast<std::int64_t>(std::ceil(std::min(total, kMostRounds)));
    std::ranges::fill(sum_, 0.0);
  }

  /// r_i = S_i / n_i, r* = max (r_i - gap_i / 16), gap_i <- max(2^-m, r* - r_i): n_i is what was planned, not counted.
  void look_back() {
    double best = -1;
    for (std::size_t i = 0; i < gap_.size(); ++i) best = std::max(best, sum_[i] / planned_[i] - gap_[i] / 16);
    least_ /= 2;
    for (std::size_t i = 0; i < gap_.size(); ++i) gap_[i] = std::max(least_, best - sum_[i] / planned_[i]);
  }

  LossScale gains_;
  double scale_, least_ = 1;
  std::int64_t left_ = 0;
  Stream stream_;
  std::vector<double> gap_, planned_, sum_, p_;
};

}  // namespace

std::unique_ptr<Agent> make_barbar(const World& world, const BarbarOptions& o, const Stream& stream) {
  const double epochs = std::max(1.0, std::log2(static_cast<double>(world.rounds)));
  const double theory = 1024 * std::log(8 * world.arms * epochs / o.delta);
  const double factor = Constant("barbar", o.constant, kBarbarPractical).factor();
  return std::make_unique<Barbar>(world, std::clamp(factor * theory, 1.0, kMostRounds), stream);
}

}  // namespace bellwether::bandits
