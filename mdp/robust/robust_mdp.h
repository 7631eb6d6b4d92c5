#pragma once

#include <cstdint>
#include <memory>

#include "mdp/robust/ambiguity.h"
#include "mdp/tabular_mdp.h"

namespace bellwether::mdp {

/// A nominal model with a set of distributions around each row, or a price for leaving it: immutable, valid from its
/// constructor on, cheap to copy.
///
///   RobustMdp robust(model, {.kind = SetKind::kL1, .radius = {0.2}});
class RobustMdp {
 public:
  /// InvalidModel, naming the place and the value, when the sets do not fit the model: a radius that is negative, not
  /// finite or missing, bounds that exclude the nominal row, a scenario that is no distribution, a kind of set that
  /// has no budget to share between the choices of a state.
  RobustMdp(TabularMdp nominal, Ambiguity ambiguity);

  const TabularMdp& nominal() const { return nominal_; }
  const Ambiguity& ambiguity() const { return *ambiguity_; }
  SetKind kind() const { return ambiguity_->kind; }
  bool state_wise() const { return ambiguity_->state_wise(); }
  int num_states() const { return nominal_.num_states(); }

  /// Nature pays for leaving the nominal rows, and no radius holds her.
  bool priced() const { return ambiguity_->priced(); }

  /// Of a choice, when priced().
  double price(std::int64_t choice) const {
    const auto& all = ambiguity_->price;
    return all[all.size() == 1 ? 0 : static_cast<std::size_t>(choice)];
  }

  /// k of a choice (of a state when state_wise()); 0 for sets without a radius.
  double radius(std::int64_t choice_or_state) const {
    const auto& k = ambiguity_->radius;
    return k.empty() ? 0 : k[k.size() == 1 ? 0 : static_cast<std::size_t>(choice_or_state)];
  }

  /// The reward of each transition of the first reward column, empty when it does not depend on the successor.
  std::span<const double> transition_reward() const { return nominal_.data().rewards.front().by_transition; }

  /// Every listed transition has a positive probability whatever nature does: true of intervals with positive lower
  /// bounds. Then the graph of the model is a fact.
  bool graph_is_fixed() const;

  /// The same sets with every radius (or price) multiplied. InvalidModel for sets without either.
  RobustMdp scaled(double factor) const;

 private:
  TabularMdp nominal_;
  std::shared_ptr<const Ambiguity> ambiguity_;
};

/// The set of a file with intervals. InvalidModel when it has none.
RobustMdp interval_mdp(const ModelFile& file);

}  // namespace bellwether::mdp
