// One Jacobi sweep of the optimality operator: bytes a second, as a share of what this machine reads, and beside the
// plain loop. Where the gathers of the value vector bind, the share of the gather bound is the one to look at.

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include "benchmarks/bandwidth.h"
#include "benchmarks/plain_value_iteration.h"
#include "benchmarks/register.h"
#include "benchmarks/workloads.h"
#include "core/parallel.h"
#include "core/stream.h"
#include "mdp/operators.h"

namespace bellwether::benchmarks {
namespace {

using benchmark::State;

std::vector<double> some_values(const mdp::TabularMdp& model) {
  std::vector<double> v(static_cast<std::size_t>(model.num_states()));
  Stream stream(7);
  for (double& x : v) x = stream.uniform();
  return v;
}

/// Bounds over measured times of a sweep, as shares of one.
void report(State& state, const mdp::TabularMdp& model, int threads, double seconds) {
  const auto bytes = static_cast<double>(sweep_bytes(model));
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations()) * sweep_bytes(model));
  const double own = seconds / static_cast<double>(state.iterations());
  state.counters["of_bandwidth"] = bytes / read_bandwidth(sweep_bytes(model), threads) / own;
  state.counters["of_gathers"] = gather_seconds(model, threads) / own;
  state.counters["of_products"] = product_seconds(model, threads) / own;
}

template <class Body>
double seconds_of(const Body& body) {
  const auto start = std::chrono::steady_clock::now();
  auto result = body();
  benchmark::DoNotOptimize(result);
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

/// Times the loop of a benchmark.
template <class Body>
double timed_loop(State& state, const Body& body) {
  const auto start = std::chrono::steady_clock::now();
  for (auto _ : state) {
    auto result = body();
    benchmark::DoNotOptimize(result);
  }
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

void sweep(State& state, const Workload& workload, int threads) {
  const mdp::TabularMdp& model = model_of(workload);
  const ThreadCount guard(threads);
  const std::vector<double> v = some_values(model);
  std::vector<double> out(v.size()), plain(v.size());
  const auto one = [&] {
    return mdp::backup_with_change(model, workload.discount, v, out, mdp::Expectation{}, mdp::Largest{});
  };
  one();
  plain_sweep(model, workload.discount, v, plain);
  for (std::size_t s = 0; s < v.size(); ++s) {
    if (!(std::abs(out[s] - plain[s]) <= 1e-12)) return state.SkipWithError("the sweep disagrees with the plain loop");
  }
  report(state, model, threads, timed_loop(state, one));
  // Against the plain loop with the same arrays, in turns: where arrays lie in memory moves either by a tenth.
  double own = std::numeric_limits<double>::infinity(), other = own;
  for (int turn = 0; turn < 10; ++turn) {
    own = std::min(own, seconds_of(one));
    other = std::min(other, seconds_of([&] { return plain_sweep(model, workload.discount, v, out); }));
  }
  state.counters["times_plain"] = other / own;
}

void plain(State& state, const Workload& workload) {
  const mdp::TabularMdp& model = model_of(workload);
  const std::vector<double> v = some_values(model);
  std::vector<double> out(v.size());
  report(state, model, 1, timed_loop(state, [&] { return plain_sweep(model, workload.discount, v, out); }));
}

}  // namespace

void register_sweeps() {
  for (const Workload& workload : workloads()) {
    benchmark::RegisterBenchmark(fmt::format("sweep/plain/{}", workload.name).c_str(), [&workload](State& state) {
      plain(state, workload);
    })->UseRealTime();
    for (const int threads : {1, 2}) {
      benchmark::RegisterBenchmark(fmt::format("sweep/jacobi/{}/threads:{}", workload.name, threads).c_str(),
                                   [&workload, threads](State& state) { sweep(state, workload, threads); })
          ->UseRealTime();
    }
  }
}

}  // namespace bellwether::benchmarks
