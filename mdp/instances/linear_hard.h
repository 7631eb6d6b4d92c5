#pragma once

#include <cstdint>
#include <vector>

#include "core/options.h"
#include "mdp/instances/instance.h"

namespace bellwether::mdp {

/// The graph behind the lower bounds of linear models (Zhou, Gu and Szepesvari 2021): from each of H states a choice
/// a in {-1, 1}^{d-1} escapes to a paying state with probability 1/H + <mu_h, a>, else it leads one state on, at last
/// to a poor one; mu_h in {-D, D}^{d-1}, D = 1 / sqrt(32 H K), is what a learner does not know. States: x_1 .. x_H, the
/// poor end, the paying end. Bit i of a choice's number is 1 where a_i = 1.
struct HardLinearOptions {
  int dimension = 4;
  int horizon = 6;
  std::int64_t episodes = 1000;
  std::int64_t seed = 0;
};

template <class Field>
void describe(HardLinearOptions& o, Field&& field) {
  field("dimension", o.dimension, between(2, 20), "d; there are 2^(d-1) choices in a state");
  field("horizon", o.horizon, at_least(2), "H, the number of stages");
  field("episodes", o.episodes, at_least(1), "K, the number of episodes that D is hardest for");
  field("seed", o.seed, at_least(0), "draws other signs of mu");
}

/// As a linear mixture: d features, theta_h = (1 / alpha, mu_h / beta), one a stage; |phi_V| <= 1.
NamedInstance hard_linear_mixture(const HardLinearOptions& options = {});
/// The member of the family whose mu_h have the signs of these bits, one word a stage.
NamedInstance hard_linear_mixture_of(const HardLinearOptions& options, const std::vector<std::uint64_t>& signs);

/// As a linear MDP: d + 2 features, (alpha, beta a, 0, 0) in x_1 .. x_H, unit vectors at the ends. Features are the
/// same at all stages, so at stage h all of x_1 .. x_H lead to x_{h+1}: only x_h is ever reached then.
NamedInstance hard_linear_mdp(const HardLinearOptions& options = {});

/// The two-state linear MDP of Kitamura et al. (2023, appendix L): choice a of state 0, a in [0, 1]^{d-2}, stays with
/// probability discount + advantage <a, b>, b the last choice; state 0 pays 1, state 1 is for ever. Features (1, 0, a)
/// and (0, 1, 0).
struct LinearTwoStateOptions {
  int actions = 30;
  int dimension = 4;
  double advantage = 0.01;
  double discount = 0.9;
  std::int64_t seed = 0;
};

template <class Field>
void describe(LinearTwoStateOptions& o, Field&& field) {
  field("actions", o.actions, between(1, 1'000'000), "choices in each state");
  field("dimension", o.dimension, between(3, 1000), "d; choices are points of the cube [0, 1]^(d-2)");
  field("advantage", o.advantage, between(0, 1), "Delta");
  field("discount", o.discount, inside(0, 1), "gamma");
  field("seed", o.seed, at_least(0), "draws other choices");
}

NamedInstance linear_two_state(const LinearTwoStateOptions& options = {});

}  // namespace bellwether::mdp
