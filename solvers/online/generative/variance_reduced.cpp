#include "solvers/online/generative/variance_reduced.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

namespace bellwether::online {
namespace {

/// Whole numbers of samples, none so large that adding two of them overflows.
std::int64_t whole(double x) { return static_cast<std::int64_t>(std::ceil(std::clamp(x, 1.0, 0x1p60))); }

class VarianceReducedQ final : public GenerativeAgent {
 public:
  VarianceReducedQ(const GenerativeWorld& world, const VarianceReducedQOptions& options)
      : GenerativeAgent(world),
        lengths_(world, options),
        value_(static_cast<std::size_t>(world.num_states()), 0.0),
        next_value_(value_),
        reference_(value_),
        backed_up_(static_cast<std::size_t>(world.num_choices()), 0.0) {
    begin_epoch();
  }

  void learn(SampleSource& source, std::int64_t rounds) override {
    while (rounds > 0) {
      const std::int64_t now = std::min(rounds, left_);
      if (recentring_)
        recentre(source, now);
      else
        for (std::int64_t i = 0; i < now; ++i) learn_round(source);
      rounds -= now;
      left_ -= now;
      if (left_ == 0) end_phase();
    }
  }

 private:
  void begin_epoch() {
    ++epoch_;
    recentring_ = true;
    left_ = lengths_.recentring(epoch_);
    reference_ = value_;
    std::ranges::fill(backed_up_, 0.0);
  }

  void end_phase() {
    if (!recentring_) return begin_epoch();
    const GenerativeWorld& w = world();
    const auto samples = static_cast<double>(lengths_.recentring(epoch_));
    for (std::size_t c = 0; c < backed_up_.size(); ++c)
      backed_up_[c] = w.mean_reward[c] + w.discount * (backed_up_[c] / samples);
    recentring_ = false;
    left_ = lengths_.rounds();
    round_ = 0;
  }

  void recentre(SampleSource& source, std::int64_t samples) {
    for (std::size_t c = 0; c < backed_up_.size(); ++c) {
      double sum = backed_up_[c];
      for (std::int64_t i = 0; i < samples; ++i)
        sum += reference_[static_cast<std::size_t>(source.next(static_cast<std::int64_t>(c)))];
      backed_up_[c] = sum;
    }
  }

  void learn_round(SampleSource& source) {
    const GenerativeWorld& w = world();
    const double step = 1 / (1 + (1 - w.discount) * static_cast<double>(++round_));
    double* q = estimates().data();
    for (std::size_t s = 0; s < value_.size(); ++s) {
      double best = -std::numeric_limits<double>::infinity();
      for (std::int64_t c = w.state_begin[s]; c < w.state_begin[s + 1]; ++c) {
        const auto next = static_cast<std::size_t>(source.next(c));
        const double target = backed_up_[static_cast<std::size_t>(c)] + w.discount * (value_[next] - reference_[next]);
        q[c] += step * (target - q[c]);
        best = q[c] > best ? q[c] : best;
      }
      next_value_[s] = best;
    }
    value_.swap(next_value_);
  }

  EpochLengths lengths_;
  std::int64_t epoch_ = 0, left_ = 0, round_ = 0;
  bool recentring_ = true;
  std::vector<double> value_, next_value_;  ///< max Q after the last round, and what becomes it
  std::vector<double> reference_;           ///< max Q when the epoch began
  std::vector<double> backed_up_;  ///< of each choice: while recentring the sum of the reference at what followed it,
                                   ///< then the recentred backup
};

}  // namespace

EpochLengths::EpochLengths(const GenerativeWorld& world, const VarianceReducedQOptions& o)
    : recentring_(o.recentring),
      rounds_(o.epoch),
      slowness_(1 - world.discount),
      per_epoch_(8 * static_cast<double>(world.num_choices()) / o.delta) {
  // The logarithms grow with M, so the largest M that fits is found by trying.
  const auto fits = [&] {
    std::int64_t left = world.samples;
    for (std::int64_t m = 1; m <= epochs_ && left >= 0; ++m) left -= recentring(m) + rounds();
    return left >= 0;
  };
  while (fits()) ++epochs_;
  epochs_ = std::max<std::int64_t>(1, epochs_ - 1);
}

std::int64_t EpochLengths::recentring(std::int64_t epoch) const {
  const double log = std::log(per_epoch_ * static_cast<double>(epochs_));
  return whole(recentring_ * std::pow(4.0, static_cast<double>(epoch)) * log / (slowness_ * slowness_));
}

std::int64_t EpochLengths::rounds() const {
  const double log = std::log(per_epoch_ * static_cast<double>(epochs_) / slowness_);
  return whole(rounds_ * log / (slowness_ * slowness_ * slowness_));
}

std::unique_ptr<GenerativeAgent> make_variance_reduced_q(const GenerativeWorld& world,
                                                         const VarianceReducedQOptions& options,
                                                         const Stream& /*stream*/) {
  return std::make_unique<VarianceReducedQ>(world, options);
}

}  // namespace bellwether::online
