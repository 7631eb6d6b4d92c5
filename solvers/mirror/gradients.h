#pragma once

#include <span>

#include "solvers/mirror/policy_values.h"

namespace bellwether::solvers::mirror {

// Gradients of V(mu) = sum of mu(s) V(s) in a discounted model, one number a choice (docs/papers/policy-gradient.md).
// With x(s) = sum over t of discount^t P(s_t = s), d(s) = (1 - discount) x(s) the normalised visitation:
// d(s) / (1 - discount) is x(s). Cost of each: one linear solve for V and one for x.

/// dV(mu)/dpi(a|s) = x(s) Q(s,a), the probabilities of different choices being moved on their own.
Table direct_gradient(const mdp::TabularMdp& model, double discount, std::span<const double> weights,
                      std::span<const double> mu);

/// dV(mu)/dtheta(s,a) = x(s) pi(a|s) A(s,a) for pi = softmax(theta). `log_weights` are normalised logits.
Table softmax_gradient(const mdp::TabularMdp& model, double discount, const Table& log_weights,
                       std::span<const double> mu);

/// dV_tau(mu)/dtheta(s,a) = x(s) pi(a|s) [Q_tau(s,a) - tau log pi(a|s) - V_tau(s)].
Table entropy_gradient(const mdp::TabularMdp& model, double discount, const Table& log_weights,
                       std::span<const double> mu, double temperature);

/// What the log barrier adds: d/dtheta(s,a) of (lambda / S) sum over s of mean over a of log pi(a|s), which is
/// (lambda / S) (1 / A_s - pi(a|s)).
void add_barrier_gradient(const mdp::TabularMdp& model, const Table& log_weights, double lambda, Table& gradient);

/// The barrier itself, shifted to be 0 for the uniform policy: (lambda / S) sum of mean log(pi(a|s) A_s).
double log_barrier(const mdp::TabularMdp& model, const Table& log_weights, double lambda);

}  // namespace bellwether::solvers::mirror
