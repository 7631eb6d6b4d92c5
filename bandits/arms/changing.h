#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "bandits/bandit.h"
#include "core/stream.h"

namespace bellwether::bandits {

/// The means of all arms, round after round.
class Path {
 public:
  virtual ~Path() = default;
  /// Writes the means of the next round.
  virtual void next(std::span<double> means) = 0;
};

/// How means change: whoever plays, the same stream gives the same path. Means lie in [0, 1].
class Drift {
 public:
  virtual ~Drift() = default;
  virtual int arms() const = 0;
  virtual std::unique_ptr<Path> start(std::int64_t rounds, const Stream& stream) const = 0;
  /// InvalidOption when the drift does not last for so many rounds.
  virtual void require_length(std::int64_t /*rounds*/) const {}
  virtual std::string content() const = 0;
};

/// Whose expected earnings regret is counted against.
enum class Against {
  kBestOfEachRound,  ///< the arm with the largest mean of the round
  kBestFixed         ///< the one arm with the largest sum of means over the whole run; regret may be negative
};

/// "rounds" or "fixed"; InvalidOption, naming the object, for another word.
Against against(std::string_view object, std::string_view word);

/// How a reward lies around its mean.
enum class Draw { kBernoulli, kExact };

/// Arms whose means change, chosen without regard to who plays. The rewards of all arms are drawn in every round, that
/// of arm i in round t being the t-th draw of child("arm").child(i): what the best arm would have earned is known.
class ChangingBandit : public Bandit {
 public:
  ChangingBandit(std::shared_ptr<const Drift> drift, Against comparator, Draw draw);

  World world(std::int64_t rounds) const override;
  std::unique_ptr<Game> start(std::int64_t rounds, const Stream& stream) const override;
  std::string content() const override;

 private:
  std::shared_ptr<const Drift> drift_;
  Against comparator_;
  Draw draw_;
};

/// The arm with the largest sum of means over a run, the first of equals.
int best_fixed_arm(const Drift& drift, std::int64_t rounds, const Stream& stream);

/// Rewards of all arms in one round, drawn with the same draws whoever plays, and their sums so far.
class RewardTable {
 public:
  RewardTable(int arms, Draw draw, const Stream& stream);
  /// Draws the next round around these means.
  void draw(std::span<const double> means);
  double reward(int arm) const { return reward_[static_cast<std::size_t>(arm)]; }
  double best_sum() const;

 private:
  Draw draw_;
  std::vector<Stream> streams_;
  std::vector<double> reward_, sum_;
};

}  // namespace bellwether::bandits
