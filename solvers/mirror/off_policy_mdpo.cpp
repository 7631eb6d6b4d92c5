#include "solvers/mirror/off_policy_mdpo.h"

#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "core/errors.h"
#include "solvers/mirror/policy_values.h"

namespace bellwether::solvers {
namespace mirror {

Replay::Replay(const mdp::TabularMdp& model, std::int64_t capacity)
    : states_(static_cast<std::size_t>(model.num_states())), capacity_(static_cast<std::size_t>(capacity)) {}

void Replay::add(const mdp::Trajectory& play) {
  for (std::size_t i = 0; i < play.choices.size(); ++i) {
    const Step step{play.states[i], play.states[i + 1], play.choices[i], play.rewards[i]};
    if (steps_.size() < capacity_) {
      steps_.push_back(step);
      continue;
    }
    steps_[oldest_] = step;
    oldest_ = (oldest_ + 1) % capacity_;
  }
}

std::vector<double> Replay::weights() const {
  std::vector<double> share(states_, 0.0);
  for (const Step& step : steps_) share[static_cast<std::size_t>(step.state)] += 1;
  for (double& x : share) x /= static_cast<double>(steps_.size());
  return share;
}

std::vector<double> Replay::drawn_weights(std::int64_t batch, Stream& stream) const {
  std::vector<double> share(states_, 0.0);
  for (std::int64_t i = 0; i < batch; ++i)
    share[static_cast<std::size_t>(draw(stream).state)] += 1 / static_cast<double>(batch);
  return share;
}

namespace {

double soft_value(const mdp::TabularMdp& model, const Table& q, const Table& logits, double entropy, int s) {
  double sum = 0;
  for (std::int64_t c = model.first_choice(s); c < model.first_choice(s + 1); ++c) {
    const auto k = static_cast<std::size_t>(c);
    sum += std::exp(logits[k]) * (q[k] - entropy * logits[k]);
  }
  return sum;
}

}  // namespace

std::vector<double> soft_values(const mdp::TabularMdp& model, const Table& q, const Table& logits, double entropy) {
  std::vector<double> v(static_cast<std::size_t>(model.num_states()));
  for (int s = 0; s < model.num_states(); ++s)
    v[static_cast<std::size_t>(s)] = soft_value(model, q, logits, entropy, s);
  return v;
}

void td_updates(const Replay& replay, const mdp::TabularMdp& model, double discount, const Table& logits,
                double entropy, std::int64_t updates, double step, Stream& stream, Table& q) {
  for (std::int64_t i = 0; i < updates; ++i) {
    const Replay::Step& seen = replay.draw(stream);
    const double target = seen.reward + discount * soft_value(model, q, logits, entropy, seen.next);
    double& own = q[static_cast<std::size_t>(seen.choice)];
    own += step * (target - own);
  }
}

void average_sweeps(const Replay& replay, const mdp::TabularMdp& model, double discount, const Table& logits,
                    double entropy, std::int64_t sweeps, Table& q) {
  for (std::int64_t i = 0; i < sweeps; ++i) {
    const std::vector<double> v = soft_values(model, q, logits, entropy);
    Table sum(q.size(), 0.0), seen(q.size(), 0.0);
    for (const Replay::Step& step : replay.steps()) {
      const auto c = static_cast<std::size_t>(step.choice);
      sum[c] += step.reward + discount * v[static_cast<std::size_t>(step.next)];
      seen[c] += 1;
    }
    for (std::size_t c = 0; c < q.size(); ++c)
      if (seen[c] > 0) q[c] = sum[c] / seen[c];
  }
}

Surrogate replay_surrogate(const mdp::TabularMdp& model, const Table& logits, const Table& q,
                           std::vector<double> weights, double entropy) {
  const std::vector<double> v = soft_values(model, q, logits, entropy);
  Table advantage = q;
  for (int s = 0; s < model.num_states(); ++s)
    for (double& x : of_state(model, advantage, s)) x -= v[static_cast<std::size_t>(s)];
  Surrogate surrogate{.model = &model, .old_logits = logits, .weight = std::move(weights), .entropy = entropy};
  set_advantage(surrogate, advantage);
  return surrogate;
}

Table drawn_steps(Surrogate surrogate, const Replay& replay, std::int64_t batch, double t, int steps, double length,
                  Stream& stream) {
  Table logits = surrogate.old_logits;
  for (int i = 0; i < steps; ++i) {
    surrogate.weight = replay.drawn_weights(batch, stream);
    const Table gradient = mdpo_gradient(surrogate, t, logits);
    for (std::size_t c = 0; c < logits.size(); ++c) logits[c] += length * gradient[c];
    normalise_logits(*surrogate.model, logits);
  }
  return logits;
}

namespace {

/// What is left of the options once the replay is there: the critic of the policy that played last.
void criticise(const UnitProblem& unit, const Replay& replay, const Table& logits, const OffPolicyMdpoOptions& options,
               Stream stream, Table& q) {
  const double entropy = options.rule.entropy;
  if (options.critic == "average")
    average_sweeps(replay, unit.model(), unit.discount(), logits, entropy, options.critic_updates, q);
  else if (options.critic == "td")
    td_updates(replay, unit.model(), unit.discount(), logits, entropy, options.critic_updates, options.critic_step,
               stream, q);
  else
    q = choice_values(unit.model(), unit.discount(),
                      PolicyValues(unit.model(), unit.discount(), probabilities(logits)).regularised_value(entropy));
}

Table improved(const Surrogate& surrogate, const Replay& replay, const OffPolicyMdpoOptions& options, double t,
               Stream stream) {
  const UpdateRule& rule = options.rule;
  Table logits;
  if (options.batch == 0 || rule.inner_steps == 0 || t <= 0) {
    logits = updated(rule, surrogate, t);
  } else {
    const double length = rule.inner_step > 0 ? rule.inner_step : 0.5 / surrogate.largest_weight();
    logits = drawn_steps(surrogate, replay, options.batch, t, rule.inner_steps, length, stream);
  }
  keep_unseen(surrogate, logits);
  return logits;
}

}  // namespace
}  // namespace mirror

Solution off_policy_mdpo(const Problem& problem, const OffPolicyMdpoOptions& options, const Stream& stream,
                         const SolveOptions& run_options) {
  using namespace mirror;
  bellwether::require_valid("off-policy-mdpo", options);
  require_consistent("off-policy-mdpo", options.rule);
  if (options.rule.update != "mdpo")
    throw InvalidOption(
        fmt::format("off-policy-mdpo: the update is 'mdpo', not '{}': the others need the plays of the "
                    "policy that they improve",
                    options.rule.update));
  Loop loop("off-policy-mdpo", problem, run_options, options.iterations, options.watch);
  const mdp::TabularMdp& model = loop.model();
  const mdp::Simulator simulator(model);
  Replay replay(model, options.capacity);
  Table logits = logarithms(uniform_weights(model)), q(logits.size(), 0.0);
  double t = 0;
  while (loop.go_on(probabilities(logits), t)) {
    const std::int64_t k = loop.iteration();
    const Stream own = stream.child(static_cast<std::uint64_t>(k));
    const Stream plays = own.child("plays");
    const mdp::Policy policy = played(model, probabilities(logits));
    for (std::int64_t n = 0; n < options.trajectories; ++n)
      replay.add(mdp::rollout(simulator, policy, options.steps, plays.child(static_cast<std::uint64_t>(n))));
    criticise(loop.unit(), replay, logits, options, own.child("critic"), q);
    t = trust(options.rule, k, options.iterations);
    const Surrogate surrogate = replay_surrogate(model, logits, q, replay.weights(), options.rule.entropy);
    logits = improved(surrogate, replay, options, t, own.child("batches"));
  }
  return loop.solution();
}

}  // namespace bellwether::solvers
