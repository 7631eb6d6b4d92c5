#include "mdp/instances/registry.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "core/errors.h"
#include "core/text.h"
#include "mdp/instances/approximation.h"
#include "mdp/instances/chains.h"
#include "mdp/instances/deep_sea.h"
#include "mdp/instances/garnet.h"
#include "mdp/instances/gridworld.h"
#include "mdp/instances/linear.h"
#include "mdp/instances/linear_hard.h"
#include "mdp/instances/lower_bounds.h"
#include "mdp/instances/operations.h"
#include "mdp/instances/queues.h"
#include "mdp/instances/riverswim.h"
#include "mdp/instances/toy_text.h"

namespace bellwether::mdp {
namespace {

template <class Options>
Instance row(const char* name, const char* summary, const char* source, const char* size_option,
             NamedInstance (*function)(const Options&)) {
  return family_row(name, summary, source, size_option, function);
}

std::vector<Instance> all_instances() {
  return {
      row("car-rental", "cars moved between two lots overnight", "Sutton and Barto 2018, example 4.2", "capacity",
          &car_rental),
      row("chain", "a chain whose far end pays: deterministic, stochastic or bootstrapped", "Osband et al. 2016",
          "states", &chain),
      row("cliff-walking", "a walk along a cliff, -1 a step and -100 for a fall", "Sutton and Barto 2018, example 6.6",
          "columns", &cliff_walking),
      row("combination-lock", "a sequence of right choices, any wrong one is final", "Zhou et al. 2024", "horizon",
          &combination_lock),
      row("courier", "a parcel through the mud or around it, with costs for fuel and damage", "made for this project",
          "columns", &courier),
      row("deep-sea", "a grid in which only one sequence of moves finds the reward", "Osband et al. 2019", "size",
          &deep_sea),
      row("double-chain", "two chains from the middle, reward at the right end", "Kaufmann et al. 2021", "states",
          &double_chain),
      row("frozenlake", "a slippery walk over a frozen lake with holes", "Gymnasium, FrozenLake-v1", "side",
          &frozenlake),
      row("garnet", "random sparse model with a given number of successors", "Archibald, McKinnon and Thomas 1995",
          "states", &garnet),
      row("generative-gadget", "loops whose values are hard to estimate from samples", "Azar, Munos and Kappen 2013",
          "states", &generative_gadget),
      row("gridworld", "a square grid with slippery moves and random costs", "Sutton and Barto 2018, chapter 3", "side",
          &gridworld),
      row("haddad-monmege", "reachability on which value iteration stops far too early", "Haddad and Monmege 2014",
          "length", &haddad_monmege),
      row("hard-linear-mdp", "lower bound for regret with features: a linear MDP", "Zhou, Gu and Szepesvari 2021",
          "dimension", &hard_linear_mdp),
      row("hard-linear-mixture", "lower bound for regret with features: a linear mixture",
          "Zhou, Gu and Szepesvari 2021, section 5.3", "dimension", &hard_linear_mixture),
      row("hard-tree", "time-dependent lower bound for episodic regret", "Domingues et al. 2021", "depth", &hard_tree),
      row("inventory", "stock control with lost sales", "Puterman 2005, section 3.2", "capacity", &inventory),
      row("jao", "lower bound for average-reward regret: gadgets on a tree", "Jaksch, Ortner and Auer 2010", "states",
          &jao),
      row("jao-gadget", "lower bound for average-reward regret: its two-state part", "Jaksch, Ortner and Auer 2010",
          "actions", &jao_gadget),
      row("linear-aggregation", "a random linear MDP whose states belong to clusters in parts",
          "Singh, Jaakkola and Jordan 1995", "states", &linear_aggregation),
      row("linear-mdp", "a random linear MDP: choices mix anchor distributions by their features", "Jin et al. 2020",
          "states", &linear_mdp),
      row("linear-mixture", "a random linear mixture of base kernels", "Ayoub et al. 2020", "states", &linear_mixture),
      row("linear-two-state", "a linear MDP that is hard to tell from samples", "Kitamura et al. 2023, appendix L",
          "actions", &linear_two_state),
      row("machine-replacement", "when to replace a machine that wears out", "Puterman 2005, section 3.6", "states",
          &machine_replacement),
      row("maze", "shortest way through a random maze", "stochastic shortest path", "side", &maze),
      row("puterman-two-state", "the two-state example", "Puterman 2005, section 3.1", "", &puterman_two_state),
      row("queue-admission", "whom to admit to a queue", "Naor 1969", "capacity", &queue_admission),
      row("queue-routing", "which of two queues to join", "Winston 1977", "capacity", &queue_routing),
      row("random-dense", "random model in which every state can follow every choice", "uniform on the simplex",
          "states", &random_dense),
      row("riverswim", "swimming against the current to a distant reward",
          "Strehl and Littman 2008; Osband, Russo and Van Roy 2013", "states", &riverswim),
      row("riverswim-bourel", "RiverSwim with a helpful current and a tempting left bank",
          "Bourel, Maillard and Talebi 2020, experiments", "states", &riverswim_bourel),
      row("riverswim-mixture", "RiverSwim as a linear mixture of three known kernels", "experiments with UCRL-WVTR",
          "states", &riverswim_mixture),
      row("riverswim-vtr", "RiverSwim of linear mixture models: strong current, quiet right bank",
          "Ayoub et al. 2020, experiments", "states", &riverswim_vtr),
      row("riverswim-wvtr", "RiverSwim of linear mixture models: easy to swim", "experiments with UCRL-WVTR", "states",
          &riverswim_wvtr),
      row("six-arms", "six rooms behind doors of decreasing luck", "Strehl and Littman 2008", "", &six_arms),
      row("slow-leak", "a chain left so slowly that differences of iterates mislead", "self-loops of 1 - 10^-6",
          "states", &slow_leak),
      row("tandem-queue", "two queues in a row, when to serve the first", "Rosberg, Varaiya and Walrand 1982",
          "capacity", &tandem_queue),
      row("taxi", "fetch and deliver a passenger on a 5 x 5 grid", "Dietterich 2000; Gymnasium, Taxi-v3", "", &taxi),
  };
}

/// With the models of the families that bring features, by name.
std::vector<Instance> with_featured(std::vector<Instance> table) {
  for (const Family<FeaturedInstance>& family : featured_table())
    table.push_back(
        {family.name, family.summary, family.source, family.size_option, family.rows,
         [build = family.build](const std::vector<Setting>& settings) { return build(settings).instance; }});
  std::ranges::sort(table, {}, &Instance::name);
  return table;
}

}  // namespace

std::vector<Setting> without_size(std::string_view name, std::string_view size_option,
                                  const std::vector<OptionRow>& known, std::vector<Setting> settings) {
  const bool has_size = std::any_of(known.begin(), known.end(), [](const OptionRow& o) { return o.name == "size"; });
  for (Setting& setting : settings) {
    if (setting.first != "size" || has_size) continue;
    if (size_option.empty()) throw InvalidOption(fmt::format("{}: comes in one size only, 'size' was given", name));
    setting.first = size_option;
  }
  return settings;
}

const std::vector<Instance>& instance_table() {
  static const std::vector<Instance> table = with_featured(all_instances());
  return table;
}

const Instance& find_instance(std::string_view name) {
  const std::vector<Instance>& table = instance_table();
  const auto found = std::find_if(table.begin(), table.end(), [&](const Instance& i) { return i.name == name; });
  if (found != table.end()) return *found;
  std::vector<std::string> names;
  for (const Instance& instance : table) names.push_back(instance.name);
  refuse_instance(name, names);
}

void refuse_instance(std::string_view name, const std::vector<std::string>& names) {
  const auto near = nearest_name(name, names);
  throw InvalidOption(fmt::format("unknown instance '{}'; {}", name,
                                  near ? fmt::format("did you mean '{}'?", *near) : "known are " + join_names(names)));
}

NamedInstance make_instance(std::string_view name, const std::vector<Setting>& settings) {
  return find_instance(name).make(settings);
}

}  // namespace bellwether::mdp
