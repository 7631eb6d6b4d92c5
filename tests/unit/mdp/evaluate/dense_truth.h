#pragma once

#include <span>
#include <vector>

#include <Eigen/Core>

#include "core/stream.h"
#include "mdp/evaluate/evaluation.h"
#include "mdp/policy.h"
#include "mdp/tabular_mdp.h"

namespace bellwether::mdp::truth {

// The long way round: dense matrices in long double, filled from the model by the definition and eliminated with full
// pivoting. Shares no code with mdp/evaluate.

using Matrix = Eigen::Matrix<long double, Eigen::Dynamic, Eigen::Dynamic>;
using Vector = Eigen::Matrix<long double, Eigen::Dynamic, 1>;

/// P(s, s') and E[r | s], with rows and policies divided by their sums. `value` is one number a choice.
Matrix transitions(const TabularMdp& model, const Policy& policy);
Vector rewards(const TabularMdp& model, const Policy& policy, std::span<const double> value);
inline Vector rewards(const TabularMdp& model, const Policy& policy) { return rewards(model, policy, model.reward()); }

/// The probability of choice c (numbered through the model) in its state s.
long double share(const TabularMdp& model, const Policy& policy, int s, std::int64_t c);

Vector solve(const Matrix& a, const Vector& b);

/// (I - discount P)^-1 r.
Vector discounted(const TabularMdp& model, const Policy& policy, long double discount);

/// The model's initial distribution.
Vector initial(const TabularMdp& model);

/// A policy that draws from a few choices at random, one in each state at the least.
Policy random_policy(const TabularMdp& model, Stream stream);
/// One choice a state.
Policy random_choices(const TabularMdp& model, Stream stream);

/// Every value within its proven error of the truth, and the errors at most `most`.
void expect_encloses(const Evaluation& got, const Vector& truth, double most, const std::string& what);

}  // namespace bellwether::mdp::truth
