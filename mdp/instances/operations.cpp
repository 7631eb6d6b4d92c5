#include "mdp/instances/operations.h"

#include <algorithm>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "mdp/instances/construction.h"
#include "mdp/instances/demand_laws.h"
#include "mdp/tabular_mdp_builder.h"

namespace bellwether::mdp {

NamedInstance puterman_two_state(const PutermanTwoStateOptions& o) {
  bellwether::require_valid("puterman-two-state", o);
  TabularMdpBuilder builder(2);
  builder.add_choice(0, 5.0, {{0, .5}, {1, .5}}).add_choice(0, 10.0, {{1, 1.0}}).add_choice(1, -1.0, {{1, 1.0}});
  builder.start_in(0).discount(o.discount);
  const double g = o.discount;
  // Stay: V = (5 - 5.5 g) / ((1 - g / 2)(1 - g)), better than leaving, 10 - g / (1 - g), when g > 10 / 11.
  const double stay = (5 - 5.5 * g) / ((1 - g / 2) * (1 - g)), leave = 10 - g / (1 - g);
  KnownFact fact = known_optimum(discounted(g), std::max(stay, leave), "closed form: Puterman 2005");
  if (g == 0.95) {
    fact.value = -60.0 / 7;
    fact.exact = "-60/7";
  }
  return {.model = std::move(builder).build(), .question = discounted(g), .facts = {std::move(fact)}};
}

namespace {

std::vector<double> demand_law(const InventoryOptions& o) {
  if (o.demand == "poisson") return capped_poisson(o.mean, o.capacity);
  if (o.demand == "geometric") return capped_geometric(o.mean, o.capacity);
  if (o.demand == "uniform") return capped_uniform(o.mean, o.capacity);
  return capped({.25, .5, .25}, o.capacity);
}

bool is_example(const InventoryOptions& o) {
  return o.capacity == 3 && o.fixed_cost == 4 && o.unit_cost == 2 && o.holding == 1 && o.price == 8 &&
         o.demand == "puterman";
}

}  // namespace

NamedInstance inventory(const InventoryOptions& o) {
  bellwether::require_valid("inventory", o);
  const double size = o.capacity + 1.0;
  require_size("inventory", "capacity", size, size * size * size / 3);
  if (o.mean > 1e6) reject_option("inventory", "mean", fmt::format("{}", o.mean), "at most 1e6");
  const std::vector<double> demand = demand_law(o);
  TabularMdpBuilder builder(o.capacity + 1);
  for (int stock = 0; stock <= o.capacity; ++stock) {
    for (int order = 0; order <= o.capacity - stock; ++order) {
      const int on_hand = stock + order;
      std::vector<Entry> row(static_cast<std::size_t>(on_hand) + 1);
      double sold = 0;
      for (int next = 0; next <= on_hand; ++next) row[static_cast<std::size_t>(next)].next = next;
      for (int d = 0; d <= o.capacity; ++d) {
        const double p = demand[static_cast<std::size_t>(d)];
        row[static_cast<std::size_t>(std::max(on_hand - d, 0))].probability += p;
        sold += p * std::min(d, on_hand);
      }
      const double ordering = order > 0 ? o.fixed_cost + o.unit_cost * order : 0;
      builder.add_choice(stock, o.price * sold - ordering - o.holding * on_hand, row);
    }
  }
  builder.start_in(0).discount(o.discount);
  std::vector<KnownFact> facts;
  if (is_example(o)) {
    facts = {known_optimum(finite(3), 67.0 / 16, "published: Puterman 2005, section 4.6.1", "67/16")};
  }
  return {.model = std::move(builder).build(), .question = discounted(o.discount), .facts = std::move(facts)};
}

namespace {

/// Replacing at wear m: a cycle lasts m / wear + 1 periods and costs operating m (m - 1) / (2 wear) + replacement.
double best_replacement_gain(const MachineReplacementOptions& o) {
  double best = o.operating_cost * (o.states - 1);  // never replace
  for (int m = 0; m < o.states; ++m) {
    const double cycle = m / o.wear + 1;
    best = std::min(best, (o.operating_cost * m * (m - 1.0) / (2 * o.wear) + o.replacement_cost) / cycle);
  }
  return best;
}

}  // namespace

NamedInstance machine_replacement(const MachineReplacementOptions& o) {
  bellwether::require_valid("machine-replacement", o);
  require_size("machine-replacement", "states", o.states, 3.0 * o.states);
  TabularMdpBuilder builder(o.states);
  for (int i = 0; i < o.states; ++i) {
    if (i + 1 < o.states) {
      builder.add_choice(i, o.operating_cost * i, {{i, 1 - o.wear}, {i + 1, o.wear}});
    } else {
      builder.add_choice(i, o.operating_cost * i, {{i, 1.0}});
    }
    builder.add_choice(i, o.replacement_cost, {{0, 1.0}});
  }
  builder.start_in(0).action_names({"run", "replace"}).discount(o.discount);
  return {.model = std::move(builder).build(),
          .question = minimised(average()),
          .facts = {known_optimum(minimised(average()), best_replacement_gain(o),
                                  "closed form: renewal cycles of the best replacement level")}};
}

}  // namespace bellwether::mdp
