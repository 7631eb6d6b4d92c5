#pragma once

#include <memory>
#include <string>

#include "bandits/agent.h"
#include "core/options.h"

namespace bellwether::bandits {

/// CombUCB1 (Gai, Krishnamachari, Jain 2012; Kveton, Wen, Ashkan, Szepesvari 2015): the set of items whose
/// indices have the largest sum.
struct CombUcbOptions {
  std::string constant = "theory";
};

/// Brings sqrt(1.5 ln t / N) to the sqrt(ln t / (2 N)) of Hoeffding's inequality at level 1 / t. No theorem stands
/// behind it.
inline constexpr double kCombPractical = 0.5773502691896258;

template <class Field>
void describe(CombUcbOptions& o, Field&& field) {
  field("constant", o.constant, any_value(), "factor on the bonus: theory, practical or a number");
}

std::unique_ptr<Agent> make_comb_ucb1(const World& world, const CombUcbOptions& options, const Stream& stream);

}  // namespace bellwether::bandits
