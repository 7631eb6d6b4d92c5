#include "bandits/contextual/iltcb.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "bandits/linear/requirements.h"
#include "bandits/requirements.h"
#include "core/errors.h"
#include "core/learner.h"

namespace bellwether::bandits {
namespace {

/// Between the size of the weights' changes and regret; the paper's constant.
constexpr double kPsi = 100;

/// Q(. | x) for every context, and the moments of its inverse.
class Smoothed {
 public:
  Smoothed(const PolicyTable& table, std::span<const double> weights, double mu)
      : table_(table),
        mu_(mu),
        mixing_(1 - table.actions * mu),
        chance_(table.contexts() * static_cast<std::size_t>(table.actions)) {
    refill(weights);
  }

  void refill(std::span<const double> weights) {
    std::ranges::fill(chance_, mu_);
    for (int p = 0; p < table_.policies; ++p) add(p, weights[static_cast<std::size_t>(p)]);
  }

  void add(int policy, double weight) {
    for (std::size_t i = 0; i < table_.contexts(); ++i) chance_[place(i, policy)] += mixing_ * weight;
  }

  struct Moments {
    double inverse = 0, square = 0;
  };
  /// Means over contexts of 1 / Q(p(x) | x) and of its square.
  Moments moments(int policy) const {
    Moments sum;
    for (std::size_t i = 0; i < table_.contexts(); ++i) {
      const double inverse = 1 / chance_[place(i, policy)];
      sum.inverse += inverse;
      sum.square += inverse * inverse;
    }
    const auto contexts = static_cast<double>(table_.contexts());
    return {sum.inverse / contexts, sum.square / contexts};
  }

  double mixing() const { return mixing_; }

 private:
  std::size_t place(std::size_t context, int policy) const {
    const int arm = table_.arms[context * static_cast<std::size_t>(table_.policies) + static_cast<std::size_t>(policy)];
    return context * static_cast<std::size_t>(table_.actions) + static_cast<std::size_t>(arm);
  }

  const PolicyTable& table_;
  double mu_, mixing_;
  std::vector<double> chance_;
};

}  // namespace

LowVariance low_variance(const PolicyTable& table, std::span<const double> weights, std::span<const double> slack,
                         double mu) {
  const Smoothed smoothed(table, weights, mu);
  const double twice = 2.0 * table.actions;
  LowVariance result{.regret = std::inner_product(weights.begin(), weights.end(), slack.begin(), -twice),
                     .variance = -twice};
  for (int p = 0; p < table.policies; ++p)
    result.variance =
        std::max(result.variance, smoothed.moments(p).inverse - twice - slack[static_cast<std::size_t>(p)]);
  return result;
}

int spread_weights(const PolicyTable& table, std::span<const double> slack, double mu, std::span<double> weights) {
  Smoothed smoothed(table, weights, mu);
  const double twice = 2.0 * table.actions;
  for (int steps = 0;; ++steps) {
    double load = 0;
    for (std::size_t p = 0; p < weights.size(); ++p) load += weights[p] * (twice + slack[p]);
    if (load > twice) {
      for (double& weight : weights) weight *= twice / load;
      smoothed.refill(weights);
    }
    int worst = -1;
    double excess = 1e-12;
    Smoothed::Moments at;
    for (int p = 0; p < table.policies; ++p) {
      const Smoothed::Moments moments = smoothed.moments(p);
      const double over = moments.inverse - twice - slack[static_cast<std::size_t>(p)];
      if (over > excess) {
        excess = over;
        worst = p;
        at = moments;
      }
    }
    if (worst < 0) return steps;
    const double more = (at.inverse + excess) / (2 * smoothed.mixing() * at.square);
    weights[static_cast<std::size_t>(worst)] += more;
    smoothed.add(worst, more);
  }
}

Iltcb::Iltcb(const World& world, const IltcbOptions& options, const Stream& stream)
    : policies_(world, options.policies, stream),
      arms_(world.arms),
      psi_(kPsi * Constant("ilovetoconbandits", options.constant, kIltcbPractical).factor()),
      delta_(failure_probability(options.delta, world)),
      mu_(0.5 / world.arms),
      taken_(static_cast<std::size_t>(policies_.size())),
      room_(static_cast<std::size_t>(std::min<std::int64_t>(options.contexts, world.rounds))),
      earned_(taken_.size()),
      slack_(taken_.size()),
      weights_(taken_.size()),
      chances_(static_cast<std::size_t>(world.arms), 1.0 / world.arms),
      stream_(stream.child("draws")) {
  seen_.reserve(room_ * taken_.size());
}

PolicyTable Iltcb::table() const { return {.arms = seen_, .policies = policies_.size(), .actions = arms_}; }

int Iltcb::choose(const Round& round) {
  policies_.arms_of(round, taken_);
  std::ranges::fill(chances_, mu_);
  // What the weights lack to one goes to the policy that looks best.
  double rest = 1;
  for (std::size_t p = 0; p < weights_.size(); ++p) {
    chances_[static_cast<std::size_t>(taken_[p])] += (1 - arms_ * mu_) * weights_[p];
    rest -= weights_[p];
  }
  chances_[static_cast<std::size_t>(taken_[static_cast<std::size_t>(leader_)])] += (1 - arms_ * mu_) * rest;
  double left = stream_.uniform();
  for (std::size_t a = 0; a < chances_.size(); ++a) {
    left -= chances_[a];
    if (left < 0) return static_cast<int>(a);
  }
  return static_cast<int>(std::ranges::max_element(chances_) - chances_.begin());
}

void Iltcb::learn(const Feedback& feedback) {
  if (seen_.size() < room_ * taken_.size())
    seen_.insert(seen_.end(), taken_.begin(), taken_.end());
  else
    std::ranges::copy(taken_, seen_.begin() + static_cast<std::ptrdiff_t>(next_ * taken_.size()));
  next_ = (next_ + 1) % room_;
  const double worth = feedback.reward / chances_[static_cast<std::size_t>(feedback.arm)];
  for (std::size_t p = 0; p < taken_.size(); ++p)
    if (taken_[p] == feedback.arm) earned_[p] += worth;
  if (++rounds_ == epoch_end_) plan();
}

void Iltcb::plan() {
  const auto tau = static_cast<double>(rounds_), arms = static_cast<double>(arms_);
  epoch_end_ *= 2;
  mu_ = std::min(0.5 / arms, std::sqrt(std::log(16 * tau * tau * policies_.size() / delta_) / (arms * tau)));
  leader_ = static_cast<int>(std::ranges::max_element(earned_) - earned_.begin());
  const double most = earned_[static_cast<std::size_t>(leader_)];
  for (std::size_t p = 0; p < slack_.size(); ++p) slack_[p] = (most - earned_[p]) / tau / (psi_ * mu_);
  spread_weights(table(), slack_, mu_, weights_);
}

std::unique_ptr<Agent> make_iltcb(const World& world, const IltcbOptions& options, const Stream& stream) {
  require_prompt("ilovetoconbandits", world);
  if (!(world.low >= 0 && world.high <= 1)) throw InvalidOption("ilovetoconbandits needs rewards in [0, 1]");
  if (Constant("ilovetoconbandits", options.constant, kIltcbPractical).factor() == 0)
    throw InvalidOption("ilovetoconbandits divides by its constant, which is 0");
  return std::make_unique<Iltcb>(world, options, stream);
}

}  // namespace bellwether::bandits
