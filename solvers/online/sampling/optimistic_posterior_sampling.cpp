#include "solvers/online/sampling/optimistic_posterior_sampling.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <vector>

#include "core/sampling.h"
#include "solvers/online/episodic/counts.h"
#include "solvers/online/learner.h"

namespace bellwether::online {
namespace {

constexpr int kPracticalSamples = 8;

// c_0 of the theorem: (8/pi) (4 / sqrt(ln(17/16)) + 8 + 49 * 4 sqrt(6) / 9)^2 + log_(17/16)(20/32) + 1.
double prior_constant() {
  const double log_base = std::log(17.0 / 16), root = 4 / std::sqrt(log_base) + 8 + 49 * 4 * std::sqrt(6.0) / 9;
  return root * root * 8 / std::numbers::pi + std::log(20.0 / 32) / log_base + 1;
}

class Opsrl final : public EpisodicAgent {
 public:
  Opsrl(const EpisodicWorld& world, const OpsrlPrior& prior, int samples, const Stream& stream)
      : EpisodicAgent(world),
        world_(world),
        prior_(prior),
        samples_(samples),
        stream_(stream),
        states_(static_cast<std::size_t>(world.num_states())),
        counts_(world.num_choices() * world.horizon),
        value_(states_),
        next_(states_),
        concentration_(states_ + 1),
        weight_(states_ + 1) {}

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
    for (std::size_t i = 0; i < seen.size(); ++i) concentration_[i] = seen[i].count / prior_.inflation;
    concentration_[seen.size()] = prior_.prior;
    const std::span<const double> concentration(concentration_.data(), seen.size() + 1);
    const std::span<double> weight(weight_.data(), seen.size() + 1);
    double most = 0;
    for (int j = 0; j < samples_; ++j) {
      sample_dirichlet(stream, concentration, weight);
      double mean = weight[seen.size()] * outside;
      for (std::size_t i = 0; i < seen.size(); ++i) mean += weight[i] * next_[static_cast<std::size_t>(seen[i].state)];
      most = std::max(most, mean);
    }
    return most;
  }

  EpisodicWorld world_;
  OpsrlPrior prior_;
  int samples_;
  Stream stream_;
  std::size_t states_;
  TransitionCounts counts_;           ///< a row for each stage and choice
  std::vector<double> value_, next_;  ///< V_h and V_(h+1)
  std::vector<double> concentration_, weight_;
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
