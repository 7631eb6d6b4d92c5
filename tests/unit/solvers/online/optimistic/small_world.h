#pragma once

#include <memory>
#include <vector>

#include "core/stream.h"
#include "solvers/online/episodic/backward_induction.h"

namespace bellwether::online {

inline const BackwardInduction& values_of(const EpisodicAgent& agent) {
  return dynamic_cast<const InductionAgent&>(agent).values();
}

/// Two states, two stages: state 0 has choices 0 and 1, state 1 has choice 2.
struct SmallWorld {
  std::vector<std::int64_t> begin{0, 2, 3};
  std::vector<double> reward{0.1, 0.3, 0.9};
  EpisodicWorld world{.state_begin = begin,
                      .horizon = 2,
                      .largest_num_actions = 2,
                      .same_at_every_stage = true,
                      .episodes = 100,
                      .mean_reward = reward};

  /// What was seen: choice 0 four times (next 1, 1, 0, 1; rewards .2, 0, .1, .3), choice 1 once (next 0; .5), choice 2
  /// three times (next 1, 1, 0; .8, 1, .9).
  static void show(EpisodicAgent& agent) {
    const std::vector<std::vector<Step>> episodes = {{{0, 0, 1, 0.2}, {1, 2, 1, 0.8}},
                                                     {{0, 0, 1, 0.0}, {1, 2, 1, 1.0}},
                                                     {{0, 0, 0, 0.1}, {0, 1, 0, 0.5}},
                                                     {{0, 0, 1, 0.3}, {1, 2, 0, 0.9}}};
    for (const auto& steps : episodes) agent.learn(steps);
    agent.plan(4);
  }
};

/// Worlds that are not played but made up: episodes are drawn at random, whatever the learner would have played.
class RandomWorld {
 public:
  RandomWorld(int states, int horizon, bool same_at_every_stage, std::uint64_t seed)
      : states_(states), stream_(seed), begin_{0} {
    for (int s = 0; s < states; ++s) begin_.push_back(begin_.back() + 1 + (s + 1) % 3);  // one to three choices
    const auto stages = same_at_every_stage ? 1 : horizon;
    for (std::int64_t i = 0; i < stages * begin_.back(); ++i) reward_.push_back(stream_.uniform());
    world = {.state_begin = begin_,
             .horizon = horizon,
             .largest_num_actions = 3,
             .same_at_every_stage = same_at_every_stage,
             .episodes = 1000,
             .mean_reward = reward_};
  }

  std::vector<Step> episode() {
    std::vector<Step> steps;
    int s = 0;
    for (int h = 0; h < world.horizon; ++h) {
      const auto first = begin_[static_cast<std::size_t>(s)], last = begin_[static_cast<std::size_t>(s) + 1];
      const auto c = first + below(last - first);
      const auto next = static_cast<int>((c + below(3)) % states_);
      steps.push_back({s, static_cast<std::int32_t>(c), next, stream_.uniform()});
      s = next;
    }
    return steps;
  }

  EpisodicWorld world;

 private:
  std::int64_t below(std::int64_t bound) {
    return static_cast<std::int64_t>(stream_.below(static_cast<std::uint64_t>(bound)));
  }

  int states_;
  Stream stream_;
  std::vector<std::int64_t> begin_;
  std::vector<double> reward_;
};

}  // namespace bellwether::online
