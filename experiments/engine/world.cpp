#include "experiments/engine/world.h"

#include <array>

namespace bellwether::experiments {

const World& world_of(Protocol protocol) {
  switch (protocol) {
    case Protocol::kEpisodic:
    case Protocol::kStopping:
      return worlds_table::episodes();
    case Protocol::kAverage:
      return worlds_table::long_run();
    case Protocol::kConstrained:
      return worlds_table::limits();
    case Protocol::kDiscounted:
      return worlds_table::discounted();
    case Protocol::kGenerative:
      return worlds_table::samples();
    case Protocol::kRounds:
    case Protocol::kIdentification:
      return worlds_table::rounds();
  }
  return worlds_table::episodes();
}

std::span<const World* const> worlds() {
  static const std::array<const World*, 6> all = {&worlds_table::episodes(), &worlds_table::long_run(),
                                                  &worlds_table::limits(),   &worlds_table::discounted(),
                                                  &worlds_table::samples(),  &worlds_table::rounds()};
  return all;
}

}  // namespace bellwether::experiments
