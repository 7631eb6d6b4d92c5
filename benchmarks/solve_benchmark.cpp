// Whole solves to a proven error of 1e-6, every planner, beside plain value iteration to a residual of 1e-6 (which
// proves a hundred times less). Each answer is checked against the plain one before its time counts.

#include <chrono>
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

/// A planner that takes longer is stopped and reported as such: some need hours on the large workloads.
constexpr double kLongest = 20;

double wall_seconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

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
    state.SetIterationTime(yardstick(workload).seconds);  // one thread, so its processor time
    state.counters["iterations"] = static_cast<double>(yardstick(workload).result.sweeps);
  }
}

/// One solve: what it took and why it does not count, if it does not.
struct Run {
  solvers::Solution solution;
  double wall = 0, cpu = 0;
  std::string fault;
};

std::string fault_of(const solvers::Solution& solution, const Workload& workload) {
  if (solution.status == Status::kStoppedByCaller) return fmt::format("takes more than {} s", kLongest);
  if (solution.status != Status::kConverged || !(solution.gap <= kTolerance)) return "does not reach the tolerance";
  const PlainResult& plain = yardstick(workload).result;
  const double plain_error = plain.residual * workload.discount / (1 - workload.discount);
  for (Eigen::Index s = 0; s < solution.value.size(); ++s) {
    if (!(std::abs(solution.value[s] - plain.value[static_cast<std::size_t>(s)]) <= plain_error + solution.gap))
      return "disagrees with plain value iteration beyond its error";
  }
  return {};
}

/// A sparse LU of a large random graph fills in; nothing can stop it on the way.
bool would_fill_in(const Workload& workload, const solvers::SolverRow& row) {
  return row.name == "policy-iteration" && workload.name.find("garnet") != std::string_view::npos &&
         model_of(workload).num_states() > 5000;
}

Run run_once(const Workload& workload, const solvers::SolverRow& row) {
  const solvers::Problem problem{.model = model_of(workload), .discount = workload.discount};
  const double wall = wall_seconds(), cpu = cpu_seconds();
  solvers::SolveOptions options{.tolerance = kTolerance};
  options.observer = [&](const TraceRow&) { return wall_seconds() - wall < kLongest; };
  Run run;
  try {
    run.solution = row.run(problem, {}, options);
  } catch (const InvalidOption& refusal) {
    run.fault = refusal.what();
    return run;
  }
  run.wall = wall_seconds() - wall;
  run.cpu = cpu_seconds() - cpu;
  run.fault = fault_of(run.solution, workload);
  return run;
}

/// The first run is checked and counts; more follow until there is enough time to divide.
void solve(State& state, const Workload& workload, const solvers::SolverRow& row, int threads) {
  const ThreadCount guard(threads);
  static std::map<std::string, Run> first_runs;
  const auto alone = first_runs.find(fmt::format("{}/{}/{}", row.name, workload.name, 1));
  if (alone != first_runs.end() && !alone->second.fault.empty())  // two threads would not help, and cost as long
    return state.SkipWithError(alone->second.fault.c_str());
  const auto [first, is_new] = first_runs.try_emplace(fmt::format("{}/{}/{}", row.name, workload.name, threads));
  if (would_fill_in(workload, row))
    return state.SkipWithError("not run: a random graph of this size fills its factors");
  if (is_new) first->second = run_once(workload, row);
  const Run& checked = first->second;
  if (!checked.fault.empty()) return state.SkipWithError(checked.fault.c_str());
  double cpu = 0;
  std::int64_t runs = 0;
  for (auto _ : state) {
    const Run run = runs == 0 ? checked : run_once(workload, row);
    state.SetIterationTime(run.wall);
    cpu += run.cpu;
    ++runs;
  }
  const Yardstick& plain = yardstick(workload);
  state.counters["times_plain_cpu"] = plain.seconds * static_cast<double>(runs) / cpu;
  state.counters["iterations"] = static_cast<double>(checked.solution.iterations);
  state.counters["gap"] = checked.solution.gap;
  state.counters["sweeps_read"] = static_cast<double>(checked.solution.transitions_read) /
                                  static_cast<double>(model_of(workload).num_transitions());
}

}  // namespace

void register_solves() {
  for (const Workload& workload : workloads()) {
    benchmark::RegisterBenchmark(fmt::format("solve/plain/{}", workload.name).c_str(),
                                 [&workload](State& state) { plain(state, workload); })
        ->Iterations(1)
        ->Unit(benchmark::kMillisecond)
        ->UseManualTime();
    for (const solvers::SolverRow& row : solvers::solver_table()) {
      if (row.first_order || !row.solves(solvers::Criterion::kDiscounted)) continue;
      for (const int threads : {1, 2}) {
        benchmark::RegisterBenchmark(fmt::format("solve/{}/{}/threads:{}", row.name, workload.name, threads).c_str(),
                                     [&workload, &row, threads](State& state) { solve(state, workload, row, threads); })
            ->Unit(benchmark::kMillisecond)
            ->UseManualTime();
      }
    }
  }
}

}  // namespace bellwether::benchmarks
