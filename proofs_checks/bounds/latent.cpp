#include "proofs_checks/bounds/latent.h"

#include <cmath>

namespace bellwether::bounds {

double hindsight_replans(int contexts, int states, int actions, int horizon, double episodes) {
  return 1 + contexts * (static_cast<double>(states) * actions + 1) * (1 + std::log2(episodes * horizon));
}

double latent_regret_floor(int contexts, int arms, double advantage, double variance, double episodes) {
  const double spread = 1 + (contexts - 1) / episodes;
  const double told =
      episodes / (static_cast<double>(contexts) * arms) * spread * -std::log1p(-4 * advantage * advantage);
  return 2 * std::sqrt(variance) * advantage * episodes * (1 - 1.0 / arms - .5 * std::sqrt(told));
}

double likelihood_width(double models, double episodes, double delta) { return std::log(models * episodes / delta); }

double lock_value(int contexts) { return 1.0 / contexts; }

double lock_survival(int contexts, int steps) { return static_cast<double>(contexts - steps) / contexts; }

double lock_trials(int contexts, int actions) { return contexts * (std::pow(actions, contexts - 1) - 1) / 2; }

}  // namespace bellwether::bounds
