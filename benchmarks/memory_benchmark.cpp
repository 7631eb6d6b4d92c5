// Peak memory as a multiple of the model's arrays: what the kernel counted for a child process that did nothing else.

#include <cstdio>
#include <filesystem>
#include <functional>
#include <string>

#include <unistd.h>

#include <benchmark/benchmark.h>
#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "benchmarks/model_on_disk.h"
#include "benchmarks/register.h"
#include "benchmarks/workloads.h"
#include "core/parallel.h"
#include "mdp/io/formats.h"
#include "solvers/registry.h"

namespace bellwether::benchmarks {
namespace {

using benchmark::State;

constexpr double kBytesPerKilobyte = 1024;

/// The peak of the resident memory of a child that runs `body`, mapped files included, as the kernel kept it; 0 when it
/// fails. The parent must be small: a child begins with its pages.
double peak_of(const std::function<void()>& body) {
  const pid_t child = ::fork();
  if (child < 0) return 0;
  if (child == 0) {
    body();
    ::_exit(0);
  }
  int status = 0;
  struct rusage usage {};
  if (::wait4(child, &status, 0, &usage) != child || !WIFEXITED(status) || WEXITSTATUS(status) != 0) return 0;
  return static_cast<double>(usage.ru_maxrss) * kBytesPerKilobyte;
}

/// Makes the file in a child, so that this process stays small, and says how many bytes the model's arrays have.
double write_in_child(const Workload& workload, const std::string& path) {
  const std::string note = path + ".bytes";
  peak_of([&] {
    const mdp::TabularMdp model = workload.make();
    mdp::write_model(mdp::ModelFile{.model = model}, path);
    if (std::FILE* out = std::fopen(note.c_str(), "w")) {
      fmt::print(out, "{}", model.bytes());
      std::fclose(out);
    }
  });
  double bytes = 0;
  if (std::FILE* in = std::fopen(note.c_str(), "r")) {
    if (std::fscanf(in, "%lf", &bytes) != 1) bytes = 0;
    std::fclose(in);
  }
  std::filesystem::remove(note);
  return bytes;
}

void read_or_solve(const std::string& path, const Workload& workload, bool solve) {
  const mdp::ModelFile read = mdp::read_model(path);
  if (!solve) return;
  const solvers::Problem problem{.model = read.model, .discount = workload.discount};
  const auto& planner = solvers::find_solver("auto", solvers::Criterion::kDiscounted);
  benchmark::DoNotOptimize(planner.run(problem, {}, {.tolerance = 1e-6}));
}

/// Everything resident counts: the model's own pages, those of the mapped file, and what stands beside. What the
/// program itself takes is that of the same done with the smallest workload.
void measure(State& state, const Workload& workload, std::string_view extension, bool solve) {
  const TemporaryPath file(extension);
  const double model_bytes = write_in_child(workload, file.path());
  const TemporaryPath smallest_file(fmt::format("smallest.{}", extension));
  const Workload& smallest = workloads().front();
  if (model_bytes == 0 || write_in_child(smallest, smallest_file.path()) == 0)
    return state.SkipWithError("the model could not be written");
  const double program = peak_of([&] { read_or_solve(smallest_file.path(), smallest, solve); });
  double peak = 0;
  for (auto _ : state) peak = peak_of([&] { read_or_solve(file.path(), workload, solve); });
  if (peak == 0) return state.SkipWithError("the child process failed");
  state.counters["times_model"] = (peak - program) / model_bytes;
}

}  // namespace

void register_memory() {
  for (const Workload& workload : workloads()) {
    benchmark::RegisterBenchmark(fmt::format("memory/solve/{}", workload.name).c_str(),
                                 [&workload](State& state) { measure(state, workload, "bwm", true); })
        ->Iterations(1)
        ->Unit(benchmark::kMillisecond)
        ->UseRealTime();
    if (workload.name[0] == 'e') continue;  // a gigabyte of text
    benchmark::RegisterBenchmark(fmt::format("memory/read-csv/{}", workload.name).c_str(),
                                 [&workload](State& state) { measure(state, workload, "csv", false); })
        ->Iterations(1)
        ->Unit(benchmark::kMillisecond)
        ->UseRealTime();
  }
}

}  // namespace bellwether::benchmarks
