#include <array>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/stream.h"
#include "mdp/instances/construction.h"
#include "mdp/instances/grid_moves.h"
#include "mdp/instances/toy_text.h"

namespace bellwether::mdp {
namespace {

/// S start, F frozen, H hole, G goal, row by row.
using Lake = std::string;

constexpr const char* kLake4 =
    "SFFF"
    "FHFH"
    "FFFH"
    "HFFG";
constexpr const char* kLake8 =
    "SFFFFFFF"
    "FFFFFFFF"
    "FFFHFFFF"
    "FFFFFHFF"
    "FFFHFFFF"
    "FHHFFFHF"
    "FHFFHFHF"
    "FFFHFFFG";

/// Fewest steps from start to goal without a hole, or -1.
int shortest_way(const Lake& lake, int side) {
  std::vector<int> distance(lake.size(), -1), queue{0};
  distance[0] = 0;
  for (std::size_t head = 0; head < queue.size(); ++head) {
    const int cell = queue[head];
    for (int direction = 0; direction < 4; ++direction) {
      const int next = grid_neighbour(cell, direction, side, side);
      const auto i = static_cast<std::size_t>(next);
      if (lake[i] == 'H' || distance[i] >= 0) continue;
      distance[i] = distance[static_cast<std::size_t>(cell)] + 1;
      queue.push_back(next);
    }
  }
  return distance.back();
}

Lake draw_lake(const FrozenLakeOptions& o) {
  constexpr int kMostDraws = 10'000;
  const Stream root(static_cast<std::uint64_t>(o.seed));
  Lake lake(static_cast<std::size_t>(o.side) * static_cast<std::size_t>(o.side), 'F');
  for (int draw = 0; draw < kMostDraws; ++draw) {
    Stream stream = root.child(static_cast<std::uint64_t>(draw));
    for (char& cell : lake) cell = stream.uniform() < o.frozen ? 'F' : 'H';
    lake.front() = 'S';
    lake.back() = 'G';
    if (shortest_way(lake, o.side) >= 0) return lake;
  }
  reject_option("frozenlake", "frozen", fmt::format("{}", o.frozen),
                fmt::format("larger: {} draws left no way to the goal", kMostDraws));
}

std::vector<KnownFact> lake_facts(const FrozenLakeOptions& o, const Lake& lake, bool published) {
  if (!o.slippery) {
    const int steps = shortest_way(lake, o.side);
    return {known_optimum(discounted(o.discount), std::pow(o.discount, steps - 1),
                          "breadth-first search: the last step of a shortest way pays"),
            known_optimum(total(), 1, "breadth-first search")};
  }
  if (!published) return {};
  const std::string how = "computed: exact rational policy iteration";
  if (o.side == 4) {
    return {known_optimum(discounted(.99), 0.5420259320004729, how),
            known_optimum(discounted(.9), 0.0688909048890034, how), known_optimum(total(), 14.0 / 17, how, "14/17"),
            known_optimum(reach("goal"), 14.0 / 17, how, "14/17")};
  }
  return {known_optimum(discounted(.99), 0.414640361799985, "computed: value iteration to the last digit"),
          known_optimum(total(), 1, "closed form: along the border no move can slip into a hole"),
          known_optimum(reach("goal"), 1, "closed form: along the border no move can slip into a hole")};
}

}  // namespace

NamedInstance frozenlake(const FrozenLakeOptions& o) {
  bellwether::require_valid("frozenlake", o);
  require_size("frozenlake", "side", static_cast<double>(o.side) * o.side, 12.0 * o.side * o.side);
  const bool published = !o.random_map && (o.side == 4 || o.side == 8);
  const Lake lake = !published ? draw_lake(o) : o.side == 4 ? kLake4 : kLake8;
  const auto cells = static_cast<int>(lake.size());
  OrderedRows rows(4 * std::int64_t{cells}, 12 * std::int64_t{cells});
  std::vector<std::int32_t> holes;
  for (int cell = 0; cell < cells; ++cell) {
    const char kind = lake[static_cast<std::size_t>(cell)];
    if (kind == 'H') holes.push_back(cell);
    for (int action = 0; action < 4; ++action) {
      if (kind == 'H' || kind == 'G') {
        rows.add_choice(0, std::array{Entry{cell, 1.0}});
        continue;
      }
      const int direction = 3 - action;  // left, down, right, up among up, right, down, left
      SlipRow row;
      double enter = 0;
      for (const int turn : {1, 0, 3}) {  // the order of Gymnasium
        if (!o.slippery && turn != 0) continue;
        const int next = grid_neighbour(cell, (direction + turn) % 4, o.side, o.side);
        row.add(next, o.slippery ? 1.0 / 3 : 1.0);
        if (next == cells - 1) enter += o.slippery ? 1.0 / 3 : 1.0;
      }
      rows.add_choice(enter, row.entries());
    }
    rows.end_state();
  }
  ModelData data = std::move(rows).take();
  data.rewards.front().by_transition = rewards_on_entering(data, cells - 1);
  data.action_names = {"left", "down", "right", "up"};
  data.labels = {{.name = "goal", .states = std::vector<std::int32_t>{cells - 1}}, {.name = "hole", .states = holes}};
  data.discount = o.discount;
  return {.model = TabularMdp(std::move(data)),
          .question = discounted(o.discount),
          .facts = lake_facts(o, lake, published)};
}

}  // namespace bellwether::mdp
