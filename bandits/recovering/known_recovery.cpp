#include "bandits/recovering/known_recovery.h"

#include <fmt/format.h>

#include "bandits/arms/recovering.h"
#include "bandits/recovering/largest_items.h"
#include "bandits/recovering/plan/periodic.h"
#include "core/errors.h"
#include "core/learner.h"

namespace bellwether::bandits {
namespace {

class KnownRecovery : public Agent {
 public:
  int choose(const Round&) override { throw InvalidOption("this learner chooses several arms at a time"); }
  void learn(const Feedback&) override { throw InvalidOption("this learner chooses several arms at a time"); }
};

class PeriodicKnown final : public KnownRecovery {
 public:
  explicit PeriodicKnown(PeriodicPolicy policy) : policy_(std::move(policy)) { items_.reserve(policy_.period.size()); }

  std::span<const int> choose_items(const Round& round) override {
    items_.clear();
    for (int arm = 0; arm < static_cast<int>(policy_.period.size()); ++arm)
      if (policy_.pulls(arm, round.number)) items_.push_back(arm);
    return items_;
  }
  void learn_items(std::int64_t, std::span<const int>, std::span<const double>) override {}

 private:
  PeriodicPolicy policy_;
  std::vector<int> items_;
};

class MyopicKnown final : public KnownRecovery {
 public:
  explicit MyopicKnown(const RecoveringBandit& bandit)
      : recoveries_(bandit.recoveries().begin(), bandit.recoveries().end()),
        largest_(static_cast<int>(recoveries_.size()), bandit.pulls()) {
    for (const Recovery& recovery : recoveries_) last_.push_back(1 - static_cast<std::int64_t>(recovery.size()));
  }

  std::span<const int> choose_items(const Round& round) override {
    return largest_([&](int arm) {
      const auto a = static_cast<std::size_t>(arm);
      return recovered(recoveries_[a], round.number - last_[a]);
    });
  }
  void learn_items(std::int64_t round, std::span<const int> items, std::span<const double>) override {
    for (const int arm : items) last_[static_cast<std::size_t>(arm)] = round;
  }

 private:
  std::vector<Recovery> recoveries_;
  LargestItems largest_;
  std::vector<std::int64_t> last_;
};

const RecoveringBandit& known(std::string_view learner, const Bandit& bandit, const std::vector<Setting>& settings) {
  require_none(learner, settings);
  const auto* recovering = dynamic_cast<const RecoveringBandit*>(&bandit);
  if (recovering == nullptr)
    throw InvalidOption(fmt::format("{} knows how arms recover, and those of this bandit do not", learner));
  return *recovering;
}

}  // namespace

std::unique_ptr<Agent> make_periodic_known(const Bandit& bandit, const World&, const std::vector<Setting>& settings,
                                           const Stream&) {
  const RecoveringBandit& recovering = known("periodic-known", bandit, settings);
  return std::make_unique<PeriodicKnown>(plan_periodic(recovering.recoveries(), recovering.pulls()));
}

std::unique_ptr<Agent> make_myopic_known(const Bandit& bandit, const World&, const std::vector<Setting>& settings,
                                         const Stream&) {
  return std::make_unique<MyopicKnown>(known("myopic-known", bandit, settings));
}

}  // namespace bellwether::bandits
