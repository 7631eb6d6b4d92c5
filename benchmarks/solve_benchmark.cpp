// Whole solves to a proven error of 1e-6, every planner, beside plain value iteration to a residual of 1e-6 (which
// proves a hundred times less). Each answer is checked against the plain one before it is timed.

#include <cmath>
#include <ctime>
#include <map>
#include <string>

#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include "benchmarks/plain_value_iteration.h"
#include "benchmarks/register.h"
#include "benchmarks/workloads.h"
#include "core/errors.h"
#include "core/parallel.h"
#include "solvers/registry.h"

namespace bellwether::benchmarks {
namespace {

using benchmark::State;

constexpr double kTolerance = 1e-6;

double cpu_seconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

struct Yardstick {
  PlainResult result;
  double seconds = 0;
};

/// Plain value iteration on a workload, run once and remembered.
const Yardstick& yardstick(const Workload& workload) {
  static std::map<std::string_view, Yardstick> known;
  const auto found = known.find(workload.name);
  if (found != known.end()) return found->second;
  Yardstick& entry = known[workload.name];
  const double start = cpu_seconds();
  entry.result = plain_value_iteration(model_of(workload), workload.discount, kTolerance);
  entry.seconds = cpu_seconds() - start;
  return entry;
}

void plain(State& state, const Workload& workload) {
  for (auto _ : state) {
    PlainResult result = plain_value_iteration(model_of(workload), workload.discount, kTolerance);
    benchmark::DoNotOptimize(result);
    state.counters["iterations"] = static_cast<double>(result.sweeps);
  }
}

void solve(State& state, const Workload& workload, const solvers::SolverRow& row, int threads) {
  const ThreadCount guard(threads);
  const solvers::Problem problem{.model = model_of(workload), .discount = workload.discount};
  const solvers::SolveOptions run{.tolerance = kTolerance};
  const Yardstick& plain = yardstick(workload);
  solvers::Solution once;
  try {
    once = row.run(problem, {}, run);
  } catch (const InvalidOption& refusal) {
    return state.SkipWithError(refusal.what());
  }
  if (once.status != Status::kConverged || !(once.gap <= kTolerance))
    return state.SkipWithError("did not reach the tolerance");
  const double plain_error = plain.result.residual * workload.discount / (1 - workload.discount);
  for (Eigen::Index s = 0; s < once.value.size(); ++s) {
    if (!(std::abs(once.value[s] - plain.result.value[static_cast<std::size_t>(s)]) <= plain_error + once.gap)) {
      return state.SkipWithError("disagrees with plain value iteration beyond its error");
    }
  }
  const double start = cpu_seconds();
  for (auto _ : state) {
    solvers::Solution solution = row.run(problem, {}, run);
    benchmark::DoNotOptimize(solution);
  }
  const double seconds = (cpu_seconds() - start) / static_cast<double>(state.iterations());
  state.counters["times_plain_cpu"] = plain.seconds / seconds;
  state.counters["iterations"] = static_cast<double>(once.iterations);
  state.counters["sweeps_read"] =
      static_cast<double>(once.transitions_read) / static_cast<double>(problem.model.num_transitions());
}

}  // namespace

void register_solves() {
  for (const Workload& workload : workloads()) {
    benchmark::RegisterBenchmark(fmt::format("solve/plain/{}", workload.name).c_str(),
                                 [&workload](State& state) { plain(state, workload); })
        ->Iterations(1)
        ->Unit(benchmark::kMillisecond)
        ->UseRealTime();
    for (const solvers::SolverRow& row : solvers::solver_table()) {
      if (!row.solves(solvers::Criterion::kDiscounted)) continue;
      for (const int threads : {1, 2}) {
        benchmark::RegisterBenchmark(fmt::format("solve/{}/{}/threads:{}", row.name, workload.name, threads).c_str(),
                                     [&workload, &row, threads](State& state) { solve(state, workload, row, threads); })
            ->Unit(benchmark::kMillisecond)
            ->UseRealTime();
      }
    }
  }
}

}  // namespace bellwether::benchmarks
