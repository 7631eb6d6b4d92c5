#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "labs/sandbox.h"

namespace bellwether::labs {

/// A folder for temporary files in `scratch` (empty: where the system has them), removed at the end with all that is in
/// it. NotGraded, with the path and the reason, when none can be made.
class WorkFolder {
 public:
  explicit WorkFolder(const std::string& scratch);
  ~WorkFolder();
  WorkFolder(const WorkFolder&) = delete;
  WorkFolder& operator=(const WorkFolder&) = delete;
  const std::filesystem::path& path() const { return path_; }
  /// Writes a file into it; NotGraded unless all of it is there.
  void write(const std::string& name, std::string_view text) const;

 private:
  std::filesystem::path path_;
};

struct Compiled {
  std::string trouble = {};  ///< what is wrong with the file, in the compiler's words; empty when nothing is
  std::vector<std::string> warnings = {};
};

/// Compiles `file` in `folder` into solution.so there. What is told is the student's doing: a compiler that fails and
/// names no error of the file throws NotGraded (a full disk, a compiler that was killed). InvalidOption when there is
/// no compiler. An empty `compiler` is the one that built this library, else c++, g++ or clang++.
Compiled compile(const std::string& file, const WorkFolder& folder, const std::string& compiler, const Limits& limits);

}  // namespace bellwether::labs
