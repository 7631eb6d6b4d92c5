// One budget for all rows of a state: against the linear program of the game.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <vector>

#include <fmt/format.h>

#include "mdp/tabular_mdp_builder.h"
#include "proofs_checks/robust/claims.h"
#include "solvers/lp/linear_program.h"
#include "solvers/robust/operator.h"

namespace bellwether::claims {
namespace {

using mdp::RobustMdp;
using mdp::SetKind;
using Values = std::vector<double>;

constexpr const char* kPage = "docs/papers/robust-mdps.md";

/// Rows of one state, each of n outcomes.
struct Game {
  std::vector<Values> p;
  Values z;
  double budget = 0;
};

Game drawn_game(Stream& stream) {
  Game game;
  const std::size_t n = 2 + stream.below(4);
  for (std::size_t a = 0; a < 2 + stream.below(3); ++a) {
    Values p;
    double sum = 0;
    for (std::size_t i = 0; i < n; ++i) sum += p.emplace_back(.05 + stream.uniform());
    for (double& x : p) x /= sum;
    game.p.push_back(p);
  }
  for (std::size_t i = 0; i < n; ++i) game.z.push_back(4 * stream.uniform());
  game.budget = 1.2 * stream.uniform() * static_cast<double>(game.p.size());
  return game;
}

/// min over the rows of nature within the one budget of max_a (reward 0): by Clp.
double game_value(const Game& game) {
  lp::LinearProgram program;
  const std::size_t rows = game.p.size(), n = game.z.size();
  for (std::size_t a = 0; a < rows; ++a) {
    program.add_row(-lp::kInfinity, 0);  // q_a.z - t <= 0, less p_a.z
    program.add_row(0, 0);               // the moves of a row sum to nothing
  }
  const int budget = program.add_row(-lp::kInfinity, game.budget);
  program.add_column(1, -lp::kInfinity, lp::kInfinity);
  for (std::size_t a = 0; a < rows; ++a) program.add_entry(static_cast<int>(2 * a), -1);
  for (std::size_t a = 0; a < rows; ++a) {
    program.add_column(0, 1, 1);
    program.add_entry(static_cast<int>(2 * a),
                      std::inner_product(game.p[a].begin(), game.p[a].end(), game.z.begin(), 0.0));
    for (std::size_t i = 0; i < n; ++i) {
      for (const double sign : {1.0, -1.0}) {
        program.add_column(0, 0, sign > 0 ? lp::kInfinity : game.p[a][i]);
        program.add_entry(static_cast<int>(2 * a), sign * game.z[i]);
        program.add_entry(static_cast<int>(2 * a) + 1, sign);
        program.add_entry(budget, 1);
      }
    }
  }
  return lp::solve(program).objective;
}

/// The game as state 0 of a model; the other states stay where they are. Not `by_state`: the whole budget for each row.
solvers::RobustProblem state_problem(const Game& game, bool by_state) {
  const auto n = static_cast<int>(game.z.size());
  mdp::TabularMdpBuilder builder(n);
  for (const Values& p : game.p) {
    std::vector<mdp::Entry> entries;
    for (int i = 0; i < n; ++i) entries.push_back({.next = i, .probability = p[static_cast<std::size_t>(i)]});
    builder.add_choice(0, 0.0, entries);
  }
  for (int s = 1; s < n; ++s) builder.add_choice(s, 0.0, {{s, 1.0}});
  return {.model = RobustMdp(std::move(builder).build(),
                             {.kind = SetKind::kL1,
                              .rectangular = by_state ? mdp::Rectangular::kState : mdp::Rectangular::kChoice,
                              .radius = {game.budget}}),
          .discount = .5};
}

/// The value of the state and what the weights guarantee, against the program; `mixes` false: the best choice alone,
/// nature spending the whole budget on it.
Measurement state_games(const Effort& effort, bool mixes) {
  double worst = 0;
  std::int64_t drawn = 0;
  const int games = effort.pick(100, 1000);
  Stream stream = effort.stream.child("games");
  for (int i = 0; i < games; ++i) {
    const Game game = drawn_game(stream);
    const double truth = game_value(game);
    const solvers::RobustProblem problem = state_problem(game, mixes);
    solvers::robust::Operator op(problem);
    Values out(game.z.size()), guaranteed(game.z.size());
    solvers::robust::Decision decision;
    op.improve(game.z, out, decision);
    op.evaluate(decision, game.z, guaranteed);
    worst = std::max(
        {worst, std::abs(out[0] / problem.discount - truth), std::abs(guaranteed[0] / problem.discount - truth)});
    if (decision.mixes())
      drawn +=
          std::count_if(decision.weight.begin(), decision.weight.begin() + static_cast<std::ptrdiff_t>(game.p.size()),
                        [](double w) { return w > 1e-9; }) > 1;
  }
  return {.measured = worst,
          .bound = 1e-8,
          .replicates = games,
          .detail = fmt::format("largest difference; {} of the best policies draw", drawn)};
}

Claim state_claim() {
  return {.id = "state-budgets-are-programs",
          .family = "robust",
          .statement = "With one L1 budget a state the value is that of its LP, and the weights guarantee it",
          .page = kPage,
          .theorem = "Ho, Petrik and Wiesemann 2018; Wiesemann, Kuhn and Rustem 2013",
          .kind = Kind::kEqual,
          .measure = [](const Effort& effort) { return state_games(effort, true); },
          .controls = {{"no-draws", "plays the best choice alone, nature spending everything on it",
                        [](const Effort& effort) { return state_games(effort, false); }}}};
}

}  // namespace

std::vector<Claim> robust_state_claims() { return {state_claim()}; }

}  // namespace bellwether::claims
