#include "bandits/changing/restarts.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <vector>

#include "bandits/adversarial/drawing.h"
#include "bandits/adversarial/gains.h"
#include "bandits/requirements.h"
#include "core/learner.h"

namespace bellwether::bandits {
namespace {

/// UCB1 over a stretch of 2^order rounds of a block, of which it plays those that no shorter copy covers.
struct Copy {
  std::int64_t end = -1;     // the last round of the block that it covers
  double earned_before = 0;  // in the block, before its first round
  double played = 0;
  std::vector<double> count, sum;
};

class Master final : public Agent {
 public:
  Master(const World& world, double factor, double delta, const Stream& stream)
      : arms_(static_cast<std::size_t>(world.arms)),
        log_(std::log(static_cast<double>(world.rounds) / delta)),
        threshold_(factor * 6 * (std::log2(static_cast<double>(world.rounds)) + 1) * log_),
        gains_("master", world),
        stream_(stream),
        copies_(static_cast<std::size_t>(std::bit_width(static_cast<std::uint64_t>(world.rounds)) + 1)) {
    require_prompt("master", world);
    for (Copy& copy : copies_) {
      copy.count.resize(arms_);
      copy.sum.resize(arms_);
    }
    begin_block(0);
  }

  int choose(const Round&) override {
    open_copies();
    active_ = 0;
    while (copies_[active_].end < at_) ++active_;
    return pick(copies_[active_]);
  }

  void learn(const Feedback& feedback) override {
    const double gain = gains_.gain(feedback.reward);
    Copy& copy = copies_[active_];
    copy.played += 1;
    copy.count[static_cast<std::size_t>(feedback.arm)] += 1;
    copy.sum[static_cast<std::size_t>(feedback.arm)] += gain;
    earned_ += gain;
    hoped_ += index_;
    lowest_ = std::min(lowest_, index_);
    const bool changed = fails_a_test();
    ++at_;
    if (changed) {
      begin_block(0);
    } else if (at_ == length(order_)) {
      begin_block(std::min(order_ + 1, copies_.size() - 1));
    }
  }

 private:
  static std::int64_t length(std::size_t order) { return std::int64_t{1} << order; }

  /// rho(t) = C(t) / t with C(t) = sqrt(K t) + K: of UCB1, but for logarithms.
  double rho(double rounds) const {
    const double arms = static_cast<double>(arms_);
    return std::sqrt(arms / rounds) + arms / rounds;
  }

  void begin_block(std::size_t order) {
    order_ = order;
    at_ = 0;
    earned_ = hoped_ = 0;
    lowest_ = 1;
    for (Copy& copy : copies_) copy.end = -1;
  }

  /// A copy of order m may begin where 2^m divides the round of the block; that of the block's own order does.
  void open_copies() {
    const double all = rho(static_cast<double>(length(order_)));
    for (std::size_t m = 0; m <= order_ && at_ % length(m) == 0; ++m) {
      if (m < order_ && stream_.uniform() >= all / rho(static_cast<double>(length(m)))) continue;
      Copy& copy = copies_[m];
      copy.end = at_ + length(m) - 1;
      copy.earned_before = earned_;
      copy.played = 0;
      std::ranges::fill(copy.count, 0.0);
      std::ranges::fill(copy.sum, 0.0);
    }
  }

  /// The arm of largest m + sqrt(ln(T / delta) / (2 N)), Hoeffding's width, and min(1, that index) as what the copy
  /// hopes for.
  int pick(const Copy& copy) {
    std::size_t best = 0;
    index_ = -1;
    for (std::size_t i = 0; i < arms_; ++i) {
      const double n = copy.count[i], x = n == 0 ? 2 + 2 * log_ : copy.sum[i] / n + std::sqrt(log_ / (2 * n));
      if (x <= index_) continue;
      index_ = x;
      best = i;
    }
    index_ = std::min(1.0, index_);
    return static_cast<int>(best);
  }

  /// Test 1: some copy ends, and its stretch earned more than the least that was hoped for since the block began.
  /// Test 2: the block earned less than was hoped for.
  bool fails_a_test() const {
    for (std::size_t m = 0; m <= order_; ++m) {
      const Copy& copy = copies_[m];
      const double rounds = static_cast<double>(length(m));
      if (copy.end == at_ && (earned_ - copy.earned_before) / rounds >= lowest_ + 9 * threshold_ * rho(rounds))
        return true;
    }
    const double rounds = static_cast<double>(at_ + 1);
    return (hoped_ - earned_) / rounds >= 3 * threshold_ * rho(rounds);
  }

  std::size_t arms_;
  double log_, threshold_;
  LossScale gains_;
  Stream stream_;
  std::vector<Copy> copies_;  // of order 0, 1, ...; one of an order at a time
  std::size_t order_ = 0, active_ = 0;
  std::int64_t at_ = 0;  // round of the block
  double earned_ = 0, hoped_ = 0, lowest_ = 1, index_ = 1;
};

}  // namespace

std::unique_ptr<Agent> make_rexp3(const World& world, const Rexp3Options& o, const Stream& stream) {
  const double arms = world.arms, rounds = static_cast<double>(world.rounds);
  const double spread = std::max(arms * std::log(arms), 1e-300);
  const double theory = std::ceil(std::cbrt(spread) * std::pow(rounds / o.variation, 2.0 / 3));
  const double batch = o.batch > 0 ? static_cast<double>(o.batch) : std::clamp(theory, 1.0, rounds);
  GainPlan plan = exp3_rewards_plan(arms, batch);
  plan.batch = static_cast<std::int64_t>(batch);
  return make_gain_leader("rexp3", world, plan, stream);
}

std::unique_ptr<Agent> make_master(const World& world, const MasterOptions& o, const Stream& stream) {
  return std::make_unique<Master>(world, Constant("master", o.constant, kMasterPractical).factor(), o.delta, stream);
}

}  // namespace bellwether::bandits
