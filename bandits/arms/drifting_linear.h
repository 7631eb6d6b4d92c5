#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "bandits/bandit.h"

namespace bellwether::bandits {

/// A parameter that changes with time. Either it jumps, to the next row of `stops` after every stops-th part of the
/// run; or it turns by `turns` full turns in the plane of its first two coordinates, at a constant pace, from the first
/// row on.
struct ThetaPath {
  std::vector<double> stops = {};  ///< row by row
  int dimension = 0;
  double turns = 0;  ///< other than 0: there is one stop

  /// theta of round t = 1, 2, ..., rounds.
  void at(std::int64_t t, std::int64_t rounds, std::span<double> out) const;
  /// How far it travels: the sum of |theta_{t+1} - theta_t|; turning, its limit for many rounds.
  double variation() const;
};

/// A fixed set of arms with features, normal rewards around <theta_t, a>. The n-th reward of arm i has the n-th draw of
/// child("arm").child(i) for its noise. Regret is against the best arm of each round.
class DriftingLinearBandit : public Bandit {
 public:
  /// Row i of the features: arm i. InvalidOption when sizes do not fit, a turn has fewer than two dimensions or more
  /// than one stop, or sigma is not above 0.
  DriftingLinearBandit(ThetaPath path, std::vector<double> features, double sigma);

  World world(std::int64_t rounds) const override;
  std::unique_ptr<Game> start(std::int64_t rounds, const Stream& stream) const override;
  std::string content() const override;

  const ThetaPath& path() const { return path_; }
  std::span<const double> features() const { return features_; }
  double sigma() const { return sigma_; }

 private:
  ThetaPath path_;
  std::vector<double> features_;
  double sigma_;
};

}  // namespace bellwether::bandits
