#include "solvers/online/linear/linear_agent.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/errors.h"

namespace bellwether::online {

LinearAgent::LinearAgent(const EpisodicWorld& world)
    : EpisodicAgent(world),
      world_(world),
      q_(Eigen::MatrixXd::Zero(world.num_choices(), world.horizon)),
      values_(Eigen::MatrixXd::Zero(world.num_states(), world.horizon + 1)) {}

void LinearAgent::settle(int stage, double epsilon) {
  double* q = q_.col(stage).data();
  const double most = world_.horizon - stage;
  for (int s = 0; s < world_.num_states(); ++s) {
    const std::int64_t first = world_.state_begin[static_cast<std::size_t>(s)],
                       last = world_.state_begin[static_cast<std::size_t>(s) + 1];
    std::int64_t best = first;
    for (std::int64_t c = first; c < last; ++c) {
      q[c] = std::clamp(q[c], 0.0, most);
      if (q[c] > q[best]) best = c;
    }
    values_(s, stage) = q[best];
    if (epsilon == 0) {
      policy().play(stage, s, best);
    } else {
      const double each = epsilon / static_cast<double>(last - first);
      for (std::int64_t c = first; c < last; ++c) policy().play_with(stage, c, each + (c == best ? 1 - epsilon : 0));
    }
  }
}

std::shared_ptr<const mdp::FeatureMap> features_of(const EpisodicWorld& world, int matrices) {
  const double d = world.features != nullptr ? world.features->dimension() : static_cast<double>(world.num_choices());
  if (d * d * matrices * sizeof(double) > 1e9)
    throw InvalidOption(fmt::format("{} matrices of {} features each do not fit into a gigabyte", matrices, d));
  if (world.features == nullptr) return std::make_shared<const mdp::FeatureMap>(mdp::one_hot(world.num_choices()));
  return {std::shared_ptr<const void>(), world.features};  // the world outlives its learners
}

}  // namespace bellwether::online
