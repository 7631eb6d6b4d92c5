#include <cmath>
#include <utility>
#include <vector>

#include "mdp/instances/construction.h"
#include "mdp/instances/grid_moves.h"
#include "mdp/instances/toy_text.h"
#include "mdp/tabular_mdp_builder.h"

namespace bellwether::mdp {

NamedInstance cliff_walking(const CliffWalkingOptions& o) {
  bellwether::require_valid("cliff-walking", o);
  const int cells = o.rows * o.columns, start = cells - o.columns, goal = cells - 1;
  TabularMdpBuilder builder(cells);
  std::vector<std::int32_t> cliff;
  for (int cell = 0; cell < cells; ++cell) {
    if (cell > start && cell < goal) cliff.push_back(cell);
    if (cell == goal) {
      for (int action = 0; action < 4; ++action) builder.add_choice(goal, 0.0, {{goal, 1.0}});
      continue;
    }
    for (int action = 0; action < 4; ++action) {
      std::vector<Entry> row;
      for (const int turn : {3, 0, 1}) {
        if (!o.slippery && turn != 0) continue;
        const int next = grid_neighbour(cell, (action + turn) % 4, o.rows, o.columns);
        const bool falls = next > start && next < goal;
        row.push_back({falls ? start : next, o.slippery ? 1.0 / 3 : 1.0, falls ? -100.0 : -1.0});
      }
      builder.add_choice(cell, merged(row));
    }
  }
  builder.start_in(start).action_names({"up", "right", "down", "left"}).label("goal", {goal}).label("cliff", cliff);
  builder.discount(o.discount);
  std::vector<KnownFact> facts;
  if (!o.slippery) {
    const double steps = o.columns + 1;
    facts = {known_optimum(total(), -steps, "closed form: up, along the cliff, down"),
             known_optimum(discounted(o.discount), -(1 - std::pow(o.discount, steps)) / (1 - o.discount),
                           "closed form: a geometric sum over the same steps")};
  }
  return {.model = std::move(builder).build(), .question = total(), .facts = std::move(facts)};
}

}  // namespace bellwether::mdp
