#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/options.h"
#include "core/stream.h"
#include "solvers/mirror/loop.h"
#include "solvers/mirror/surrogate.h"

namespace bellwether::solvers {

// Mirror descent policy optimisation (Tomar, Shani, Efroni and Ghavamzadeh 2020), docs/papers/mdpo.md, for rewards
// mapped to [0, 1] and maximised. Bounds of the returned solution are on the problem's own value (mirror::Loop), also
// with entropy.

/// How one policy becomes the next; shared by the exact and the sampled method.
struct UpdateRule {
  std::string update = "mdpo";
  int inner_steps = 10;
  double inner_step = 0;
  std::string schedule = "constant";
  double t = 1;
  double entropy = 0;
  double clip = 0.2;
  double radius = 0.01;
};

template <class Field>
void describe_update(UpdateRule& o, Field&& field) {
  field("update", o.update, one_of({"mdpo", "ppo-clip", "trpo", "gradient"}), "how a policy becomes the next");
  field("inner_steps", o.inner_steps, at_least(0),
        "gradient steps on one objective; 0: its exact maximiser (mdpo only)");
  field("inner_step", o.inner_step, at_least(0), "their length; 0: half over the largest weight of a state");
  field("schedule", o.schedule, one_of({"constant", "annealed", "decreasing", "regularised"}),
        "t_k: t, t (1 - k/K), t / sqrt(k + 1), or 1 / (entropy (k + 2))");
  field("t", o.t, above(0), "trust in the objective: what multiplies the advantage");
  field("entropy", o.entropy, at_least(0), "lambda, weight of the entropy in units of the reward range");
  field("clip", o.clip, inside(0, 1), "of ppo-clip");
  field("radius", o.radius, above(0), "of trpo: mean KL(old, new)");
}

/// InvalidOption when parts of the rule do not go together.
void require_consistent(std::string_view where, const UpdateRule& rule);

struct MdpoOptions {
  UpdateRule rule = {.inner_steps = 0};
  std::string weighting = "visits";
  std::string start = "uniform";
  std::int64_t iterations = 1'000;
  mdp::Policy policy = {};  ///< to begin with; uniform when empty
  Watch watch = nullptr;
};

template <class Field>
void describe(MdpoOptions& o, Field&& field) {
  describe_update(o.rule, field);
  field(
      "weighting", o.weighting, one_of({"visits", "uniform", "replay"}),
      "of states in the objective: normalised visits of the policy, none, or visits averaged over all policies so far");
  field("start", o.start, one_of({"uniform", "initial"}), "distribution that visits begin with");
  field("iterations", o.iterations, at_least(1), "policies to evaluate at most (K)");
}

/// Exact MDPO: theta_{k+1} from argmax over pi of sum of rho_k(s) [<pi, A_k> - (1/t_k) KL(pi, pi_k)], by m gradient
/// steps or in closed form, which is pi_{k+1} proportional to pi_k exp(t_k A_k), the natural gradient. With entropy A_k
/// is that of the soft values and the limit of the method the soft optimum. `update` takes the steps of PPO and TRPO on
/// the same advantages instead. Cost of an iteration: two linear solves and m passes over the choices.
Solution mdpo(const Problem& problem, const MdpoOptions& options = {}, const SolveOptions& run_options = {});

struct SampledMdpoOptions {
  UpdateRule rule = {};
  std::int64_t trajectories = 20;
  int steps = 60;
  std::string advantage = "gae";
  double gae_lambda = 0.95;
  double critic_step = 0.5;
  bool discounted_visits = true;
  std::int64_t iterations = 100;
  Watch watch = nullptr;
};

template <class Field>
void describe(SampledMdpoOptions& o, Field&& field) {
  describe_update(o.rule, field);
  field("trajectories", o.trajectories, at_least(1), "plays of each policy");
  field("steps", o.steps, at_least(1), "steps of each play");
  field("advantage", o.advantage, one_of({"gae", "exact"}), "estimated from the plays, or that of the model");
  field("gae_lambda", o.gae_lambda, between(0, 1), "of generalised advantage estimation; 1: returns less the critic");
  field("critic_step", o.critic_step, between(0, 1), "step of the critic's table towards the lambda-returns");
  field("discounted_visits", o.discounted_visits, any_value(), "weigh step t by discount^t, as the gradient does");
  field("iterations", o.iterations, at_least(1), "policies to play at most (K)");
}

/// MDPO and its rivals from plays: `trajectories` plays of the policy from the model's initial distribution, a critic
/// in a table, generalised advantage estimation, importance ratios against the policy that played. With entropy the
/// critic learns soft values and the advantages are soft ones. Rewards are the mean ones of each choice. The learner
/// sees plays alone; each policy is evaluated exactly for the bounds and the watch.
Solution sampled_mdpo(const Problem& problem, const SampledMdpoOptions& options, const Stream& stream,
                      const SolveOptions& run_options = {});

namespace mirror {

/// t_k of K iterations; 0 says that the policy stays as it is.
double trust(const UpdateRule& rule, std::int64_t k, std::int64_t all);
/// The new log-probabilities.
Table updated(const UpdateRule& rule, const Surrogate& surrogate, double t);

/// Exact surrogate of a policy: weights (1 - g) x(s) for plays from `mu`, advantages Q - V (soft ones with entropy).
Surrogate exact_surrogate(const mdp::TabularMdp& model, double discount, const Table& logits,
                          std::span<const double> mu, double entropy);

/// The surrogate that plays give: weight(s) is the share of (discounted) steps spent in s, gain and loss the sums of
/// positive and negative advantages at (s, a), divided by pi_old(a|s) and the weight of s. Its objective at pi is the
/// importance-weighted one. `critic`, of (soft) values, is moved towards the returns.
Surrogate sampled_surrogate(const UnitProblem& unit, const Table& logits, const SampledMdpoOptions& options,
                            const Stream& stream, Eigen::VectorXd& critic);

}  // namespace mirror
}  // namespace bellwether::solvers
