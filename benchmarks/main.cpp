#include <benchmark/benchmark.h>

#include "benchmarks/register.h"

int main(int argc, char** argv) {
  bellwether::benchmarks::register_sweeps();
  bellwether::benchmarks::register_solves();
  bellwether::benchmarks::register_files();
  bellwether::benchmarks::register_memory();
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  return 0;
}
