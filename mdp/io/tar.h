#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>

namespace bellwether::mdp {

/// The regular files of a tar archive (POSIX ustar and pax, GNU long names) by their path without a leading "/" or
/// "./"; the contents point into `bytes`. ParseError, starting with `name`, when a header is damaged or the archive is
/// cut.
std::unordered_map<std::string, std::string_view> read_tar(std::string_view bytes, const std::string& name);

/// Appends files to a tar archive in memory. The same files give the same bytes.
class TarWriter {
 public:
  void add(const std::string& path, std::string_view content);
  /// The archive with its end mark.
  std::string finish() &&;

 private:
  std::string bytes_;
};

}  // namespace bellwether::mdp
