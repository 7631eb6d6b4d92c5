#pragma once

#include <span>
#include <vector>

#include "mdp/io/model_file.h"
#include "mdp/latent/pomdp.h"
#include "mdp/tabular_mdp.h"

namespace bellwether::mdp {

/// One of several models over the same states and actions is drawn before the first step and kept: context m with
/// probability weight(m). States are seen, the context is not. Each context has its own initial distribution, rows and
/// rewards. States may differ in their actions; contexts may not.
class LatentMdp {
 public:
  /// InvalidModel, naming context, state and value, unless the contexts agree in their states and actions and the
  /// weights are a distribution. Contexts of weight 0 are allowed.
  LatentMdp(std::vector<TabularMdp> contexts, std::vector<double> weights, bool rewards_seen = false);

  int num_contexts() const { return static_cast<int>(contexts_.size()); }
  int num_states() const { return contexts_.front().num_states(); }
  const TabularMdp& context(int m) const { return contexts_[static_cast<std::size_t>(m)]; }
  std::span<const double> weights() const { return weights_; }
  double weight(int m) const { return weights_[static_cast<std::size_t>(m)]; }
  /// Whether the player sees the reward of each step, which may tell contexts apart.
  bool rewards_seen() const { return rewards_seen_; }

  /// The same question as a partially observable model. Its state m * S + s is state s in context m; the observations
  /// are the states. With rewards seen a state also knows the last reward, the observations are pairs (state, reward)
  /// and named so ("well, 0.5"; the state alone before the first step; states in quotes where a name would
  /// stand for two), and states are numbered in the order in which
  /// they are reached. InvalidModel when seen rewards are not of finitely many values (Gaussian laws).
  Pomdp pomdp() const;

 private:
  std::vector<TabularMdp> contexts_;
  std::vector<double> weights_;
  bool rewards_seen_;
};

/// The contexts of a file, equally likely when no weights are given; InvalidModel when it has none.
LatentMdp latent_of(const ModelFile& file, std::vector<double> weights = {}, bool rewards_seen = false);

}  // namespace bellwether::mdp
