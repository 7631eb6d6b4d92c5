#include "solvers/online/sampling/optimistic_posterior_sampling.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <vector>

#include "core/learner.h"
#include "core/sampling.h"
#include "solvers/online/episodic/counts.h"

namespace bellwether::online {
namespace {

constexpr int kPracticalSamples = 8;

// c_0 of the theorem: (8/pi) (4 / sqrt(ln(17/16)) + 8 + 49 * 4 sqrt(6) / 9)^2 + log_(17/16)(20/32) + 1.
double prior_constant() {
  const double log_base = std::log(17.0 / 16), root = 4 / std::sqrt(log_base) + 8 + 49 * 4 * std::sqrt(6.0) / 9;
  return root * root * 8 / std::numbers::pi + std::log(20.0 / 32) / log_base + 1;
}

using Successor = TransitionCounts::Successor;

class Opsrl final : public EpisodicAgent {
 public:
  Opsrl(const EpisodicWorld& world, const OpsrlPrior& prior, int samples, const Stream& stream)
      : EpisodicAgent(world),
        world_(world),
        prior_(prior),
        stream_(stream),
        states_(static_cast<std::size_t>(world.num_states())),
        counts_(world.num_choices() * world.horizon),
        value_(states_),
        next_(states_),
        samples_(static_cast<std::size_t>(samples)),
        outside_law_(std::max(1.0, prior.prior)),
        lost_below_(std::exp(-45 * prior.prior)),
        worth_(samples_),
        weight_(samples_),
        concentration_(states_ + 1),
        share_(states_ + 1) {}

  void plan(std::int64_t episode) override {
    Stream stream = stream_.child(static_cast<std::uint64_t>(episode));
    std::fill(value_.begin(), value_.end(), 0.0);
    for (int h = world_.horizon - 1; h >= 0; --h) {
      std::swap(value_, next_);
      for (std::size_t s = 0; s < states_; ++s) choose(stream, h, s);
    }
  }

  void learn(std::span<const Step> steps) override {
    for (int h = 0; h < world_.horizon; ++h) {
      const Step& step = steps[static_cast<std::size_t>(h)];
      counts_.add(h * world_.num_choices() + step.choice, step.next);
    }
  }

  std::optional<double> optimistic_value(int state) const override { return value_[static_cast<std::size_t>(state)]; }

 private:
  void choose(Stream& stream, int h, std::size_t s) {
    std::int64_t best = world_.state_begin[s];
    double most = -std::numeric_limits<double>::infinity();
    for (std::int64_t c = best; c < world_.state_begin[s + 1]; ++c) {
      const double q = world_.mean_reward[static_cast<std::size_t>(world_.row(h, c))] + best_draw(stream, h, c);
      if (q > most) {
        most = q;
        best = c;
      }
    }
    value_[s] = most;
    policy().play(h, static_cast<int>(s), best);
  }

  /// The largest of the draws of p V_(h+1).
  double best_draw(Stream& stream, int h, std::int64_t c) {
    const std::int64_t row = h * world_.num_choices() + c;
    const double outside = OpsrlPrior::kReward * (world_.horizon - h - 1);
    if (counts_.visits(row) == 0) return prior_.prior > 0 ? outside : world_.horizon - h - 1;
    const auto seen = counts_.successors(row);
    double low = std::numeric_limits<double>::infinity(), high = 0;
    std::int32_t rarest = seen[0].count;
    for (const Successor& entry : seen) {
      low = std::min(low, value_of(entry));
      high = std::max(high, value_of(entry));
      rarest = std::min(rarest, entry.count);
    }
    if (low == high && (high == outside || prior_.prior == 0)) return high;  // whatever is drawn
    const double count = static_cast<double>(counts_.visits(row)) / prior_.inflation;
    const bool tiny = rarest / prior_.inflation < kTiny || (prior_.prior < 1 && count < 1);
    if (tiny) return best_by_logarithms(stream, seen, outside);
    // States that are worth the same count as one: their weights add up to that of their concentrations.
    return low == high ? best_of_one(stream, count, high, outside) : best_of_many(stream, seen, count, outside);
  }

  double value_of(const Successor& entry) const { return next_[static_cast<std::size_t>(entry.state)]; }

  // The share W of the added state is independent of how the states that were seen divide the rest, and its law is
  // Beta(prior, count), that of X / (X + Y) for X ~ Gamma(prior) and Y the sum of the gamma draws of the others.

  double share_of(Stream& stream, double count, double others) {
    if (prior_.prior < 1) return largest_share(stream, count, 1);
    const double x = outside_law_(stream);
    return x / (x + others);
  }

