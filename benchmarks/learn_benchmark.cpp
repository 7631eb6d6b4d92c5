// Learners at work, with exact evaluation of what they play: steps a CPU-second, as a share of what the loop reaches
// when nobody learns; and that as a share of the random numbers it needs. The seeds of a run are shared out to the
// threads.

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <ctime>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include "benchmarks/register.h"
#include "core/parallel.h"
#include "core/stream.h"
#include "mdp/instances/registry.h"
#include "solvers/online/average/run.h"
#include "solvers/online/episodic/run.h"
#include "solvers/online/registry.h"
#include "solvers/online/trial.h"

namespace bellwether::benchmarks {
namespace {

using benchmark::State;
using online::Arena;

constexpr int kSeeds = 4;
constexpr std::string_view kNobody = "optimal";  ///< plays without learning: the loop alone

/// What is played: RiverSwim with six states, in episodes of 20 steps or in one long run; a linear MDP, d = 20.
struct Game {
  std::string name;
  Protocol protocol;
  std::int64_t length;  ///< episodes or steps
  std::int64_t steps_each;
};

const std::array<Game, 4> kGames = {{{"tiny", Protocol::kEpisodic, 50, 20},
                                     {"riverswim_h20", Protocol::kEpisodic, 20'000, 20},
                                     {"linear_d20", Protocol::kEpisodic, 10'000, 6},
                                     {"riverswim_long_run", Protocol::kAverage, 1'000'000, 1}}};

const Arena& arena_of(const Game& game) {
  static const mdp::NamedInstance river = mdp::make_instance("riverswim");
  static const Arena episodic(river, Protocol::kEpisodic, 20), average(river, Protocol::kAverage);
  static const Arena linear(mdp::make_instance("linear-mdp", {{"dimension", "20"}}), Protocol::kEpisodic);
  if (game.name == "linear_d20") return linear;
  return game.protocol == Protocol::kEpisodic ? episodic : average;
}

/// The constant called practical, for those that have one: with theory's nobody learns, and idle learners are fast.
std::vector<Setting> settings_of(const std::vector<OptionRow>& options) {
  const bool scaled = std::ranges::any_of(options, [](const OptionRow& option) { return option.name == "constant"; });
  return scaled ? std::vector<Setting>{{"constant", "practical"}} : std::vector<Setting>{};
}

std::vector<Setting> settings_of(const Game& game, std::string_view learner) {
  return game.protocol == Protocol::kEpisodic ? settings_of(online::find_episodic(learner).options())
                                              : settings_of(online::find_average(learner).options());
}

/// Plays what another agent plays, and evaluates it by plain backward induction from nothing in every episode.
class Auditor : public online::EpisodicAgent {
 public:
  Auditor(const online::EpisodicTask& task, const online::EpisodicWorld& world, online::EpisodicAgent& played)
      : EpisodicAgent(world), task_(task), played_(played) {}

  void plan(std::int64_t episode) override {
    played_.plan(episode);
    std::vector<double> next(static_cast<std::size_t>(task_.num_states()), 0.0), now(next);
    for (int h = task_.horizon() - 1; h >= 0; --h) {
      for (int s = 0; s < task_.num_states(); ++s) now[static_cast<std::size_t>(s)] = value(h, s, next);
      next.swap(now);
    }
    for (std::size_t s = 0; s < next.size(); ++s)
      regret_ += task_.initial()[s] * (task_.optimal_value(0, static_cast<int>(s)) - next[s]);
  }
  void learn(std::span<const online::Step> steps) override { played_.learn(steps); }

  double regret() const { return regret_; }

 private:
  double value(int h, int s, const std::vector<double>& next) {
    const mdp::TabularMdp& model = task_.model(h);
    double sum = 0;
    for (std::int64_t c = model.first_choice(s); c < model.first_choice(s + 1); ++c) {
      const double weight = played_.policy().randomised() ? played_.policy().probability(h, c)
                                                          : static_cast<double>(played_.policy().choice(h, s) == c);
      if (played_.policy().randomised()) policy().play_with(h, c, weight);
      if (weight == 0) continue;
      if (!played_.policy().randomised()) policy().play(h, s, c);
      sum += weight * model.reward(c);
      for (std::size_t i = 0; i < model.successors(c).size(); ++i)
        sum += weight * model.probabilities(c)[i] * next[static_cast<std::size_t>(model.successors(c)[i])];
    }
    return sum;
  }

  const online::EpisodicTask& task_;
  online::EpisodicAgent& played_;
  double regret_ = 0;
};

/// Whether the regret that the loop measures is that of plain evaluation. All games start in one state.
bool right_regret(const online::EpisodicTask& task, std::string_view learner) {
  constexpr std::int64_t kEpisodes = 300;
  const online::EpisodicWorld world = online::world_of(task, kEpisodes);
  const online::EpisodicLearner& row = online::find_episodic(learner);
  const auto played = row.make(task, world, settings_of(row.options()), Stream(1).child("learner"));
  Auditor auditor(task, world, *played);
  const double measured = run_episodes(task, auditor, Stream(1), {.episodes = kEpisodes}).last.value_regret;
  return std::abs(measured - auditor.regret()) <= 1e-9 * (1 + measured);
}

/// Both regrets of the long run have the same mean but for the bias of the two ends; their difference is a martingale
/// with increments of at most the span of the bias, so five deviations of it are a bound (Azuma: 1e-5).
bool right_regret(const online::AverageTask& task, std::string_view learner) {
  constexpr std::int64_t kSteps = 20'000;
  const online::AverageLearner& row = online::find_average(learner);
  const auto agent =
      row.make(task, online::world_of(task, kSteps), settings_of(row.options()), Stream(1).child("learner"));
  const online::AverageRow last = run_average(task, *agent, Stream(1), {.steps = kSteps}).back();
  const double span = task.bias_span();
  return std::abs(last.reward_regret - last.gap_regret) <= span * (1 + 5 * std::sqrt(static_cast<double>(kSteps)));
}

/// CPU-seconds in which all seeds play.
double play_all(const Game& game, std::string_view learner) {
  const Arena& arena = arena_of(game);
  const std::vector<Setting> settings = settings_of(game, learner);
  const std::clock_t start = std::clock();
  parallel_for(kSeeds, 1 << 20, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t seed = begin; seed < end; ++seed) {
      const auto series = online::play(arena, learner, settings, Stream(static_cast<std::uint64_t>(seed)),
                                       {.length = game.length, .checkpoints = {game.length}});
      benchmark::DoNotOptimize(series.values.data());
    }
  });
  return static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
}

double steps_of(const Game& game) { return static_cast<double>(kSeeds * game.length * game.steps_each); }

/// Steps a CPU-second of the loop when nobody learns, in turns with what it is compared with.
double loop_rate(const Game& game) {
  const ThreadCount one(1);
  return steps_of(game) / play_all(game, kNobody);
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

void learn(State& state, const Game& game, std::string_view learner, int threads) {
  const Arena& arena = arena_of(game);
  const bool right = game.protocol == Protocol::kEpisodic ? right_regret(*arena.episodic(), learner)
                                                          : right_regret(*arena.average(), learner);
  if (!right) return state.SkipWithError("the regret disagrees with another way to compute it");
  const ThreadCount guard(threads);
  double fastest = std::numeric_limits<double>::infinity();
  for (auto _ : state) fastest = std::min(fastest, play_all(game, learner));
  const double rate = steps_of(game) / fastest;
  state.counters["steps_per_cpu_second"] = rate;
  if (learner == kNobody) {
    state.counters["of_draws"] = rate / draws_per_second();
  } else {
    state.counters["of_loop"] = rate / loop_rate(game);
  }
}

std::vector<std::string_view> learners_of(const Game& game) {
  if (game.name == "tiny") return {kNobody, "ucbvi-bf"};
  if (game.name == "linear_d20") return {kNobody, "lsvi-ucb", "lsvi-ucb-plus-plus"};
  if (game.protocol == Protocol::kAverage) return {kNobody, "ucrl2", "ucrl2b", "kl-ucrl", "scal", "tsde"};
  return {kNobody,         "ucbvi-ch", "ucbvi-bf", "euler", "mvp",      "ucb-q-hoeffding", "ucb-q-bernstein",
          "ucb-advantage", "psrl",     "rlsvi",    "oppo",  "lsvi-ucb", "ucrl-vtr"};
}

}  // namespace

void register_learners() {
  for (const Game& game : kGames) {
    for (const std::string_view learner : learners_of(game)) {
      for (const int threads : {1, 2}) {
        benchmark::RegisterBenchmark(fmt::format("learn/{}/{}/threads:{}", learner, game.name, threads).c_str(),
                                     [&game, learner, threads](State& state) { learn(state, game, learner, threads); })
            ->UseRealTime();
      }
    }
  }
}

}  // namespace bellwether::benchmarks
