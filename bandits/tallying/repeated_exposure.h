#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "bandits/agent.h"
#include "bandits/bandit.h"
#include "core/options.h"
#include "core/stream.h"

namespace bellwether::bandits {

/// A gaussian or bounded reward is sigma-sub-Gaussian with the sigma that the world names: nothing is to be gained from
/// a smaller width with a proof, so this is a label for half of it.
inline constexpr double kExposurePractical = 0.5;

/// Successive elimination with repeated exposures (Malik, Igoe, Li, Singh 2023;
/// docs/papers/weighted-tallying-bandits.md).
struct RepeatedExposureOptions {
  std::int64_t memory = 20;
  std::string constant = "theory";
};

template <class Field>
void describe(RepeatedExposureOptions& o, Field&& field) {
  field("memory", o.memory, at_least(0),
        "M: rounds that an arm is played, and forgotten, before it is measured; at least the bandit's memory for the "
        "theorem, 0: plain successive elimination");
  field("constant", o.constant, any_value(), "factor on the radius: theory, practical or a number");
}

/// Radius of the means of an epoch: sqrt(2 sigma^2 ln(2 K T log2 T) / n), log2 T taken as at least 1.
double exposure_radius(double sigma, int arms, std::int64_t rounds, double plays);

/// Epochs e = 1, 2, ...: every active arm is played M times, which are forgotten, and 2^e times; those whose mean lies
/// more than two radii below the best are dropped. The last one is played to the end.
class RepeatedExposure final : public Agent {
 public:
  RepeatedExposure(const World& world, const RepeatedExposureOptions& options, double factor);

  int choose(const Round& round) override;
  void learn(const Feedback& feedback) override;

  const std::vector<int>& active() const { return active_; }
  int epoch() const { return epoch_; }
  /// Of the last measurement that was completed.
  double mean(int arm) const { return mean_[static_cast<std::size_t>(arm)]; }

 private:
  void end_epoch();

  double sigma_, factor_;
  int arms_;
  std::int64_t rounds_, memory_;
  std::vector<int> active_;
  std::vector<double> mean_;
  int epoch_ = 1;
  std::size_t place_ = 0;    // in active_
  std::int64_t played_ = 0;  // of the arm there, in this epoch
  double sum_ = 0;
};

std::unique_ptr<Agent> make_repeated_exposure(const World& world, const RepeatedExposureOptions& options,
                                              const Stream& stream);

}  // namespace bellwether::bandits
