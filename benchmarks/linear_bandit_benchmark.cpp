// Learners of linear bandits at work, pseudo-regret being measured: pulls a CPU-second on arms of 20 dimensions, and
// what share that is of the rate at which the least work of a round could be done: for a fixed set one product of the
// features with a vector and one rank-one update, for a drawn set also the products that give the norms.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <ctime>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include <Eigen/Core>
#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include "bandits/arms/family.h"
#include "bandits/registry.h"
#include "bandits/run.h"
#include "bandits/trial.h"
#include "benchmarks/register.h"

namespace bellwether::benchmarks {
namespace {

using bandits::Bandit;
using benchmark::State;

/// What is played: fixed arms or arms drawn in every round.
struct Setup {
  std::string name, family;
  int dimension, arms;
  std::int64_t rounds;
};

const std::vector<Setup>& setups() {
  static const std::vector<Setup> all = {{"tiny", "linear-arms", 3, 5, 500},
                                         {"d20_k100", "linear-arms", 20, 100, 100'000},
                                         {"drawn_d10_k20", "contextual-arms", 10, 20, 50'000}};
  return all;
}

std::shared_ptr<const Bandit> bandit_of(const Setup& setup) {
  return bandits::find_family(setup.family)
      ->make({{"dimension", std::to_string(setup.dimension)}, {"arms", std::to_string(setup.arms)}})
      .bandit;
}

const std::vector<Setting> kSettings = {{"constant", "practical"}};

/// Plays what another agent plays, and adds up its regret from the means of the arms.
class Auditor : public bandits::Agent {
 public:
  Auditor(bandits::Agent& played, std::span<const double> means) : played_(played), means_(means) {}
  int choose(const bandits::Round& round) override {
    const int arm = played_.choose(round);
    regret_ += std::ranges::max(means_) - means_[static_cast<std::size_t>(arm)];
    return arm;
  }
  void learn(const bandits::Feedback& feedback) override { played_.learn(feedback); }
  double regret() const { return regret_; }

 private:
  bandits::Agent& played_;
  std::span<const double> means_;
  double regret_ = 0;
};

/// Whether the regret that the loop measures is that of the arms that were played.
bool right_regret(const Bandit& bandit, std::string_view learner) {
  if (bandit.means().empty()) return true;  // means are the round's
  constexpr std::int64_t kRounds = 2000;
  const auto agent = bandits::find_learner(learner).make(bandit, bandit.world(kRounds), kSettings, Stream(1));
  Auditor auditor(*agent, bandit.means());
  const double measured = run_rounds(bandit, auditor, Stream(2), {.length = kRounds}).last.pseudo_regret;
  return std::abs(measured - auditor.regret()) <= 1e-9 * (1 + measured);
}

double seconds_of(const auto& work) {
  const std::clock_t start = std::clock();
  work();
  return static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
}

/// Rounds a CPU-second of the least linear algebra that an index on features needs.
double least_work_rate(const Setup& setup) {
  const Eigen::MatrixXd features = Eigen::MatrixXd::Random(setup.arms, setup.dimension);
  Eigen::MatrixXd root = Eigen::MatrixXd::Identity(setup.dimension, setup.dimension), image = features;
  Eigen::VectorXd direction = Eigen::VectorXd::Constant(setup.dimension, 1e-9), along(setup.arms);
  constexpr int kRounds = 20'000;
  const double seconds = seconds_of([&] {
    for (int i = 0; i < kRounds; ++i) {
      if (setup.family == "contextual-arms") image.noalias() = features * root;
      along.noalias() = features * direction;
      root.noalias() -= direction * direction.transpose();
      direction[0] = 1e-12 * along[0];
      benchmark::DoNotOptimize(image.data());
    }
  });
  return kRounds / seconds;
}

void pull(State& state, const Setup& setup, std::string_view learner) {
  const auto bandit = bandit_of(setup);
  if (!right_regret(*bandit, learner))
    return state.SkipWithError("the regret disagrees with the arms that were played");
  double fastest = std::numeric_limits<double>::infinity();
  for (auto _ : state) {
    fastest = std::min(fastest, seconds_of([&] {
                         const Series series = bandits::play(*bandit, learner, kSettings, Stream(3),
                                                             {.length = setup.rounds, .checkpoints = {setup.rounds}});
                         benchmark::DoNotOptimize(series.values.data());
                       }));
  }
  const double rate = static_cast<double>(setup.rounds) / fastest;
  state.counters["pulls_per_cpu_second"] = rate;
  state.counters["of_least_work"] = rate / least_work_rate(setup);
}

std::vector<std::string_view> learners_of(const Setup& setup) {
  if (setup.name == "tiny") return {"oful"};
  if (setup.family == "contextual-arms") return {"oful", "lin-ts", "lin-imed", "square-cb"};
  return {"oful", "lin-ts", "lin-imed", "lin-ucb", "phased-elimination", "square-cb"};
}

}  // namespace

void register_linear_bandits() {
  for (const Setup& setup : setups())
    for (const std::string_view learner : learners_of(setup)) {
      benchmark::RegisterBenchmark(fmt::format("linear-bandits/{}/{}", learner, setup.name).c_str(),
                                   [&setup, learner](State& state) { pull(state, setup, learner); });
    }
}

}  // namespace bellwether::benchmarks
