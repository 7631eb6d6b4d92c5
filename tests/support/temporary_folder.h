#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace bellwether::test {

/// A folder of this test's own, removed with everything in it at the end.
class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  std::string path(std::string_view name) const { return (folder_ / name).string(); }
  /// Writes a file and returns its path.
  std::string write(std::string_view name, std::string_view content) const;

 private:
  std::filesystem::path folder_;
};

/// The whole of a file.
std::string read_file(const std::string& path);

}  // namespace bellwether::test
