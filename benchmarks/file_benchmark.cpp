// Reading and writing: megabytes of CSV a second, and how long a mapped model takes to open, validation included.

#include <string_view>

#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include "benchmarks/model_on_disk.h"
#include "benchmarks/register.h"
#include "benchmarks/workloads.h"
#include "mdp/io/formats.h"

namespace bellwether::benchmarks {
namespace {

using benchmark::State;

void read(State& state, const Workload& workload, std::string_view extension) {
  const ModelOnDisk file(workload, extension);
  if (!(mdp::read_model(file.path()).model.data().probability == model_of(workload).data().probability)) {
    return state.SkipWithError("the file does not read back to the same model");
  }
  for (auto _ : state) {
    mdp::ModelFile model = mdp::read_model(file.path());
    benchmark::DoNotOptimize(model);
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations()) * file.bytes());
}

}  // namespace

void register_files() {
  for (const Workload& workload : workloads()) {
    if (workload.name != "tiny" && workload.name[0] != 'b' && workload.name[0] != 'e') continue;
    for (const std::string_view extension : {"csv", "bwm"}) {
      if (extension == "csv" && workload.name[0] == 'e') continue;  // a gigabyte of text
      benchmark::RegisterBenchmark(fmt::format("read/{}/{}", extension, workload.name).c_str(),
                                   [&workload, extension](State& state) { read(state, workload, extension); })
          ->Unit(benchmark::kMillisecond)
          ->UseRealTime();
    }
  }
}

}  // namespace bellwether::benchmarks
