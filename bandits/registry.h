#pragma once

#include <span>
#include <string_view>

#include "bandits/learner.h"

namespace bellwether::bandits {

/// All learners of bandits.
std::span<const Learner> learner_table();

/// InvalidOption, with what was probably meant, when there is none of this name.
const Learner& find_learner(std::string_view name);

}  // namespace bellwether::bandits
