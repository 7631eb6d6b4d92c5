#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "mdp/linear/linear_structure.h"
#include "solvers/online/episodic/policy.h"

namespace bellwether::online {

/// What a learner knows before the first episode. Rewards are the learner's: in [0, 1].
struct EpisodicWorld {
  std::span<const std::int64_t> state_begin;  ///< S + 1: the choices of each state
  int horizon = 1;
  int largest_num_actions = 1;
  bool same_at_every_stage = true;  ///< transitions and rewards are those of one model
  std::int64_t episodes = 1;        ///< how many there will be
  /// Of choice c (row h * C + c when stages differ), for those who may know it.
  std::span<const double> mean_reward = {};
  std::span<const double> initial = {};        ///< distribution of the starting state: that of theorems is known
  const mdp::FeatureMap* features = nullptr;   ///< of choices; null: learners of linear MDPs take unit vectors
  const mdp::MixtureBasis* mixture = nullptr;  ///< of transitions; null: the model is no known mixture

  int num_states() const { return static_cast<int>(state_begin.size()) - 1; }
  std::int64_t num_choices() const { return state_begin.back(); }
  /// Rows of statistics: a row a choice, or one a stage and choice.
  std::int64_t num_rows() const { return same_at_every_stage ? num_choices() : horizon * num_choices(); }
  std::int64_t row(int stage, std::int64_t choice) const {
    return same_at_every_stage ? choice : stage * num_choices() + choice;
  }
};

/// One step of an episode.
struct Step {
  std::int32_t state, choice, next;
  double reward;  ///< in the learner's units
};

/// A learner of an episodic task. In every episode the loop asks it to plan, plays policy() to the end, and shows it
/// the whole episode. (A learner that updates while it plays sees the steps in their order, and no stage comes twice,
/// so learning afterwards is the same.) Nothing in here allocates after the first episodes.
class EpisodicAgent {
 public:
  explicit EpisodicAgent(const EpisodicWorld& world) : policy_(world.state_begin, world.horizon) {}
  virtual ~EpisodicAgent() = default;
  EpisodicAgent(const EpisodicAgent&) = delete;
  EpisodicAgent& operator=(const EpisodicAgent&) = delete;

  /// Makes policy() the policy of this episode (0, 1, 2, ...).
  virtual void plan(std::int64_t episode) = 0;
  virtual void learn(std::span<const Step> steps) = 0;

  /// Whether the learner would stop here, before it plays the episode that was just planned.
  virtual bool finished() const { return false; }
  /// Makes policy() its answer. Called once, when the play is over, whoever has ended it.
  virtual void answer() {}

  /// The upper bound on V*_0(s) that an optimistic learner believes in, in its units.
  virtual std::optional<double> optimistic_value(int /*state*/) const { return std::nullopt; }
  /// The lower bound on V^pi_0(s) that it believes in, pi its policy(), in its units.
  virtual std::optional<double> pessimistic_value(int /*state*/) const { return std::nullopt; }
  /// What it promises that policy() loses from s at the most: V*_0(s) - V^pi_0(s), in its units.
  virtual std::optional<double> certificate(int state) const {
    const std::optional<double> high = optimistic_value(state), low = pessimistic_value(state);
    return high && low ? std::optional(*high - *low) : std::nullopt;
  }

  EpisodicPolicy& policy() { return policy_; }

 private:
  EpisodicPolicy policy_;
};

}  // namespace bellwether::online
