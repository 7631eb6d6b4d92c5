#pragma once

#include <string>

#include "core/options.h"
#include "solvers/problem.h"
#include "solvers/solution.h"

namespace bellwether::solvers {

struct NestedRiskOptions {
  std::string measure = "conditional-value-at-risk";
  double level = 0.1;
  double beta = 1;
};

template <class Field>
void describe(NestedRiskOptions& o, Field&& field) {
  field("measure", o.measure, one_of({"conditional-value-at-risk", "entropic-value-at-risk", "entropic", "worst-case"}),
        "the risk of one step");
  field("level", o.level, between(0x1p-40, 1), "share of the worst outcomes that count (1: the mean)");
  field("beta", o.beta, between(0, 1e12), "risk aversion of the entropic measure (0: the mean)");
}

/// Nested (dynamic, time-consistent) risk, V(s) = max_a rho( r + discount V(s') ) with a risk measure for every step
/// (Ruszczynski 2010). The map is monotone and moves with constants, so it contracts by the discount, and the bounds
/// are those of value iteration. Discounted and finite horizon, both directions (costs: the upper tail).
///
/// Nested conditional value at risk is the robust model in which nature may multiply probabilities by up to 1 / level;
/// nested entropic value at risk the one with a Kullback-Leibler ball of radius -log(level).
Solution plan_for_nested_risk(const Problem& problem, const NestedRiskOptions& options, const SolveOptions& run = {});

}  // namespace bellwether::solvers
