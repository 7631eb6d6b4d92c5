#include "bandits/adversarial/batched.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "bandits/adversarial/regularised_leader.h"
#include "core/errors.h"

namespace bellwether::bandits {
namespace {

class Batched final : public Agent {
 public:
  Batched(std::unique_ptr<Agent> base, std::int64_t batch) : base_(std::move(base)), batch_(batch) {}

  int choose(const Round& round) override {
    if (played_ > 0) return arm_;
    Round own = round;
    own.number = ++batches_;
    arm_ = base_->choose(own);
    return arm_;
  }
  void learn(const Feedback& feedback) override {
    sum_ += feedback.reward;
    if (++played_ < batch_) return;
    base_->learn({.round = batches_, .arm = arm_, .reward = sum_ / static_cast<double>(batch_)});
    sum_ = 0;
    played_ = 0;
  }
  std::span<const double> probabilities() const override { return base_->probabilities(); }

 private:
  std::unique_ptr<Agent> base_;
  std::int64_t batch_, batches_ = 0, played_ = 0;
  int arm_ = 0;
  double sum_ = 0;
};

}  // namespace

std::unique_ptr<Agent> make_batched_exp3(const World& world, const BatchedExp3Options& o, const Stream& stream) {
  if (world.largest_delay > 0)
    throw InvalidOption("batched-exp3 learns at the end of a batch, and the feedback of this bandit comes late");
  const double arms = std::max(2, world.arms), memory = o.memory, rounds = static_cast<double>(world.rounds);
  const std::int64_t best =
      std::llround(std::cbrt(2 * memory * memory * rounds / (arms * std::log(arms))));  // of the bound on its page
  const std::int64_t batch = std::clamp<std::int64_t>(o.batch > 0 ? o.batch : best, 1, world.rounds);
  World part = world;
  part.rounds = (world.rounds + batch - 1) / batch;
  return std::make_unique<Batched>(make_exp3(part, {}, stream), batch);
}

}  // namespace bellwether::bandits
