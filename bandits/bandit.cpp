#include "bandits/bandit.h"

#include <array>

#include "core/errors.h"

namespace bellwether::bandits {

std::string_view to_string(Kind kind) {
  static constexpr std::array<std::string_view, 3> kNames = {"arms", "duels", "items"};
  return kNames[static_cast<std::size_t>(kind)];
}

std::string_view to_string(Link link) {
  static constexpr std::array<std::string_view, 4> kNames = {"identity", "logistic", "other", "unknown"};
  return kNames[static_cast<std::size_t>(link)];
}

Outcome Game::play_items(std::span<const int>, std::span<double>) {
  throw InvalidOption("this bandit is played one arm at a time");
}

}  // namespace bellwether::bandits
