#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "mdp/io/model_file.h"

namespace bellwether::mdp {

/// Storm's DRN: MDPs, DTMCs and POMDPs with numbers or intervals. docs/guide/formats.md, "DRN", says how it is read.
ModelFile read_drn(const std::string& path);
ModelFile parse_drn(std::string_view text, const std::string& name);

/// Writes the whole model in one file, compressed when its name ends in .gz or .xz.
std::vector<std::string> write_drn(const ModelFile& file, const std::string& path);

}  // namespace bellwether::mdp
