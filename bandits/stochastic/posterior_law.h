#pragma once

#include "bandits/information/divergence.h"
#include "core/stream.h"

namespace bellwether::bandits {

// The posterior of a mean after `count` rewards whose mean is `mean`: Beta(S + 1, F + 1) of coins, N(m, sigma^2 / N)
// after a flat prior, and after Jeffreys' prior Gamma(S + 1/2) / N of Poisson and S / Gamma(N) of exponential laws
// (S = count mean, the sum). All but the first need a reward.

double draw_mean(const LawFamily& law, double count, double mean, Stream& stream);
/// The q above which the posterior has the probability `tail`. Not of coins and normal laws, whose learners have
/// shorter ways.
double upper_quantile(const LawFamily& law, double count, double mean, double tail);

}  // namespace bellwether::bandits
