#include "solvers/exact/rational/lifting.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/errors.h"
#include "solvers/exact/rational/block_solve.h"
#include "tests/unit/solvers/exact/rational/dense_reference.h"

namespace bellwether::solvers::rational {
namespace {

WorkLimit no_limit() { return {1e15, 1e15}; }

IntegerSystem sparse_form(const DenseMatrix& a, const std::vector<mpz_class>& b) {
  IntegerSystem system;
  for (const auto& row : a) {
    for (std::size_t j = 0; j < row.size(); ++j)
      if (row[j] != 0) {
        system.column.push_back(static_cast<int>(j));
        system.value.push_back(row[j]);
      }
    system.row_begin.push_back(static_cast<std::int64_t>(system.column.size()));
  }
  system.rhs = b;
  return system;
}

std::optional<CommonFractions> lift(const IntegerSystem& system) {
  WorkLimit limit = no_limit();
  LiftingStats stats;
  return solve_by_lifting(system, limit, stats);
}

void expect_same(const std::optional<CommonFractions>& x, const std::optional<std::vector<mpq_class>>& expected,
                 std::uint64_t seed) {
  ASSERT_EQ(x.has_value(), expected.has_value()) << "seed " << seed;
  if (!x) return;
  for (std::size_t i = 0; i < expected->size(); ++i)
    ASSERT_EQ(mpq_class(x->numerator[i]) / x->denominator, (*expected)[i]) << "seed " << seed << ", entry " << i;
}

mpz_class random_integer(Stream& draws, int kind) {
  const mpz_class small = static_cast<long>(draws.below(7)) - 3;
  if (kind == 0) return small;
  if (kind == 1) return draws.below(3) == 0 ? mpz_class(draws()) - (mpz_class(1) << 63) : mpz_class(0);
  return small * (mpz_class(draws()) << 70) + mpz_class(draws());
}

// General matrices: sparse and dense, entries of one to three words, many of them singular or with zero diagonals.
TEST(Lifting, AgreesWithFractionFreeElimination) {
  int regular = 0, singular = 0;
  for (std::uint64_t seed = 0; seed < 400; ++seed) {
    Stream draws(seed);
    const std::size_t n = 2 + draws.below(11);
    const int kind = static_cast<int>(seed % 3);
    DenseMatrix a(n, std::vector<mpz_class>(n));
    std::vector<mpz_class> b(n);
    for (auto& row : a)
      for (auto& entry : row) entry = random_integer(draws, kind);
    for (auto& entry : b) entry = random_integer(draws, static_cast<int>(draws.below(3)));
    const auto expected = bareiss(a, b);
    (expected ? regular : singular) += 1;
    expect_same(lift(sparse_form(a, b)), expected, seed);
  }
  EXPECT_GT(regular, 200);
  EXPECT_GT(singular, 20);
}

// I - gamma P in integers, large enough for both sparse rows and a dense block, with denominators common and not.
TEST(Lifting, SolvesSparseDiscountedSystems) {
  for (std::uint64_t seed = 0; seed < 6; ++seed) {
    Stream draws(seed);
    const std::size_t n = 60;
    DenseMatrix a(n, std::vector<mpz_class>(n));
    std::vector<mpz_class> b(n);
    for (std::size_t i = 0; i < n; ++i) {
      mpz_class sum = 0;
      for (int j = 0; j < 2; ++j) {
        const mpz_class weight = 1 + draws.below(seed % 2 == 0 ? 4 : 1 << 30);
        a[i][draws.below(n)] -= 99 * weight;
        sum += weight;
      }
      a[i][i] += 100 * sum;
      b[i] = sum * static_cast<long>(draws.below(100));
    }
    const IntegerSystem system = sparse_form(a, b);
    EXPECT_GT(plan_elimination(system.pattern(), -1).sparse_count, 5);
    EXPECT_GT(plan_elimination(system.pattern(), -1).core_size(), 0);
    expect_same(lift(system), bareiss(a, b), seed);
  }
}

TEST(Lifting, FindsDenominatorFactorsThatACombinationLoses) {
  // Every entry has denominator 2, 3 or 5: a random combination is an integer in that prime with odds 1/2, 1/3, 1/5.
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    Stream draws(seed);
    const std::size_t n = 8;
    DenseMatrix a(n, std::vector<mpz_class>(n));
    std::vector<mpz_class> b(n);
    for (std::size_t i = 0; i < n; ++i) {
      a[i][i] = i % 3 == 0 ? 2 : i % 3 == 1 ? 3 : 5;
      b[i] = 1 + draws.below(1000) * 30;
    }
    WorkLimit limit = no_limit();
    LiftingStats stats;
    expect_same(solve_by_lifting(sparse_form(a, b), limit, stats), bareiss(a, b), seed);
    EXPECT_LE(stats.digits, 6) << "seed " << seed;  // found at once, not by another combination later
  }
}

// The first twenty digits of x say (5, 1); only the exact check knows better.
TEST(Lifting, DigitsThatSuggestAWrongAnswerAreNotBelieved) {
  mpz_class prime = mpz_class(1) << 62, power;
  prime -= 57;
  mpz_pow_ui(power.get_mpz_t(), prime.get_mpz_t(), 20);
  const DenseMatrix a = {{1, 7 * power}, {0, 1}};
  const std::vector<mpz_class> b = {5, 1};
  const auto x = lift(sparse_form(a, b));
  expect_same(x, bareiss(a, b), 0);
  EXPECT_EQ(x->numerator[0], 5 - 7 * power);
}

// The diagonal order of the sparse rows does not serve here: the dense block exchanges columns.
TEST(Lifting, SparseSystemsWithoutADiagonal) {
  const std::size_t n = 60;
  DenseMatrix a(n, std::vector<mpz_class>(n));
  std::vector<mpz_class> b(n);
  for (std::size_t i = 0; i < n; ++i) {
    a[i][(i + 1) % n] = 3;
    a[i][(i + 2) % n] = 1;
    b[i] = static_cast<long>(i * i % 17);
  }
  const IntegerSystem system = sparse_form(a, b);
  ASSERT_GT(plan_elimination(system.pattern(), -1).sparse_count, 0);
  expect_same(lift(system), bareiss(a, b), 0);
}

TEST(PlanElimination, PutsTheUnknownAskedForAtTheEnd) {
  const IntegerSystem system = sparse_form({{1, 1, 1}, {0, 1, 0}, {0, 1, 1}}, {0, 0, 0});
  for (int last = 0; last < 3; ++last) EXPECT_EQ(plan_elimination(system.pattern(), last).order.back(), last);
}

TEST(Lifting, LargeSolutionsOfNearlySingularSystems) {
  // Nearly dependent rows: entries of x far above the guess that right-hand side and diagonal suggest.
  const mpz_class big = mpz_class(1) << 3000;
  const DenseMatrix a = {{big + 1, big}, {big, big - 1}};  // determinant -1
  const std::vector<mpz_class> b = {1, 2};
  expect_same(lift(sparse_form(a, b)), bareiss(a, b), 0);
}

TEST(Lifting, SingularSystemsAreReported) {
  EXPECT_FALSE(lift(sparse_form({{1, 2}, {2, 4}}, {1, 2})));
  EXPECT_FALSE(lift(sparse_form({{1, -1, 0}, {0, 1, -1}, {-1, 0, 1}}, {1, 1, 1})));
  EXPECT_FALSE(lift(sparse_form({{0, 0}, {1, 1}}, {0, 0})));
}

TEST(Lifting, RefusesBeforeItStarts) {
  WorkLimit limit(1e3, 1e9);
  LiftingStats stats;
  IntegerSystem system = sparse_form({{3, -1, 0}, {0, 3, -1}, {-1, 0, 3}}, {1, 1, 1});
  system.name = "the exact value";
  EXPECT_THAT(
      [&] { solve_by_lifting(system, limit, stats); },
      testing::ThrowsMessage<InvalidOption>(testing::AllOf(
          testing::HasSubstr("the exact value (3 states in one class, numbers of about 6 bits) would take about"),
          testing::HasSubstr("the limit is 1.0e+03; certify with 'interval'"))));
  EXPECT_EQ(stats.digits, 0);
}

// Block triangular systems: a class may refer to solved ones with long denominators.
TEST(SolveByClasses, AgreesWithFractionFreeElimination) {
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    Stream draws(seed);
    const int n = 12, block = 1 + static_cast<int>(seed % 4);
    RationalSystem system;
    DenseMatrix a(n, std::vector<mpz_class>(n));
    std::vector<std::vector<mpq_class>> rational(n, std::vector<mpq_class>(n));
    for (int i = 0; i < n; ++i) {
      mpz_class off = 0;
      for (int j = 0; j < n; ++j) {
        const bool same = i / block == j / block, later = (i / block) % 3 > (j / block) % 3;
        if (i == j || !(same || later) || draws.below(2) == 0) continue;
        rational[i][j] = -static_cast<long>(draws.below(9));
        off += 9;
      }
      rational[i][i] = off + 1 + draws.below(5);
      for (int j = 0; j < n; ++j) {
        if (rational[i][j] == 0) continue;
        system.column.push_back(j);
        system.value.push_back(rational[i][j].get_num());
      }
      system.row_begin.push_back(static_cast<std::int64_t>(system.column.size()));
      system.rhs.emplace_back(static_cast<long>(draws.below(100)), static_cast<long>(1 + draws.below(20)));
      system.rhs.back().canonicalize();
    }
    WorkLimit limit = no_limit();
    LiftingStats stats;
    const auto x = solve_by_classes(system, limit, stats);
    ASSERT_TRUE(x);
    const auto expected = solve_dense(rational, system.rhs);
    for (int i = 0; i < n; ++i) ASSERT_EQ(x->entry(i), expected[i]) << "seed " << seed << ", entry " << i;
  }
}

