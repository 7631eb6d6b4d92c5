#include "proofs_checks/bounds/latent.h"

#include <cmath>

namespace bellwether::bounds {

double hindsight_replans(int contexts, int states, int actions, int horizon, double episodes) {
  return 1 + contexts * (static_cast<double>(states) * actions + 1) * (1 + std::log2(episodes * horizon));
}

double likelihood_width(double models, double episodes, double delta) { return std::log(models * episodes / delta); }

double lock_value(int contexts) { return 1.0 / contexts; }

double lock_survival(int contexts, int steps) { return static_cast<double>(contexts - steps) / contexts; }

double lock_trials(int contexts, int actions) { return contexts * (std::pow(actions, contexts - 1) - 1) / 2; }

}  // namespace bellwether::bounds
