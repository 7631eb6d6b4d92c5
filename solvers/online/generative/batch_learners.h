#pragma once

#include <memory>

#include "core/stream.h"
#include "solvers/linear/fitted_q.h"
#include "solvers/linear/policy_iteration.h"
#include "solvers/online/generative/agent.h"

namespace bellwether::online {

// Learners that keep all samples, added up, and fit linear functions to them whenever an answer is wanted
// (docs/papers/linear-function-approximation.md, (6) and (7)). Each choice has the same weight. Features are those of
// the world, unit vectors where it has none; InvalidModel when they are more than kMostFeatures. A fit that fails
// leaves the answer of the method at that point: zero, or the weights before.

inline constexpr int kMostFeatures = 500;

std::unique_ptr<GenerativeAgent> make_lspi(const GenerativeWorld& world, const solvers::LspiOptions& options,
                                           const Stream& stream);

/// So many fits that the tolerance ends them at discounts up to 0.9997.
struct SampledFittedQOptions : solvers::FittedQOptions {
  SampledFittedQOptions() { iterations = 100'000; }
};

std::unique_ptr<GenerativeAgent> make_fitted_q(const GenerativeWorld& world, const SampledFittedQOptions& options,
                                               const Stream& stream);

}  // namespace bellwether::online
