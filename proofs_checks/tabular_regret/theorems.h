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

/// A learner that stops by itself, and whose theorem bounds the episodes until then with all constants.
struct StoppingTheorem {
  std::string_view learner;
  std::string_view theorem;
  std::string_view formula;
  double (*bound)(const bounds::EpisodicSize&, double epsilon);
  double precision;  ///< epsilon / H at which the bound is small enough to be waited for
  int horizon;       ///< the shortest at which there is something to learn
};
std::span<const StoppingTheorem> stopping_theorems();

}  // namespace bellwether::claims
