#pragma once

#include <vector>

#include "solvers/mirror/tables.h"

namespace bellwether::solvers::mirror {

/// What a policy-optimisation step is taken on: the objective
///
///   Psi(pi) = sum over s of weight(s) [ sum over a of pi(a|s) (advantage(s,a) - lambda log pi(a|s))
///                                       - (1/t) KL(pi(.|s), old(.|s)) ],
///
/// exact (advantages and visits of the old policy) or estimated from plays.
struct Surrogate {
  const mdp::TabularMdp* model = nullptr;
  Table old_logits = {};            ///< normalised log-probabilities of the old policy
  std::vector<double> weight = {};  ///< of each state
  Table gain = {}, loss = {};       ///< advantage = gain + loss; apart where samples of both signs met, for clipping
  double entropy = 0;               ///< lambda

  double advantage(std::size_t i) const { return gain[i] + loss[i]; }
  double largest_weight() const;
};

/// Splits advantages into gains and losses.
void set_advantage(Surrogate& surrogate, const Table& advantage);

/// Psi at these normalised logits. t > 0.
double mdpo_objective(const Surrogate& surrogate, double t, const Table& logits);

/// dPsi/dtheta(s,a) = weight(s) pi(a|s) (B(s,a) - sum over b of pi(b|s) B(s,b)),
/// B = advantage - lambda log pi - (1/t) log(pi / old).
Table mdpo_gradient(const Surrogate& surrogate, double t, const Table& logits);

/// argmax of Psi: log pi = (t advantage + log old) / (1 + lambda t) + const. The weights do not matter.
Table mdpo_closed_form(const Surrogate& surrogate, double t);

/// `steps` steps of gradient ascent on Psi from the old policy.
Table mdpo_steps(const Surrogate& surrogate, double t, int steps, double length);

/// `steps` ascents on PPO's objective, E min(ratio A, clip(ratio, 1 - c, 1 + c) A) (Schulman et al. 2017).
Table ppo_clip_steps(const Surrogate& surrogate, double clip, int steps, double length);

/// One natural step, scaled to the radius: sum of weight KL(old, new) <= radius (weights divided by their sum), halved
/// until that holds and the objective grows (Schulman et al. 2015). The old policy when no step does.
Table trpo_step(const Surrogate& surrogate, double radius);

/// One step of plain gradient ascent on sum of weight pi advantage: the policy gradient times 1 - discount.
Table gradient_step(const Surrogate& surrogate, double length);

/// States without weight, of which plays told nothing, get their old policy back: closed forms move them too.
void keep_unseen(const Surrogate& surrogate, Table& logits);

/// KL(p, q) of the distributions with these normalised logits.
double divergence(std::span<const double> log_p, std::span<const double> log_q);

}  // namespace bellwether::solvers::mirror
