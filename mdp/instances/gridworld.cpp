#include "mdp/instances/gridworld.h"

#include <array>
#include <cmath>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/stream.h"
#include "mdp/instances/construction.h"
#include "mdp/instances/grid_moves.h"

namespace bellwether::mdp {
namespace {

/// Marks the open cells that are joined to `from`, neighbours being the four around a cell.
std::vector<char> joined_to(const std::vector<char>& open, int side, int from) {
  std::vector<char> joined(open.size(), 0);
  std::vector<int> frontier{from};
  joined[static_cast<std::size_t>(from)] = 1;
  while (!frontier.empty()) {
    const int cell = frontier.back();
    frontier.pop_back();
    for (int direction = 0; direction < 4; ++direction) {
      const int next = grid_neighbour(cell, direction, side, side);
      const auto i = static_cast<std::size_t>(next);
      if (!open[i] || joined[i]) continue;
      joined[i] = 1;
      frontier.push_back(next);
    }
  }
  return joined;
}

/// Cells from which the goal can be reached, the start among them; obstacles are drawn again until that is so.
std::vector<char> draw_cells(const GridworldOptions& o) {
  const int goal = o.side * o.side - 1;
  std::vector<char> open(static_cast<std::size_t>(goal) + 1, 1);
  if (o.obstacles == 0) return open;
  constexpr int kMostDraws = 1000;
  const Stream root = Stream(static_cast<std::uint64_t>(o.seed)).child("obstacles");
  for (int draw = 0; draw < kMostDraws; ++draw) {
    Stream stream = root.child(static_cast<std::uint64_t>(draw));
    for (char& cell : open) cell = stream.uniform() >= o.obstacles;
    open.front() = open.back() = 1;
    std::vector<char> joined = joined_to(open, o.side, goal);
    if (joined.front()) return joined;
  }
  reject_option("gridworld", "obstacles", fmt::format("{}", o.obstacles),
                fmt::format("lower: {} draws left no way to the goal", kMostDraws));
}

/// State numbers of the cells kept, -1 elsewhere.
std::vector<std::int32_t> number_cells(const std::vector<char>& kept) {
  std::vector<std::int32_t> state(kept.size(), -1);
  std::int32_t count = 0;
  for (std::size_t cell = 0; cell < kept.size(); ++cell) {
    if (kept[cell]) state[cell] = count++;
  }
  return state;
}

std::vector<std::string> cell_names(const std::vector<char>& kept, int side) {
  std::vector<std::string> names;
  for (int cell = 0; cell < side * side; ++cell) {
    if (kept[static_cast<std::size_t>(cell)]) names.push_back(fmt::format("{},{}", cell / side, cell % side));
  }
  return names;
}

}  // namespace

NamedInstance gridworld(const GridworldOptions& o) {
  bellwether::require_valid("gridworld", o);
  require_size("gridworld", "side", static_cast<double>(o.side) * o.side, 12.0 * o.side * o.side);
  const std::vector<char> kept = draw_cells(o);
  const std::vector<std::int32_t> state = number_cells(kept);
  const int goal_cell = o.side * o.side - 1;
  Stream costs = Stream(static_cast<std::uint64_t>(o.seed)).child("costs");
  const std::int32_t goal = state.back();
  OrderedRows rows(4 * (std::int64_t{goal} + 1), 12 * (std::int64_t{goal} + 1));
  for (int cell = 0; cell < goal_cell; ++cell) {
    const double cost = o.random_costs ? 0.5 + costs.uniform() : 1;
    const std::int32_t here = state[static_cast<std::size_t>(cell)];
    if (here < 0) continue;
    for (int action = 0; action < 4; ++action) {
      SlipRow row;
      for (const auto& [direction, probability] : slippery(action, o.slip)) {
        const std::int32_t next = state[static_cast<std::size_t>(grid_neighbour(cell, direction, o.side, o.side))];
        row.add(next < 0 ? here : next, probability);
      }
      rows.add_choice(cost, row.entries());
    }
    rows.end_state();
  }
  rows.add_choice(0, std::array{Entry{goal, 1.0}});
  rows.end_state();
  ModelData data = std::move(rows).take();
  data.rewards.front().name = "cost";
  data.action_names = {"up", "right", "down", "left"};
  if (goal < 10'000) data.state_names = cell_names(kept, o.side);
  data.labels = {{.name = "goal", .states = std::vector<std::int32_t>{goal}}};
  data.discount = o.discount;
  std::vector<KnownFact> facts;
  if (o.slip == 0 && o.obstacles == 0 && !o.random_costs) {
    const double steps = 2.0 * (o.side - 1);
    facts = {known_optimum(minimised(total()), steps, "closed form: 2 (side - 1) steps"),
             known_optimum(minimised(discounted(o.discount)), (1 - std::pow(o.discount, steps)) / (1 - o.discount),
                           "closed form: a geometric sum over 2 (side - 1) steps")};
  }
  return {
      .model = TabularMdp(std::move(data)), .question = minimised(discounted(o.discount)), .facts = std::move(facts)};
}

}  // namespace bellwether::mdp
