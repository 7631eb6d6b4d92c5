#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "bandits/item_sets.h"
#include "core/stream.h"

namespace bellwether::bandits {

/// What an arm is and what a learner sees of it: learners are made for one of these.
enum class Kind {
  kArms,   ///< one of K arms, its reward
  kDuels,  ///< a pair (i, j) of n items, played as arm i n + j; the reward is 1 when i wins
  kItems,  ///< several of n items at once; the reward of each
};

/// "arms", "duels", "items".
std::string_view to_string(Kind kind);

/// How the rewards of an arm spread around their mean.
enum class Noise {
  kBernoulli,    ///< rewards are 0 or 1
  kUnit,         ///< rewards lie in [0, 1]
  kGaussian,     ///< normal around the mean, standard deviation `sigma`
  kPoisson,      ///< 0, 1, 2, ...: Poisson
  kExponential,  ///< above 0: exponential
  kOther         ///< what World::sigma, low and high say
};

/// How the mean of an arm with a feature comes from the score <theta, feature>.
enum class Link {
  kIdentity,  ///< it is the score
  kLogistic,  ///< 1 / (1 + exp(-score))
  kOther,     ///< in some other way: a function drawn
  kUnknown    ///< nobody knows: a log
};

/// "identity", "logistic", "other", "unknown".
std::string_view to_string(Link link);

/// What a learner knows before the first round.
struct World {
  Kind kind = Kind::kArms;
  int arms = 0;             ///< choices of a round (kItems: items)
  int items = 0;            ///< kDuels: n, so that arms = n n; kItems: how many are chosen at once, at most; else 0
  std::int64_t rounds = 1;  ///< how many there will be
  Noise noise = Noise::kUnit;
  double sigma = 0.5;        ///< the noise of every arm is sigma-sub-Gaussian; infinite when it is not
  double low = 0, high = 1;  ///< of rewards; infinite when they are unbounded
  /// E |X|^moment_order <= moment for the rewards X of every arm, 1 < moment_order <= 2; infinite when nobody says so.
  double moment_order = 2, moment = std::numeric_limits<double>::infinity();
  int dimension = 0;                                ///< of the arms' features; 0: they have none
  bool same_features = true;                        ///< every round offers the same ones
  double feature_bound = 1, parameter_bound = 1;    ///< Euclidean norms, where there are features
  Link link = Link::kIdentity;                      ///< where there are features
  std::int64_t largest_delay = 0, total_delay = 0;  ///< of feedback, in rounds
  std::shared_ptr<const ItemSets> sets = {};        ///< kItems: which may be played at once; null: any `items` of them
};

/// One round as the learner meets it.
struct Round {
  std::int64_t number = 0;  ///< 1, 2, ...
  int arms = 0;             ///< World::arms
  int dimension = 0;
  std::span<const double> features = {};  ///< of arm a: [a dimension, (a + 1) dimension)

  std::span<const double> feature(int arm) const {
    const auto d = static_cast<std::size_t>(dimension);
    return features.subspan(static_cast<std::size_t>(arm) * d, d);
  }
};

/// What a round brought. Only `reward` is the learner's to see.
struct Outcome {
  double reward = 0;
  double mean = 0;    ///< expected reward of what was played, given all that happened before
  double regret = 0;  ///< what the comparator of the bandit was expected to earn in this round, minus `mean`; NaN, as
                      ///< `mean` is, where nobody knows: rewards from a log
  double weight = 1;  ///< of this round in sums of rewards and regrets: discount^(t - 1) where those are discounted
  bool observed = true;  ///< false: a log does not say what this arm would have brought; the learner hears nothing
};

/// One run against a bandit: rounds in order, what is drawn and what has changed.
class Game {
 public:
  virtual ~Game() = default;
  /// Begins the next round. The reference is good until the next call.
  virtual const Round& next() = 0;
  /// Plays an arm, once a round. (Of kItems: play_items.)
  virtual Outcome play(int arm) = 0;
  /// Of kItems: plays these items and writes the reward of each.
  virtual Outcome play_items(std::span<const int> items, std::span<double> rewards);
  /// In how many rounds the feedback of the round just played will come; 0: at once.
  virtual std::int64_t delay() { return 0; }
  /// The most that one arm, played in every round so far, would have earned on the very same draws; NaN when rewards
  /// of arms that were not played do not exist.
  virtual double best_in_hindsight() const { return std::numeric_limits<double>::quiet_NaN(); }
};

/// A bandit: immutable, shared by all runs.
class Bandit {
 public:
  virtual ~Bandit() = default;
  virtual World world(std::int64_t rounds) const = 0;
  /// A run of so many rounds; everything is drawn from `stream`, the n-th reward of an arm from a child of its own
  /// where rewards are drawn independently, so that all learners meet the same ones.
  virtual std::unique_ptr<Game> start(std::int64_t rounds, const Stream& stream) const = 0;
  /// Expected reward of each arm where that is a fact of the bandit and not of the round; else empty.
  virtual std::span<const double> means() const { return {}; }
  /// Everything that makes a difference to a run, as text: two bandits with the same are the same.
  virtual std::string content() const = 0;
};

}  // namespace bellwether::bandits
