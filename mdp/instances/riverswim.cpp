#include "mdp/instances/riverswim.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

#include "mdp/instances/construction.h"
#include "mdp/tabular_mdp_builder.h"

namespace bellwether::mdp {
namespace {

struct Current {
  double first_up, up, down, last_down;  ///< laws of swimming right
  double left_reward;
};

constexpr Current kOsband{.6, .35, .05, .4, .005};
constexpr Current kStrehl{.3, .3, .1, .7, .0005};

BirthDeathChain swimming_right(const Current& law, int states) {
  const auto n = static_cast<std::size_t>(states);
  BirthDeathChain chain{std::vector<double>(n, law.up), std::vector<double>(n, law.down)};
  chain.up.front() = law.first_up;
  chain.down.back() = law.last_down;
  return chain;
}

std::vector<KnownFact> riverswim_facts(const RiverSwimOptions& o, const BirthDeathChain& right) {
  const double gain = right.stationary().back(), climb = right.climbing_time();
  std::vector<KnownFact> facts{
      known_optimum(average(), gain, "closed form: stationary law of always swimming right"),
      known_bias_span(gain * climb, "closed form: gain times climbing time"),
      known_diameter(std::max(climb, o.states - 1.0), "closed form: expected time from the left bank to the right")};
  if (o.states == 6 && o.version == "osband2013") {
    const std::string how = "computed: backward induction in exact arithmetic";
    facts.push_back(known_optimum(finite(10), 0.352383978, how));
    facts.push_back(known_optimum(finite(20), 3.397263959150841, how));
    facts.push_back(known_optimum(finite(50), 16.07210825920608, how));
  }
  return facts;
}

}  // namespace

NamedInstance riverswim(const RiverSwimOptions& o) {
  bellwether::require_valid("riverswim", o);
  require_size("riverswim", "states", o.states, 4.0 * o.states);
  const Current& law = o.version == "osband2013" ? kOsband : kStrehl;
  const BirthDeathChain right = swimming_right(law, o.states);
  const int last = o.states - 1;
  TabularMdpBuilder builder(o.states);
  for (int s = 0; s <= last; ++s) {
    const auto i = static_cast<std::size_t>(s);
    builder.add_choice(s, s == 0 ? law.left_reward : 0.0, {{std::max(s - 1, 0), 1.0}});
    if (o.bernoulli && s == 0) builder.bernoulli_reward();
    if (s == 0) {
      builder.add_choice(s, 0.0, {{0, 1 - right.up[i]}, {1, right.up[i]}});
    } else if (s < last) {
      builder.add_choice(s, 0.0, {{s - 1, right.down[i]}, {s, 1 - right.down[i] - right.up[i]}, {s + 1, right.up[i]}});
    } else {
      builder.add_choice(s, 1.0, {{s - 1, right.down[i]}, {s, 1 - right.down[i]}});
      if (o.bernoulli) builder.bernoulli_reward();
    }
  }
  builder.start_in(0).action_names({"left", "right"}).label("goal", {last}).discount(o.discount);
  return {.model = std::move(builder).build(), .question = average(), .facts = riverswim_facts(o, right)};
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
