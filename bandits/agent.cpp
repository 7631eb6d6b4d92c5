#include "bandits/agent.h"

#include "core/errors.h"

namespace bellwether::bandits {

std::span<const int> Agent::choose_items(const Round&) {
  throw InvalidOption("this learner chooses one arm at a time");
}

void Agent::learn_items(std::int64_t, std::span<const int>, std::span<const double>) {
  throw InvalidOption("this learner chooses one arm at a time");
}

}  // namespace bellwether::bandits
