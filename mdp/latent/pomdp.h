#pragma once

#include <optional>
#include <span>
#include <vector>

#include "mdp/io/model_file.h"
#include "mdp/tabular_mdp.h"

namespace bellwether::mdp {

/// One observation and its probability.
struct Seen {
  std::int32_t observation = 0;
  double probability = 0;

  friend bool operator==(const Seen&, const Seen&) = default;
};

/// A model whose states are not seen. After action a has led to state s', observation o appears with the probability of
/// row a * S + s' of the kernel (see Observations); rewards are not seen unless the observations tell them. Expected
/// rewards are those of the model, so a reward that depends on the observation enters by its mean.
///
/// `first`, one row a state, says what is seen before the first action; without it nothing is.
class Pomdp {
 public:
  /// InvalidModel, naming row, action, state and value, unless every row of the kernel that a transition of the model
  /// reaches is a distribution over observations (within 1e-9; rows off by more than 2^-50 are divided by their sum).
  Pomdp(TabularMdp model, Observations observations, std::vector<std::vector<Seen>> first = {});

  const TabularMdp& model() const { return model_; }
  int num_states() const { return model_.num_states(); }
  int num_observations() const { return observations_.count; }
  int num_actions() const { return num_actions_; }  ///< action identifiers are below it
  const Observations& observations() const { return observations_; }

  /// What may be seen once `action` (an identifier) has led to state `next`.
  std::span<const Seen> seen(int action, int next) const;
  /// What may be seen of the state at which a play begins; empty when nothing is seen.
  bool sees_the_start() const { return !first_.empty(); }
  std::span<const Seen> seen_first(int state) const { return first_[static_cast<std::size_t>(state)]; }

 private:
  TabularMdp model_;
  Observations observations_;
  int num_actions_ = 0;
  std::vector<Seen> rows_;
  std::vector<std::vector<Seen>> first_;
};

/// The model of a file with observations; InvalidModel when it has none.
Pomdp pomdp_of(const ModelFile& file);

/// Rows of a kernel that is given as a dense table: probability[(a * S + s') * count + o].
Observations dense_observations(int count, std::span<const double> probability);

}  // namespace bellwether::mdp
