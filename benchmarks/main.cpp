#include <cstdio>

#include <benchmark/benchmark.h>

#include "benchmarks/register.h"

int main(int argc, char** argv) {
  bellwether::benchmarks::register_sweeps();
  bellwether::benchmarks::register_solves();
  bellwether::benchmarks::register_files();
  bellwether::benchmarks::register_memory();
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  const bool any = benchmark::RunSpecifiedBenchmarks() > 0;
  benchmark::Shutdown();
  if (!any) std::fputs("bellwether: bench: no benchmark has such a name; bench --list names them\n", stderr);
  return any ? 0 : 2;
}
