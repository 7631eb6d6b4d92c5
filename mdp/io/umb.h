#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "mdp/io/model_file.h"

namespace bellwether::mdp {

/// UMB, the binary format of PRISM and Storm: MDPs, DTMCs, POMDPs and their interval variants, plain or in gzip or xz.
/// docs/guide/formats.md, "UMB", says how each part is understood.
ModelFile read_umb(const std::string& path);
/// The same from the bytes of the tar archive.
ModelFile parse_umb(std::string_view tar, const std::string& name);

/// Writes the whole model as a gzip'd archive; what UMB has no place for goes to annotations of the group "bellwether".
std::vector<std::string> write_umb(const ModelFile& file, const std::string& path);

}  // namespace bellwether::mdp
