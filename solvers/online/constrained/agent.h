#pragma once

#include <cstdint>
#include <optional>

#include "solvers/online/constrained/task.h"

namespace bellwether::online {

/// How a learner with a safe baseline plays an episode.
enum class Mode {
  kBaseline,  ///< the baseline, because nothing else is known to be safe
  kMixture,   ///< some of both
  kOwn        ///< the learner's own policy
};

/// A learner of a constrained task. It plays episodes like any other; about expected costs it may make promises.
class ConstrainedAgent : public EpisodicAgent {
 public:
  explicit ConstrainedAgent(const ConstrainedWorld& world) : EpisodicAgent(world), world_(world) {}

  virtual Mode mode() const { return Mode::kOwn; }
  /// The upper bound on the constrained optimum that it believes in, from the initial distribution, in its units.
  virtual std::optional<double> optimistic_optimum() const { return std::nullopt; }
  /// What it promises that the episode costs at most in constraint i, in its units.
  virtual std::optional<double> cost_bound(int /*constraint*/) const { return std::nullopt; }

  /// A coin that is thrown once, before the episode: policy() is what it showed. What an episode is worth is the mean
  /// over the coin.
  struct Coin {
    double probability = 1;                 ///< of what policy() is
    const EpisodicPolicy* other = nullptr;  ///< what would have been played otherwise; null when there is no coin
    bool baseline = false;                  ///< policy() is the baseline
  };
  virtual Coin coin() const { return {}; }

  /// Linear programs solved so far.
  virtual std::int64_t programs() const { return 0; }

 protected:
  const ConstrainedWorld& constrained() const { return world_; }
  int num_constraints() const { return static_cast<int>(world_.constraints.size()); }
  /// Makes a policy the baseline.
  void play_baseline(EpisodicPolicy& policy) const {
    for (int h = 0; h < world_.horizon; ++h)
      for (std::int64_t c = 0; c < world_.num_choices(); ++c) set(policy, h, c, world_.baseline[world_.place(h, c)]);
  }
  /// Sets a probability; one that is already there does not count as a change.
  static void set(EpisodicPolicy& policy, int stage, std::int64_t choice, double probability) {
    if (!policy.randomised() || policy.probability(stage, choice) != probability)
      policy.play_with(stage, choice, probability);
  }

 private:
  ConstrainedWorld world_;
};

}  // namespace bellwether::online
