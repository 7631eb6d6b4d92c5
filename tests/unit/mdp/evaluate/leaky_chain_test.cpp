// Leaky chains by themselves: data that may be off by as much as their shares say, sums that round as badly as they
// can, and chains that hardly leak. Each term of the bounds (3) and (9) of docs/papers/policy-evaluation.md is needed
// here.

#include "mdp/evaluate/leaky_chain.h"

#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include <gtest/gtest.h>

#include "core/stream.h"
#include "tests/unit/mdp/evaluate/dense_truth.h"

namespace bellwether::mdp {
namespace {

struct Move {
  std::int32_t to;
  double weight;
};
struct Row {
  double leak;
  std::vector<Move> moves;  ///< ascending
};
using Rows = std::vector<Row>;

LeakyChain chain_of(const Rows& rows, double share = 0, double leak_share = 0) {
  LeakyChain chain;
  for (const Row& row : rows) {
    for (const Move& move : row.moves) chain.add_move(move.to, move.weight);
    chain.end_row(row.leak, share, leak_share);
  }
  return chain;
}

/// A of (1), each weight and leak off by its share, up or down as the bits of `signs` say.
truth::Matrix matrix_of(const Rows& rows, long double share, long double leak_share, int signs) {
  const auto n = static_cast<Eigen::Index>(rows.size());
  const auto reading = [&](double stored, long double off) {
    const long double read = stored * (1 + ((signs & 1) != 0 ? off : -off));
    signs >>= 1;
    return read;
  };
  truth::Matrix a = truth::Matrix::Zero(n, n);
  for (Eigen::Index s = 0; s < n; ++s) {
    const Row& row = rows[static_cast<std::size_t>(s)];
    a(s, s) += reading(row.leak, leak_share);
    for (const Move& move : row.moves) {
      const long double weight = reading(move.weight, share);
      a(s, s) += weight;
      a(s, move.to) -= weight;
    }
  }
  return a;
}

Rows random_rows(Stream& stream, int states) {
  Rows rows;
  for (int s = 0; s < states; ++s) {
    rows.push_back({.leak = 0.1 + stream.uniform(), .moves = {}});
    for (int to = 0; to < states; ++to)
      if (to != s && stream.uniform() < 0.6) rows.back().moves.push_back({to, stream.uniform()});
  }
  return rows;
}

int num_entries(const Rows& rows) {
  int entries = 0;
  for (const Row& row : rows) entries += 1 + static_cast<int>(row.moves.size());
  return entries;
}

TEST(LeakyChain, CoversEveryReadingOfItsData) {
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    Stream stream = Stream(20).child(seed);
    const Rows rows = random_rows(stream, 1 + static_cast<int>(seed % 3));
    const auto n = static_cast<Eigen::Index>(rows.size());
    Eigen::VectorXd b(n);
    for (double& x : b) x = 2 * stream.uniform() - 1;
    for (const double size : {1e-6, 0.2}) {
      for (int which = 1; which < 8; ++which) {
        const double share = (which & 1) * size, leak_share = (which >> 1 & 1) * size, off = (which >> 2) * size;
        LeakySystem system(chain_of(rows, share, leak_share));
        const Evaluation got = system.solve(b, off * b.cwiseAbs());
        for (int signs = 0; signs < 1 << num_entries(rows); ++signs) {
          const truth::Matrix a = matrix_of(rows, share, leak_share, signs);
          for (const int up : {-1, 1}) {
            const truth::Vector right = b.cast<long double>() * (1 + up * static_cast<long double>(off));
            truth::expect_encloses(got, truth::solve(a, right), size < 0.1 ? 1e-3 : 1e3,
                                   "seed " + std::to_string(seed) + " which " + std::to_string(which));
          }
        }
      }
    }
  }
}

TEST(LeakyChain, OneStateIsADivision) {
  Stream stream(21);
  for (int i = 0; i < 1000; ++i) {
    const double leak = stream.uniform(), right = 1 + stream.uniform();
    LeakySystem system(chain_of({{leak, {}}}));
    const Eigen::VectorXd b = Eigen::VectorXd::Constant(1, right), zero = Eigen::VectorXd::Zero(1);
    const long double truth = static_cast<long double>(right) / leak;
    truth::expect_encloses(system.solve(b, zero), truth::Vector::Constant(1, truth), 1e-13 / leak, "solve");
    const LeakySystem::Flow flow = system.flow(b);
    ASSERT_LE(std::abs(flow.mass[0] - truth), flow.error);
    ASSERT_LE(flow.error, 1e-13 / leak);
  }
}

TEST(LeakyChain, LongRowsRound) {
  // All that is added to the first weight, 1, is lost.
  constexpr int kLost = 1000;
  Rows rows{{0, {{1, 1}}}, {1, {}}};
  for (int j = 2; j < 2 + kLost; ++j) {
    rows.push_back({1, {}});
    rows[0].moves.push_back({j, 0.99 * 0x1p-53});
  }
  const auto n = static_cast<Eigen::Index>(rows.size());
  LeakySystem system(chain_of(rows));
  // x = 1 but in 0, where x - 1 times the sum of the weights is 1.
  const Evaluation got = system.solve(Eigen::VectorXd::Ones(n), Eigen::VectorXd::Zero(n));
  const long double truth = 1 + 1 / (1 + kLost * (0.99L * 0x1p-53));
  EXPECT_GT(std::abs(got.value[0] - truth), 1e-13);
  EXPECT_LE(std::abs(got.value[0] - truth), got.error[0]);
  EXPECT_LE(got.error[0], 1e-12);
}

constexpr int kLong = 10'000;  // 1e-4 added up so often is 1 - 9.4e-14, in any order

TEST(LeakyChain, FlowsOutOfAndIntoManyStatesRound) {
  Rows out{{1, {}}}, in{{1, {}}};
  for (int j = 1; j <= kLong; ++j) {
    out.push_back({1, {}});
    out[0].moves.push_back({j, 1e-4});
    in.push_back({1, {{0, 1}}});
  }
  const long double small = 1e-4, all = 1e4L * small;
  Eigen::VectorXd mu = Eigen::VectorXd::Zero(kLong + 1);
  mu[0] = 1;
  const LeakySystem::Flow spread = LeakySystem(chain_of(out)).flow(mu);
  truth::Vector truth = truth::Vector::Constant(kLong + 1, small / (1 + all));
  truth[0] = 1 / (1 + all);
  EXPECT_LE((spread.mass.cast<long double>() - truth).cwiseAbs().sum(), spread.error);
  EXPECT_LE(spread.error, 1e-11);
  mu = Eigen::VectorXd::Constant(kLong + 1, 1e-4);
  mu[0] = 0;
  const LeakySystem::Flow gathered = LeakySystem(chain_of(in)).flow(mu);
  truth = truth::Vector::Constant(kLong + 1, small / 2);
  truth[0] = all / 2;
  EXPECT_LE((gathered.mass.cast<long double>() - truth).cwiseAbs().sum(), gathered.error);
  EXPECT_LE(gathered.error, 1e-11);
}

TEST(LeakyChain, FlowsCoverEveryReadingOfTheData) {
  const double share = 0.01, leak_share = 0.1;
  for (const Rows& rows : {Rows{{2, {}}}, Rows{{1, {{1, 0.1}}}, {1, {}}}, Rows{{1, {{1, 0.1}}}, {1, {{0, 0.05}}}}}) {
    const auto n = static_cast<Eigen::Index>(rows.size());
    Eigen::VectorXd mu = Eigen::VectorXd::Zero(n);
    mu[0] = 1;
    for (const bool moves : {false, true}) {
      const double of_moves = moves ? share : 0, of_leak = moves ? 0 : leak_share;
      const LeakySystem::Flow got = LeakySystem(chain_of(rows, of_moves, of_leak)).flow(mu);
      EXPECT_LE(got.error, 0.2);
      for (int signs = 0; signs < 1 << num_entries(rows); ++signs) {
        const truth::Matrix a = matrix_of(rows, of_moves, of_leak, signs);
        const truth::Vector z = truth::solve(a.transpose(), mu.cast<long double>());
        EXPECT_LE((got.mass.cast<long double>() - z).cwiseAbs().sum(), got.error) << moves << " " << signs;
      }
    }
  }
}

// 0 and 1 send the play back and forth, and 0 loses it with probability q. The solver sees a q below 1e-16 as nothing
// or as twice what it is; and where gains and losses nearly cancel, what the digits of x cannot show is worth 1 / q
// times as much. What cannot be proven must not be.
TEST(LeakyChain, ChainsThatHardlyLeakAreProvenOrLeftOpen) {
  const Eigen::VectorXd zero = Eigen::VectorXd::Zero(2);
  for (int exponent = 0; exponent < 400; ++exponent) {
    const double q = std::exp2(-exponent / 5.0), move = 1 - q;
    for (const double back : {1.0, -1.0, -0.9993}) {
      LeakySystem system(chain_of({{q, {{1, move}}}, {0, {{0, 1}}}}));
      const long double first = (1 + static_cast<long double>(back) * move) / q;
      const truth::Vector truth{{first, first + back}};
      const Evaluation got = system.solve(Eigen::VectorXd{{1, back}}, zero);
      for (int s = 0; s < 2; ++s) ASSERT_LE(std::abs(got.value[s] - truth[s]), got.error[s]) << q << " " << back;
      ASSERT_TRUE(got.error[0] * q <= 1e-12 || back < 0 || q < 1e-14) << q << " " << back;
    }
  }
}

TEST(LeakyChain, AChainThatMayNotLeakIsLeftOpen) {
  LeakySystem system(chain_of({{1, {}}}, 0, 1.5));
  const Eigen::VectorXd one = Eigen::VectorXd::Ones(1);
  EXPECT_EQ(system.solve(one, 0 * one).error[0], std::numeric_limits<double>::infinity());
  EXPECT_EQ(system.flow(one).error, std::numeric_limits<double>::infinity());
}

TEST(LeakyChain, UnderflowIsNotExact) {
  const double tiny = 1e-310, lowest = std::numeric_limits<double>::denorm_min();
  const Eigen::VectorXd zero = Eigen::VectorXd::Zero(2);
  // x(1) is `tiny`, and x(0) a tenth, a third ... of it, with few digits or none.
  for (const double factor : {0.1, 1.0 / 3, 0.7, 1e-5, 1e-14, 1e-200}) {
    LeakySystem system(chain_of({{1, {{1, factor}}}, {1, {}}}));
    const Evaluation got = system.solve(Eigen::VectorXd{{0, tiny}}, zero);
    const long double truth = static_cast<long double>(factor) * tiny / (1 + static_cast<long double>(factor));
    EXPECT_LE(std::abs(got.value[0] - truth), got.error[0]) << factor;
    EXPECT_LE(got.error[0], 1e-312);
  }
  EXPECT_EQ(LeakySystem(chain_of({{1, {{1, 0.5}}}, {1, {}}})).solve(zero, zero).error, zero);
  // Mass that leaks three in ten a step.
  const LeakySystem::Flow flow = LeakySystem(chain_of({{0.3, {}}})).flow(Eigen::VectorXd::Constant(1, 7 * lowest));
  EXPECT_LE(std::abs(flow.mass[0] - 7 * static_cast<long double>(lowest) / 0.3), flow.error);
}

}  // namespace
}  // namespace bellwether::mdp
