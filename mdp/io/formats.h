#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "mdp/io/model_file.h"

namespace bellwether::mdp {

/// All formats, in the order of `bellwether list formats`.
std::span<const Format> formats();

/// The format of that name, or the one whose extension the path has. ParseError, listing what there is, when there is
/// none.
const Format& find_format(const std::string& path, std::string_view name = {});

/// Reads a model file. ParseError or InvalidModel, with file and line where there are lines, when it is none.
ModelFile read_model(const std::string& path, std::string_view format = {});

/// Writes a model file, in one step, and returns what the format could not hold, one phrase a thing.
std::vector<std::string> write_model(const ModelFile& file, const std::string& path, std::string_view format = {});

}  // namespace bellwether::mdp
