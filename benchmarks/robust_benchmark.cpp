// Robust sweeps beside plain ones, the update of a state with one budget, and whole solves beside robust value
// iteration as one would write it first. Every answer is checked before its time counts.

#include <algorithm>
#include <chrono>
#include <cmath>
#include <ctime>
#include <limits>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include "benchmarks/plain_robust_value_iteration.h"
#include "benchmarks/register.h"
#include "core/parallel.h"
#include "core/stream.h"
#include "mdp/instances/garnet.h"
#include "mdp/operators.h"
#include "mdp/robust/best_choice.h"
#include "mdp/robust/nature.h"
#include "mdp/robust/state_game.h"
#include "solvers/robust/registry.h"

namespace bellwether::benchmarks {
namespace {

using benchmark::State;
using mdp::SetKind;

struct Size {
  const char* name;
  int states, actions, successors;
};

constexpr Size kTiny{"tiny", 40, 3, 5}, kGarnet{"garnet_1000x10x20", 1000, 10, 20};
constexpr double kDiscount = 0.95, kTolerance = 1e-6, kRadius = 0.2;

const mdp::TabularMdp& model_of(const Size& size) {
  static const mdp::TabularMdp tiny = mdp::garnet({.states = 40, .actions = 3, .successors = 5}).model;
  static const mdp::TabularMdp garnet = mdp::garnet({.states = 1000, .actions = 10, .successors = 20}).model;
  return size.states == 40 ? tiny : garnet;
}

double wall_seconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}
double cpu_seconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

/// Values as the first dozen sweeps of value iteration meet them: sweeps of a solver are like this, not over one
/// vector.
std::vector<std::vector<double>> iterates(const mdp::RobustMdp& robust, const mdp::Nature& nature) {
  std::vector<std::vector<double>> v(1, std::vector<double>(static_cast<std::size_t>(robust.num_states()), 0.0));
  for (int k = 0; k < 12; ++k) {
    std::vector<double> next(v.back().size());
    mdp::backup(robust.nominal(), kDiscount, v.back(), next, nature, mdp::Largest{});
    v.push_back(std::move(next));
  }
  return v;
}

/// Within what nature's proven bounds say in every state.
bool correct(const mdp::RobustMdp& robust, const mdp::Nature& nature, const std::vector<double>& v,
             const std::vector<double>& out) {
  const mdp::TabularMdp& model = robust.nominal();
  for (int s = 0; s < model.num_states(); ++s) {
    mdp::Bounds best{-1e300, -1e300};
    for (std::int64_t c = model.first_choice(s); c < model.first_choice(s + 1); ++c) {
      const mdp::Bounds b = nature.enclose(c, v);
      best = {std::max(best.low, b.low), std::max(best.high, b.high)};
    }
    const double x = out[static_cast<std::size_t>(s)];
    if (!(x >= best.low - 1e-12 && x <= best.high + 1e-12)) return false;
  }
  return true;
}

/// Processor time of the first sweeps, in which values move much, and of those after them: the machine may be busy.
struct Pass {
  double first = std::numeric_limits<double>::infinity(), settled = first;

