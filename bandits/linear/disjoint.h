#pragma once

#include <memory>
#include <string>

#include "bandits/agent.h"
#include "core/options.h"

namespace bellwether::bandits {

/// LinUCB with disjoint models (Li, Chu, Langford, Schapire 2010): a parameter of its own for every arm.
struct LinUcbOptions {
  std::string constant = "theory";
  double lambda = 1, delta = 0;
};

template <class Field>
void describe(LinUcbOptions& o, Field&& field) {
  field("constant", o.constant, any_value(), "factor on alpha: theory, practical or a number");
  field("lambda", o.lambda, above(0), "the matrix of every arm starts as lambda times the identity");
  field("delta", o.delta, between(0, 0.5), "of alpha = 1 + sqrt(ln(2 / delta) / 2); 0: 1 / T");
}

std::unique_ptr<Agent> make_lin_ucb(const World& world, const LinUcbOptions& options, const Stream& stream);

}  // namespace bellwether::bandits
