#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "solvers/online/episodic/run.h"
#include "solvers/online/registry.h"

namespace bellwether::online {

/// What an agent believes the value of a state to be when the stage begins, in the learner's units.
using Belief = double (*)(const EpisodicAgent& agent, int stage, int state);

/// Plays another agent's policy and counts the episodes in which it believed some value, of any stage and state, to be
/// below the optimal one.
class OptimismWatch final : public EpisodicAgent {
 public:
  OptimismWatch(const EpisodicTask& task, const EpisodicWorld& world, EpisodicAgent& inner, Belief belief)
      : EpisodicAgent(world), task_(task), inner_(inner), belief_(belief) {}

  void plan(std::int64_t episode) override {
    inner_.plan(episode);
    bool violated = false;
    for (int h = 0; h < task_.horizon(); ++h) {
      for (int s = 0; s < task_.num_states(); ++s) {
        policy().play(h, s, inner_.policy().choice(h, s));
        violated |= task_.from_unit_value(h, belief_(inner_, h, s)) < task_.optimal_value(h, s) - 1e-9;
      }
    }
    violations_ += violated ? 1 : 0;
  }
  void learn(std::span<const Step> steps) override { inner_.learn(steps); }

  int violations() const { return violations_; }

 private:
  const EpisodicTask& task_;
  EpisodicAgent& inner_;
  Belief belief_;
  int violations_ = 0;
};

/// Of that many episodes of the learner with this constant, those that the watch counts.
inline int pessimistic_episodes(const EpisodicTask& task, const EpisodicLearner& learner, const std::string& constant,
                                std::uint64_t seed, std::int64_t episodes, Belief belief) {
  const EpisodicWorld world = world_of(task, episodes);
  const auto agent = learner.make(task, world, {{"constant", constant}}, Stream(seed));
  OptimismWatch watch(task, world, *agent, belief);
  run_episodes(task, watch, Stream(seed), {.episodes = episodes});
  return watch.violations();
}

}  // namespace bellwether::online
