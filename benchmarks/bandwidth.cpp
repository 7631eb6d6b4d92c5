#include "benchmarks/bandwidth.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <utility>
#include <vector>

#include <benchmark/benchmark.h>

#include "core/parallel.h"

namespace bellwether::benchmarks {
namespace {

/// The shortest of `passes` runs of body, in seconds.
template <class Body>
double best_seconds(int passes, Body&& body) {
  double best = 1e300;
  for (int pass = 0; pass < passes; ++pass) {
    const auto start = std::chrono::steady_clock::now();
    body();
    best = std::min(best, std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
  }
  return best;
}

/// Sums with eight accumulators, so that loads, not additions, set the pace.
double sum_of(const double* x, std::int64_t count) {
  double part[8] = {};
  for (std::int64_t i = 0; i + 8 <= count; i += 8) {
    for (int k = 0; k < 8; ++k) part[k] += x[i + k];
  }
  double sum = 0;
  for (const double p : part) sum += p;
  return sum;
}

double measure_read_bandwidth(std::int64_t bytes, int threads) {
  const std::int64_t count = std::max<std::int64_t>(bytes / 8, 1024);
  const std::vector<double> data(static_cast<std::size_t>(count), 1.0);
  const ThreadCount guard(threads);
  const int passes = static_cast<int>(std::clamp<std::int64_t>(2'000'000'000 / bytes, 8, 200));
  const double seconds = best_seconds(passes, [&] {
    double total = parallel_reduce(
        count, count, 0.0,
        [&](std::int64_t begin, std::int64_t end) { return sum_of(data.data() + begin, end - begin); },
        [](double a, double b) { return a + b; });
    benchmark::DoNotOptimize(total);
  });
  return static_cast<double>(count * 8) / seconds;
}

}  // namespace

double read_bandwidth(std::int64_t bytes, int threads) {
  static std::map<std::pair<std::int64_t, int>, double> known;
  const auto key = std::make_pair(bytes, threads);
  const auto found = known.find(key);
  if (found != known.end()) return found->second;
  return known[key] = measure_read_bandwidth(bytes, threads);
}

std::int64_t sweep_bytes(const mdp::TabularMdp& model) { return model.bytes() + std::int64_t{16} * model.num_states(); }

namespace {

/// Seconds of a pass over all transitions that adds up term(i), with eight accumulators.
template <class Term>
double pass_seconds(const mdp::TabularMdp& model, int threads, const Term& term) {
  const ThreadCount guard(threads);
  return best_seconds(5, [&] {
    double total = parallel_reduce(
        model.num_transitions(), model.num_transitions(), 0.0,
        [&](std::int64_t begin, std::int64_t end) {
          double part[8] = {};
          std::int64_t i = begin;
          for (; i + 8 <= end; i += 8) {
            for (int k = 0; k < 8; ++k) part[k] += term(i + k);
          }
          double sum = 0;
          for (; i < end; ++i) sum += term(i);
          for (const double p : part) sum += p;
          return sum;
        },
        [](double a, double b) { return a + b; });
    benchmark::DoNotOptimize(total);
  });
}

}  // namespace

double gather_seconds(const mdp::TabularMdp& model, int threads) {
  const std::vector<double> value(static_cast<std::size_t>(model.num_states()), 1.0);
  const double* v = value.data();
  const std::int32_t* successor = model.successor().data();
  return pass_seconds(model, threads, [=](std::int64_t i) { return v[successor[i]]; });
}

double product_seconds(const mdp::TabularMdp& model, int threads) {
  const std::vector<double> value(static_cast<std::size_t>(model.num_states()), 1.0);
  const double* v = value.data();
  const std::int32_t* successor = model.successor().data();
  const double* probability = model.probability().data();
  return pass_seconds(model, threads, [=](std::int64_t i) { return probability[i] * v[successor[i]]; });
}

}  // namespace bellwether::benchmarks
