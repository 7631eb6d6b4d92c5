#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "core/options.h"
#include "core/stream.h"
#include "solvers/online/episodic/agent.h"

namespace bellwether::online {

struct RlsviOptions {
  std::string constant = "theory";
};

template <class Field>
void describe(RlsviOptions& o, Field&& field) {
  field("constant", o.constant, any_value(),
        "factor on the standard deviation of the noise: theory, practical or a number");
}

/// beta_k = H^3 S ln(2 H S A k) / 2 for episode k = 1, 2, ...: the noise of a triple visited n times has variance
/// beta_k / (n + 1), times the square of the factor.
double rlsvi_beta(const EpisodicWorld& world, std::int64_t k);

inline constexpr double kRlsviPractical = 0.003;

/// Randomised least-squares value iteration in its tabular form (Russo 2019; docs/papers/rlsvi.md): backward induction
/// in the empirical model with normal noise on the reward of every triple (h, s, a), greedy play. O(H S A) draws an
/// episode.
std::unique_ptr<EpisodicAgent> make_rlsvi(const EpisodicWorld& world, const RlsviOptions& options,
                                          const Stream& stream);

}  // namespace bellwether::online
