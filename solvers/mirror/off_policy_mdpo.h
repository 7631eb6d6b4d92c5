#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/options.h"
#include "core/stream.h"
#include "mdp/simulate/rollout.h"
#include "solvers/mirror/mdpo.h"

namespace bellwether::solvers {

// Off-policy MDPO, docs/papers/mdpo.md, "From a replay": steps of all policies so far are kept and used again.

struct OffPolicyMdpoOptions {
  UpdateRule rule = {};
  std::int64_t trajectories = 20;
  int steps = 60;
  std::int64_t capacity = 1'000'000;
  std::int64_t batch = 0;
  std::string critic = "average";
  std::int64_t critic_updates = 20;
  double critic_step = 0.1;
  std::int64_t iterations = 100;
  Watch watch = nullptr;
};

template <class Field>
void describe(OffPolicyMdpoOptions& o, Field&& field) {
  describe_update(o.rule, field);
  field("trajectories", o.trajectories, at_least(1), "plays of each policy, added to the replay");
  field("steps", o.steps, at_least(1), "steps of each play");
  field("capacity", o.capacity, at_least(1), "steps that the replay keeps; the oldest make room");
  field("batch", o.batch, at_least(0), "states drawn from the replay for each inner step; 0: all of it");
  field("critic", o.critic, one_of({"average", "td", "exact"}),
        "Q from the replay by means of targets, by TD(0) on drawn steps, or that of the model");
  field("critic_updates", o.critic_updates, at_least(1), "of each policy: sweeps of means, or steps of TD(0)");
  field("critic_step", o.critic_step, between(0, 1), "step of TD(0)");
  field("iterations", o.iterations, at_least(1), "policies to play at most (K)");
}

/// Off-policy MDPO: theta_{k+1} by m inner steps on E over s of the replay [<pi, Q_k - lambda log pi> - (1/t_k)
/// KL(pi, pi_k)], the sum over actions exact, so that no importance ratio is needed whichever policy took the steps.
/// Q_k, soft with entropy, is kept from policy to policy. The learner sees plays alone (but for the exact critic); each
/// policy is evaluated exactly for the bounds and the watch. Cost of an iteration besides: the plays, critic_updates
/// passes over the replay (or as many single steps), m passes over the choices. InvalidOption for other updates than
/// mdpo.
Solution off_policy_mdpo(const Problem& problem, const OffPolicyMdpoOptions& options, const Stream& stream,
                         const SolveOptions& run_options = {});

namespace mirror {

/// The last `capacity` steps that were played.
class Replay {
 public:
  struct Step {
    std::int32_t state = 0, next = 0;
    std::int64_t choice = 0;
    double reward = 0;
  };

  Replay(const mdp::TabularMdp& model, std::int64_t capacity);

  void add(const mdp::Trajectory& play);
  const std::vector<Step>& steps() const { return steps_; }  ///< in no order
  const Step& draw(Stream& stream) const { return steps_[stream.below(steps_.size())]; }

  /// The share of the steps that each state has.
  std::vector<double> weights() const;
  /// The same of `batch` steps drawn with replacement; its expectation is weights().
  std::vector<double> drawn_weights(std::int64_t batch, Stream& stream) const;

 private:
  std::size_t states_, capacity_, oldest_ = 0;
  std::vector<Step> steps_;
};

/// V(s) = sum over a of pi(a|s) (Q(s,a) - lambda log pi(a|s)) of every state.
std::vector<double> soft_values(const mdp::TabularMdp& model, const Table& q, const Table& logits, double entropy);

/// `updates` steps of TD(0), Q(s,a) += step (r + discount V(s') - Q(s,a)), on steps drawn from the replay.
void td_updates(const Replay& replay, const mdp::TabularMdp& model, double discount, const Table& logits,
                double entropy, std::int64_t updates, double step, Stream& stream, Table& q);

/// Q(s,a) becomes the mean of r + discount V(s') over the steps of (s,a), `sweeps` times; choices without steps keep
/// theirs. Many sweeps give the Q of the model that the replay counts.
void average_sweeps(const Replay& replay, const mdp::TabularMdp& model, double discount, const Table& logits,
                    double entropy, std::int64_t sweeps, Table& q);

/// The objective that a replay and a critic give.
Surrogate replay_surrogate(const mdp::TabularMdp& model, const Table& logits, const Table& q,
                           std::vector<double> weights, double entropy);

/// `steps` steps of gradient ascent as mdpo_steps, each with the weights of a batch of its own.
Table drawn_steps(Surrogate surrogate, const Replay& replay, std::int64_t batch, double t, int steps, double length,
                  Stream& stream);

}  // namespace mirror
}  // namespace bellwether::solvers
