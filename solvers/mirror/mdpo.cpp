#include "solvers/mirror/mdpo.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "core/errors.h"
#include "mdp/simulate/rollout.h"
#include "solvers/mirror/policy_values.h"

namespace bellwether::solvers {
namespace mirror {

double trust(const UpdateRule& rule, std::int64_t k, std::int64_t all) {
  const auto now = static_cast<double>(k);
  if (rule.schedule == "annealed") return rule.t * (1 - now / static_cast<double>(all));
  if (rule.schedule == "decreasing") return rule.t / std::sqrt(now + 1);
  if (rule.schedule == "regularised") return 1 / (rule.entropy * (now + 2));
  return rule.t;
}

Table updated(const UpdateRule& rule, const Surrogate& surrogate, double t) {
  const double length = rule.inner_step > 0 ? rule.inner_step : 0.5 / surrogate.largest_weight();
  if (rule.update == "ppo-clip") return ppo_clip_steps(surrogate, rule.clip, rule.inner_steps, length);
  if (rule.update == "trpo") return trpo_step(surrogate, rule.radius);
  if (rule.update == "gradient") return gradient_step(surrogate, length);
  if (t <= 0) return surrogate.old_logits;
  if (rule.inner_steps == 0) return mdpo_closed_form(surrogate, t);
  return mdpo_steps(surrogate, t, rule.inner_steps, length);
}

Surrogate exact_surrogate(const mdp::TabularMdp& model, double discount, const Table& logits,
                          std::span<const double> mu, double entropy) {
  PolicyValues policy(model, discount, probabilities(logits));
  const Eigen::VectorXd v = policy.regularised_value(entropy);
  Table advantage = choice_values(model, discount, v);
  for (int s = 0; s < model.num_states(); ++s)
    for (double& x : of_state(model, advantage, s)) x -= v[s];
  Surrogate surrogate{.model = &model, .old_logits = logits, .weight = policy.visits(mu), .entropy = entropy};
  for (double& w : surrogate.weight) w *= 1 - discount;
  set_advantage(surrogate, advantage);
  return surrogate;
}

namespace {

/// Advantages of one play by delta_t = r_t + g V(s_{t+1}) - V(s_t), A_t = delta_t + g lambda (A_{t+1} + b(s_{t+1})), b
/// the bonus that soft values pay for the entropy of a state: Q(s_t, a_t) comes before the bonus of s_t, V after it.
std::vector<double> play_advantages(const mdp::Trajectory& play, double discount, double lambda,
                                    const Eigen::VectorXd& critic, std::span<const double> bonus) {
  std::vector<double> advantage(play.choices.size());
  double later = 0;
  for (std::size_t i = advantage.size(); i-- > 0;) {
    const double delta = play.rewards[i] + discount * critic[play.states[i + 1]] - critic[play.states[i]];
    advantage[i] = delta + discount * lambda * later;
    later = advantage[i] + bonus[static_cast<std::size_t>(play.states[i])];
  }
  return advantage;
}

/// Sums over plays, before they become a surrogate.
struct Sums {
  std::vector<double> weight, target, seen;  // of states
  Table gain, loss;                          // of choices
};

/// What a step of a play weighs.
double step_weight(double discount, std::size_t step, bool discounted) {
  return discounted ? std::pow(discount, static_cast<double>(step)) : 1;
}

}  // namespace

Surrogate sampled_surrogate(const UnitProblem& unit, const Table& logits, const SampledMdpoOptions& options,
                            const Stream& stream, Eigen::VectorXd& critic) {
  const mdp::TabularMdp& model = unit.model();
  const auto states = static_cast<std::size_t>(model.num_states());
  const bool exact = options.advantage == "exact";
  const Table weights = probabilities(logits);
  Table truth;
  const double lambda = options.rule.entropy;
  std::vector<double> bonus(states);
  for (int s = 0; s < model.num_states(); ++s)
    bonus[static_cast<std::size_t>(s)] = lambda * entropy(of_state(model, weights, s));
  if (exact) {
    const Eigen::VectorXd v = PolicyValues(model, unit.discount(), weights).regularised_value(lambda);
    truth = choice_values(model, unit.discount(), v);
    for (int s = 0; s < model.num_states(); ++s)
      for (double& x : of_state(model, truth, s)) x -= v[s];
  }
  Sums sums{std::vector<double>(states), std::vector<double>(states), std::vector<double>(states), Table(logits.size()),
            Table(logits.size())};
  const mdp::Simulator simulator(model);
  const mdp::Policy policy = played(model, weights);
  for (std::int64_t n = 0; n < options.trajectories; ++n) {
    const mdp::Trajectory play =
        mdp::rollout(simulator, policy, options.steps, stream.child(static_cast<std::uint64_t>(n)));
    const std::vector<double> estimate = play_advantages(play, unit.discount(), options.gae_lambda, critic, bonus);
    for (std::size_t i = 0; i < estimate.size(); ++i) {
      const auto s = static_cast<std::size_t>(play.states[i]), c = static_cast<std::size_t>(play.choices[i]);
      const double advantage = exact ? truth[c] : estimate[i];
      const double w = step_weight(unit.discount(), i, options.discounted_visits);
      sums.weight[s] += w;
      (advantage > 0 ? sums.gain : sums.loss)[c] += w * advantage;
      sums.target[s] += estimate[i] + bonus[s];
      sums.seen[s] += 1;
    }
  }
  // Weights are shares of 1 - g per play, so that they estimate normalised visits.
  const double share = (options.discounted_visits ? 1 - unit.discount() : 1.0 / options.steps) /
                       static_cast<double>(options.trajectories);
  Surrogate surrogate{.model = &model,
                      .old_logits = logits,
                      .weight = sums.weight,
                      .gain = std::move(sums.gain),
                      .loss = std::move(sums.loss),
                      .entropy = lambda};
  for (int s = 0; s < model.num_states(); ++s) {
    const auto i = static_cast<std::size_t>(s);
    surrogate.weight[i] *= share;
    for (std::int64_t c = model.first_choice(s); c < model.first_choice(s + 1); ++c) {
      const auto k = static_cast<std::size_t>(c);
      if (sums.weight[i] == 0 || weights[k] == 0) continue;
      surrogate.gain[k] /= sums.weight[i] * weights[k];
      surrogate.loss[k] /= sums.weight[i] * weights[k];
    }
    if (sums.seen[i] > 0) critic[s] += options.critic_step * sums.target[i] / sums.seen[i];
  }
  return surrogate;
}

}  // namespace mirror

void require_consistent(std::string_view where, const UpdateRule& rule) {
  if (rule.schedule == "regularised" && !(rule.entropy > 0))
    throw InvalidOption(fmt::format("{}: the schedule 'regularised' needs an entropy above 0", where));
  if (rule.update != "mdpo" && rule.entropy > 0)
    throw InvalidOption(fmt::format("{}: the update '{}' takes no entropy", where, rule.update));
  if (rule.update == "ppo-clip" && rule.inner_steps == 0)
    throw InvalidOption(fmt::format("{}: the update 'ppo-clip' needs inner_steps, at least 1", where));
}

using namespace mirror;

Solution mdpo(const Problem& problem, const MdpoOptions& options, const SolveOptions& run_options) {
  bellwether::require_valid("mdpo", options);
  require_consistent("mdpo", options.rule);
  Loop loop("mdpo", problem, run_options, options.iterations, options.watch);
  const mdp::TabularMdp& model = loop.model();
  const std::vector<double> mu = start_distribution(model, options.start);
  std::vector<double> replay(mu.size(), 0.0);
  Table logits = logarithms(weights_of(model, options.policy));
  double t = 0;
  while (loop.go_on(probabilities(logits), t)) {
    Surrogate surrogate = exact_surrogate(model, loop.discount(), logits, mu, options.rule.entropy);
    const auto k = static_cast<double>(loop.iteration());
    for (std::size_t s = 0; s < replay.size(); ++s) replay[s] += (surrogate.weight[s] - replay[s]) / (k + 1);
    if (options.weighting == "uniform") surrogate.weight.assign(replay.size(), 1.0 / model.num_states());
    if (options.weighting == "replay") surrogate.weight = replay;
    t = trust(options.rule, loop.iteration(), options.iterations);
    logits = updated(options.rule, surrogate, t);
  }
  return loop.solution();
}

Solution sampled_mdpo(const Problem& problem, const SampledMdpoOptions& options, const Stream& stream,
                      const SolveOptions& run_options) {
  bellwether::require_valid("sampled-mdpo", options);
  require_consistent("sampled-mdpo", options.rule);
  Loop loop("sampled-mdpo", problem, run_options, options.iterations, options.watch);
  Table logits = logarithms(uniform_weights(loop.model()));
  Eigen::VectorXd critic = Eigen::VectorXd::Zero(loop.model().num_states());
  double t = 0;
  while (loop.go_on(probabilities(logits), t)) {
    const auto k = loop.iteration();
    const Surrogate surrogate =
        sampled_surrogate(loop.unit(), logits, options, stream.child(static_cast<std::uint64_t>(k)), critic);
    t = trust(options.rule, k, options.iterations);
    logits = updated(options.rule, surrogate, t);
    keep_unseen(surrogate, logits);
  }
  return loop.solution();
}

}  // namespace bellwether::solvers
