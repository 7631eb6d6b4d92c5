#pragma once

#include <string>
#include <string_view>

#include "bandits/arms/family.h"
#include "experiments/engine/grid.h"

namespace bellwether::cli {

/// What `show` says of a bandit: its arms with means and gaps, what is known about it, its settings, what to type next.
std::string bandit_text(const experiments::InstanceVariant& variant);

/// The same of a family that cannot be made without a file.
std::string family_text(const bandits::Family& family);

/// A bandit that the learner can play, for examples: coins where it can.
std::string playground(std::string_view learner);

}  // namespace bellwether::cli
