#include "proofs_checks/bounds/episodic.h"

#include <algorithm>
#include <cmath>

namespace bellwether::bounds {
namespace {

double cube(double x) { return x * x * x; }

}  // namespace

double trivial_regret(const EpisodicSize& z) { return z.episodes * z.horizon; }

double ucbvi_log(const EpisodicSize& z) { return std::log(5 * z.states * z.actions * z.steps() / z.delta); }

double ucbvi_ch_regret(const EpisodicSize& z) {
  const double log = ucbvi_log(z), h = z.horizon;
  return 20 * std::pow(h, 1.5) * log * std::sqrt(z.states * z.actions * z.episodes) +
         250 * h * h * z.states * z.states * z.actions * log * log;
}

double ucbvi_bf_regret(const EpisodicSize& z) {
  const double log = ucbvi_log(z), h = z.horizon;
  return 30 * h * log * std::sqrt(z.states * z.actions * z.episodes) +
         2500 * h * h * z.states * z.states * z.actions * log * log +
         4 * std::pow(h, 1.5) * std::sqrt(z.episodes * log);
}

double euler_shape(const EpisodicSize& z, double variance) {
  return std::sqrt(variance * z.states * z.actions * z.steps()) +
         std::pow(z.states, 1.5) * z.actions * z.horizon * z.horizon * (std::sqrt(z.states) + std::sqrt(z.horizon));
}

double mvp_shape(const EpisodicSize& z) {
  return std::min(std::sqrt(z.states * z.actions * cube(z.horizon) * z.episodes), trivial_regret(z));
}

double ucb_q_hoeffding_shape(const EpisodicSize& z) {
  const double log = std::log(z.states * z.actions * z.steps() / z.delta);
  return std::sqrt(std::pow(z.horizon, 4) * z.states * z.actions * z.steps() * log);
}

double ucb_q_bernstein_shape(const EpisodicSize& z) {
  const double log = std::log(z.states * z.actions * z.steps() / z.delta);
  return std::sqrt(cube(z.horizon) * z.states * z.actions * z.steps() * log) +
         std::sqrt(std::pow(z.horizon, 9) * cube(z.states) * cube(z.actions)) * log * log;
}

double ucb_advantage_shape(const EpisodicSize& z) {
  return std::sqrt(z.horizon * z.horizon * z.states * z.actions * z.steps());
}

double psrl_bayes_shape(const EpisodicSize& z) { return z.horizon * z.states * std::sqrt(z.actions * z.steps()); }

double rlsvi_shape(const EpisodicSize& z) {
  return cube(z.horizon) * std::pow(z.states, 1.5) * std::sqrt(z.actions * z.episodes);
}

double optimistic_policy_shape(const EpisodicSize& z) {
  return std::sqrt(z.states * z.states * z.actions * std::pow(z.horizon, 4) * z.episodes);
}

double optimistic_policy_adversarial_shape(const EpisodicSize& z) {
  return z.horizon * z.horizon * z.states * std::sqrt(z.actions) * std::pow(z.episodes, 2.0 / 3);
}

double reward_free_shape(const EpisodicSize& z, double epsilon) {
  return cube(z.horizon) * z.states * z.actions * (std::log(1 / z.delta) + z.states) / (epsilon * epsilon);
}

double best_policy_shape(const EpisodicSize& z, double epsilon) {
  return cube(z.horizon) * z.states * z.actions * std::log(1 / z.delta) / (epsilon * epsilon);
}

double certificate_mistakes_shape(const EpisodicSize& z, double epsilon) {
  return z.states * z.actions * z.horizon * z.horizon * std::log(1 / z.delta) / (epsilon * epsilon);
}

double domingues_regret(const EpisodicSize& z) {
  return std::sqrt(cube(z.horizon) * z.states * z.actions * z.episodes) / (48 * std::sqrt(6.0));
}

bool domingues_applies(const EpisodicSize& z, int depth) {
  return z.states >= 6 && z.actions >= 2 && z.horizon >= 3 * depth && z.episodes >= z.horizon * z.states * z.actions &&
         z.states == 3 + (std::pow(z.actions, depth) - 1) / (z.actions - 1);
}

double domingues_advantage(double leaves, double actions, double waiting, double episodes) {
  const double ways = leaves * actions * waiting;
  return (1 - 1 / ways) * std::sqrt(ways / episodes) / (2 * std::sqrt(2.0));
}

double hard_tree_regret(double ways, double advantage, double reward, double episodes) {
  if (!(advantage > 0)) return 0;
  const double sure = 1 - 1 / ways, told = std::sqrt(2 / ways) * advantage;
  const double best = std::pow(2 * sure / (3 * told), 2);  // where K (sure - told sqrt(K)) is largest
  const double k = std::min(episodes, best);
  return reward * advantage * k * (sure - told * std::sqrt(k));
}

double best_policy_episodes(const EpisodicSize& z, double epsilon) { return best_policy_shape(z, epsilon) / 3456; }

double bandit_regret(double arms, double rounds) { return std::sqrt((arms - 1) * rounds) / 27; }

}  // namespace bellwether::bounds
