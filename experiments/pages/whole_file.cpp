#include "experiments/pages/whole_file.h"

#include "mdp/io/file_bytes.h"

namespace bellwether::experiments {

void write_whole(const std::string& path, std::string_view text) {
  mdp::FileWriter writer(path);
  writer.write(text);
  writer.commit();
}

std::string_view program_version() { return BELLWETHER_VERSION; }
std::string_view program_compiler() { return __VERSION__; }

}  // namespace bellwether::experiments
