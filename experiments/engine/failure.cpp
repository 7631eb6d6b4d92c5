#include "experiments/engine/failure.h"

#include <fmt/format.h>

#include "core/errors.h"

namespace bellwether::experiments {

void fail(const std::string& place, const std::string& message) {
  if (place.empty()) throw InvalidOption(message);
  throw ParseError(fmt::format("{}: {}", place, message));
}

}  // namespace bellwether::experiments
