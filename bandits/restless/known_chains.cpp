#include "bandits/restless/known_chains.h"

#include <fmt/format.h>

#include "bandits/arms/restless.h"
#include "bandits/recovering/largest_items.h"
#include "core/errors.h"
#include "core/learner.h"

namespace bellwether::bandits {
namespace {

/// A number for every state of every arm; the largest above 0 are played.
class Priorities final : public Agent {
 public:
  Priorities(std::vector<std::vector<double>> priorities, int active)
      : priorities_(std::move(priorities)), largest_(static_cast<int>(priorities_.size()), active) {
    played_.reserve(static_cast<std::size_t>(active));
  }

  int choose(const Round&) override { throw InvalidOption("this policy plays several arms at a time"); }
  void learn(const Feedback&) override { throw InvalidOption("this policy plays several arms at a time"); }
  std::span<const int> choose_items(const Round& round) override {
    const auto priority = [&](int arm) {
      return priorities_[static_cast<std::size_t>(arm)][static_cast<std::size_t>(state_of(round, arm))];
    };
    played_.clear();
    for (const int arm : largest_(priority))
      if (priority(arm) > 0) played_.push_back(arm);
    return played_;
  }
  void learn_items(std::int64_t, std::span<const int>, std::span<const double>) override {}

 private:
  std::vector<std::vector<double>> priorities_;
  LargestItems largest_;
  std::vector<int> played_;
};

const RestlessBandit& chains(std::string_view policy, const Bandit& bandit) {
  const auto* restless = dynamic_cast<const RestlessBandit*>(&bandit);
  if (restless == nullptr)
    throw InvalidOption(fmt::format("{} needs arms that are Markov chains, and those of this bandit are not", policy));
  return *restless;
}

}  // namespace

std::unique_ptr<Agent> make_whittle(const Bandit& bandit, const World&, const std::vector<Setting>& settings,
                                    const Stream&) {
  WhittleOptions options;
  apply_settings("learner", options, settings);
  const RestlessBandit& restless = chains("whittle", bandit);
  std::vector<std::vector<double>> indices;
  for (std::size_t i = 0; i < restless.arms().size(); ++i) {
    const ArmChain& arm = restless.arms()[i];
    if (i > 0 && arm == restless.arms()[i - 1]) {
      indices.push_back(indices.back());
      continue;
    }
    try {
      indices.push_back(whittle_indices(arm, options.discount));
    } catch (const InvalidModel& error) {
      throw InvalidOption(fmt::format("whittle needs arms with an index, and arm {} has none: {}", i, error.what()));
    }
  }
  return std::make_unique<Priorities>(std::move(indices), restless.active());
}

std::unique_ptr<Agent> make_myopic(const Bandit& bandit, const World&, const std::vector<Setting>& settings,
                                   const Stream&) {
  require_none("myopic", settings);
  const RestlessBandit& restless = chains("myopic", bandit);
  std::vector<std::vector<double>> gains;
  for (const ArmChain& arm : restless.arms()) {
    std::vector<double>& gain = gains.emplace_back();
    for (int s = 0; s < arm.states; ++s) gain.push_back(arm.reward(kPlay, s) - arm.reward(kRest, s));
  }
  return std::make_unique<Priorities>(std::move(gains), restless.active());
}

}  // namespace bellwether::bandits
