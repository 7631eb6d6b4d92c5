#pragma once

#include <string>
#include <string_view>

namespace bellwether::experiments {

/// Writes a file in one step: whoever reads it sees the old one or the new one.
void write_whole(const std::string& path, std::string_view text);

/// The version of this program and the compiler that made it, for manifests.
std::string_view program_version();
std::string_view program_compiler();

}  // namespace bellwether::experiments
