#pragma once

#include <memory>
#include <string>
#include <vector>

#include "bandits/bandit.h"

namespace bellwether::bandits {

/// The mean loss of an arm as a function of its exposure, which counts as a share of the full exposure: with the share
/// s in [0, 1], full + (fresh - full) (1 - s) when there is no threshold, else `full` from the threshold on and `fresh`
/// below.
struct ExposureLoss {
  double fresh = 0.5, full = 0.5;  ///< in [0, 1]
  double threshold = 0;            ///< in [0, 1]; 0: none

  double at(double share) const;
  friend bool operator==(const ExposureLoss&, const ExposureLoss&) = default;
};

/// Weighted tallying bandit (Malik, Igoe, Li, Singh 2023): playing arm i costs h_i(y_i), where the exposure
///   y_i(t) = sum over j = 1 .. m of w_j 1{arm of round t - j + 1 is i}
/// counts the round itself with w_1. A reward is 1 - loss. The comparator is one arm played for ever at full exposure,
/// T (1 - h_{i*}(|w|_1)) with i* the arm whose loss there is least: under repeated exposure optimality, which the
/// constructor demands, no sequence of arms is expected to earn more.
class TallyingBandit : public Bandit {
 public:
  enum class Noise { kGaussian, kBernoulli };

  /// weights w_1, w_2, ...: non-negative, their sum above 0. sigma >= 0: standard deviation of gaussian noise.
  /// InvalidOption for an inadmissible number, or when some exposure that can be met costs less than h_{i*}(|w|_1).
  TallyingBandit(std::vector<double> weights, std::vector<ExposureLoss> losses, Noise noise, double sigma);

  World world(std::int64_t rounds) const override;
  std::unique_ptr<Game> start(std::int64_t rounds, const Stream& stream) const override;
  std::string content() const override;

  const std::vector<double>& weights() const { return weights_; }
  const std::vector<ExposureLoss>& losses() const { return losses_; }
  int best() const { return best_; }
  /// Mean loss of the arm at full exposure.
  double full_loss(int arm) const { return losses_[static_cast<std::size_t>(arm)].full; }
  Noise noise() const { return noise_; }
  double sigma() const { return sigma_; }

 private:
  std::vector<double> weights_;
  std::vector<ExposureLoss> losses_;
  Noise noise_;
  double sigma_;
  int best_ = 0;
};

}  // namespace bellwether::bandits
