#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace bellwether::cli {

/// Without the blanks, and the carriage return, around it.
std::string_view trimmed(std::string_view text);

/// What stands between the separators; one piece more than there are of them.
std::vector<std::string> split(std::string_view text, char separator);

}  // namespace bellwether::cli
