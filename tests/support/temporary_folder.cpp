#include "tests/support/temporary_folder.h"

#include <atomic>
#include <fstream>
#include <iterator>
#include <stdexcept>

#include <unistd.h>

namespace bellwether::test {

TemporaryFolder::TemporaryFolder() {
  static std::atomic<int> counter{0};
  // Once for all: a test may point the programs that it runs elsewhere.
  static const std::filesystem::path root = std::filesystem::temp_directory_path();
  folder_ = root / ("bellwether-test-" + std::to_string(::getpid()) + "-" + std::to_string(counter++));
  std::filesystem::create_directories(folder_);
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

std::string TemporaryFolder::write(std::string_view name, std::string_view content) const {
  const std::string where = path(name);
  std::ofstream file(where, std::ios::binary);
  file.write(content.data(), static_cast<std::streamsize>(content.size()));
  if (!file) throw std::runtime_error("cannot write " + where);
  return where;
}

std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error("cannot read " + path);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

}  // namespace bellwether::test
