#pragma once

#include <memory>
#include <string>

#include "bandits/agent.h"
#include "core/options.h"

namespace bellwether::bandits {

/// Linear Thompson sampling (Agrawal and Goyal 2013): the best arm of a parameter drawn around the estimate. O(K d +
/// d^2) a round whether the set is fixed or drawn.
struct LinTsOptions {
  std::string constant = "theory";
  std::string width = "theory";
  double lambda = 1, delta = 0;
};

template <class Field>
void describe(LinTsOptions& o, Field&& field) {
  field("constant", o.constant, any_value(), "factor on the width: theory, practical or a number");
  field("width", o.width, one_of({"theory", "posterior"}),
        "theory: sigma sqrt(9 d ln(t / delta)); posterior: sigma, the posterior of a normal prior");
  field("lambda", o.lambda, above(0), "V starts as lambda times the identity");
  field("delta", o.delta, between(0, 0.5), "of the width of theory; 0: 1 / T");
}

std::unique_ptr<Agent> make_lin_ts(const World& world, const LinTsOptions& options, const Stream& stream);

}  // namespace bellwether::bandits
