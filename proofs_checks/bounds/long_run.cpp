#include "proofs_checks/bounds/long_run.h"

#include <cmath>

namespace bellwether::bounds {

double ucrl2_regret(const LongRunSize& z) {
  return 34 * z.diameter * z.states * std::sqrt(z.actions * z.steps * std::log(z.steps / z.delta));
}

double ucrl2_episodes(const LongRunSize& z) {
  return z.states * z.actions * std::log2(8 * z.steps / (z.states * z.actions));
}

double ucrl2_gap_leading(const LongRunSize& z, double gap) {
  return 34.0 * 34 * z.diameter * z.diameter * z.states * z.states * z.actions * std::log(z.steps / z.delta) / gap;
}

double jao_regret(const LongRunSize& z) { return 0.015 * std::sqrt(z.diameter * z.states * z.actions * z.steps); }

bool jao_applies(const LongRunSize& z) {
  return z.states >= 10 && z.actions >= 10 && z.diameter >= 20 * std::log(z.states) / std::log(z.actions) &&
         z.steps >= z.diameter * z.states * z.actions;
}

double ucrl2b_shape(const LongRunSize& z, double successors) {
  return std::sqrt(z.diameter * successors * z.states * z.actions * z.steps);
}

double kl_ucrl_shape(const LongRunSize& z) { return z.diameter * z.states * std::sqrt(z.actions * z.steps); }

double scal_shape(const LongRunSize& z, double successors, double span) {
  return span * std::sqrt(successors * z.states * z.actions * z.steps);
}

double tsde_bayes_shape(const LongRunSize& z, double span) { return span * z.states * std::sqrt(z.actions * z.steps); }

}  // namespace bellwether::bounds
