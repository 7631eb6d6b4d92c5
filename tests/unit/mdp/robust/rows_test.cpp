// Nature's answers for single rows against linear programs and against long double.
#include <algorithm>
#include <cmath>
#include <numeric>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mdp/robust/exponential.h"
#include "mdp/robust/lanes.h"
#include "mdp/robust/pieces.h"
#include "mdp/robust/quick_smooth.h"
#include "mdp/robust/selection.h"
#include "mdp/robust/smooth_row.h"
#include "tests/unit/mdp/robust/oracle.h"

namespace bellwether::mdp {
namespace {

using namespace robust;
using test::TestRow;

double size_of(const TestRow& row) {
  double size = 1e-300;
  for (const double z : row.z) size = std::max(size, std::abs(z));
  return size;
}

double product(const std::vector<double>& q, const TestRow& row) {
  return std::inner_product(q.begin(), q.end(), row.z.begin(), 0.0);
}

void expect_distribution(const std::vector<double>& q, const TestRow& row) {
  ASSERT_EQ(q.size(), row.size());
  for (const double x : q) EXPECT_GE(x, 0);
  EXPECT_NEAR(std::accumulate(q.begin(), q.end(), 0.0), 1, 1e-13);
}

double transport(const TestRow& row, double mass, std::vector<double>* q = nullptr) {
  std::int32_t no_hint = -1;
  return worst_by_transport(row.p, row.z, mass, no_hint, q);
}

std::vector<Move> wasserstein(const TestRow& row) {
  return transport_moves(row.p, row.z, [&](std::size_t i, std::size_t j) { return row.cost[i][j]; });
}

class Rows : public ::testing::TestWithParam<std::pair<SetKind, int>> {};

double answer(SetKind kind, const TestRow& row, double k, std::vector<double>* q) {
  switch (kind) {
    case SetKind::kL1:
      return transport(row, k / 2, q);
    case SetKind::kTotalVariation:
      return transport(row, k, q);
    case SetKind::kLinf:
      return worst_in_box(row.p, row.z, k, q);
    case SetKind::kContamination:
      return worst_contamination(row.p, row.z, k, q);
    case SetKind::kWeightedL1:
      return spend(row.p, row.z, weighted_l1_moves(row.p, row.z, row.w), k, q);
    case SetKind::kWasserstein:
      return spend(row.p, row.z, wasserstein(row), k, q);
    default:
      return worst_in_intervals(row.lower, row.upper, row.z, q);
  }
}

TEST_P(Rows, AgreeWithALinearProgram) {
  const auto [kind, trials] = GetParam();
  Stream stream(11);
  for (int i = 0; i < trials; ++i) {
    const TestRow row = test::random_row(stream, 8, false);
    const double k = test::random_radius(stream, row), size = size_of(row);
    std::vector<double> q;
    const double got = answer(kind, row, k, &q);
    EXPECT_NEAR(got, test::lp_value(kind, row, k), 1e-9 * size) << "row " << i << ", k = " << k;
    expect_distribution(q, row);
    EXPECT_NEAR(product(q, row), got, 1e-12 * size) << "row " << i << ", k = " << k;
    if (kind != SetKind::kWasserstein && kind != SetKind::kContamination && kind != SetKind::kInterval) {
      EXPECT_LE(test::distance(kind, row, q), k + 1e-14) << "row " << i;
    }
    if (k == 0 && kind != SetKind::kInterval && kind != SetKind::kWasserstein) {
      EXPECT_NEAR(got, product(row.p, row), 1e-14 * size);
    }
    if (::testing::Test::HasFailure()) return;
  }
}

INSTANTIATE_TEST_SUITE_P(Polytopes, Rows,
                         ::testing::Values(std::pair(SetKind::kL1, 1000), std::pair(SetKind::kTotalVariation, 1000),
                                           std::pair(SetKind::kWeightedL1, 1000), std::pair(SetKind::kLinf, 1000),
                                           std::pair(SetKind::kWasserstein, 1000), std::pair(SetKind::kInterval, 1000),
                                           std::pair(SetKind::kContamination, 1000)),
                         [](const auto& instance) {
                           std::string name(to_string(instance.param.first));
                           name.erase(std::remove(name.begin(), name.end(), '-'), name.end());
                           return name;
                         });

// The dual of the L1 ball at each of its corners, in long double: right to the last digits, which Clp is not.
TEST(Transport, IsTheDualMaximumToTheLastDigits) {
  Stream stream(12);
  for (int i = 0; i < 2000; ++i) {
    const TestRow row = test::random_row(stream, 40, false);
    const double mass = test::random_radius(stream, row);
    const double lowest = *std::min_element(row.z.begin(), row.z.end());
    long double best = lowest;
    for (const double a : row.z) {
      long double dual = 0;
      for (std::size_t j = 0; j < row.size(); ++j)
        dual += row.p[j] * (static_cast<long double>(std::min(row.z[j], a)) - lowest);
      best = std::max(best, lowest + dual - mass * (static_cast<long double>(a) - lowest));
    }
    EXPECT_NEAR(transport(row, mass), static_cast<double>(best), 2e-15 * size_of(row)) << "row " << i;
  }
}

// The dual of the weighted ball at every crossing of two of its lines.
TEST(WeightedL1, IsTheDualMaximumToTheLastDigits) {
  Stream stream(13);
  for (int i = 0; i < 500; ++i) {
    const TestRow row = test::random_row(stream, 9, false);
    const double k = test::random_radius(stream, row);
    const auto dual = [&](long double l) {
      long double mu = 1e300L, sum = 0, total = 0;
      for (std::size_t j = 0; j < row.size(); ++j) mu = std::min(mu, row.z[j] + l * row.w[j]);
      for (std::size_t j = 0; j < row.size(); ++j) sum += row.p[j] * std::min(row.z[j] - mu, l * row.w[j]);
      for (const double x : row.p) total += x;  // one up to rounding, which a large mu would show
      return mu * total - l * k + sum;
    };
    long double best = dual(0);
    for (std::size_t a = 0; a < row.size(); ++a) {
      for (std::size_t b = 0; b < row.size(); ++b) {
        for (const long double w :
             {static_cast<long double>(row.w[a]) + row.w[b], static_cast<long double>(row.w[b]) - row.w[a]}) {
          const long double l = (static_cast<long double>(row.z[a]) - row.z[b]) / w;
          if (w != 0 && l > 0) best = std::max(best, dual(l));
        }
      }
    }
    EXPECT_NEAR(answer(SetKind::kWeightedL1, row, k, nullptr), static_cast<double>(best), 4e-15 * size_of(row))
        << "row " << i << ", k = " << k;
  }
}

TEST(WeightedL1, WithEqualWeightsIsL1AndWassersteinWithUnitCostsIsTotalVariation) {
  Stream stream(14);
  for (int i = 0; i < 500; ++i) {
    TestRow row = test::random_row(stream, 12, false);
    const double k = test::random_radius(stream, row);
    std::fill(row.w.begin(), row.w.end(), 2.0);
    for (std::size_t a = 0; a < row.size(); ++a)
      for (std::size_t b = 0; b < row.size(); ++b) row.cost[a][b] = a == b ? 0 : 1;
    EXPECT_NEAR(answer(SetKind::kWeightedL1, row, 2 * k, nullptr), transport(row, k / 2), 1e-14 * size_of(row));
    EXPECT_NEAR(answer(SetKind::kWasserstein, row, k, nullptr), transport(row, k), 1e-14 * size_of(row));
  }
}

TEST(Transport, HintsChangeNothingButTheTime) {
  Stream stream(15);
  for (int i = 0; i < 300; ++i) {
    TestRow row = test::random_row(stream, 30, false);
    std::int32_t hint = -1;
    for (int sweep = 0; sweep < 20; ++sweep) {
      const double mass = test::random_radius(stream, row) / 2;
      EXPECT_NEAR(worst_by_transport(row.p, row.z, mass, hint), transport(row, mass), 1e-14 * size_of(row));
      for (double& z : row.z) z += (sweep < 10 ? 0.01 : 1) * size_of(row) * (stream.uniform() - 0.5);
    }
  }
}

TEST(Pieces, OfLinfAddUpToTheValue) {
  Stream stream(16);
  for (int i = 0; i < 1000; ++i) {
    const TestRow row = test::random_row(stream, 9, false);
    const double k = test::random_radius(stream, row);
    double value = product(row.p, row), left = k, last = 1e300;
    for (const Piece& piece : linf_pieces(row.p, row.z)) {
      EXPECT_LE(piece.slope, last * (1 + 1e-12) + 1e-12 * size_of(row)) << "convex";
      last = piece.slope;
      const double used = std::min(left, piece.length);
      value -= used * piece.slope;
      left -= used;
    }
    EXPECT_NEAR(value, worst_in_box(row.p, row.z, k), 1e-12 * size_of(row)) << "row " << i << ", k = " << k;
  }
}

class RoundRows : public ::testing::TestWithParam<SetKind> {};

TEST_P(RoundRows, AgreeWithLongDoubleAndTheBoundsHoldIt) {
  const SetKind kind = GetParam();
  Stream stream(17);
  for (int i = 0; i < 1000; ++i) {
    const TestRow row = test::random_row(stream, 8, false);
    double k = test::random_radius(stream, row);
    const SmoothRow smooth(kind, row.p, row.z);
    if (i % 10 == 0) k = smooth.saturation() * (i % 20 == 0 ? 1 : 1 - 1e-9);
    // Next to saturation chi-square weighs the last two values by p (a - y): a ratio of two p costs its digits.
    const double share = kind == SetKind::kChiSquare && i % 10 == 0 ? 3e-12 : 1e-12;
    const auto truth = static_cast<double>(test::round_value(kind, row, k));
    const double size = size_of(row);
    const SmoothRow::Point point = smooth.at_distance(k);
    EXPECT_NEAR(point.value, truth, share * size) << "row " << i << ", k = " << k;
    const std::vector<double> q = smooth.distribution(point);
    expect_distribution(q, row);
    EXPECT_NEAR(product(q, row), point.value, 1e-12 * size) << "row " << i << ", k = " << k;
    EXPECT_LE(test::distance(kind, row, q), k * (1 + 1e-9) + 1e-13) << "row " << i;
    const Bounds bounds = smooth.enclose(k);
    EXPECT_LE(bounds.low, truth + 1e-17 * size) << "row " << i << ", k = " << k;
    EXPECT_GE(bounds.high, truth - 1e-17 * size) << "row " << i << ", k = " << k;
    EXPECT_LE(bounds.high - bounds.low, 1e-11 * size) << "row " << i << ", k = " << k;
    if (::testing::Test::HasFailure()) return;
  }
}

TEST_P(RoundRows, PathsAreFoundFromEachSide) {
  const SetKind kind = GetParam();
  Stream stream(18);
  for (int i = 0; i < 80; ++i) {
    const TestRow row = test::random_row(stream, 8, true);
    const SmoothRow smooth(kind, row.p, row.z);
    const double k = smooth.saturation() * (0.05 + 0.9 * stream.uniform()), size = size_of(row);
    if (smooth.nominal() - smooth.lowest() < 1e-9 * size) continue;
    const SmoothRow::Point point = smooth.at_distance(k), by_value = smooth.at_value(point.value);
    EXPECT_NEAR(by_value.value, point.value, 1e-11 * size) << "row " << i;
    // The value falls by slope for each unit: two points beside it.
    const double h = 1e-6 * k;
    const double fall = smooth.at_distance(k - h).value - smooth.at_distance(k + h).value;
    EXPECT_NEAR(fall / (2 * h), point.slope, 1e-3 * point.slope + 1e-8 * size / k) << "row " << i;
    const SmoothRow::Point by_slope = smooth.at_slope(point.slope);
    const double lagrangian = point.value + point.slope * point.distance;
    EXPECT_NEAR(by_slope.value + point.slope * by_slope.distance, lagrangian, 1e-9 * size) << "row " << i;
    const SmoothRow::Line line = smooth.supporting_line(point);
    for (const double share : {0.0, 0.3, 0.9, 1.0, 1.5, 4.0}) {
      const auto below = static_cast<double>(test::round_value(kind, row, share * k));
      EXPECT_LE(line.intercept - line.slope * share * k, below + 1e-15 * size) << "row " << i << ", share " << share;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Balls, RoundRows, ::testing::Values(SetKind::kL2, SetKind::kKl, SetKind::kChiSquare),
                         [](const auto& ball) { return std::string(to_string(ball.param)); });

TEST(QuickSmooth, AgreesWithTheProvenRowFromAnyHint) {
  Stream stream(19);
  for (int i = 0; i < 500; ++i) {
    TestRow row = test::random_row(stream, 25, true);
    double multiplier = 0, threshold = 0;
    for (int sweep = 0; sweep < 12; ++sweep) {
      const double k = sweep < 6 ? 0.1 : test::random_radius(stream, row), size = size_of(row);
      const double kl = worst_kl(row.p, row.z, k, std::exp(-k), multiplier);
      EXPECT_NEAR(kl, SmoothRow(SetKind::kKl, row.p, row.z).at_distance(k).value, 3e-13 * size) << i << " " << k;
      const double chi = worst_chi_square(row.p, row.z, k, threshold);
      EXPECT_NEAR(chi, SmoothRow(SetKind::kChiSquare, row.p, row.z).at_distance(k).value, 3e-13 * size)
          << i << " " << k;
      for (double& z : row.z) z += (sweep < 8 ? 0.02 : 1) * size * (stream.uniform() - 0.5);
      if (::testing::Test::HasFailure()) return;
    }
  }
}

TEST(Exponential, IsRightToTwoUlps) {
  Stream stream(20);
  double worst = 0, worst_less_one = 0;
  for (int i = 0; i < 200'000; ++i) {
    const double x = i == 0 ? 0 : -(i % 3 == 0 ? 1e-3 : (i % 3 == 1 ? 3 : 700)) * stream.uniform();
    Two value, value_less_one;
    exponential(Two{x, x}, value, value_less_one);
    const long double truth = std::exp(static_cast<long double>(x)), less_one = std::expm1(static_cast<long double>(x));
    worst = std::max(worst, static_cast<double>(std::abs(value[0] - truth) / truth));
    if (x == 0)
      EXPECT_EQ(value_less_one[1], 0);
    else
      worst_less_one =
          std::max(worst_less_one, static_cast<double>(std::abs((value_less_one[1] - less_one) / less_one)));
  }
  EXPECT_LE(worst, 0x1p-51);
  EXPECT_LE(worst_less_one, 0x1p-51);
}

TEST(TotalVariation, OfOneReachesTheWorstSuccessorAndOfZeroNothing) {
  const TestRow row{.p = {0.5, 0.3, 0.2}, .z = {1, 5, 3}, .w = {}, .lower = {}, .upper = {}, .cost = {}};
  EXPECT_EQ(transport(row, 1), 1);
  EXPECT_DOUBLE_EQ(transport(row, 0), 0.5 + 1.5 + 0.6);
  EXPECT_DOUBLE_EQ(transport(row, 0.2), 0.7 + 0.5 + 0.6) << "0.2 from the 5 to the 1";
}

TEST(ChiSquareAndKl, HaveKnownValuesOnACoin) {
  // p = 1/2, values 0 and 1: chi2 = 4 (q - 1/2)^2, so q(1) = 1/2 - sqrt(k) / 2.
  const std::vector<double> p = {0.5, 0.5}, z = {0, 1};
  EXPECT_NEAR(SmoothRow(SetKind::kChiSquare, p, z).at_distance(0.16).value, 0.3, 1e-15);
  const double k = std::log(2.0) + 0.3 * std::log(0.3) + 0.7 * std::log(0.7);
  EXPECT_NEAR(SmoothRow(SetKind::kKl, p, z).at_distance(k).value, 0.3, 1e-14);
  EXPECT_NEAR(SmoothRow(SetKind::kL2, p, z).at_distance(0.2 * std::sqrt(2.0)).value, 0.3, 1e-15);
}

}  // namespace
}  // namespace bellwether::mdp
