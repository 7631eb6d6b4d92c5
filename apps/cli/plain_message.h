#pragma once

#include <string>

namespace bellwether::cli {

/// What the library says of a file or an option, for who has no idea of its classes: without their names in front of
/// the sentence ("model.csv:2: TabularMdp: row ..." is "model.csv:2: row ...").
std::string plain_message(std::string text);

}  // namespace bellwether::cli
