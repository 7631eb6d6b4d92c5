#pragma once

#include <memory>
#include <string>

#include "bandits/agent.h"
#include "core/options.h"

namespace bellwether::bandits {

/// LinIMED-1 (Bian and Tan 2024): the arm whose being the best would be the least surprise.
struct LinImedOptions {
  std::string constant = "theory";
  double lambda = 1, delta = 0;
};

template <class Field>
void describe(LinImedOptions& o, Field&& field) {
  field("constant", o.constant, any_value(), "factor on the radius: theory, practical or a number");
  field("lambda", o.lambda, above(0), "V starts as lambda times the identity");
  field("delta", o.delta, between(0, 0.5), "probability that the ellipsoid may fail; 0: 1 / T");
}

std::unique_ptr<Agent> make_lin_imed(const World& world, const LinImedOptions& options, const Stream& stream);

}  // namespace bellwether::bandits
