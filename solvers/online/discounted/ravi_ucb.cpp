#include "solvers/online/discounted/ravi_ucb.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "core/errors.h"
#include "core/learner.h"

namespace bellwether::online {
namespace {

std::size_t index(std::int64_t i) { return static_cast<std::size_t>(i); }

EpochWorld world_of(const DiscountedTask& task, std::int64_t epochs) {
  return {.state_begin = task.model().state_begin(),
          .mean_reward = task.model().reward(),
          .discount = task.discount(),
          .epochs = epochs};
}

std::unique_ptr<TransitionEstimate> estimate_of(const DiscountedTask& task, std::int64_t epochs,
                                                const RaviUcbOptions& options) {
  const EpochSize size{.states = task.model().num_states(),
                       .choices = task.model().num_choices(),
                       .horizon = 1 / (1 - task.discount()),
                       .epochs = static_cast<double>(epochs),
                       .delta = options.delta};
  if (options.knowledge == "model") return std::make_unique<KnownTransitions>(task.model());
  if (options.knowledge == "counts") return std::make_unique<CountEstimate>(size);
  const mdp::MixtureBasis* mixture = task.linear().mixture.get();
  if (mixture == nullptr) throw InvalidOption("knowledge is mixture, but this model brings no kernels of one");
  return std::make_unique<MixtureEstimate>(*mixture, size, options.theta_norm);
}

}  // namespace

void regularised_step(std::span<const std::int64_t> state_begin, std::span<const double> q, double eta,
                      std::span<double> log_policy, std::span<double> value) {
  for (std::size_t s = 0; s < value.size(); ++s) {
    const std::size_t first = index(state_begin[s]), last = index(state_begin[s + 1]);
    double largest = -std::numeric_limits<double>::infinity(), sum = 0;
    for (std::size_t c = first; c < last; ++c) {
      log_policy[c] += eta * q[c];
      largest = std::max(largest, log_policy[c]);
    }
    for (std::size_t c = first; c < last; ++c) sum += std::exp(log_policy[c] - largest);
    const double log_sum = largest + std::log(sum);
    for (std::size_t c = first; c < last; ++c) log_policy[c] -= log_sum;
    value[s] = log_sum / eta;
  }
}

double ravi_step_size(const EpochWorld& world) {
  std::int64_t actions = 2;
  for (std::size_t s = 0; s + 1 < world.state_begin.size(); ++s)
    actions = std::max(actions, world.state_begin[s + 1] - world.state_begin[s]);
  return std::sqrt(std::log(static_cast<double>(actions)) /
                   (std::pow(world.horizon(), 3) * static_cast<double>(world.epochs)));
}

RaviUcb::RaviUcb(const EpochWorld& world, std::unique_ptr<TransitionEstimate> estimate, const RaviUcbOptions& options)
    : world_(world),
      estimate_(std::move(estimate)),
      scale_(Constant("ravi-ucb", options.constant, kRaviUcbPractical).factor()),
      eta_(options.eta_factor * ravi_step_size(world)),
      rule_(options.rule),
      q_(world.mean_reward.size(), 0.0),
      log_policy_(q_),
      value_(index(world.num_states()), world.horizon()) {
  for (std::size_t s = 0; s < value_.size(); ++s)
    for (std::int64_t c = world.state_begin[s]; c < world.state_begin[s + 1]; ++c)
      log_policy_[index(c)] = -std::log(static_cast<double>(world.state_begin[s + 1] - world.state_begin[s]));
}

double RaviUcb::probability(std::int64_t choice) const { return std::exp(log_policy_[index(choice)]); }

double RaviUcb::bonus(std::int64_t choice) const { return scale_ * world_.discount * estimate_->width(choice, value_); }

void RaviUcb::backup() {
  for (std::size_t c = 0; c < q_.size(); ++c) {
    const auto choice = static_cast<std::int64_t>(c);
    const double q = world_.mean_reward[c] + bonus(choice) + world_.discount * estimate_->mean(choice, value_);
    q_[c] = std::clamp(q, 0.0, world_.horizon());
  }
}

/// The first of the best choices; how far values moved.
double RaviUcb::greedy_step() {
  double moved = 0;
  for (std::size_t s = 0; s < value_.size(); ++s) {
    std::size_t best = index(world_.state_begin[s]);
    for (std::size_t c = best; c < index(world_.state_begin[s + 1]); ++c) {
      log_policy_[c] = -std::numeric_limits<double>::infinity();
      if (q_[c] > q_[best]) best = c;
    }
    log_policy_[best] = 0;
    moved = std::max(moved, std::abs(value_[s] - q_[best]));
    value_[s] = q_[best];
  }
  return moved;
}

void RaviUcb::end_epoch() {
  backup();
  if (rule_ == "regularised") return regularised_step(world_.state_begin, q_, eta_, log_policy_, value_);
  // With a mixture's bonus the backup need not contract: an end in any case.
  constexpr double kSettled = 1e-6;
  const double most = std::log(kSettled * (1 - world_.discount)) / std::log(world_.discount);
  for (std::int64_t i = 0; greedy_step() > kSettled && rule_ == "full" && static_cast<double>(i) <= most; ++i) backup();
}

std::unique_ptr<RaviUcb> make_ravi_ucb(const DiscountedTask& task, std::int64_t epochs, const RaviUcbOptions& options) {
  bellwether::require_valid("ravi-ucb", options);
  return std::make_unique<RaviUcb>(world_of(task, epochs), estimate_of(task, epochs, options), options);
}

}  // namespace bellwether::online
