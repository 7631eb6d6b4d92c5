#pragma once

#include <string>

#include "core/options.h"
#include "mdp/instances/instance.h"

namespace bellwether::mdp {

/// RiverSwim: swimming left always succeeds and pays little at the left bank; swimming right fights the current and
/// pays 1 at the right bank. Two published versions with any number of states (six in both papers):
///   osband2013   from the left bank .6 right; inside .35 right, .6 stay, .05 left; at the right bank .6 stay;
///                the left bank pays .005
///   strehl2008   from the left bank .3 right; inside .3 right, .6 stay, .1 left; at the right bank .3 stay;
///                the banks pay 5 and 10000, here divided by 10000
struct RiverSwimOptions {
  int states = 6;
  std::string version = "osband2013";
  bool bernoulli = false;
  double discount = 0.95;
};

template <class Field>
void describe(RiverSwimOptions& o, Field&& field) {
  field("states", o.states, at_least(2), "number of states along the river");
  field("version", o.version, one_of({"osband2013", "strehl2008"}), "transition law and rewards of this paper");
  field("bernoulli", o.bernoulli, any_value(), "simulate rewards as coins with these means");
  field("discount", o.discount, discount_rule(), "recommended discount");
}

NamedInstance riverswim(const RiverSwimOptions& options = {});

/// Other models that go by the name of RiverSwim in published experiments. Laws of swimming right:
///   riverswim_vtr      from the left bank .7 right; inside .3 right, .6 stay, .1 left; at the right bank .9 stay
///   riverswim_wvtr     from the left bank .9 right; inside .9 right, .05 stay, .05 left; at the right bank .95 stay
///   riverswim_bourel   from the left bank .6 right; inside .6 right, .35 stay, .05 left; at the right bank .95 stay;
///                      the left bank pays .1; choice 0 is right, choice 1 left
struct RiverVariantOptions {
  int states = 6;
  double discount = 0.95;
};

struct VtrRiverOptions : RiverVariantOptions {
  VtrRiverOptions() { states = 5; }
};
struct WvtrRiverOptions : RiverVariantOptions {
  WvtrRiverOptions() { states = 10; }
};
struct BourelRiverOptions : RiverVariantOptions {};

template <class Field>
void describe(RiverVariantOptions& o, Field&& field) {
  field("states", o.states, at_least(2), "number of states along the river");
  field("discount", o.discount, discount_rule(), "recommended discount");
}

NamedInstance riverswim_vtr(const VtrRiverOptions& options = {});
NamedInstance riverswim_wvtr(const WvtrRiverOptions& options = {});
NamedInstance riverswim_bourel(const BourelRiverOptions& options = {});

/// RiverSwim as a linear mixture of three kernels, one cell up, none, one down, cut off at the banks: swimming right
/// mixes them by theta = (up, 1 - up - down, down), swimming left is the third whatever theta. At the defaults the
/// model of riverswim_wvtr.
struct MixtureRiverOptions {
  int states = 10;
  double up = 0.9;
  double down = 0.05;
  int horizon = 30;
};

template <class Field>
void describe(MixtureRiverOptions& o, Field&& field) {
  field("states", o.states, at_least(2), "number of states along the river");
  field("up", o.up, between(0, 1), "probability that swimming right gets on");
  field("down", o.down, between(0, 1), "probability that the current wins");
  field("horizon", o.horizon, at_least(1), "number of stages of the usual question");
}

NamedInstance riverswim_mixture(const MixtureRiverOptions& options = {});

/// SixArms (Strehl and Littman 2008): from the hub, arm i opens room i with probability 1, .15, .1, .05, .03, .01; in
/// room i the choice of the same number stays and pays 50, 133, 300, 800, 1660, 6000, every other returns to the hub.
struct SixArmsOptions {
  bool scaled = true;
  double discount = 0.99;
};

template <class Field>
void describe(SixArmsOptions& o, Field&& field) {
  field("scaled", o.scaled, any_value(), "divide rewards by 6000, so that they lie in [0, 1]");
  field("discount", o.discount, discount_rule(), "recommended discount");
}

NamedInstance six_arms(const SixArmsOptions& options = {});

}  // namespace bellwether::mdp