  void keep_shorter(const Pass& other) {
    first = std::min(first, other.first);
    settled = std::min(settled, other.settled);
  }
};

constexpr std::size_t kFirst = 7;  // of the thirteen

mdp::BestChoice best_against(const mdp::Nature& nature, const std::vector<double>& v) { return {nature, v, true}; }
mdp::Largest best_against(const mdp::Expectation&, const std::vector<double>&) { return {}; }

template <class Nature>
Pass time_pass(const mdp::TabularMdp& model, const std::vector<std::vector<double>>& v, const Nature& nature,
               std::vector<double>& out) {
  const auto sweep_all = [&](std::size_t begin, std::size_t end) {
    const double start = cpu_seconds();
    for (std::size_t k = begin; k < end; ++k) {
      mdp::backup(model, kDiscount, v[k], out, nature, best_against(nature, v[k]));
      benchmark::DoNotOptimize(out.data());
    }
    return cpu_seconds() - start;
  };
  Pass pass;
  pass.first = sweep_all(0, kFirst);
  pass.settled = sweep_all(kFirst, v.size());
  return pass;
}

void sweep(State& state, const Size& size, SetKind kind) {
  const ThreadCount guard(1);
  const mdp::TabularMdp& model = model_of(size);
  const mdp::RobustMdp robust(model, {.kind = kind, .radius = {kRadius}});
  const mdp::Nature nature(robust, kDiscount, mdp::NatureAim::kLowest);
  const auto v = iterates(robust, nature);
  std::vector<double> out(v.front().size());
  mdp::backup(model, kDiscount, v.back(), out, nature, best_against(nature, v.back()));
  if (!correct(robust, nature, v.back(), out)) return state.SkipWithError("a sweep leaves nature's bounds");
  Pass robust_time, nominal_time;
  for (auto _ : state) {
    // Each pass starts without knowledge of the last one, as a solve does.
    const mdp::Nature fresh(robust, kDiscount, mdp::NatureAim::kLowest);
    const Pass took = time_pass(model, v, fresh, out);
    state.SetIterationTime(took.first + took.settled);
    robust_time.keep_shorter(took);
    nominal_time.keep_shorter(time_pass(model, v, mdp::Expectation{}, out));
  }
  state.counters["nominal_sweeps_first"] = robust_time.first / nominal_time.first;
  state.counters["nominal_sweeps_settled"] = robust_time.settled / nominal_time.settled;
  state.counters["ns_per_row_settled"] =
      1e9 * robust_time.settled / static_cast<double>(v.size() - kFirst) / static_cast<double>(model.num_choices());
}

void state_update(State& state, const Size& size, SetKind kind, bool dense) {
  const ThreadCount guard(1);
  static const mdp::TabularMdp full = mdp::random_dense({.states = 100, .actions = 10}).model;
  const mdp::TabularMdp& model = dense ? full : model_of(size);
  const mdp::RobustMdp robust(model, {.kind = kind, .rectangular = mdp::Rectangular::kState, .radius = {kRadius}});
  const mdp::Nature nature(robust, kDiscount, mdp::NatureAim::kLowest);
  const mdp::StateGame game(nature, true);
  std::vector<double> v(static_cast<std::size_t>(model.num_states()));
  Stream stream(7);
  for (double& x : v) x = 20 * stream.uniform();
  for (int s = 0; s < model.num_states(); ++s) {
    const mdp::StateGame::Answer answer = game.solve(s, v);
    if (!(answer.bounds.high - answer.bounds.low <= 1e-8 && game.value(s, v) >= answer.bounds.low - 1e-12 &&
          game.value(s, v) <= answer.bounds.high + 1e-12))
      return state.SkipWithError("an update leaves its bounds");
  }
  double best = std::numeric_limits<double>::infinity();
  for (auto _ : state) {
    const double start = cpu_seconds();
    double sum = 0;
    for (int s = 0; s < model.num_states(); ++s) sum += game.value(s, v);
    benchmark::DoNotOptimize(sum);
    const double took = cpu_seconds() - start;
    state.SetIterationTime(took);
    best = std::min(best, took / model.num_states());
  }
  state.counters["us_per_state"] = 1e6 * best;
}

struct Yardstick {
  PlainResult result;
  double seconds = 0;
};

const Yardstick& yardstick(const Size& size) {
  static Yardstick tiny, garnet;
  Yardstick& entry = size.states == 40 ? tiny : garnet;
  if (entry.result.value.empty()) {
    const double start = cpu_seconds();
    entry.result = plain_robust_value_iteration(model_of(size), kDiscount, kRadius, kTolerance);
    entry.seconds = cpu_seconds() - start;
  }
  return entry;
}

void plain(State& state, const Size& size) {
  for (auto _ : state) {
    state.SetIterationTime(yardstick(size).seconds);
    state.counters["iterations"] = static_cast<double>(yardstick(size).result.sweeps);
  }
}

void solve(State& state, const Size& size, const solvers::RobustSolverRow& row) {
  const ThreadCount guard(1);
  const solvers::RobustProblem problem{
      .model = mdp::RobustMdp(model_of(size), {.kind = SetKind::kL1, .radius = {kRadius}}), .discount = kDiscount};
  const PlainResult& plain = yardstick(size).result;
  const double plain_error = plain.residual * kDiscount / (1 - kDiscount);
  double fastest = std::numeric_limits<double>::infinity();
  solvers::RobustSolution solution;
  for (auto _ : state) {
    const double wall = wall_seconds(), cpu = cpu_seconds();
    solution = row.run(problem, {{"worst_case", "none"}}, {.tolerance = kTolerance});
    state.SetIterationTime(wall_seconds() - wall);
    fastest = std::min(fastest, cpu_seconds() - cpu);
    if (solution.status != Status::kConverged || !(solution.gap <= kTolerance))
      return state.SkipWithError("does not reach the tolerance");
    for (Eigen::Index s = 0; s < solution.value.size(); ++s) {
      if (!(std::abs(solution.value[s] - plain.value[static_cast<std::size_t>(s)]) <= plain_error + solution.gap))
        return state.SkipWithError("disagrees with plain robust value iteration beyond its error");
    }
  }
  state.counters["times_plain_cpu"] = yardstick(size).seconds / fastest;
  state.counters["iterations"] = static_cast<double>(solution.iterations);
  state.counters["gap"] = solution.gap;
}

/// The gradient planner promises a rate, not an end: its steps shrink with the visits of a state, about one in
/// `states`, and each asks for several dense solves. Even 40 states take more than its usual number of steps.
bool ends(const solvers::RobustSolverRow& row) { return row.name != "robust-policy-gradient"; }

void register_size(const Size& size) {
  for (const SetKind kind :
       {SetKind::kL1, SetKind::kKl, SetKind::kChiSquare, SetKind::kLinf, SetKind::kL2, SetKind::kContamination}) {
    benchmark::RegisterBenchmark(fmt::format("robust/13_sweeps/{}/{}", to_string(kind), size.name).c_str(),
                                 [&size, kind](State& state) { sweep(state, size, kind); })
        ->Unit(benchmark::kMicrosecond)
        ->UseManualTime();
  }
  for (const SetKind kind : {SetKind::kL1, SetKind::kKl}) {
    benchmark::RegisterBenchmark(fmt::format("robust/all_states/{}/{}", to_string(kind), size.name).c_str(),
                                 [&size, kind](State& state) { state_update(state, size, kind, false); })
        ->Unit(benchmark::kMicrosecond)
        ->UseManualTime();
  }
  benchmark::RegisterBenchmark(fmt::format("robust/solve/plain/{}", size.name).c_str(),
                               [&size](State& state) { plain(state, size); })
      ->Iterations(1)
      ->Unit(benchmark::kMillisecond)
      ->UseManualTime();
  for (const solvers::RobustSolverRow& row : solvers::robust_solver_table()) {
    if (!row.solves(solvers::Criterion::kDiscounted) || !ends(row)) continue;
    benchmark::RegisterBenchmark(fmt::format("robust/solve/{}/{}", row.name, size.name).c_str(),
                                 [&size, &row](State& state) { solve(state, size, row); })
        ->Unit(benchmark::kMillisecond)
        ->UseManualTime();
  }
}

}  // namespace

void register_robust() {
  register_size(kTiny);
  register_size(kGarnet);
  for (const SetKind kind : {SetKind::kL1, SetKind::kKl}) {
    benchmark::RegisterBenchmark(fmt::format("robust/all_states/{}/dense_100x10", to_string(kind)).c_str(),
                                 [kind](State& state) { state_update(state, kTiny, kind, true); })
        ->Unit(benchmark::kMicrosecond)
        ->UseManualTime();
  }
}

}  // namespace bellwether::benchmarks
