#include "solvers/online/linear/mixture_features.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "core/errors.h"

namespace bellwether::online {

MixtureFeatures::MixtureFeatures(const EpisodicWorld& world)
    : mixture_(world.mixture),
      states_(world.num_states()),
      choices_(world.num_choices()),
      dimension_(mixture_ != nullptr ? mixture_->dimension() : world.num_states()),
      divisor_(mixture_ != nullptr ? std::max(1.0, mixture_->norm_bound()) : std::sqrt(world.num_states())) {}

void MixtureFeatures::expected(std::int64_t choice, const double* v, std::span<double> out) const {
  if (mixture_ != nullptr) {
    mixture_->expected(choice, {v, static_cast<std::size_t>(states_)}, out);
  } else {
    std::copy_n(v, states_, out.begin());
  }
  for (double& x : out) x /= divisor_;
}

MixtureRegression::MixtureRegression(const MixtureFeatures& features, double lambda)
    : blocks_(static_cast<std::size_t>(features.blocks()), Ridge(features.dimension(), lambda)) {}

void MixtureRegression::add(std::int64_t block, std::span<const double> x, double y, double weight) {
  Ridge& ridge = blocks_[static_cast<std::size_t>(block)];
  log_det_growth_ -= ridge.log_det_growth();
  ridge.add(x, y, weight);
  log_det_growth_ += ridge.log_det_growth();
}

void require_room(const MixtureFeatures& features, int regressions) {
  const double d = features.dimension(), numbers = 2 * d * d * static_cast<double>(features.blocks()) * regressions;
  if (numbers * sizeof(double) > 1e9)
    throw InvalidOption(fmt::format("{} regressions for {} blocks of {} features do not fit into a gigabyte",
                                    regressions, features.blocks(), d));
}

}  // namespace bellwether::online
