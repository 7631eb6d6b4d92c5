#include "solvers/online/discounted/run.h"

#include <algorithm>
#include <cmath>
#include <memory>

#include <Eigen/LU>
#include <fmt/format.h>

#include "core/errors.h"
#include "core/sampling.h"
#include "mdp/operators.h"
#include "mdp/simulate/simulator.h"
#include "solvers/exact/discounted/policy_iteration.h"

namespace bellwether::online {
namespace {

std::size_t index(std::int64_t i) { return static_cast<std::size_t>(i); }

void require_playable(const mdp::TabularMdp& model, double discount, const EpochRunOptions& options) {
  if (!(discount > 0 && discount < 1))
    throw InvalidOption(fmt::format("ravi-ucb: the discount is {}, must be above 0 and below 1", discount));
  for (std::int64_t c = 0; c < model.num_choices(); ++c)
    if (!(model.reward(c) >= 0 && model.reward(c) <= 1))
      throw InvalidOption(
          fmt::format("ravi-ucb: the reward of choice {} is {}, must be in [0, 1]", c, model.reward(c)));
  if (options.knowledge != Knowledge::kMixture) return;
  if (options.mixture == nullptr || options.mixture->num_choices() != model.num_choices())
    throw InvalidOption("ravi-ucb: this model brings no features of a mixture");
}

std::unique_ptr<TransitionEstimate> estimate_of(const mdp::TabularMdp& model, double discount,
                                                const RaviUcbOptions& learner, const EpochRunOptions& options) {
  const EpochSize size{.states = model.num_states(),
                       .choices = model.num_choices(),
                       .horizon = 1 / (1 - discount),
                       .epochs = static_cast<double>(options.epochs),
                       .delta = learner.delta};
  if (options.knowledge == Knowledge::kModel) return std::make_unique<KnownTransitions>(model);
  if (options.knowledge == Knowledge::kCounts) return std::make_unique<CountEstimate>(size);
  return std::make_unique<MixtureEstimate>(*options.mixture, size, learner.theta_norm);
}

/// mu^pi of the choices: the occupancy of states solves nu = (1 - gamma) nu_0 + gamma P_pi^T nu.
std::vector<double> occupancy(const mdp::TabularMdp& model, double discount, const std::vector<double>& policy) {
  const int states = model.num_states();
  Eigen::MatrixXd system = Eigen::MatrixXd::Identity(states, states);
  for (int s = 0; s < states; ++s)
    for (std::int64_t c = model.first_choice(s); c < model.first_choice(s + 1); ++c)
      for (std::size_t i = 0; i < model.successors(c).size(); ++i)
        system(model.successors(c)[i], s) -= discount * policy[index(c)] * model.probabilities(c)[i];
  const std::vector<double> initial = model.initial();
  const Eigen::VectorXd nu =
      system.partialPivLu().solve((1 - discount) * Eigen::Map<const Eigen::VectorXd>(initial.data(), states));
  std::vector<double> mass(policy.size());
  for (int s = 0; s < states; ++s)
    for (std::int64_t c = model.first_choice(s); c < model.first_choice(s + 1); ++c)
      mass[index(c)] = nu[s] * policy[index(c)];
  return mass;
}

bool some_bonus_broken(const mdp::TabularMdp& model, double discount, const RaviUcb& learner) {
  const mdp::Expectation expectation;
  const auto v = learner.values();
  for (std::int64_t c = 0; c < model.num_choices(); ++c) {
    const double off = expectation(model.successors(c), model.probabilities(c), v) - learner.estimate().mean(c, v);
    if (discount * std::abs(off) > learner.bonus(c) + 1e-12 / (1 - discount)) return true;
  }
  return false;
}

double expected(std::span<const double> weights, std::span<const double> values) {
  double sum = 0;
  for (std::size_t i = 0; i < weights.size(); ++i) sum += weights[i] * values[i];
  return sum;
}

double optimum_of(const mdp::TabularMdp& model, double discount, std::span<const double> initial) {
  const auto solution =
      solvers::policy_iteration({.model = model, .criterion = solvers::Criterion::kDiscounted, .discount = discount});
  return (1 - discount) * expected(initial, {solution.value.data(), static_cast<std::size_t>(solution.value.size())});
}

int play_epoch(const mdp::Simulator& simulator, double discount, const std::vector<double>& policy, RaviUcb& learner,
               Stream& moves, Stream& draws) {
  const mdp::TabularMdp& model = simulator.model();
  int s = simulator.draw_initial(moves), steps = 0;
  do {
    double left = draws.uniform();
    std::int64_t c = model.first_choice(s);
    while (c + 1 < model.first_choice(s + 1) && left >= policy[index(c)]) left -= policy[index(c++)];
    const std::int32_t next = simulator.draw_next(c, moves);
    learner.observe(c, next);
    ++steps;
    s = next;
  } while (sample_bernoulli(moves, discount));
  return steps;
}

}  // namespace

EpochRun run_ravi_ucb(const mdp::TabularMdp& model, double discount, const RaviUcbOptions& learner,
                      const EpochRunOptions& options, const Stream& stream) {
  bellwether::require_valid("ravi-ucb", learner);
  require_playable(model, discount, options);
  RaviUcb agent({.state_begin = model.state_begin(),
                 .mean_reward = model.reward(),
                 .discount = discount,
                 .epochs = options.epochs},
                estimate_of(model, discount, learner, options), learner);
  const mdp::Simulator simulator(model);
  Stream moves = stream.child("environment"), draws = stream.child("choices");
  const std::vector<double> initial = model.initial();
  EpochRun run;
  run.optimum = optimum_of(model, discount, initial);
  run.eta = agent.eta();
  std::vector<double> policy(index(model.num_choices())), bonuses(policy);
  double regret = 0, bonus = 0;
  for (std::int64_t k = 0; k < options.epochs; ++k) {
    for (std::int64_t c = 0; c < model.num_choices(); ++c) policy[index(c)] = agent.probability(c);
    run.optimistic.push_back((1 - discount) * expected(initial, agent.values()));
    run.length.push_back(play_epoch(simulator, discount, policy, agent, moves, draws));
    const std::vector<double> mass = occupancy(model, discount, policy);
    for (std::int64_t c = 0; c < model.num_choices(); ++c) bonuses[index(c)] = agent.bonus(c);
    run.regret.push_back(regret += run.optimum - expected(mass, model.reward()));
    run.bonus.push_back(bonus += expected(mass, bonuses));
    if (some_bonus_broken(model, discount, agent)) ++run.broken_bonuses;
    agent.end_epoch();
    if (options.observer && !options.observer(k + 1)) break;
  }
  return run;
}

double ravi_regret_bound(const EpochRun& run, double discount, double actions, double eta) {
  const double H = 1 / (1 - discount), K = static_cast<double>(run.regret.size());
  return H + std::log(actions) / eta + eta * H * H * H * K / 4 + 2 * run.bonus.back();
}

}  // namespace bellwether::online
