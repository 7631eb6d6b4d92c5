#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "mdp/tabular_mdp.h"

namespace bellwether::mdp {

/// A stationary policy: one choice index a state (local to the state), or a distribution over the choices of each.
class Policy {
 public:
  Policy() = default;

  /// `choice_of_state[s]` is local: 0 is the first choice of s.
  static Policy deterministic(std::vector<std::int32_t> choice_of_state);
  /// `probability[c]` over all choices of the model, those of each state summing to one.
  static Policy randomised(std::vector<double> probability);
  static Policy uniform(const TabularMdp& model);

  bool empty() const { return choice_.empty() && probability_.empty(); }
  bool is_deterministic() const { return probability_.empty(); }

  std::span<const std::int32_t> choices() const { return choice_; }              ///< deterministic policies
  std::span<const double> choice_probabilities() const { return probability_; }  ///< randomised policies

  /// Probability of the choice with this model-wide number in state s.
  double probability(const TabularMdp& model, int s, std::int64_t choice) const {
    if (!is_deterministic()) return probability_[static_cast<std::size_t>(choice)];
    return choice - model.first_choice(s) == choice_[static_cast<std::size_t>(s)] ? 1.0 : 0.0;
  }

  /// InvalidModel, naming state and value, unless the policy fits the model.
  void require_fits(const TabularMdp& model) const;

  friend bool operator==(const Policy&, const Policy&) = default;

 private:
  std::vector<std::int32_t> choice_;
  std::vector<double> probability_;
};

/// One policy a stage, the first to be played first.
using StagePolicy = std::vector<Policy>;

}  // namespace bellwether::mdp
