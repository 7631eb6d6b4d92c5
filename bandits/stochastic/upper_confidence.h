#pragma once

#include <memory>
#include <string>

#include "bandits/agent.h"
#include "core/options.h"

namespace bellwether::bandits {

/// A factor of 1/2 is the width of sums of 1/2-sub-Gaussian rewards, which those in [0, 1] are.
inline constexpr double kUcb1Practical = 0.5;

/// UCB1 (Auer, Cesa-Bianchi, Fischer 2002): rewards in [0, 1].
struct Ucb1Options {
  std::string constant = "theory";
};

template <class Field>
void describe(Ucb1Options& o, Field&& field) {
  field("constant", o.constant, any_value(), "factor on the bonus: theory, practical or a number");
}

std::unique_ptr<Agent> make_ucb1(const World& world, const Ucb1Options& options, const Stream& stream);

}  // namespace bellwether::bandits
