#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "core/options.h"
#include "core/stream.h"
#include "solvers/online/generative/agent.h"

namespace bellwether::online {

/// Empirical Q-value iteration carried to its end: the optimal Q of the model that was seen
/// (docs/papers/generative-model.md, Algorithm 1). Memory O(transitions), constant time a sample.
std::unique_ptr<GenerativeAgent> make_empirical_qvi(const GenerativeWorld& world, const std::vector<Setting>& settings,
                                                    const Stream& stream);

struct PerturbedPlannerOptions {
  std::string constant = "theory";
  double epsilon = 0.1;
};

template <class Field>
void describe(PerturbedPlannerOptions& o, Field&& field) {
  field("constant", o.constant, any_value(), "factor on the random rewards: theory or a number");
  field("epsilon", o.epsilon, above(0), "accuracy asked for, to which the random rewards are in proportion");
}

/// (1 - discount) epsilon / (S A)^5, times the constant, which the theorem leaves open (theory: 1): the random rewards
/// are uniform on [0, this].
double perturbation_size(const GenerativeWorld& world, double epsilon, double factor);

/// The same after a random reward was added to each choice once and for all, so that the best choice of the empirical
/// model stands out (docs/papers/generative-model.md, Algorithm 2).
std::unique_ptr<GenerativeAgent> make_perturbed_planner(const GenerativeWorld& world,
                                                        const PerturbedPlannerOptions& options, const Stream& stream);

}  // namespace bellwether::online
