#include <algorithm>
#include <cmath>
#include <numeric>

#include <gtest/gtest.h>

#include "solvers/lp/linear_program.h"
#include "solvers/online/long_run/boxes.h"
#include "solvers/online/long_run/kl_balls.h"
#include "solvers/online/long_run/l1_balls.h"
#include "tests/unit/solvers/online/long_run/random_rows.h"

namespace bellwether::online {
namespace {

constexpr int kCases = 200;

double solved(const lp::LinearProgram& program) {
  const lp::LpResult result = lp::solve(program, {.method = "dual", .tolerance = 1e-10});
  EXPECT_EQ(result.status, lp::LpStatus::kOptimal);
  return -result.objective;
}

/// max q u over laws q = p + gain - loss with sum gain + loss <= radius.
double best_in_l1_ball(const RandomRow& row, double radius) {
  lp::LinearProgram program;
  const int sum = program.add_row(0, 0), distance = program.add_row(-lp::kInfinity, radius);
  for (std::size_t s = 0; s < row.value.size(); ++s) {
    for (const double sign : {1.0, -1.0}) {
      program.add_column(-sign * row.value[s], 0, sign > 0 ? lp::kInfinity : row.probability[s]);
      program.add_entry(sum, sign);
      program.add_entry(distance, 1);
    }
  }
  return std::inner_product(row.value.begin(), row.value.end(), row.probability.begin(), solved(program));
}

TEST(L1Balls, AttainTheOptimumOfTheLinearProgram) {
  L1Balls balls;
  for (std::uint64_t i = 0; i < kCases; ++i) {
    Stream stream = Stream(51).child(i);
    const RandomRow row(stream.child("row"), 12);
    const double radius = i % 7 == 0 ? 0 : 2.5 * stream.uniform();
    balls.clear();
    for (std::size_t s = 0; s < row.value.size(); ++s)
      if (row.probability[s] > 0) balls.push(static_cast<std::int32_t>(s), row.probability[s]);
    balls.end_row(radius);
    balls.prepare(row.value);
    const double value = balls.value(0);
    EXPECT_NEAR(value, best_in_l1_ball(row, radius), 1e-9) << "case " << i << ", radius " << radius;
    // The order that another sweep left behind changes nothing.
    std::vector<double> reversed = row.value;
    for (double& u : reversed) u = -u;
    balls.prepare(reversed);
    balls.value(0);
    balls.prepare(row.value);
    EXPECT_EQ(balls.value(0), value) << "case " << i;
  }
}

TEST(L1Balls, ARowWithoutVisitsMayLeadAnywhere) {
  L1Balls balls;
  balls.end_row(0);
  const std::vector<double> u{1, 5, 3};
  balls.prepare(u);
  EXPECT_EQ(balls.value(0), 5);
}

struct Box {
  double low, high;
};

/// max q u over laws q within bounds.
double best_in_box(const std::vector<double>& value, const std::vector<Box>& box) {
  lp::LinearProgram program;
  const int sum = program.add_row(1, 1);
  for (std::size_t s = 0; s < value.size(); ++s) {
    program.add_column(-value[s], box[s].low, box[s].high);
    program.add_entry(sum, 1);
  }
  return solved(program);
}

TEST(Boxes, AttainTheOptimumOfTheLinearProgram) {
  for (std::uint64_t i = 0; i < kCases; ++i) {
    Stream stream = Stream(52).child(i);
    const RandomRow row(stream.child("row"), i % 2 == 0 ? 8 : 60);
    const double unseen = i % 5 == 0 ? 0 : std::pow(10, -3 * stream.uniform()), wide = 0.3 * stream.uniform();
    Boxes boxes;
    std::vector<Box> all;
    for (std::size_t s = 0; s < row.value.size(); ++s) {
      const double p = row.probability[s];
      all.push_back({0, unseen});
      if (p == 0) continue;
      const double width = unseen + wide * std::sqrt(p * (1 - p));
      all.back() = {std::max(0.0, p - width), std::min(1.0, p + width)};
      boxes.push(static_cast<std::int32_t>(s), all.back().low, all.back().high);
    }
    boxes.end_row(unseen);
    boxes.prepare(row.value);
    const double value = boxes.value(0);
    EXPECT_NEAR(value, best_in_box(row.value, all), 1e-9) << "case " << i;
    std::vector<double> reversed = row.value;
    for (double& u : reversed) u = -u;
    boxes.prepare(reversed);
    EXPECT_NEAR(boxes.value(0), best_in_box(reversed, all), 1e-9) << "case " << i << ", the worst law";
    boxes.prepare(row.value);
    EXPECT_EQ(boxes.value(0), value) << "case " << i;
  }
}

TEST(Boxes, ARowWithoutVisitsMayLeadAnywhere) {
  Boxes boxes;
  boxes.end_row(1);
  const std::vector<double> u{1, 5, 3};
  boxes.prepare(u);
  EXPECT_EQ(boxes.value(0), 5);
}

double divergence(const std::vector<double>& p, const std::vector<double>& q) {
  double sum = 0;
  for (std::size_t s = 0; s < p.size(); ++s)
    if (p[s] > 0) sum += p[s] * std::log(p[s] / q[s]);
  return sum;
}

/// On the way from p to `towards`: the farthest law (up to bisection) still within the ball.
std::vector<double> farthest(const std::vector<double>& p, const std::vector<double>& towards, double radius) {
  double low = 0, high = 1;
  std::vector<double> q(p.size());
  const auto at = [&](double share) {
    for (std::size_t s = 0; s < p.size(); ++s) q[s] = (1 - share) * p[s] + share * towards[s];
    return divergence(p, q);
  };
  if (at(1) <= radius) return q;
  for (int i = 0; i < 12; ++i) {
    const double middle = (low + high) / 2;
    (at(middle) <= radius ? low : high) = middle;
  }
  at(low);
  return q;
}

TEST(KlBalls, TheBestLawLiesOnTheSphereAndBeatsTenThousandOthers) {
  constexpr double kRadii[] = {1e-4, 0.01, 0.1, 0.7, 3, 20};
  int active = 0, beyond = 0;
  for (std::uint64_t i = 0; i < kCases; ++i) {
    Stream stream = Stream(53).child(i);
    const RandomRow row(stream.child("row"), 7);
    const double radius = kRadii[i % 6], highest = *std::ranges::max_element(row.value);
    KlBalls balls;
    std::vector<std::size_t> seen;
    for (std::size_t s = 0; s < row.value.size(); ++s) {
      if (row.probability[s] == 0) continue;
      seen.push_back(s);
      balls.push(static_cast<std::int32_t>(s), row.probability[s]);
    }
    balls.end_row(radius);
    balls.prepare(row.value);
    const double value = balls.value(0);
    const KlBalls::Law law = balls.law(0);
    std::vector<double> q(row.value.size(), 0.0);
    for (std::size_t k = 0; k < seen.size(); ++k) q[seen[k]] = law.mass[k];
    q[static_cast<std::size_t>(std::ranges::max_element(row.value) - row.value.begin())] += law.best;
    EXPECT_NEAR(std::accumulate(q.begin(), q.end(), 0.0), 1, 1e-12);
    EXPECT_NEAR(std::inner_product(q.begin(), q.end(), row.value.begin(), 0.0), value, 1e-11);
    if (highest - value > 1e-9) {  // else every law of use is inside
      EXPECT_NEAR(divergence(row.probability, q), radius, 1e-8) << "case " << i;
      ++active;
    }
    beyond += law.best > 0 ? 1 : 0;
    if (i >= 24) continue;
    std::vector<double> other(row.value.size());
    const std::vector<double> flat(row.value.size(), i % 2 == 0 ? 1.0 : 0.3);
    for (int k = 0; k < 10'000; ++k) {
      sample_dirichlet(stream, flat, other);
      const std::vector<double> feasible = farthest(row.probability, other, radius);
      const double there = std::inner_product(feasible.begin(), feasible.end(), row.value.begin(), 0.0);
      ASSERT_LE(there, value + 1e-9) << "case " << i;
    }
  }
  EXPECT_GT(active, 100);
  EXPECT_GT(beyond, 30);
}

TEST(KlBalls, TwoSuccessorsHaveAClosedForm) {
  // q with p ln(p / q) + (1 - p) ln((1 - p) / (1 - q)) = radius, on the better side: p = 1/2, q (1 - q) = e^(-2 radius)
  // / 4.
  for (const double radius : {1e-8, 1e-3, 0.5, 4.0}) {
    KlBalls balls;
    balls.push(0, 0.5);
    balls.push(1, 0.5);
    balls.end_row(radius);
    const std::vector<double> u{3, 7};
    balls.prepare(u);
    const double q = (1 + std::sqrt(-std::expm1(-2 * radius))) / 2;
    EXPECT_NEAR(balls.value(0), 3 + 4 * q, 1e-11) << radius;
  }
}

TEST(KlBalls, SpecialRows) {
  KlBalls balls;
  balls.end_row(0.3);  // never visited
  balls.push(1, 1.0);  // a certain successor, not the best: q(best) = 1 - e^(-radius)
  balls.end_row(0.3);
  balls.push(0, 0.25);  // no freedom
  balls.push(1, 0.75);
  balls.end_row(0);
  balls.push(2, 1.0);  // the best state for sure
  balls.end_row(0.3);
  const std::vector<double> u{2, 1, 6};
  balls.prepare(u);
  EXPECT_EQ(balls.value(0), 6);
  EXPECT_NEAR(balls.value(1), 1 - 5 * std::expm1(-0.3), 1e-14);
  EXPECT_NEAR(balls.value(2), 1.25, 1e-15);
  EXPECT_EQ(balls.value(3), 6);
  const std::vector<double> flat{4, 4, 4};
  balls.prepare(flat);
  for (std::int64_t c = 0; c < 4; ++c) EXPECT_EQ(balls.value(c), 4);
}

}  // namespace
}  // namespace bellwether::online
