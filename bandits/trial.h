#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "bandits/agent.h"
#include "bandits/bandit.h"
#include "core/learner.h"
#include "core/options.h"
#include "core/series.h"
#include "core/stream.h"

namespace bellwether::bandits {

/// The metrics that runs of a protocol measure, in the order of their columns.
///   rounds: pseudo-regret, reward-regret, hindsight-regret (of the best fixed arm on the same draws; a number where
///           unplayed arms have rewards), best-share (of the rounds so far, those without regret), switches, violations
///           (rounds in which the index of a best arm lay below its mean; a number where the learner has one),
///           mean-reward (of the rounds whose reward is known), observed-share (of the rounds so far, those): numbers
///           on a log, where no truth is known and regrets and best-share are NaN
///   identification: one row, at the number of rounds when it stopped: finished (0 or 1), wrong (0 or 1: the arm named
///           is not a best one), simple-regret (by how much its mean lies below the best), pseudo-regret
const std::vector<std::string>& metrics_of(Protocol protocol);

/// The learner of this name with these settings, ready for so many rounds. InvalidOption when it is not made for this
/// bandit.
std::unique_ptr<Agent> make_agent(const Bandit& bandit, std::string_view learner, const std::vector<Setting>& settings,
                                  std::int64_t rounds, const Stream& stream);

/// One replicate: a learner of this name with these settings plays the bandit. Bandit and learner draw from different
/// children of `stream`. InvalidOption when the learner is not made for this bandit.
Series play(const Bandit& bandit, std::string_view learner, const std::vector<Setting>& settings, const Stream& stream,
            const TrialOptions& options);

}  // namespace bellwether::bandits
