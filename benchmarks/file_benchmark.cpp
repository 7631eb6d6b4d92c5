// Reading and writing: megabytes of CSV a second, and how long a mapped model takes to open, validation included.

#include <filesystem>
#include <string>

#include <unistd.h>

#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include "benchmarks/register.h"
#include "benchmarks/workloads.h"
#include "mdp/io/formats.h"

namespace bellwether::benchmarks {
namespace {

using benchmark::State;

/// The workload as a file of this format in the temporary folder, removed again at the end of the scope.
class ModelOnDisk {
 public:
  ModelOnDisk(const Workload& workload, std::string_view extension)
      : path_((std::filesystem::temp_directory_path() / fmt::format("bellwether-bench-{}.{}", ::getpid(), extension))
                  .string()) {
    mdp::write_model(mdp::ModelFile{.model = model_of(workload)}, path_);
  }
  ~ModelOnDisk() {
    std::error_code ignored;
    std::filesystem::remove(path_, ignored);
  }
  ModelOnDisk(const ModelOnDisk&) = delete;
  ModelOnDisk& operator=(const ModelOnDisk&) = delete;

  const std::string& path() const { return path_; }
  std::int64_t bytes() const { return static_cast<std::int64_t>(std::filesystem::file_size(path_)); }

 private:
  std::string path_;
};

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
