#include <algorithm>

#include <fmt/format.h>

#include "bandits/registry.h"
#include "bandits/trial.h"
#include "experiments/engine/failure.h"
#include "experiments/engine/world.h"

namespace bellwether::experiments {
namespace {

class BanditArena : public Arena {
 public:
  explicit BanditArena(std::shared_ptr<const bandits::Bandit> bandit) : bandit_(std::move(bandit)) {}
  Series play(const LearnerVariant& learner, const Stream& stream, const TrialOptions& options) const override {
    return bandits::play(*bandit_, learner.name, learner.given, stream, options);
  }

 private:
  std::shared_ptr<const bandits::Bandit> bandit_;
};

/// Rounds of a bandit.
class Rounds : public World {
 public:
  std::string_view does() const override { return "plays bandits"; }
  bool has(const InstanceVariant& instance) const override { return instance.bandit() != nullptr; }
  bool knows(std::string_view learner) const override {
    return std::ranges::find(bandits::learner_table(), learner, [](const auto& row) { return row.name; }) !=
           bandits::learner_table().end();
  }
  LearnerRow row(std::string_view learner) const override {
    const bandits::Learner& found = bandits::find_learner(learner);
    return {found, found.options()};
  }

  void try_settings(const LearnerRow&, const std::vector<Setting>&) const override {}  // require() has the bandit
  const std::vector<std::string>& metrics(Protocol protocol) const override { return bandits::metrics_of(protocol); }

  void require(const InstanceVariant& instance, const LearnerVariant& learner) const override {
    const bandits::Bandit& bandit = *instance.bandit()->bandit;
    try {
      (void)bandits::make_agent(bandit, learner.name, learner.given, learner.length, Stream(0));
    } catch (const std::invalid_argument& error) {
      fail(learner.place, fmt::format("{} on {}: {}", learner.label, instance.label, error.what()));
    }
  }

  std::string key_of_instance(const InstanceVariant& instance) const override {
    return fmt::format("instance {}\nhorizon 0\n", instance.hash);
  }
  std::string key_of_question(const Plan&, const InstanceVariant&) const override { return {}; }

  std::unique_ptr<const Arena> prepare(const InstanceVariant& instance) const override {
    return std::make_unique<BanditArena>(instance.bandit()->bandit);
  }
};

}  // namespace

const World& worlds_table::rounds() {
  static const Rounds world;
  return world;
}

}  // namespace bellwether::experiments
