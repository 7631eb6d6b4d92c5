#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "mdp/io/model_file.h"

namespace bellwether::mdp {

// One transition a line, described in docs/guide/formats.md, section CSV.

/// Reads a CSV file, gzip or xz undone. Cost: one pass in parallel over the mapped bytes; memory about that of the
/// model when the rows of a choice stand together and the choices of a state too.
ModelFile read_csv(const std::string& path);

/// The same from memory; `name` is for messages.
ModelFile parse_csv(std::string_view bytes, const std::string& name);

std::vector<std::string> write_csv(const ModelFile& file, const std::string& path);

}  // namespace bellwether::mdp
