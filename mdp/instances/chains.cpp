#include "mdp/instances/chains.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "mdp/instances/construction.h"
#include "mdp/tabular_mdp_builder.h"

namespace bellwether::mdp {
namespace {

BirthDeathChain uniform_chain(int states, double up) {
  const auto n = static_cast<std::size_t>(states);
  return {std::vector<double>(n, up), std::vector<double>(n, 1 - up)};
}

std::vector<KnownFact> chain_facts(const ChainOptions& o, double up, double left_reward) {
  const BirthDeathChain right = uniform_chain(o.states, up);
  const double gain = up == 1 ? 1.0 : right.stationary().back();
  const double climb = right.climbing_time();
  std::vector<KnownFact> facts{
      known_optimum(average(), std::max(gain, left_reward),
                    "closed form: the stationary law of always going right, or the left reward if that is more"),
      known_diameter(std::max(climb, o.states - 1.0), "closed form: expected time from the left end to the right")};
  if (gain > left_reward) {
    facts.push_back(known_bias_span(gain * climb, "closed form: gain times climbing time"));
  }
  if (up == 1) {
    facts.push_back(known_optimum(finite(o.states), 1, "closed form: all but one step are needed to get there"));
  }
  return facts;
}

}  // namespace

NamedInstance chain(const ChainOptions& o) {
  bellwether::require_valid("chain", o);
  require_size("chain", "states", o.states, 3.0 * o.states);
  const bool bootstrapped = o.version == "bootstrapped";
  const double up = o.version == "deterministic" ? 1.0 : bootstrapped ? 0.5 : 1 - 1.0 / o.states;
  const double left_reward = bootstrapped ? 0.01 : 0;
  const int last = o.states - 1;
  TabularMdpBuilder builder(o.states);
  for (int s = 0; s <= last; ++s) {
    const int below = std::max(s - 1, 0), above = std::min(s + 1, last);
    builder.add_choice(s, s == 0 ? left_reward : 0.0, {{below, 1.0}});
    if (s == 0 && o.noise > 0) builder.gaussian_reward(o.noise);
    builder.add_choice(s, s == last ? 1.0 : 0.0, {{below, 1 - up}, {above, up}});
    if (s == last && o.noise > 0) builder.gaussian_reward(o.noise);
  }
  builder.start_in(0).action_names({"left", "right"}).label("goal", {last}).discount(o.discount);
  return {.model = std::move(builder).build(),
          .question = finite(bootstrapped ? 15 : o.states),
          .facts = chain_facts(o, up, left_reward)};
}

NamedInstance double_chain(const DoubleChainOptions& o) {
  bellwether::require_valid("double-chain", o);
  require_size("double-chain", "states", o.states, 4.0 * o.states);
  const int last = o.states - 1;
  TabularMdpBuilder builder(o.states);
  for (int s = 0; s <= last; ++s) {
    const int below = std::max(s - 1, 0), above = std::min(s + 1, last);
    const double reward = s == last ? 1 : 0;
    builder.add_choice(s, reward, {{below, 1 - o.slip}, {above, o.slip}});
    builder.add_choice(s, reward, {{below, o.slip}, {above, 1 - o.slip}});
  }
  builder.start_in(last / 2).action_names({"left", "right"}).label("goal", {last}).discount(o.discount);
  const BirthDeathChain right = uniform_chain(o.states, 1 - o.slip);
  const double gain = o.slip == 0 ? 1.0 : right.stationary().back(), climb = right.climbing_time();
  std::vector<KnownFact> facts{known_optimum(average(), gain, "closed form: stationary law of always going right"),
                               known_diameter(climb, "closed form: expected time from end to end"),
                               known_bias_span(gain * climb, "closed form: gain times climbing time")};
  return {.model = std::move(builder).build(), .question = finite(o.horizon), .facts = std::move(facts)};
}

NamedInstance slow_leak(const SlowLeakOptions& o) {
  bellwether::require_valid("slow-leak", o);
  require_size("slow-leak", "states", o.states + 1.0, 2.0 * o.states);
  TabularMdpBuilder builder(o.states + 1);
  for (int s = 0; s < o.states; ++s) builder.add_choice(s, 1.0, {{s, 1 - o.leak}, {s + 1, o.leak}});
  builder.add_choice(o.states, 0.0, {{o.states, 1.0}});
  builder.start_in(0).label("goal", {o.states});
  const double cost = o.states / o.leak;
  return {.model = std::move(builder).build(),
          .question = minimised(total()),
          .facts = {known_optimum(minimised(total()), cost, "closed form: states / leak")}};
}

NamedInstance haddad_monmege(const HaddadMonmegeOptions& o) {
  bellwether::require_valid("haddad-monmege", o);
  require_size("haddad-monmege", "length", 2.0 * o.length + 1, 5.0 * o.length);
  const int middle = o.length, last = 2 * o.length;
  TabularMdpBuilder builder(last + 1);
  for (int s = 0; s <= last; ++s) {
    if (s == 0 || s == last) {
      builder.add_choice(s, 0.0, {{s, 1.0}});
    } else if (s == middle) {
      builder.add_choice(s, 0.0, {{s - 1, 1 - o.bias}, {s + 1, o.bias}});
    } else {
      builder.add_choice(s, 0.0, {{s < middle ? s - 1 : s + 1, 0.5}, {middle, 0.5}});
      if (o.retreat && s > middle) builder.add_choice(s, 0.0, {{middle, 1.0}});
    }
  }
  builder.start_in(middle).label("target", {last}).label("trap", {0});
  return {.model = std::move(builder).build(),
          .question = reach("target"),
          .facts = {known_optimum(reach("target"), o.bias,
                                  "closed form: both sides are equally long, so the first step decides",
                                  o.bias == 0.5 ? "1/2" : "")}};
}

}  // namespace bellwether::mdp
