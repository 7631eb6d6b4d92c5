#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <vector>

namespace bellwether::online {

/// What a learner of the long run knows before the first step. Rewards are the learner's: in [0, 1].
struct AverageWorld {
  std::span<const std::int64_t> state_begin;  ///< S + 1: the choices of each state
  int largest_num_actions = 1;
  std::int64_t steps = 1;               ///< how many there will be
  std::span<const double> mean_reward;  ///< of each choice, for those who may know it

  int num_states() const { return static_cast<int>(state_begin.size()) - 1; }
  std::int64_t num_choices() const { return state_begin.back(); }
};

/// What a learner has decided to do for a while. The loop plays it without asking until some choice has been taken
/// `most[choice]` times in this epoch, or the epoch has lasted `longest` steps.
struct Epoch {
  explicit Epoch(const AverageWorld& world)
      : choice(static_cast<std::size_t>(world.num_states())),
        most(static_cast<std::size_t>(world.num_choices()), std::numeric_limits<std::int64_t>::max()) {
    for (std::size_t s = 0; s < choice.size(); ++s) choice[s] = static_cast<std::int32_t>(world.state_begin[s]);
  }
  std::vector<std::int32_t> choice;  ///< of each state, numbered through the model
  std::vector<double> probability;   ///< of each choice; empty: `choice` is played
  std::vector<std::int64_t> most;
  std::int64_t longest = std::numeric_limits<std::int64_t>::max();
};

struct AverageStep {
  std::int32_t state, choice, next;
  double reward;  ///< in the learner's units
};

/// A learner of the long run. The loop asks it to plan an epoch, plays the epoch, and shows it the steps in pieces, in
/// their order, each epoch's before the next plan. Nothing in here allocates after the first epochs.
class AverageAgent {
 public:
  explicit AverageAgent(const AverageWorld& world) : epoch_(world) {}
  virtual ~AverageAgent() = default;
  AverageAgent(const AverageAgent&) = delete;
  AverageAgent& operator=(const AverageAgent&) = delete;

  /// Fills epoch() for the steps from number `step` (0 first) on; the model is in `state`.
  virtual void plan(std::int64_t step, int state) = 0;
  virtual void learn(std::span<const AverageStep> steps) = 0;

  /// The upper bound on the optimal gain that an optimistic learner believed in when it planned, in its units.
  virtual std::optional<double> optimistic_gain() const { return std::nullopt; }

  Epoch& epoch() { return epoch_; }
  const Epoch& epoch() const { return epoch_; }

 private:
  Epoch epoch_;
};

}  // namespace bellwether::online
