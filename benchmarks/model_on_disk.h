#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include <unistd.h>

#include <fmt/format.h>

#include "benchmarks/workloads.h"
#include "mdp/io/formats.h"

namespace bellwether::benchmarks {

/// The name of a file in the temporary folder, which is removed at the end of the scope.
class TemporaryPath {
 public:
  explicit TemporaryPath(std::string_view extension)
      : path_((std::filesystem::temp_directory_path() / fmt::format("bellwether-bench-{}.{}", ::getpid(), extension))
                  .string()) {}
  ~TemporaryPath() {
    std::error_code ignored;
    std::filesystem::remove(path_, ignored);
  }
  TemporaryPath(const TemporaryPath&) = delete;
  TemporaryPath& operator=(const TemporaryPath&) = delete;

  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

/// The workload as a file of this format, removed again at the end of the scope.
class ModelOnDisk {
 public:
  ModelOnDisk(const Workload& workload, std::string_view extension) : file_(extension) {
    mdp::write_model(mdp::ModelFile{.model = model_of(workload)}, file_.path());
  }

  const std::string& path() const { return file_.path(); }
  std::int64_t bytes() const { return static_cast<std::int64_t>(std::filesystem::file_size(path())); }

 private:
  TemporaryPath file_;
};

}  // namespace bellwether::benchmarks
