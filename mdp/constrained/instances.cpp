#include "mdp/constrained/instances.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "core/errors.h"
#include "core/sampling.h"
#include "mdp/tabular_mdp_builder.h"

namespace bellwether::mdp {
namespace {

std::vector<double> uniform_start(int states) {
  return std::vector<double>(static_cast<std::size_t>(states), 1.0 / states);
}

/// The model with further reward columns, one number a choice each.
TabularMdp with_reward_columns(TabularMdp model, std::vector<Column> columns) {
  ModelData data = model.data();
  data.rewards = std::move(columns);
  return TabularMdp(std::move(data));
}

/// Deepest open row of each column, 0 the first row, and what lies there.
struct SeaColumn {
  int depth;
  double treasure;
};
constexpr std::array<SeaColumn, 10> kSea = {
    {{1, 0.7}, {2, 8.2}, {3, 11.5}, {4, 14.0}, {4, 15.1}, {4, 16.1}, {7, 19.6}, {7, 20.3}, {9, 22.4}, {10, 23.7}}};
constexpr int kSeaRows = 11;

}  // namespace

ConstrainedMdp two_state_cmdp(double limit) {
  TabularMdpBuilder builder(2);
  builder.add_choice(0, 0.0, {{0, .9}, {1, .1}}).cost("cost", 0.0);
  builder.add_choice(0, 0.2, {{0, .1}, {1, .9}}).cost("cost", 0.1);
  builder.add_choice(1, 1.0, {{0, .8}, {1, .2}}).cost("cost", 1.0);
  builder.add_choice(1, 0.6, {{0, .3}, {1, .7}}).cost("cost", 0.5);
  builder.start_in(0).discount(0.9);
  return {std::move(builder).build(), std::vector<double>{limit}};
}

ConstrainedMdp bandit_cmdp() {
  TabularMdpBuilder builder(1);
  builder.add_choice(0, 1.0, {{0, 1.0}}).cost("cost", 1.0);
  builder.add_choice(0, 0.0, {{0, 1.0}}).cost("cost", 0.0);
  builder.discount(0);
  return {std::move(builder).build(), std::vector<double>{0.5}};
}

ConstrainedMdp random_cmdp(Stream stream, const RandomCmdpShape& shape) {
  TabularMdpBuilder builder(shape.states);
  Stream rows = stream.child("rows"), numbers = stream.child("numbers");
  const std::vector<double> concentration(static_cast<std::size_t>(shape.states), shape.concentration);
  std::vector<double> probability(concentration.size());
  for (int s = 0; s < shape.states; ++s) {
    for (int a = 0; a < shape.actions; ++a) {
      sample_dirichlet(rows, concentration, probability);
      std::vector<Entry> row;
      for (int next = 0; next < shape.states; ++next)
        row.push_back({next, probability[static_cast<std::size_t>(next)]});
      builder.add_choice(s, numbers.uniform(), row);
      for (int i = 0; i < shape.budgets; ++i) builder.cost(fmt::format("cost {}", i), numbers.uniform());
    }
  }
  if (shape.uniform_start) builder.initial(uniform_start(shape.states));
  return {std::move(builder).build(), std::vector<double>(static_cast<std::size_t>(shape.budgets), 0.0)};
}

TabularMdp deep_sea_treasure() {
  const int width = static_cast<int>(kSea.size()), end = kSeaRows * width;
  TabularMdpBuilder builder(end + 1);
  std::vector<double> treasure, time;
  const auto add = [&](int state, double worth, double step, int next) {
    builder.add_choice(state, worth, {{next, 1.0}});
    treasure.push_back(worth);
    time.push_back(step);
  };
  constexpr std::array<std::array<int, 2>, 4> kMoves = {{{-1, 0}, {0, 1}, {1, 0}, {0, -1}}};
  for (int row = 0; row < kSeaRows; ++row) {
    for (int column = 0; column < width; ++column) {
      const int here = row * width + column;
      if (row >= kSea[static_cast<std::size_t>(column)].depth) {  // a treasure or the floor: nothing is left to do
        add(here, 0, 0, end);
        continue;
      }
      for (const auto& [down, right] : kMoves) {
        const int r = row + down, c = column + right;
        const bool open = r >= 0 && c >= 0 && c < width && r <= kSea[static_cast<std::size_t>(c)].depth;
        const bool found = open && r == kSea[static_cast<std::size_t>(c)].depth;
        add(here, found ? kSea[static_cast<std::size_t>(c)].treasure : 0.0, -1,
            found  ? end
            : open ? r * width + c
                   : here);
      }
    }
  }
  add(end, 0, 0, end);
  return with_reward_columns(std::move(builder).build(),
                             {{.name = "treasure", .expected = std::move(treasure), .by_transition = {}},
                              {.name = "time", .expected = std::move(time), .by_transition = {}}});
}

TabularMdp fruit_tree(int depth, int objectives, Stream stream) {
  if (depth < 1 || depth > 20)
    throw InvalidOption(fmt::format("fruit_tree: 'depth' is {}, must be between 1 and 20", depth));
  if (objectives < 1)
    throw InvalidOption(fmt::format("fruit_tree: 'objectives' is {}, must be at least 1", objectives));
  const int leaves = 1 << depth, inner = leaves - 1, end = inner + leaves;
  TabularMdpBuilder builder(end + 1);
  std::vector<std::vector<double>> values(static_cast<std::size_t>(objectives));
  for (int node = 0; node < inner; ++node) {
    for (const int next : {2 * node + 1, 2 * node + 2}) {
      builder.add_choice(node, 0.0, {{next, 1.0}});
      for (auto& column : values) column.push_back(0);
    }
  }
  for (int leaf = 0; leaf <= leaves; ++leaf) {  // the last one is the end
    std::vector<double> fruit(values.size());
    for (double& x : fruit) x = leaf < leaves ? stream.uniform() : 0;
    const double most = *std::max_element(fruit.begin(), fruit.end());
    if (most > 0 && most < 0.5)
      for (double& x : fruit) x *= 0.5 / most;
    builder.add_choice(inner + leaf, fruit[0], {{end, 1.0}});
    for (std::size_t i = 0; i < values.size(); ++i) values[i].push_back(fruit[i]);
  }
  std::vector<Column> columns;
  for (std::size_t i = 0; i < values.size(); ++i)
    columns.push_back({.name = fmt::format("objective {}", i), .expected = std::move(values[i]), .by_transition = {}});
  return with_reward_columns(std::move(builder).build(), std::move(columns));
}

}  // namespace bellwether::mdp
