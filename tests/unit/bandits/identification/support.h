#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "bandits/arms/stationary.h"
#include "bandits/registry.h"
#include "bandits/run.h"
#include "bandits/trial.h"
#include "core/parallel.h"

namespace bellwether::bandits {

inline StationaryBandit coins(const std::vector<double>& means) {
  std::vector<Law> laws;
  for (const double mean : means) laws.push_back({Law::Family::kBernoulli, mean});
  return StationaryBandit(std::move(laws));
}

/// One mean, and others that are `number` times `other`.
inline std::vector<double> one_above(double best, double other, int number) {
  std::vector<double> means(static_cast<std::size_t>(number) + 1, other);
  means.front() = best;
  return means;
}

/// How many rounds runs took, and which erred.
struct Sample {
  std::vector<double> rounds, wrong;
};

inline Sample identify(const StationaryBandit& bandit, std::string_view learner, const std::vector<Setting>& settings,
                       std::int64_t length, int runs) {
  Sample sample{std::vector<double>(static_cast<std::size_t>(runs)),
                std::vector<double>(static_cast<std::size_t>(runs))};
  parallel_for(runs, 1 << 20, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t i = begin; i < end; ++i) {
      const Series series = play(bandit, learner, settings, Stream(21).child(i), {.length = length});
      sample.rounds[static_cast<std::size_t>(i)] = static_cast<double>(series.at[0]);
      sample.wrong[static_cast<std::size_t>(i)] = series.value(0, 1);
    }
  });
  return sample;
}

/// Plays what another agent plays and counts it.
class Counter : public Agent {
 public:
  Counter(Agent& played, int arms) : counts(static_cast<std::size_t>(arms)), played_(played) {}
  int choose(const Round& round) override {
    const int arm = played_.choose(round);
    ++counts[static_cast<std::size_t>(arm)];
    return arm;
  }
  void learn(const Feedback& feedback) override { played_.learn(feedback); }
  bool finished() const override { return played_.finished(); }
  int answer() const override { return played_.answer(); }

  std::vector<std::int64_t> counts;

 private:
  Agent& played_;
};

}  // namespace bellwether::bandits
