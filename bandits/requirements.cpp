#include "bandits/requirements.h"

#include <fmt/format.h>

#include "core/errors.h"

namespace bellwether::bandits {

void require_prompt(std::string_view learner, const World& world) {
  if (world.largest_delay == 0) return;
  throw InvalidOption(fmt::format(
      "{} needs the feedback of a round before the next, that of this bandit comes up to {} rounds late; bold with "
      "base={} plays it",
      learner, world.largest_delay, learner));
}

void require_any_items(std::string_view learner, const World& world) {
  if (!world.sets) return;
  throw InvalidOption(fmt::format("{} plays any {} items at once, and this bandit allows {}; comb-ucb1 plays it",
                                  learner, world.items, world.sets->content()));
}

}  // namespace bellwether::bandits
