#include "experiments/studies/papers/models.h"

#include <algorithm>
#include <limits>
#include <utility>
#include <vector>

#include "core/stream.h"
#include "mdp/constrained/instances.h"
#include "mdp/instances/garnet.h"
#include "mdp/tabular_mdp_builder.h"
#include "solvers/constrained/binding_limits.h"
#include "solvers/risk/stock_tree.h"

namespace bellwether::studies {

solvers::Problem small_garnet() {
  return {.model = mdp::garnet({.states = 20, .actions = 4, .successors = 3, .discount = 0.9}).model, .discount = 0.9};
}

solvers::Problem five_stages() {
  std::vector<mdp::TabularMdp> stages;
  for (std::int64_t seed = 5; seed < 10; ++seed)
    stages.push_back(mdp::random_dense({.states = 4, .actions = 3, .seed = seed}).model);
  return {.model = stages[0], .criterion = solvers::Criterion::kFinite, .discount = 1, .horizon = 5, .stages = stages};
}

solvers::ConstrainedProblem drawn_with_budget() {
  return solvers::with_binding_limits(
      {.model = mdp::random_cmdp(Stream(1).child("budget"), {.states = 6, .actions = 3}), .discount = 0.8}, 0.4);
}

solvers::Problem risky_corridor() {
  constexpr int kRows = 4, kColumns = 8, kStartRow = 3, kOver = kRows * kColumns;
  constexpr double kSlide = 0.05, kFall = 12;
  const auto cell = [](int row, int column) { return row * kColumns + column; };
  const int goal = cell(kStartRow, kColumns - 1);
  mdp::TabularMdpBuilder builder(kOver + 1);
  for (int row = 0; row < kRows; ++row) {
    for (int column = 0; column < kColumns; ++column) {
      const int s = cell(row, column);
      if (s == goal) {
        builder.add_choice(s, 0, {{s, 1.0}});
        continue;
      }
      for (const auto& [down, right] : {std::pair{-1, 0}, std::pair{0, 1}, std::pair{1, 0}, std::pair{0, -1}}) {
        const int to_row = std::clamp(row + down, 0, kRows - 1),
                  to_column = std::clamp(column + right, 0, kColumns - 1);
        const mdp::Entry moves{cell(to_row, to_column), 1 - kSlide, -1};
        if (moves.next == goal) {
          builder.add_choice(s, {{goal, 1.0, -1}});
        } else if (to_row == kRows - 1) {
          builder.add_choice(s, {moves, {kOver, kSlide, -1 - kFall}});
        } else {
          builder.add_choice(s, {moves, {cell(to_row + 1, to_column), kSlide, -1}});
        }
      }
    }
  }
  builder.add_choice(kOver, 0, {{kOver, 1.0}});
  builder.start_in(cell(kStartRow, 0));
  return {.model = std::move(builder).build(), .criterion = solvers::Criterion::kFinite, .discount = 1, .horizon = 16};
}

solvers::Law corridor_law(double level, double weight) {
  const solvers::StockTree tree(risky_corridor(), {});
  double best = -std::numeric_limits<double>::infinity();
  solvers::StockPolicy policy, tried;
  for (const double b : tree.final_stocks()) {
    const auto utility = [&](double x) { return (1 - weight) * x + weight * (b + std::min(x - b, 0.0) / level); };
    const double value = tree.maximise(utility, &tried);
    if (!(value > best)) continue;
    best = value;
    policy = tried;
  }
  return tree.law(policy);
}

}  // namespace bellwether::studies
