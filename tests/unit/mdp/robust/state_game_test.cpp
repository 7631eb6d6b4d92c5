// One budget for all choices of a state, against linear programs and against long double.
#include "mdp/robust/state_game.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mdp/tabular_mdp_builder.h"
#include "tests/unit/mdp/robust/oracle.h"

namespace bellwether::mdp {
namespace {

using test::TestRow;

/// A state whose choices have these rows: outcome i of choice a leads to a state of its own, with value v.
struct Board {
  std::vector<TestRow> rows;
  std::vector<double> v{0}, weight{1};
  std::vector<double> cost;

  Board(Stream& stream, int most_choices, int most_outcomes, bool positive) {
    const int choices = 1 + static_cast<int>(stream.below(static_cast<std::uint64_t>(most_choices)));
    for (int a = 0; a < choices; ++a) {
      TestRow row = test::random_row(stream, most_outcomes, positive);
      const double size =
          *std::max_element(row.z.begin(), row.z.end(), [](double x, double y) { return std::abs(x) < std::abs(y); });
      // Rows of one state have values of one size; entries without probability are not listed in a model.
      TestRow kept;
      for (std::size_t i = 0; i < row.size(); ++i) {
        if (row.p[i] <= 0) continue;
        kept.p.push_back(row.p[i]);
        kept.z.push_back(size == 0 ? 0 : row.z[i] / std::abs(size));
        kept.w.push_back(row.w[i]);
      }
      for (std::size_t i = 0; i < kept.size(); ++i) {
        kept.cost.emplace_back();
        for (std::size_t j = 0; j < kept.size(); ++j)
          kept.cost.back().push_back(std::abs(static_cast<double>(i) - static_cast<double>(j)));
        v.push_back(kept.z[i]);
        weight.push_back(kept.w[i]);
      }
      rows.push_back(kept);
    }
  }

  TabularMdp model() const {
    TabularMdpBuilder builder(static_cast<int>(v.size()));
    int next = 1;
    for (const TestRow& row : rows) {
      std::vector<Entry> entries;
      for (std::size_t i = 0; i < row.size(); ++i) entries.push_back({next++, row.p[i], 0});
      builder.add_choice(0, 0.0, entries);
    }
    for (int s = 1; s < static_cast<int>(v.size()); ++s) builder.add_choice(s, 0.0, {{s, 1.0}});
    return std::move(builder).build();
  }

