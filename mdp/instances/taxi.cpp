#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "mdp/instances/toy_text.h"
#include "mdp/tabular_mdp_builder.h"

namespace bellwether::mdp {
namespace {

constexpr int kInTaxi = 4, kDelivered = 500;
constexpr std::array<int, 4> kStands{0, 4, 20, 23};  // cells of R, G, Y, B, numbered row by row

/// Walls stand to the right of these cells.
bool wall_to_the_right(int cell) {
  constexpr std::array<int, 6> kWalls{1, 6, 15, 17, 20, 22};
  return std::find(kWalls.begin(), kWalls.end(), cell) != kWalls.end();
}

int stand_at(int cell) {
  const auto found = std::find(kStands.begin(), kStands.end(), cell);
  return found == kStands.end() ? -1 : static_cast<int>(found - kStands.begin());
}

int encode(int cell, int passenger, int destination) { return (cell * 5 + passenger) * 4 + destination; }

int moved(int cell, int action) {
  const int row = cell / 5, column = cell % 5;
  switch (action) {
    case 0:
      return row < 4 ? cell + 5 : cell;
    case 1:
      return row > 0 ? cell - 5 : cell;
    case 2:
      return column < 4 && !wall_to_the_right(cell) ? cell + 1 : cell;
    default:
      return column > 0 && !wall_to_the_right(cell - 1) ? cell - 1 : cell;
  }
}

struct Outcome {
  int next;
  double reward;
};

Outcome outcome(int cell, int passenger, int destination, int action) {
  const int here = encode(cell, passenger, destination), stand = stand_at(cell);
  if (action < 4) return {encode(moved(cell, action), passenger, destination), -1};
  if (action == 4) {
    if (passenger < 4 && stand == passenger) return {encode(cell, kInTaxi, destination), -1};
    return {here, -10};
  }
  if (passenger != kInTaxi || stand < 0) return {here, -10};
  if (stand == destination) return {kDelivered, 20};
  return {encode(cell, stand, destination), -1};
}

}  // namespace

NamedInstance taxi(const TaxiOptions& o) {
  bellwether::require_valid("taxi", o);
  constexpr const char* kWhere[] = {"R", "G", "Y", "B", "taxi"};
  TabularMdpBuilder builder(kDelivered + 1);
  std::vector<double> initial(kDelivered + 1, 0.0);
  std::vector<std::string> names;
  for (int cell = 0; cell < 25; ++cell) {
    for (int passenger = 0; passenger <= kInTaxi; ++passenger) {
      for (int destination = 0; destination < 4; ++destination) {
        const int state = encode(cell, passenger, destination);
        if (passenger < 4 && passenger != destination) initial[static_cast<std::size_t>(state)] = 1.0 / 300;
        names.push_back(fmt::format("{},{},{},{}", cell / 5, cell % 5, kWhere[passenger], kWhere[destination]));
        for (int action = 0; action < 6; ++action) {
          const auto [next, reward] = outcome(cell, passenger, destination, action);
          builder.add_choice(state, reward, {{next, 1.0}});
        }
      }
    }
  }
  for (int action = 0; action < 6; ++action) builder.add_choice(kDelivered, 0.0, {{kDelivered, 1.0}});
  names.emplace_back("delivered");
  builder.initial(std::move(initial)).state_names(std::move(names)).label("goal", {kDelivered}).discount(o.discount);
  builder.action_names({"south", "north", "east", "west", "pickup", "dropoff"});
  return {.model = std::move(builder).build(),
          .question = discounted(o.discount),
          .facts = {known_optimum(total(), 7.93, "breadth-first search, mean over the 300 starts", "793/100"),
                    known_optimum(discounted(.99), 6.327464314919376, "breadth-first search")}};
}

}  // namespace bellwether::mdp
