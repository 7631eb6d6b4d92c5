#include <array>
#include <cstdint>
#include <utility>
#include <vector>

#include "core/stream.h"
#include "mdp/instances/construction.h"
#include "mdp/instances/grid_moves.h"
#include "mdp/instances/gridworld.h"

namespace bellwether::mdp {
namespace {

/// For each cell a bit for each direction in which there is a passage.
using Passages = std::vector<std::uint8_t>;

bool has_passage(const Passages& open, int cell, int direction) {
  return (open[static_cast<std::size_t>(cell)] >> direction & 1) != 0;
}

void join(Passages& open, int cell, int direction, int next) {
  open[static_cast<std::size_t>(cell)] |= static_cast<std::uint8_t>(1 << direction);
  open[static_cast<std::size_t>(next)] |= static_cast<std::uint8_t>(1 << (direction + 2) % 4);
}

/// A depth-first walk to random unvisited neighbours, with its own stack.
Passages random_tree(int side, Stream stream) {
  Passages open(static_cast<std::size_t>(side) * static_cast<std::size_t>(side), 0);
  std::vector<char> visited(open.size(), 0);
  std::vector<int> path{0};
  visited[0] = 1;
  while (!path.empty()) {
    const int cell = path.back();
    std::array<int, 4> candidates{};
    std::uint64_t count = 0;
    for (int direction = 0; direction < 4; ++direction) {
      const int next = grid_neighbour(cell, direction, side, side);
      if (!visited[static_cast<std::size_t>(next)]) candidates[count++] = direction;
    }
    if (count == 0) {
      path.pop_back();
      continue;
    }
    const int direction = candidates[stream.below(count)];
    const int next = grid_neighbour(cell, direction, side, side);
    join(open, cell, direction, next);
    visited[static_cast<std::size_t>(next)] = 1;
    path.push_back(next);
  }
  return open;
}

void remove_walls(Passages& open, int side, double share, Stream stream) {
  for (int cell = 0; cell < side * side; ++cell) {
    for (const int direction : {1, 2}) {
      const int next = grid_neighbour(cell, direction, side, side);
      if (next != cell && !has_passage(open, cell, direction) && stream.uniform() < share) {
        join(open, cell, direction, next);
      }
    }
  }
}

/// Steps from the first cell to the last, by breadth-first search.
int shortest_way(const Passages& open, int side) {
  std::vector<int> distance(open.size(), -1), queue{0};
  distance[0] = 0;
  for (std::size_t head = 0; head < queue.size(); ++head) {
    const int cell = queue[head];
    for (int direction = 0; direction < 4; ++direction) {
      if (!has_passage(open, cell, direction)) continue;
      const int next = grid_neighbour(cell, direction, side, side);
      if (distance[static_cast<std::size_t>(next)] >= 0) continue;
      distance[static_cast<std::size_t>(next)] = distance[static_cast<std::size_t>(cell)] + 1;
      queue.push_back(next);
    }
  }
  return distance.back();
}

}  // namespace

NamedInstance maze(const MazeOptions& o) {
  bellwether::require_valid("maze", o);
  require_size("maze", "side", static_cast<double>(o.side) * o.side, 12.0 * o.side * o.side);
  const Stream root(static_cast<std::uint64_t>(o.seed));
  Passages open = random_tree(o.side, root.child("tree"));
  remove_walls(open, o.side, o.loops, root.child("loops"));
  const int goal = o.side * o.side - 1;
  OrderedRows rows(4 * (std::int64_t{goal} + 1), (o.slip > 0 ? 12 : 4) * (std::int64_t{goal} + 1));
  for (int cell = 0; cell < goal; ++cell) {
    for (int action = 0; action < 4; ++action) {
      SlipRow row;
      for (const auto& [direction, probability] : slippery(action, o.slip)) {
        row.add(has_passage(open, cell, direction) ? grid_neighbour(cell, direction, o.side, o.side) : cell,
                probability);
      }
      rows.add_choice(1, row.entries());
    }
    rows.end_state();
  }
  rows.add_choice(0, std::array{Entry{goal, 1.0}});
  rows.end_state();
  ModelData data = std::move(rows).take();
  data.rewards.front().name = "cost";
  data.action_names = {"up", "right", "down", "left"};
  data.labels = {{.name = "goal", .states = std::vector<std::int32_t>{goal}}};
  std::vector<KnownFact> facts;
  if (o.slip == 0) {
    facts = {
        known_optimum(minimised(total()), static_cast<double>(shortest_way(open, o.side)), "breadth-first search")};
  }
  return {.model = TabularMdp(std::move(data)), .question = minimised(total()), .facts = std::move(facts)};
}

}  // namespace bellwether::mdp
