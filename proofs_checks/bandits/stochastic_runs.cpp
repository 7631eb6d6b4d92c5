#include "proofs_checks/bandits/stochastic_runs.h"

#include "bandits/information/complexity.h"
#include "bandits/trial.h"

namespace bellwether::claims {
namespace {

bandits::StationaryBandit arms(const std::vector<double>& means, bandits::Law law) {
  std::vector<bandits::Law> laws;
  for (const double mean : means) {
    law.mean = mean;
    laws.push_back(law);
  }
  return bandits::StationaryBandit(std::move(laws));
}

}  // namespace

bandits::StationaryBandit coins(const std::vector<double>& means) { return arms(means, {}); }

bandits::StationaryBandit normal_arms(const std::vector<double>& means, double sigma) {
  return arms(means, {.family = bandits::Law::Family::kGaussian, .spread = sigma});
}

std::vector<double> one_above(double best, double other, int number) {
  std::vector<double> means(static_cast<std::size_t>(number) + 1, other);
  means.front() = best;
  return means;
}

std::vector<double> gaps_of(const bandits::StationaryBandit& bandit) { return bandits::gaps(bandit.means()); }

std::vector<std::vector<double>> pseudo_regrets(const bandits::StationaryBandit& bandit, const std::string& learner,
                                                const std::vector<Setting>& settings,
                                                const std::vector<std::int64_t>& places, std::int64_t runs,
                                                const Stream& stream) {
  std::vector<std::vector<double>> all;
  for (std::int64_t run = 0; run < runs; ++run) {
    const Series series = bandits::play(bandit, learner, settings, stream.child(static_cast<std::uint64_t>(run)),
                                        {.length = places.back(), .checkpoints = places});
    all.emplace_back();
    for (std::size_t i = 0; i < places.size(); ++i) all.back().push_back(series.value(i, 0));
  }
  return all;
}

Named names(const bandits::StationaryBandit& bandit, const std::string& learner, const std::vector<Setting>& settings,
            std::int64_t most_rounds, std::int64_t runs, const Stream& stream) {
  Named result;
  for (std::int64_t run = 0; run < runs; ++run) {
    const Series series = bandits::play(bandit, learner, settings, stream.child(static_cast<std::uint64_t>(run)),
                                        {.length = most_rounds});
    result.rounds.push_back(static_cast<double>(series.at[0]));
    result.wrong += series.value(0, 1) != 0 ? 1 : 0;
  }
  return result;
}

}  // namespace bellwether::claims
