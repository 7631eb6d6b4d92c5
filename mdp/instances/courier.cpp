#include <array>
#include <cmath>
#include <cstddef>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "mdp/expected_reward.h"
#include "mdp/instances/construction.h"
#include "mdp/instances/grid_moves.h"
#include "mdp/instances/gridworld.h"

namespace bellwether::mdp {
namespace {

bool is_muddy(int cell, const CourierOptions& o) {
  const int row = cell / o.columns, column = cell % o.columns;
  const int first_row = (o.rows - o.mud_rows) / 2, first_column = (o.columns - o.mud) / 2;
  return row >= first_row && row < first_row + o.mud_rows && column >= first_column && column < first_column + o.mud;
}

/// Rewards are earned on the way in, so that their law is known and not only their mean.
void set_rewards(ModelData& data, const CourierOptions& o, int goal) {
  std::vector<double> fee_mean, net_mean, fees, nets;
  for (std::size_t s = 0; s + 1 < data.state_begin.size(); ++s) {
    const int cell = static_cast<int>(s);
    for (std::int64_t c = data.state_begin[s]; c < data.state_begin[s + 1]; ++c) {
      const auto begin = static_cast<std::size_t>(data.choice_begin[static_cast<std::size_t>(c)]);
      const auto end = static_cast<std::size_t>(data.choice_begin[static_cast<std::size_t>(c) + 1]);
      for (std::size_t k = begin; k < end; ++k) {
        const int next = data.successor[k];
        fees.push_back(next == goal && cell != goal ? o.fee : 0);
        nets.push_back(fees.back() - (next != cell && is_muddy(next, o) ? o.harm : 0));
      }
      const auto row = data.probability.view().subspan(begin, end - begin);
      fee_mean.push_back(expected_reward(row, std::span(fees).subspan(begin)));
      net_mean.push_back(expected_reward(row, std::span(nets).subspan(begin)));
    }
  }
  data.rewards = {{.name = "reward", .expected = std::move(fee_mean), .by_transition = std::move(fees)},
                  {.name = "net", .expected = std::move(net_mean), .by_transition = std::move(nets)}};
}

/// Moves of the straight way, slips aside.
std::vector<KnownFact> facts_of(const CourierOptions& o) {
  if (o.slip != 0) return {};
  return {known_optimum(discounted(o.discount), o.fee * std::pow(o.discount, o.columns - 2),
                        "closed form: fee discount^(columns - 2), straight through the mud"),
          known_optimum(total(), o.fee, "closed form: the fee")};
}

}  // namespace

NamedInstance courier(const CourierOptions& o) {
  bellwether::require_valid("courier", o);
  if (o.mud > o.columns - 2) reject_option("courier", "mud", fmt::format("{}", o.mud), "at most two less than columns");
  if (o.mud_rows > o.rows - 2)
    reject_option("courier", "mud_rows", fmt::format("{}", o.mud_rows), "at most two less than rows");
  const double cells = static_cast<double>(o.rows) * o.columns;
  require_size("courier", "rows", cells, 12 * cells);
  const int start = o.rows / 2 * o.columns, goal = start + o.columns - 1, last = o.rows * o.columns - 1;
  OrderedRows rows(4 * std::int64_t{last} + 1, 12 * std::int64_t{last} + 1);
  std::vector<double> fuel, damage;
  for (int cell = 0; cell <= last; ++cell) {
    if (cell == goal) {
      rows.add_choice(0, std::array{Entry{goal, 1.0}});
      fuel.push_back(0);
      damage.push_back(0);
      rows.end_state();
      continue;
    }
    for (int action = 0; action < 4; ++action) {
      SlipRow row;
      for (const auto& [direction, probability] : slippery(action, o.slip))
        row.add(grid_neighbour(cell, direction, o.rows, o.columns), probability);
      double mud = 0;
      for (const Entry& entry : row.entries())
        if (entry.next != cell && is_muddy(entry.next, o)) mud += entry.probability;
      rows.add_choice(0, row.entries());
      fuel.push_back(1);
      damage.push_back(mud);
    }
    rows.end_state();
  }
  ModelData data = std::move(rows).take();
  set_rewards(data, o, goal);
  data.costs = {{.name = "fuel", .expected = std::move(fuel), .by_transition = {}},
                {.name = "damage", .expected = std::move(damage), .by_transition = {}}};
  data.action_names = {"up", "right", "down", "left"};
  if (last < 10'000)
    for (int cell = 0; cell <= last; ++cell)
      data.state_names.push_back(fmt::format("{},{}", cell / o.columns, cell % o.columns));
  data.initial = point_mass(last + 1, start);
  data.labels = {{.name = "goal", .states = std::vector<std::int32_t>{goal}}};
  data.discount = o.discount;
  return {.model = TabularMdp(std::move(data)), .question = discounted(o.discount), .facts = facts_of(o)};
}

}  // namespace bellwether::mdp