  RobustMdp robust(SetKind kind, double k) const {
    Ambiguity set{.kind = kind, .rectangular = Rectangular::kState, .radius = {k}};
    if (kind == SetKind::kWeightedL1) set.weight = weight;
    return RobustMdp(model(), std::move(set));
  }
};

double radius_of(Stream& stream) {
  const double u = stream.uniform();
  return u < 0.1 ? 0 : (u < 0.2 ? 1e-6 : (u < 0.3 ? 20 : u * u));
}

class PolytopeGames : public ::testing::TestWithParam<SetKind> {};

TEST_P(PolytopeGames, AgreeWithLinearPrograms) {
  const SetKind kind = GetParam();
  Stream stream(21);
  int randomised = 0;
  for (int i = 0; i < 1000; ++i) {
    const Board board(stream, 4, 6, true);
    const double k = radius_of(stream);
    const RobustMdp robust = board.robust(kind, k);
    const Nature nature(robust, 1, NatureAim::kLowest);
    const StateGame game(nature, true);
    const StateGame::Answer got = game.solve(0, board.v);
    EXPECT_NEAR(got.value, test::lp_game_value(kind, board.rows, k), 1e-9) << "state " << i << ", k = " << k;
    EXPECT_EQ(game.value(0, board.v), got.value);
    EXPECT_LE(got.bounds.low, got.value);
    EXPECT_GE(got.bounds.high, got.value);
    EXPECT_LE(got.bounds.high - got.bounds.low, 1e-11) << "state " << i << ", k = " << k;
    EXPECT_NEAR(test::lp_policy_value(kind, board.rows, got.weight, k), got.value, 1e-8) << "the weights guarantee it";
    EXPECT_NEAR(std::accumulate(got.weight.begin(), got.weight.end(), 0.0), 1, 1e-14);
    EXPECT_LE(std::accumulate(got.budget.begin(), got.budget.end(), 0.0), k * (1 + 1e-14));
    if (*std::max_element(got.weight.begin(), got.weight.end()) < 1 - 1e-9) ++randomised;
    // Any other weights are met by nature at a price the program confirms.
    std::vector<double> mixed = got.weight;
    for (double& w : mixed) w = 0.5 * w + 0.5 / static_cast<double>(mixed.size());
    const StateGame::Answer reply = game.against(0, board.v, mixed);
    EXPECT_NEAR(reply.value, test::lp_policy_value(kind, board.rows, mixed, k), 1e-9) << "state " << i;
    EXPECT_LE(reply.value, got.value + 1e-12);
    if (HasFailure()) return;
  }
  if (kind == SetKind::kL1) {
    EXPECT_GT(randomised, 50) << "a good share of the best policies must randomise";
  }
}

TEST_P(PolytopeGames, MirrorWhenNatureMaximises) {
  const SetKind kind = GetParam();
  Stream stream(22);
  for (int i = 0; i < 50; ++i) {
    Board board(stream, 4, 6, true);
    const double k = radius_of(stream);
    const RobustMdp robust = board.robust(kind, k);
    const Nature low(robust, 1, NatureAim::kLowest), high(robust, 1, NatureAim::kHighest);
    const StateGame::Answer a = StateGame(low, true).solve(0, board.v);
    std::vector<double> mirrored = board.v;
    for (double& x : mirrored) x = -x;
    const StateGame::Answer b = StateGame(high, true).solve(0, mirrored);
    EXPECT_EQ(a.value, -b.value);
    EXPECT_EQ(a.bounds.low, -b.bounds.high);
    EXPECT_EQ(a.weight, b.weight);
  }
}

INSTANTIATE_TEST_SUITE_P(Sets, PolytopeGames,
                         ::testing::Values(SetKind::kL1, SetKind::kTotalVariation, SetKind::kWeightedL1, SetKind::kLinf,
                                           SetKind::kWasserstein, SetKind::kContamination),
                         [](const auto& instance) {
                           std::string name(to_string(instance.param));
                           name.erase(std::remove(name.begin(), name.end(), '-'), name.end());
                           return name;
                         });

class RoundGames : public ::testing::TestWithParam<SetKind> {};

/// Two choices share the budget: the level by bisection on the share of the first, in long double.
long double game_of_two(SetKind kind, const std::vector<TestRow>& rows, double k) {
  long double low = 0, high = k;
  for (int i = 0; i < 50; ++i) {
    const long double x = (low + high) / 2;
    const bool first_higher = test::round_value(kind, rows[0], x) > test::round_value(kind, rows[1], k - x);
    (first_higher ? low : high) = x;
  }
  return std::max(test::round_value(kind, rows[0], high), test::round_value(kind, rows[1], k - high));
}

TEST_P(RoundGames, AgreeWithLongDoubleAndTheBoundsHoldIt) {
  const SetKind kind = GetParam();
  Stream stream(23);
  int compared = 0;
  for (int i = 0; compared < 8; ++i) {
    const Board board(stream, 2, 5, true);
    if (board.rows.size() != 2) continue;
    ++compared;
    const double k = radius_of(stream);
    const RobustMdp robust = board.robust(kind, k);
    const Nature nature(robust, 1, NatureAim::kLowest);
    const StateGame::Answer got = StateGame(nature, true).solve(0, board.v);
    const auto truth = static_cast<double>(game_of_two(kind, board.rows, k));
    EXPECT_NEAR(got.value, truth, 1e-11) << "state " << i << ", k = " << k;
    EXPECT_LE(got.bounds.low, truth + 1e-15) << "state " << i << ", k = " << k;
    EXPECT_GE(got.bounds.high, truth - 1e-15) << "state " << i << ", k = " << k;
  }
}

TEST_P(RoundGames, HaveNarrowBoundsAndAFeasibleNature) {
  const SetKind kind = GetParam();
  Stream stream(24);
  for (int i = 0; i < 400; ++i) {
    const Board board(stream, 4, 6, true);
    const double k = radius_of(stream);
    const RobustMdp robust = board.robust(kind, k);
    const Nature nature(robust, 1, NatureAim::kLowest);
    const StateGame game(nature, true);
    const StateGame::Answer got = game.solve(0, board.v);
    EXPECT_LE(got.bounds.low, got.value + 1e-12);
    EXPECT_GE(got.bounds.high, got.value - 1e-12);
    EXPECT_LE(got.bounds.high - got.bounds.low, 1e-9) << "state " << i << ", k = " << k;
    long double spent = 0;
    for (std::size_t a = 0; a < board.rows.size(); ++a) {
      const auto q = game.respond(static_cast<std::int64_t>(a), board.v, got.budget[a]);
      spent += test::distance(kind, board.rows[a], q);
      const double value = std::inner_product(q.begin(), q.end(), board.rows[a].z.begin(), 0.0);
      EXPECT_LE(value, got.bounds.high + 1e-12) << "state " << i << ", choice " << a;
    }
    EXPECT_LE(spent, k * (1 + 1e-9) + 1e-12) << "state " << i;
    std::vector<double> mixed(got.weight.size(), 1.0 / static_cast<double>(got.weight.size()));
    const StateGame::Answer reply = game.against(0, board.v, mixed);
    EXPECT_LE(reply.bounds.high - reply.bounds.low, 1e-9) << "state " << i << ", k = " << k;
    EXPECT_LE(reply.bounds.low, got.bounds.high + 1e-12);
    if (HasFailure()) return;
  }
}

INSTANTIATE_TEST_SUITE_P(Sets, RoundGames, ::testing::Values(SetKind::kL2, SetKind::kKl, SetKind::kChiSquare),
                         [](const auto& instance) { return std::string(to_string(instance.param)); });

TEST(StateGame, OfOneChoiceIsTheBallByChoice) {
  Stream stream(25);
  for (int i = 0; i < 200; ++i) {
    const Board board(stream, 1, 8, true);
    for (const SetKind kind : {SetKind::kL1, SetKind::kWeightedL1, SetKind::kLinf, SetKind::kL2, SetKind::kKl,
                               SetKind::kChiSquare, SetKind::kWasserstein}) {
      const double k = radius_of(stream);
      const RobustMdp by_state = board.robust(kind, k);
      Ambiguity set = by_state.ambiguity();
      set.rectangular = Rectangular::kChoice;
      const RobustMdp by_choice(board.model(), set);
      const Nature nature(by_state, 1, NatureAim::kLowest), plain(by_choice, 1, NatureAim::kLowest);
      EXPECT_NEAR(StateGame(nature, true).value(0, board.v), plain.value(0, board.v), 1e-12) << to_string(kind);
    }
  }
}

TEST(StateGame, WithAFriendlyNatureSpendsAllOnTheBestChoice) {
  Stream stream(26);
  for (int i = 0; i < 100; ++i) {
    const Board board(stream, 4, 6, true);
    const double k = radius_of(stream);
    const RobustMdp robust = board.robust(SetKind::kL1, k);
    const Nature nature(robust, 1, NatureAim::kLowest);  // the agent minimises too
    const StateGame::Answer got = StateGame(nature, false).solve(0, board.v);
    double best = 1e300;
    for (const TestRow& row : board.rows) best = std::min(best, test::lp_value(SetKind::kL1, row, k));
    EXPECT_NEAR(got.value, best, 1e-9);
    EXPECT_EQ(*std::max_element(got.weight.begin(), got.weight.end()), 1);
    EXPECT_LE(got.bounds.low, got.value);
    EXPECT_GE(got.bounds.high, got.value);
  }
}

}  // namespace
}  // namespace bellwether::mdp
