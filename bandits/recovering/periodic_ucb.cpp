#include "bandits/recovering/periodic_ucb.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "bandits/recovering/largest_items.h"
#include "bandits/requirements.h"
#include "core/errors.h"
#include "core/learner.h"

namespace bellwether::bandits {
namespace {

[[noreturn]] void reject_single() { throw InvalidOption("this learner chooses several arms at a time"); }

void require_unit_rewards(std::string_view learner, const World& world) {
  if (!(world.low >= 0 && world.high <= 1))
    throw InvalidOption(fmt::format("{} needs rewards in [0, 1], those of this bandit are in [{}, {}]", learner,
                                    world.low, world.high));
}

class MyopicUcb final : public Agent {
 public:
  MyopicUcb(const World& world, const MyopicUcbOptions& options, double factor)
      : estimates_(world.arms, options.delays, world.rounds, factor), largest_(world.arms, world.items) {}

  int choose(const Round&) override { reject_single(); }
  void learn(const Feedback&) override { reject_single(); }

  std::span<const int> choose_items(const Round& round) override {
    return largest_([&](int arm) { return estimates_.upper(arm, estimates_.idle(arm, round.number)); });
  }
  void learn_items(std::int64_t round, std::span<const int> items, std::span<const double> rewards) override {
    for (std::size_t k = 0; k < items.size(); ++k) estimates_.add(items[k], round, rewards[k]);
  }

 private:
  RecoveryEstimates estimates_;
  LargestItems largest_;
};

}  // namespace

PeriodicUcb::PeriodicUcb(const World& world, const PeriodicUcbOptions& options, double factor)
    : estimates_(world.arms, options.delays, world.rounds, factor),
      planner_(world.arms, world.items),
      length_(options.phase > 0
                  ? options.phase
                  : std::max<std::int64_t>(4 * std::int64_t{options.delays},
                                           std::llround(std::ceil(std::sqrt(static_cast<double>(world.rounds)))))) {
  items_.reserve(static_cast<std::size_t>(world.items));
}

int PeriodicUcb::choose(const Round&) { reject_single(); }
void PeriodicUcb::learn(const Feedback&) { reject_single(); }

std::span<const int> PeriodicUcb::choose_items(const Round& round) {
  if (round.number >= end_) {
    planner_.plan(estimates_.upper(), policy_);
    begin_ = round.number;
    end_ = begin_ + length_;
  }
  items_.clear();
  for (int arm = 0; arm < estimates_.arms(); ++arm)
    if (policy_.pulls(arm, round.number - begin_)) items_.push_back(arm);
  return items_;
}

void PeriodicUcb::learn_items(std::int64_t round, std::span<const int> items, std::span<const double> rewards) {
  for (std::size_t k = 0; k < items.size(); ++k) estimates_.add(items[k], round, rewards[k]);
}

std::unique_ptr<Agent> make_periodic_ucb(const World& world, const PeriodicUcbOptions& options, const Stream&) {
  const Constant constant("periodic-ucb", options.constant, kRecoveryPractical);
  require_unit_rewards("periodic-ucb", world);
  require_any_items("periodic-ucb", world);
  return std::make_unique<PeriodicUcb>(world, options, constant.factor());
}

std::unique_ptr<Agent> make_myopic_ucb(const World& world, const MyopicUcbOptions& options, const Stream&) {
  const Constant constant("myopic-ucb", options.constant, kRecoveryPractical);
  require_unit_rewards("myopic-ucb", world);
  require_any_items("myopic-ucb", world);
  return std::make_unique<MyopicUcb>(world, options, constant.factor());
}

}  // namespace bellwether::bandits
