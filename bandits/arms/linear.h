#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "bandits/bandit.h"

namespace bellwether::bandits {

/// What the rewards of arms with features are made of: of the score <theta, a> or of its logistic function.
struct LinearRewards {
  std::vector<double> theta;
  Link link = Link::kIdentity;  ///< kIdentity: the mean is the score; kLogistic: its logistic function, rewards 0 or 1
  bool coins = false;           ///< kIdentity: 0 or 1 with the score, which must lie in [0, 1], as mean; else normal
  double sigma = 1;             ///< of normal rewards: standard deviation, above 0

  double mean(std::span<const double> feature) const;
  /// Rewards are 0 or 1.
  bool zero_or_one() const { return coins || link == Link::kLogistic; }
};

/// Arms that never change: their means, their features one after another, and the law of rewards around the means.
struct FixedArms {
  std::span<const double> means, features;
  bool coins = false;  ///< 0 or 1, else normal
  double sigma = 1;
};

/// A game on them, which must outlive it. The n-th reward of arm i is the n-th draw of child("arm").child(i).
std::unique_ptr<Game> start_fixed(const FixedArms& arms, const Stream& stream);

/// InvalidOption unless theta has entries, all finite, and sigma is above 0.
void require_valid(const LinearRewards& rewards);

/// A fixed finite set of arms with features.
class LinearBandit : public Bandit {
 public:
  /// Row i: the feature of arm i, [i d, (i + 1) d). InvalidOption when there is none, sizes differ, or coins have a
  /// mean outside [0, 1].
  LinearBandit(LinearRewards rewards, std::vector<double> features);

  World world(std::int64_t rounds) const override;
  std::unique_ptr<Game> start(std::int64_t rounds, const Stream& stream) const override;
  std::span<const double> means() const override { return means_; }
  std::string content() const override;

  const LinearRewards& rewards() const { return rewards_; }
  std::span<const double> features() const { return features_; }

 private:
  LinearRewards rewards_;
  std::vector<double> features_, means_;
};

/// Arms whose features are drawn anew in every round: independent, uniform on the unit sphere; with an `intercept` the
/// last coordinate is 1 instead, and the others are drawn. All learners meet the same features and the same noise.
class ContextualBandit : public Bandit {
 public:
  /// InvalidOption when there is no arm, no coordinate to draw, or coins could have a mean outside [0, 1].
  ContextualBandit(LinearRewards rewards, int arms, bool intercept = false);

  World world(std::int64_t rounds) const override;
  std::unique_ptr<Game> start(std::int64_t rounds, const Stream& stream) const override;
  std::string content() const override;

  const LinearRewards& rewards() const { return rewards_; }

 private:
  LinearRewards rewards_;
  int arms_;
  bool intercept_;
};

/// Uniform on the unit sphere of d dimensions.
void draw_direction(Stream& stream, std::span<double> out);

}  // namespace bellwether::bandits
