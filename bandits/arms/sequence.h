#pragma once

#include <memory>
#include <string>
#include <vector>

#include "bandits/arms/changing.h"

namespace bellwether::bandits {

/// A sequence of losses or rewards in [0, 1], read from a file.
struct Sequence {
  std::vector<std::string> arm_names = {};
  std::vector<double> rows = {};  ///< row by row, a column an arm
};

/// Reads comma-separated values: the names of the arms in the first line, one round in each of the others. ParseError
/// "path:line: ..." for a line with another number of columns or something that is no number in [0, 1].
Sequence read_sequence(const std::string& path);

/// Losses become rewards 1 - loss.
std::shared_ptr<const Drift> sequence_drift(const Sequence& sequence, bool losses);

/// The arm that was played most in the last `memory` rounds (the first of equals; none before the first round) has mean
/// `low`, all others `high`: an adversary that sees what the learner did. Regret is counted against the best arm of
/// each round; there is no best fixed arm until the run is over (then hindsight-regret knows it).
std::shared_ptr<const Bandit> adaptive_adversary(int arms, int memory, double low, double high, Draw draw);

}  // namespace bellwether::bandits