TEST(SolveByClasses, AcyclicSystemsKeepShortNumbers) {
  // x_i = 1 + x_{i+1} / 2: no lifting, one denominator a state.
  const int n = 2000;
  RationalSystem system;
  for (int i = 0; i < n; ++i) {
    system.column.push_back(i);
    system.value.push_back(2);
    if (i + 1 < n) {
      system.column.push_back(i + 1);
      system.value.push_back(-1);
    }
    system.row_begin.push_back(static_cast<std::int64_t>(system.column.size()));
    system.rhs.emplace_back(2);
  }
  WorkLimit limit = no_limit();
  LiftingStats stats;
  const auto x = solve_by_classes(system, limit, stats);
  ASSERT_TRUE(x);
  EXPECT_EQ(stats.systems, 0);
  EXPECT_EQ(x->entry(n - 1), 1);
  EXPECT_EQ(x->entry(0), 2 - mpq_class(1, mpz_class(1) << (n - 1)));
}

TEST(SolveByClasses, AZeroDiagonalOnItsOwnIsSingular) {
  RationalSystem system;
  system.row_begin = {0, 0};
  system.rhs = {1};
  WorkLimit limit = no_limit();
  LiftingStats stats;
  EXPECT_FALSE(solve_by_classes(system, limit, stats));
}

}  // namespace
}  // namespace bellwether::solvers::rational
