#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "bandits/arms/changing.h"

namespace bellwether::bandits {

/// Means that jump: phase j is in force from the round after breaks[j] on. A break below 1 is a share of the run, one
/// from 1 on a number of rounds; they ascend, the first is 0. InvalidOption otherwise, or when a mean is no probability
/// or a phase has another number of arms.
std::shared_ptr<const Drift> piecewise_drift(std::vector<std::vector<double>> phases, std::vector<double> breaks);

/// mean_i(t) = 1/2 + swing sin(pi variation t / (2 swing T) + 2 pi i / K): every mean travels `variation` in all
/// (Besbes, Gur and Zeevi 2014 with two arms and swing 0.3).
std::shared_ptr<const Drift> sine_drift(int arms, double swing, double variation);

/// Means start uniformly in [low, high] and take a normal step a round, reflected at both ends.
std::shared_ptr<const Drift> walk_drift(int arms, double step, double low, double high);

/// Stochastically constrained adversary: arm 0 is better by `gap` in every round, while the level of all arms leaps
/// between 0 and 1 - gap with every phase; phase floor(ln t / ln factor) (Zimmert and Seldin 2021, section 6).
std::shared_ptr<const Drift> constrained_drift(int arms, double gap, double factor);

/// Written out: row t has the mean of each arm in round t. InvalidOption beyond the last row.
std::shared_ptr<const Drift> table_drift(std::vector<double> rows, int arms);

}  // namespace bellwether::bandits
