#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "core/options.h"
#include "mdp/instances/instance.h"
#include "mdp/instances/registry.h"
#include "mdp/linear/feature_map.h"
#include "mdp/policy.h"

namespace bellwether::mdp {

/// Features to approximate values with, which need not span them, and who is to be evaluated from whose plays.
struct Approximation {
  std::shared_ptr<const FeatureMap> states = nullptr;   ///< of states; null: unit vectors
  std::shared_ptr<const FeatureMap> choices = nullptr;  ///< of choices; null: unit vectors
  Policy target = {}, behaviour = {};
  std::vector<double> start = {};  ///< first weights for features of states; empty: zero
};

/// A model with such features; those of choices are also what learners see of the instance.
struct FeaturedInstance {
  NamedInstance instance;
  Approximation approximation = {};
};

/// The families that bring features; their models are in instance_table() too.
const std::vector<Family<FeaturedInstance>>& featured_table();

/// InvalidOption, with the nearest known name, when there is no family of this name with features.
const Family<FeaturedInstance>& find_featured(std::string_view name);

// The families (docs/papers/linear-function-approximation.md).

/// Seven states, no rewards. "dashed" leads to one of the first six, "solid" to the seventh. Behaviour plays dashed six
/// times in seven, so that it is everywhere equally often; the target always plays solid. Features: 2 e_i + e_8 for the
/// first six, e_7 + 2 e_8 for the seventh; first weights (1, ..., 1, 10, 1).
struct BairdStarOptions {
  double discount = 0.99;
};

template <class Field>
void describe(BairdStarOptions& o, Field&& field) {
  field("discount", o.discount, discount_rule(), "of the usual question");
}

FeaturedInstance baird_star(const BairdStarOptions& options = {});

/// Two states with features 1 and 2, no rewards; choices "first" and "second" lead there. The target always goes to the
/// second state, behaviour draws: a backup of w has values 2 g w everywhere, whose projection is 6 g / 5 times w.
struct TsitsiklisVanRoyOptions {
  double discount = 0.99;
  double share = 0.5;
};

template <class Field>
void describe(TsitsiklisVanRoyOptions& o, Field&& field) {
  field("discount", o.discount, discount_rule(), "of the usual question");
  field("share", o.share, inside(0, 1), "how often behaviour is in the first state");
}

FeaturedInstance tsitsiklis_van_roy(const TsitsiklisVanRoyOptions& options = {});

/// Two states that follow each other with probability one half, values 1 and 1.05, features 1 and 1.05 + epsilon: they
/// tell the values nearly exactly. Behaviour is in the first state with the given share; at some share A is 0, and near
/// it the fixed point of TD is as bad as one likes.
struct KolterOptions {
  double discount = 0.99;
  double epsilon = 0.001;
  double share = 0.7;
};

template <class Field>
void describe(KolterOptions& o, Field&& field) {
  field("discount", o.discount, discount_rule(), "of the usual question");
  field("epsilon", o.epsilon, any_value(), "by how much the second feature misses");
  field("share", o.share, inside(0, 1), "how often behaviour is in the first state");
}

FeaturedInstance kolter(const KolterOptions& options = {});

/// From state s one or two states down, equally likely, for -3; from state 1 to 0, the end, for -2. The value of s is
/// -2 s. Features: hats over every fourth state, which tell it exactly.
struct BoyanChainOptions {
  int states = 13;
};

template <class Field>
void describe(BoyanChainOptions& o, Field&& field) {
  field("states", o.states, between(5, 2001), "number of states; one more than a multiple of 4");
}

FeaturedInstance boyan_chain(const BoyanChainOptions& options = {});

/// One state up or down, equally likely, from the middle, until the walk leaves at an end: -1 on the left, +1 on the
/// right. Features: which of so many equal groups the state is in.
struct RandomWalkOptions {
  int states = 19;
  int groups = 19;
  double discount = 0.95;
};

template <class Field>
void describe(RandomWalkOptions& o, Field&& field) {
  field("states", o.states, between(1, 2001), "number of states beside the two ends");
  field("groups", o.groups, at_least(1), "features: so many groups of neighbours");
  field("discount", o.discount, discount_rule(), "of the usual question");
}

FeaturedInstance random_walk(const RandomWalkOptions& options = {});

/// A chain in which "left" and "right" go the other way one time in ten; two states pay 1, a fifth from either end.
/// Features of choices: for each action a constant and bumps at equal distances.
struct LspiChainOptions {
  int states = 50;
  int bumps = 10;
  double discount = 0.9;
};

template <class Field>
void describe(LspiChainOptions& o, Field&& field) {
  field("states", o.states, between(10, 100'000), "number of states");
  field("bumps", o.bumps, between(1, 1000), "bumps for each action");
  field("discount", o.discount, discount_rule(), "of the usual question");
}

FeaturedInstance lspi_chain(const LspiChainOptions& options = {});

}  // namespace bellwether::mdp
