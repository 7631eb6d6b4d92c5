#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <Eigen/Core>

#include "mdp/evaluate/leaky_chain.h"
#include "mdp/finite_memory_policy.h"
#include "mdp/graph/induced_chain.h"
#include "mdp/policy.h"
#include "mdp/tabular_mdp.h"

namespace bellwether::mdp {

/// The expected values a choice of a column of the model: "" is the first reward column, else the reward or, when there
/// is none of that name, the cost column so called. InvalidModel, listing the names there are, when there is neither.
std::span<const double> column_values(const TabularMdp& model, std::string_view name);

/// A model under a policy: the Markov chain, how accurate its numbers are, and how to read rewards and costs off it.
/// Every exact evaluation takes one. Policies are read as their weights divided by their sum in each state.
///
/// With a finite-memory policy the chain runs on pairs: state s of the model with node k of the memory is state
/// k * S + s of the chain.
class PolicyChain {
 public:
  /// InvalidModel unless the policy fits the model.
  PolicyChain(TabularMdp model, const Policy& policy);
  PolicyChain(TabularMdp model, const FiniteMemoryPolicy& policy);

  const TabularMdp& model() const { return model_; }
  int num_states() const { return chain_.num_states(); }
  int num_nodes() const { return static_cast<int>(node_weight_.size()); }

  /// Rows, merged and ascending, and the expected first reward of a step.
  const MarkovChain& chain() const { return chain_; }
  /// Relative error of the probabilities of a row.
  double share(int s) const { return share_[static_cast<std::size_t>(s)]; }

  /// Expected value of a step in each state, for a column of the model (see column_values), with its error.
  Evaluation step_values(std::string_view column = {}) const;

  /// The model's initial distribution and that of the memory.
  std::vector<double> initial() const;

  /// Mass of the choices of the model, given the mass of the chain's states (nodes added up).
  std::vector<double> choice_mass(const Eigen::VectorXd& state_mass) const;

  /// The chain between the states that `number` maps to 0, 1, 2, ... (those at -1 leak), each step surviving with
  /// probability `discount`. Beside moves to states at -1, a step leaks 1 - discount.
  LeakyChain leaky(std::span<const std::int32_t> number, double discount) const;
  /// The same when `states` lists those that are numbered 0, 1, 2, ...: only they are looked at.
  LeakyChain leaky_part(std::span<const std::int32_t> states, std::span<const std::int32_t> number,
                        double discount) const;

 private:
  void add_state(const Policy& policy, int s, const FiniteMemoryPolicy* memory, int node);

  TabularMdp model_;
  std::vector<double> node_weight_;  ///< initial distribution of the memory
  MarkovChain chain_;
  std::vector<double> share_;
  std::vector<std::int64_t> play_begin_{0};  ///< of each state of the chain: the choices played there ...
  std::vector<std::int64_t> played_;         ///< ... by their number in the model
  std::vector<double> weight_;               ///< ... with probability
  std::vector<ChainStep> row_;
};

}  // namespace bellwether::mdp
