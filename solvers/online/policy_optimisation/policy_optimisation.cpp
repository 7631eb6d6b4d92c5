#include "solvers/online/policy_optimisation/policy_optimisation.h"

#include <cmath>

#include "core/learner.h"
#include "solvers/online/policy_optimisation/mirror_learner.h"

namespace bellwether::online {
namespace {

/// Derived in docs/papers/optimistic-policy-optimisation.md; the theorem says "some absolute constant".
constexpr double kFullInformation = 2;

double num_pairs(const EpisodicWorld& world) { return static_cast<double>(world.num_choices()); }
double num_steps(const EpisodicWorld& world) { return static_cast<double>(world.episodes) * world.horizon; }

double step_size(const EpisodicWorld& world, double rate) {
  return rate * std::sqrt(2 * std::log(world.largest_num_actions) / (world.horizon * num_steps(world)));
}

}  // namespace

BanditFeedback::BanditFeedback(const EpisodicWorld& world, double delta, double factor) {
  const double triples = num_pairs(world) * num_steps(world) / (delta / 6);
  scale_ = factor * (std::sqrt(2 * std::log(2 * triples)) +
                     world.horizon * std::sqrt(4 * world.num_states() * std::log(3 * triples)));
}

OptimisticEstimate BanditFeedback::operator()(std::int64_t visits) const {
  const auto n = static_cast<double>(visits);
  return {n, scale_ / std::sqrt(n)};
}

FullInformation::FullInformation(const EpisodicWorld& world, double delta, double factor)
    : scale_(factor * kFullInformation * world.horizon *
             std::sqrt(world.num_states() * std::log(num_pairs(world) * num_steps(world) / delta))) {}

OptimisticEstimate FullInformation::operator()(std::int64_t visits) const {
  const auto n = static_cast<double>(visits + 1);
  return {n, scale_ / std::sqrt(n)};
}

std::unique_ptr<EpisodicAgent> make_optimistic_policy_optimisation(const EpisodicWorld& world,
                                                                   const PolicyOptimisationOptions& options,
                                                                   const Stream& /*stream*/) {
  require_valid("optimistic-policy-optimisation", options);
  const Constant constant("optimistic-policy-optimisation", options.constant, kOptimisticPolicyOptimisationPractical);
  return std::make_unique<MirrorLearner<BanditFeedback>>(world, BanditFeedback(world, options.delta, constant.factor()),
                                                         false, step_size(world, options.rate));
}

std::unique_ptr<EpisodicAgent> make_oppo(const EpisodicWorld& world, const PolicyOptimisationOptions& options,
                                         const Stream& /*stream*/) {
  require_valid("oppo", options);
  const Constant constant("oppo", options.constant, kOppoPractical);
  return std::make_unique<MirrorLearner<FullInformation>>(
      world, FullInformation(world, options.delta, constant.factor()), true, step_size(world, options.rate));
}

}  // namespace bellwether::online
