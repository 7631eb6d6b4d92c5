#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "bandits/arms/stationary.h"
#include "core/options.h"
#include "core/stream.h"

namespace bellwether::claims {

/// Arms of one law with these means.
bandits::StationaryBandit coins(const std::vector<double>& means);
bandits::StationaryBandit normal_arms(const std::vector<double>& means, double sigma = 1);

/// One mean and `number` others.
std::vector<double> one_above(double best, double other, int number);
std::vector<double> gaps_of(const bandits::StationaryBandit& bandit);

/// Pseudo-regret of runs 0 .. runs - 1 after these rounds: run by run, a number a place.
std::vector<std::vector<double>> pseudo_regrets(const bandits::StationaryBandit& bandit, const std::string& learner,
                                                const std::vector<Setting>& settings,
                                                const std::vector<std::int64_t>& places, std::int64_t runs,
                                                const Stream& stream);

/// Runs of a learner that names an arm: how many rounds each took, and how many named a wrong one.
struct Named {
  std::vector<double> rounds;
  std::int64_t wrong = 0;
};
Named names(const bandits::StationaryBandit& bandit, const std::string& learner, const std::vector<Setting>& settings,
            std::int64_t most_rounds, std::int64_t runs, const Stream& stream);

}  // namespace bellwether::claims
