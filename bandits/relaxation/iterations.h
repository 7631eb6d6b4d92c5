#pragma once

#include <span>
#include <string_view>

#include "bandits/bandit.h"
#include "core/stream.h"

namespace bellwether::bandits {

/// InvalidOption unless rewards are bounded and none is above 0, as minus iterations are, and, when it is needed, there
/// is a context: one feature, which all arms share.
void require_iterations(std::string_view learner, const World& world, bool context);

/// The context of a round, in [-1, 1].
inline double context_of(const Round& round) { return round.features.front(); }

/// An arm with these probabilities, which add up to one but for rounding.
int draw_arm(std::span<const double> p, Stream& stream);

}  // namespace bellwether::bandits
