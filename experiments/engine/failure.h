#pragma once

#include <string>

namespace bellwether::experiments {

/// ParseError "place: message" when the place is known (it stands in a file), else InvalidOption "message".
[[noreturn]] void fail(const std::string& place, const std::string& message);

}  // namespace bellwether::experiments
