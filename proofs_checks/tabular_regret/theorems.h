#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "proofs_checks/bounds/episodic.h"

namespace bellwether::claims {

/// An episodic learner whose theorem says that its optimistic value is, in all episodes at once and with probability
/// 1 - delta, at least the optimal one.
struct OptimismTheorem {
  std::string_view learner;
  std::string_view theorem;
  /// Episodes of the tiny task after which the learner's beliefs say more than the trivial H.
  std::int64_t telling_episodes;
};
std::span<const OptimismTheorem> optimism_theorems();

/// A learner of the long run that plans when visits have doubled and whose theorem says that the gain it believes in
/// is, in all epochs at once and with probability 1 - delta, at least the optimal one.
struct GainTheorem {
  std::string_view learner;
  std::string_view theorem;
};
std::span<const GainTheorem> gain_theorems();

/// An episodic learner whose theorem bounds the regret with all constants.
struct RegretTheorem {
  std::string_view learner;
  std::string_view theorem;
  std::string_view formula;
  double (*bound)(const bounds::EpisodicSize&);
};
std::span<const RegretTheorem> regret_theorems();

}  // namespace bellwether::claims
