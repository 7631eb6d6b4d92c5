#include "solvers/online/discounted/run.h"

#include <cmath>
#include <cstddef>
#include <span>

#include "core/sampling.h"
#include "mdp/operators.h"

namespace bellwether::online {
namespace {

std::size_t index(std::int64_t i) { return static_cast<std::size_t>(i); }

bool some_bonus_broken(const DiscountedTask& task, const DiscountedAgent& learner) {
  const mdp::TabularMdp& model = task.model();
  const double discount = task.discount();
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

/// The steps of one epoch.
std::int64_t play_epoch(const DiscountedTask& task, const std::vector<double>& policy, DiscountedAgent& learner,
                        Stream& moves, Stream& draws) {
  const mdp::TabularMdp& model = task.model();
  const mdp::Simulator& simulator = task.simulator();
  int s = simulator.draw_initial(moves);
  std::int64_t steps = 0;
  do {
    double left = draws.uniform();
    std::int64_t c = model.first_choice(s);
    while (c + 1 < model.first_choice(s + 1) && left >= policy[index(c)]) left -= policy[index(c++)];
    const std::int32_t next = simulator.draw_next(c, moves);
    learner.observe(c, next);
    ++steps;
    s = next;
  } while (sample_bernoulli(moves, task.discount()));
  return steps;
}

}  // namespace

EpochRun run_epochs(const DiscountedTask& task, DiscountedAgent& agent, const EpochRunOptions& options,
                    const Stream& stream) {
  Stream moves = stream.child("environment"), draws = stream.child("choices");
  const std::int64_t choices = task.model().num_choices();
  EpochRun run;
  std::vector<double> policy(index(choices)), bonuses(policy);
  double regret = 0, bonus = 0;
  std::int64_t steps = 0, broken = 0;
  for (std::int64_t k = 0; k < options.epochs; ++k) {
    for (std::int64_t c = 0; c < choices; ++c) policy[index(c)] = agent.probability(c);
    run.optimistic.push_back((1 - task.discount()) * expected(task.initial(), agent.values()));
    run.steps.push_back(steps += play_epoch(task, policy, agent, moves, draws));
    const std::vector<double> mass = task.occupancy(policy);
    for (std::int64_t c = 0; c < choices; ++c) bonuses[index(c)] = agent.bonus(c);
    run.regret.push_back(regret += task.optimum() - expected(mass, task.model().reward()));
    run.bonus.push_back(bonus += expected(mass, bonuses));
    run.broken_bonuses.push_back(broken += some_bonus_broken(task, agent) ? 1 : 0);
    agent.end_epoch();
    if (options.observer && !options.observer(k + 1)) break;
  }
  return run;
}

EpochRun run_ravi_ucb(const DiscountedTask& task, const RaviUcbOptions& learner, const EpochRunOptions& options,
                      const Stream& stream) {
  return run_epochs(task, *make_ravi_ucb(task, options.epochs, learner), options, stream);
}

double ravi_regret_bound(const EpochRun& run, double discount, double actions, double eta) {
  const double H = 1 / (1 - discount), K = static_cast<double>(run.regret.size());
  return H + std::log(actions) / eta + eta * H * H * H * K / 4 + 2 * run.bonus.back();
}

}  // namespace bellwether::online
