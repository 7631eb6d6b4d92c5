#pragma once

#include <memory>
#include <string>

#include "bandits/agent.h"
#include "core/options.h"

namespace bellwether::bandits {

/// Exp4 (Auer et al. 2002): exponential weights over experts, each of whom advises a distribution over arms.
struct Exp4Options {
  std::string experts = "constant", advice = "";
  int pieces = 10;
  double eta = 0;
};

template <class Field>
void describe(Exp4Options& o, Field&& field) {
  field("experts", o.experts, one_of({"constant", "one-change"}),
        "constant: one an arm; one-change: those, and one for every pair of arms and every piece of the run to change "
        "after");
  field("pieces", o.pieces, between(2, 10'000), "one-change: into how many pieces the run is cut");
  field("advice", o.advice, any_value(),
        "experts of your own in place of those: the distribution of the first over the arms, of the second, ..., with "
        "/ between the numbers");
  field("eta", o.eta, at_least(0), "learning rate; 0: the theorem's");
}

std::unique_ptr<Agent> make_exp4(const World& world, const Exp4Options& options, const Stream& stream);

}  // namespace bellwether::bandits
