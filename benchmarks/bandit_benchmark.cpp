// Learners of bandits at work: pulls a CPU-second on ten coins, as a share of what the loop reaches when nobody learns,
// and of the rate of the random numbers that the rewards and the learner cannot do without.

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <ctime>
#include <limits>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include "bandits/arms/stationary.h"
#include "bandits/registry.h"
#include "bandits/run.h"
#include "benchmarks/register.h"
#include "core/parallel.h"
#include "core/statistics.h"
#include "core/stream.h"

namespace bellwether::benchmarks {
namespace {

using benchmark::State;

constexpr int kArms = 10;
constexpr double kGap = 0.1;
constexpr std::string_view kNobody = "optimal";  ///< plays without learning: the loop alone

struct Workload {
  std::string_view name;
  std::int64_t rounds;
  int seeds;
};
constexpr std::array<Workload, 2> kWorkloads = {{{"tiny", 200, 2}, {"ten_coins_1e4", 10'000, 40}}};

/// A learner with the regret after 10^4 rounds that an independent program found, with its standard error, and the
/// random numbers that a pull takes at least: one for the reward, and for each gamma draw a normal and a uniform one.
struct Player {
  std::string_view learner;
  double regret, error;
  int draws;
};
constexpr std::array<Player, 10> kPlayers = {{{kNobody, 0, 0, 1},
                                              {"ucb1", 592.6, 1.4, 1},
                                              {"ucb", 348.3, 1.6, 1},
                                              {"ucb-v", 577.4, 1.5, 1},
                                              {"moss", 180.9, 1.3, 1},
                                              {"kl-ucb", 257.2, 1.4, 1},
                                              {"kl-ucb-pp", 166.4, 1.2, 1},
                                              {"imed", 171.8, 2.3, 1},
                                              {"bayes-ucb", 205.9, 3.0, 1},
                                              {"thompson", 170.8, 1.7, 1 + 4 * kArms}}};

const bandits::StationaryBandit& ten_coins() {
  static const bandits::StationaryBandit bandit([] {
    std::vector<bandits::Law> laws(kArms, {bandits::Law::Family::kBernoulli, 0.5 - kGap});
    laws.front().mean = 0.5;
    return laws;
  }());
  return bandit;
}

/// Counts the pulls of the best arm behind the loop's back.
class Auditor : public bandits::Agent {
 public:
  explicit Auditor(bandits::Agent& played) : played_(played) {}
  int choose(const bandits::Round& round) override {
    const int arm = played_.choose(round);
    ++(arm == 0 ? best_ : others_);
    return arm;
  }
  void learn(const bandits::Feedback& feedback) override { played_.learn(feedback); }
  double regret() const { return kGap * static_cast<double>(others_); }
  std::int64_t rounds() const { return best_ + others_; }

 private:
  bandits::Agent& played_;
  std::int64_t best_ = 0, others_ = 0;
};

std::unique_ptr<bandits::Agent> agent_of(const Player& player, std::int64_t rounds, const Stream& stream) {
  return bandits::find_learner(player.learner)
      .make(ten_coins(), ten_coins().world(rounds), {}, stream.child("learner"));
}

double regret_of(const Player& player, std::int64_t rounds, int seed) {
  const Stream stream(static_cast<std::uint64_t>(seed));
  const auto agent = agent_of(player, rounds, stream);
  return run_rounds(ten_coins(), *agent, stream, {.length = rounds, .checkpoints = {rounds}}).last.pseudo_regret;
}

/// Why these runs are not to be timed; empty when they are right.
std::string fault_of(const Player& player, const Workload& work, std::span<const double> regret) {
  const Stream stream(0);
  const auto played = agent_of(player, work.rounds, stream);
  Auditor auditor(*played);
  const double measured = run_rounds(ten_coins(), auditor, stream, {.length = work.rounds}).last.pseudo_regret;
  if (auditor.rounds() != work.rounds || std::abs(measured - auditor.regret()) > 1e-9 * (1 + measured))
    return "the regret is not that of the pulls";
  if (measured != regret.front()) return "the regret depends on who watches";
  if (work.rounds < 10'000) return {};
  const double allowed = std::max(0.04 * player.regret, 4 * std::hypot(standard_error(regret), player.error));
  if (std::abs(mean(regret) - player.regret) > allowed)
    return fmt::format("the mean regret is {:.1f}, and should be {:.1f}", mean(regret), player.regret);
  return {};
}

/// CPU-seconds in which all seeds play.
double play_all(const Player& player, const Workload& work, std::vector<double>& regret) {
  regret.assign(static_cast<std::size_t>(work.seeds), 0);
  const std::clock_t start = std::clock();
  parallel_for(work.seeds, work.seeds * work.rounds * kArms, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t seed = begin; seed < end; ++seed)
      regret[static_cast<std::size_t>(seed)] = regret_of(player, work.rounds, static_cast<int>(seed));
  });
  return static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
}

double draws_per_second() {
  Stream stream(5);
  constexpr int kDraws = 20'000'000;
  const std::clock_t start = std::clock();
  std::uint64_t sum = 0;
  for (int i = 0; i < kDraws; ++i) sum += stream();
  benchmark::DoNotOptimize(sum);
  return kDraws / (static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC);
}

void pull(State& state, const Player& player, const Workload& work, int threads) {
  std::vector<double> regret;
  play_all(player, work, regret);
  if (const std::string fault = fault_of(player, work, regret); !fault.empty())
    return state.SkipWithError(fault.c_str());
  const double pulls = static_cast<double>(work.seeds) * static_cast<double>(work.rounds);
  double fastest = std::numeric_limits<double>::infinity();
  {
    const ThreadCount guard(threads);
    for (auto _ : state) fastest = std::min(fastest, play_all(player, work, regret));
  }
  const ThreadCount one(1);
  state.counters["pulls_per_cpu_second"] = pulls / fastest;
  state.counters["of_draws"] = player.draws * pulls / fastest / draws_per_second();
  if (player.learner != kNobody) state.counters["of_loop"] = play_all(kPlayers.front(), work, regret) / fastest;
}

}  // namespace

void register_bandits() {
  for (const Workload& work : kWorkloads) {
    for (const Player& player : kPlayers) {
      if (work.name == "tiny" && player.learner != "kl-ucb" && player.learner != kNobody) continue;
      for (const int threads : {1, 2}) {
        benchmark::RegisterBenchmark(
            fmt::format("bandits/{}/{}/threads:{}", player.learner, work.name, threads).c_str(),
            [&work, &player, threads](State& state) { pull(state, player, work, threads); })
            ->UseRealTime();
      }
    }
  }
}

}  // namespace bellwether::benchmarks
