#pragma once

#include <string_view>

#include "bandits/bandit.h"

namespace bellwether::bandits {

/// InvalidOption unless the feedback of every round comes before the next: for learners whose phases count it.
void require_prompt(std::string_view learner, const World& world);

/// InvalidOption unless any `items` of the items may be played at once.
void require_any_items(std::string_view learner, const World& world);

}  // namespace bellwether::bandits
