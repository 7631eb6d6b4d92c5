#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "mdp/io/model_file.h"

namespace bellwether::mdp {

// bellwether's own binary: little-endian arrays at multiples of 64 bytes, used where they lie in the mapped file.
// docs/guide/formats.md, section bwm, describes it byte by byte.

ModelFile read_bwm(const std::string& path);

/// The same from memory that `owner` keeps alive and that starts at a multiple of eight bytes.
ModelFile parse_bwm(std::string_view bytes, std::shared_ptr<const void> owner, const std::string& name);

/// Holds everything; loses nothing.
std::vector<std::string> write_bwm(const ModelFile& file, const std::string& path);

}  // namespace bellwether::mdp
