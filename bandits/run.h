#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <vector>

#include "bandits/agent.h"
#include "bandits/bandit.h"
#include "core/series.h"

namespace bellwether::bandits {

/// What is known after some rounds; sums over all rounds so far, in the bandit's units.
struct Row {
  std::int64_t rounds = 0;
  double pseudo_regret =
      0;  ///< of what was played, by exact means against the bandit's comparator: no noise of rewards
  double reward_regret =
      0;  ///< expected earnings of the comparator minus all rewards received: the same mean, more variance
  double hindsight_regret =
      std::numeric_limits<double>::quiet_NaN();  ///< best fixed arm on the same draws, minus rewards
  std::int64_t best_rounds = 0;                  ///< rounds without regret
  bool beaten = false;          ///< some round earned more than the comparator: it is no best arm of each round
  std::int64_t switches = 0;    ///< rounds in which another arm was played than in the round before
  std::int64_t violations = 0;  ///< rounds in which the index of a best arm lay below its mean
  std::int64_t observed = 0;    ///< rounds whose reward is known: all of them except on a log
  double reward = 0;            ///< sum over those

  friend bool operator==(const Row&, const Row&) = default;
};

/// What a run left behind.
struct Run {
  std::vector<Row> rows = {};  ///< one a checkpoint that was reached
  Row last = {};
  bool optimistic = false;  ///< violations were counted
  bool finished = false;    ///< the learner stopped by itself
  int answer = -1;          ///< what it names at the end; -1: it names nothing
};

/// Plays the agent and measures it. The bandit draws from stream.child("environment"), so every agent meets the same
/// rewards.
Run run_rounds(const Bandit& bandit, Agent& agent, const Stream& stream, const TrialOptions& options);

}  // namespace bellwether::bandits
