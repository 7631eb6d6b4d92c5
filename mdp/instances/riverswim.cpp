#include "mdp/instances/riverswim.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "mdp/instances/construction.h"
#include "mdp/linear/mixture_basis_builder.h"
#include "mdp/tabular_mdp_builder.h"

namespace bellwether::mdp {
namespace {

struct River {
  double first_up, up, down, last_down;  ///< laws of swimming right
  double left_reward;
  bool right_first = false;  ///< whether choice 0 is right
};

constexpr River kOsband{.6, .35, .05, .4, .005};
constexpr River kStrehl{.3, .3, .1, .7, .0005};
constexpr River kVtr{.7, .3, .1, .1, .005};
constexpr River kWvtr{.9, .9, .05, .05, .005};
constexpr River kBourel{.6, .6, .05, .05, .1, true};

BirthDeathChain swimming_right(const River& law, int states) {
  const auto n = static_cast<std::size_t>(states);
  BirthDeathChain chain{std::vector<double>(n, law.up), std::vector<double>(n, law.down)};
  chain.up.front() = law.first_up;
  chain.down.back() = law.last_down;
  return chain;
}

/// Whatever the river, always swimming right is optimal in the long run.
std::vector<KnownFact> long_run_facts(const BirthDeathChain& right, int states) {
  const double gain = right.stationary().back(), climb = right.climbing_time();
  return {known_optimum(average(), gain, "closed form: stationary law of always swimming right"),
          known_bias_span(gain * climb, "closed form: gain times climbing time"),
          known_diameter(std::max(climb, states - 1.0), "closed form: expected time from the left bank to the right")};
}

void add_left(TabularMdpBuilder& builder, const River& law, int s, bool coins) {
  builder.add_choice(s, s == 0 ? law.left_reward : 0.0, {{std::max(s - 1, 0), 1.0}});
  if (coins && s == 0) builder.bernoulli_reward();
}

void add_right(TabularMdpBuilder& builder, const BirthDeathChain& right, int s, bool coins) {
  const auto i = static_cast<std::size_t>(s);
  const int last = static_cast<int>(right.up.size()) - 1;
  if (s == 0) {
    builder.add_choice(s, 0.0, {{0, 1 - right.up[i]}, {1, right.up[i]}});
  } else if (s < last) {
    builder.add_choice(s, 0.0, {{s - 1, right.down[i]}, {s, 1 - right.down[i] - right.up[i]}, {s + 1, right.up[i]}});
  } else {
    builder.add_choice(s, 1.0, {{s - 1, right.down[i]}, {s, 1 - right.down[i]}});
    if (coins) builder.bernoulli_reward();
  }
}

NamedInstance made(const River& law, const RiverVariantOptions& o, bool coins = false) {
  const BirthDeathChain right = swimming_right(law, o.states);
  TabularMdpBuilder builder(o.states);
  for (int s = 0; s < o.states; ++s) {
    if (law.right_first) add_right(builder, right, s, coins);
    add_left(builder, law, s, coins);
    if (!law.right_first) add_right(builder, right, s, coins);
  }
  builder.start_in(0)
      .action_names(law.right_first ? std::vector<std::string>{"right", "left"}
                                    : std::vector<std::string>{"left", "right"})
      .label("goal", {o.states - 1})
      .discount(o.discount);
  return {.model = std::move(builder).build(), .question = average(), .facts = long_run_facts(right, o.states)};
}

NamedInstance variant(const char* name, const River& law, const RiverVariantOptions& o) {
  bellwether::require_valid(name, o);
  require_size(name, "states", o.states, 4.0 * o.states);
  return made(law, o);
}

}  // namespace

NamedInstance riverswim(const RiverSwimOptions& o) {
  bellwether::require_valid("riverswim", o);
  require_size("riverswim", "states", o.states, 4.0 * o.states);
  const bool osband = o.version == "osband2013";
  NamedInstance river = made(osband ? kOsband : kStrehl, {.states = o.states, .discount = o.discount}, o.bernoulli);
  if (o.states == 6 && osband) {
    const std::string how = "computed: backward induction in exact arithmetic";
    river.facts.push_back(known_optimum(finite(10), 0.352383978, how));
    river.facts.push_back(known_optimum(finite(20), 3.397263959150841, how));
    river.facts.push_back(known_optimum(finite(50), 16.07210825920608, how));
  }
  return river;
}

NamedInstance riverswim_vtr(const VtrRiverOptions& o) { return variant("riverswim-vtr", kVtr, o); }

NamedInstance riverswim_wvtr(const WvtrRiverOptions& o) { return variant("riverswim-wvtr", kWvtr, o); }

NamedInstance riverswim_bourel(const BourelRiverOptions& o) { return variant("riverswim-bourel", kBourel, o); }

NamedInstance riverswim_mixture(const MixtureRiverOptions& o) {
  bellwether::require_valid("riverswim-mixture", o);
  require_size("riverswim-mixture", "states", o.states, 12.0 * o.states);
  if (o.up + o.down > 1)
    reject_option("riverswim-mixture", "down", fmt::format("{}", o.down), fmt::format("at most 1 - up = {}", 1 - o.up));
  NamedInstance river = made({o.up, o.up, o.down, o.down, .005}, {.states = o.states});
  river.question = finite(o.horizon);
  river.facts.clear();  // those of the long run suppose that the right bank is worth the trip
  MixtureBasisBuilder basis(3);
  for (int s = 0; s < o.states; ++s) {
    const std::array<int, 3> ends{std::min(s + 1, o.states - 1), s, std::max(s - 1, 0)};
    basis.next(ends[2], {1, 1, 1}).end_choice();
    for (int to = ends[2]; to <= ends[0]; ++to)
      basis.next(to, {to == ends[0] ? 1.0 : 0.0, to == ends[1] ? 1.0 : 0.0, to == ends[2] ? 1.0 : 0.0});
    basis.end_choice();
  }
  river.linear = {.mixture = std::move(basis).build(o.states), .mixture_theta = {{o.up, 1 - o.up - o.down, o.down}}};
  return river;
}

NamedInstance six_arms(const SixArmsOptions& o) {
  bellwether::require_valid("six-arms", o);
  constexpr std::array<double, 6> kOpens{1, .15, .1, .05, .03, .01};
  constexpr std::array<double, 6> kPays{50, 133, 300, 800, 1660, 6000};
  const double unit = o.scaled ? 6000 : 1;
  TabularMdpBuilder builder(7);
  for (int arm = 0; arm < 6; ++arm) {
    const double p = kOpens[static_cast<std::size_t>(arm)];
    builder.add_choice(0, 0.0, {{0, 1 - p}, {arm + 1, p}});
  }
  for (int room = 1; room <= 6; ++room) {
    for (int arm = 1; arm <= 6; ++arm) {
      const bool stays = arm == room;
      builder.add_choice(room, stays ? kPays[static_cast<std::size_t>(arm - 1)] / unit : 0.0,
                         {{stays ? room : 0, 1.0}});
    }
  }
  builder.start_in(0).state_names({"hub", "room1", "room2", "room3", "room4", "room5", "room6"}).discount(o.discount);
  const double best = 6000 / unit;
  // From another room: one step out, then 1 / .01 tries, each forgoing the best reward.
  return {.model = std::move(builder).build(),
          .question = average(),
          .facts = {known_optimum(average(), best, "closed form: staying in room 6"),
                    known_bias_span(101 * best, "closed form: 101 steps to room 6"),
                    known_diameter(101, "closed form: another room to room 6")}};
}

}  // namespace bellwether::mdp
