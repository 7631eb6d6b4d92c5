#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include <benchmark/benchmark.h>

#include "benchmarks/register.h"
#include "benchmarks/table_reporter.h"

namespace {

/// Whether a form of Google Benchmark's own was asked for, by option or environment.
bool asks_for_other_form(int argc, char** argv) {
  constexpr std::string_view kOption = "--benchmark_format=", kTable = "console";
  if (const char* form = std::getenv("BENCHMARK_FORMAT"); form != nullptr && form != kTable) return true;
  return std::any_of(argv + 1, argv + argc, [&](std::string_view word) {
    return word.starts_with(kOption) && word.substr(kOption.size()) != kTable;
  });
}

std::string program_name() {
  const char* name = std::getenv("BELLWETHER_COMMAND");
  return name != nullptr && *name != 0 ? name : "bellwether";
}

}  // namespace

int main(int argc, char** argv) {
  bellwether::benchmarks::register_sweeps();
  bellwether::benchmarks::register_solves();
  bellwether::benchmarks::register_files();
  bellwether::benchmarks::register_memory();
  bellwether::benchmarks::register_learners();
  bellwether::benchmarks::register_bandits();
  bellwether::benchmarks::register_latent();
  bellwether::benchmarks::register_linear_bandits();
  bellwether::benchmarks::register_constrained();
  bellwether::benchmarks::register_robust();
  const bool other_form = asks_for_other_form(argc, argv);
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  bellwether::benchmarks::TableReporter table(program_name());
  const bool any = benchmark::RunSpecifiedBenchmarks(other_form ? nullptr : &table) > 0;
  benchmark::Shutdown();
  if (!any) std::fputs("bellwether: bench: no benchmark has such a name; bench --list names them\n", stderr);
  return any ? 0 : 2;
}