  /// The largest of some W, for prior < 1 <= count: U^(1/prior), accepted with probability (1 - W)^(count - 1), which
  /// is at least 1 - (count - 1) W when count >= 2. What is not larger than one before need not be computed when it is
  /// accepted for sure. Below e^-45 it is 0: it would be lost in the rounding of what it multiplies.
  double largest_share(Stream& stream, double count, std::size_t draws) {
    if (prior_.prior == 0) return 0;
    const double power = count - 1, slope = std::max(1.0, power);
    double largest = 0, largest_u = lost_below_;
    for (std::size_t j = 0; j < draws;) {
      const double u = stream.uniform();
      const double w = u > largest_u ? std::exp(std::log(u) / prior_.prior) : largest;  // at least W
      if (w > 0) {
        const double t = stream.uniform();
        if (t >= 1 - slope * w) {
          const double exactly = u > largest_u ? w : std::exp(std::log(u) / prior_.prior);
          if (t >= std::exp(power * std::log1p(-exactly))) continue;
        }
      }
      if (u > largest_u) {
        largest = w;
        largest_u = u;
      }
      ++j;
    }
    return largest;
  }

  double best_of_one(Stream& stream, double count, double value, double outside) {
    double most = 0;
    if (prior_.prior < 1) {
      most = largest_share(stream, count, samples_);
    } else {
      const GammaLaw law(count);
      for (std::size_t j = 0; j < samples_; ++j) most = std::max(most, share_of(stream, count, law(stream)));
    }
    return value + most * (outside - value);
  }

  double best_of_many(Stream& stream, std::span<const Successor> seen, double count, double outside) {
    std::ranges::fill(worth_, 0.0);
    std::ranges::fill(weight_, 0.0);
    for (const Successor& entry : seen) {
      const GammaLaw law(entry.count / prior_.inflation);
      const double value = value_of(entry);
      for (std::size_t j = 0; j < samples_; ++j) {
        const double x = law(stream);
        worth_[j] += x * value;
        weight_[j] += x;
      }
    }
    double most = 0;
    for (std::size_t j = 0; j < samples_; ++j) {
      const double value = worth_[j] / weight_[j];
      most = std::max(most, value + share_of(stream, count, weight_[j]) * (outside - value));
    }
    return most;
  }

  /// Where gamma draws may underflow.
  double best_by_logarithms(Stream& stream, std::span<const Successor> seen, double outside) {
    for (std::size_t i = 0; i < seen.size(); ++i) concentration_[i] = seen[i].count / prior_.inflation;
    concentration_[seen.size()] = prior_.prior;
    const std::span<const double> concentration(concentration_.data(), seen.size() + 1);
    const std::span<double> share(share_.data(), seen.size() + 1);
    double most = 0;
    for (std::size_t j = 0; j < samples_; ++j) {
      sample_dirichlet(stream, concentration, share);
      double mean = share[seen.size()] * outside;
      for (std::size_t i = 0; i < seen.size(); ++i) mean += share[i] * value_of(seen[i]);
      most = std::max(most, mean);
    }
    return most;
  }

  static constexpr double kTiny = 0.1;  ///< a gamma draw of a larger shape is above 1e-160

  EpisodicWorld world_;
  OpsrlPrior prior_;
  Stream stream_;
  std::size_t states_;
  TransitionCounts counts_;           ///< a row for each stage and choice
  std::vector<double> value_, next_;  ///< V_h and V_(h+1)
  std::size_t samples_;
  GammaLaw outside_law_;                ///< of the prior, when it is 1 or more
  double lost_below_;                   ///< uniform numbers below it make W < e^-45
  std::vector<double> worth_, weight_;  ///< of each draw: sum of Y V, sum of Y
  std::vector<double> concentration_, share_;
};

}  // namespace

OpsrlPrior::OpsrlPrior(const EpisodicWorld& world, double delta, double factor) {
  const double triples = static_cast<double>(world.num_choices()) * world.horizon;
  const auto episodes = static_cast<double>(world.episodes);
  const double kappa =
      2 * (std::log(12 * triples / delta) + 3 * std::log(std::numbers::e * std::numbers::pi * (2 * episodes + 1)));
  inflation = 1 + factor * (kappa - 1);
  prior = factor * (prior_constant() + std::log(episodes) / std::log(17.0 / 16));
  const double normal_at_one = std::erfc(-std::numbers::sqrt2 / 2) / 2;
  samples = static_cast<int>(std::ceil(std::log(2 * triples * episodes / delta) / std::log(2 / (1 + normal_at_one))));
}

std::unique_ptr<EpisodicAgent> make_opsrl(const EpisodicWorld& world, const OpsrlOptions& options,
                                          const Stream& stream) {
  require_valid("opsrl", options);
  const Constant constant("opsrl", options.constant, kOpsrlPractical);
  const OpsrlPrior prior(world, options.delta, constant.factor());
  int samples = options.samples;
  if (samples == 0) samples = constant.is_theory() ? prior.samples : kPracticalSamples;
  return std::make_unique<Opsrl>(world, prior, samples, stream);
}

}  // namespace bellwether::online
