#include "solvers/risk/law.h"

#include <cmath>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/errors.h"
#include "core/stream.h"
#include "solvers/lp/linear_program.h"

namespace bellwether::solvers {
namespace {

Law random_law(Stream stream, int atoms) {
  std::vector<std::pair<double, double>> pairs;
  double total = 0;
  for (int i = 0; i < atoms; ++i) {
    pairs.emplace_back(20 * stream.uniform() - 10, 0.01 + stream.uniform());
    total += pairs.back().second;
  }
  for (auto& pair : pairs) pair.second /= total;
  return make_law(std::move(pairs));
}

/// min sum q x with 0 <= q <= p / level, sum q = 1.
double tail_mean_by_lp(const Law& law, double level) {
  lp::LinearProgram program;
  const int mass = program.add_row(1, 1);
  for (std::size_t i = 0; i < law.atom.size(); ++i) {
    program.add_column(law.atom[i], 0, law.weight[i] / level);
    program.add_entry(mass, 1);
  }
  return lp::solve(program).objective;
}

TEST(Law, SortsJoinsAndDrops) {
  const Law law = make_law({{3, 0.25}, {1, 0.5}, {7, 0}, {3, 0.25}});
  EXPECT_EQ(law.atom, (std::vector<double>{1, 3}));
  EXPECT_EQ(law.weight, (std::vector<double>{0.5, 0.5}));
  EXPECT_EQ(mean(law), 2);
  EXPECT_EQ(variance(law), 1);
}

TEST(Law, SaysWhatIsWrong) {
  EXPECT_THROW(make_law({{1, 0.5}}), InvalidModel);
  EXPECT_THROW(make_law({{1, 1.5}, {2, -0.5}}), InvalidModel);
  EXPECT_THROW(make_law({{NAN, 1}}), InvalidModel);
  EXPECT_THROW(conditional_value_at_risk(make_law({{1, 1}}), 0), InvalidOption);
  EXPECT_THROW(value_at_risk(make_law({{1, 1}}), 1.5), InvalidOption);
  EXPECT_THROW(entropic_risk(make_law({{1, 1}}), -1), InvalidOption);
}

TEST(Law, ValueAtRiskIsTheLowerQuantile) {
  const Law law = make_law({{0, 0.1}, {1, 0.2}, {5, 0.7}});
  EXPECT_EQ(value_at_risk(law, 0.1), 0);
  EXPECT_EQ(value_at_risk(law, 0.11), 1);
  EXPECT_EQ(value_at_risk(law, 0.3), 1);  // .1 + .2 is more than .3 in doubles
  EXPECT_EQ(value_at_risk(law, 0.31), 5);
  EXPECT_EQ(value_at_risk(law, 1), 5);
}

TEST(Law, ValueAtRiskJumpsAtTheLevelItself) {
  const Law law = make_law({{0, 0.5 - 5e-13}, {1, 0.5 + 5e-13}});
  EXPECT_EQ(value_at_risk(law, 0.5), 1);
  EXPECT_EQ(value_at_risk(law, law.weight[0]), 0);
  EXPECT_EQ(value_at_risk(law, std::nextafter(law.weight[0], 1.0)), 1);
  const Law halves = make_law({{0, 0.25}, {1, 0.25}, {2, 0.5}});
  EXPECT_EQ(value_at_risk(halves, 0.5), 1);
  EXPECT_EQ(value_at_risk(halves, std::nextafter(0.5, 1.0)), 2);
  EXPECT_EQ(value_at_risk(halves, std::nextafter(0.5, 0.0)), 1);
  // .1 + .2 is rounded up: the sum itself is less than that level.
  EXPECT_EQ(value_at_risk(make_law({{0, 0.1}, {1, 0.2}, {2, 0.7}}), 0.1 + 0.2), 2);
}

TEST(Law, TailMeanIsTheLinearProgramsAndTheBestBudgets) {
  for (std::uint64_t i = 0; i < 200; ++i) {
    Stream stream = Stream(11).child(i);
    const Law law = random_law(stream.child(0), 1 + static_cast<int>(i % 8));
    const double level = std::max(0.01, stream.uniform());
    const double tail = conditional_value_at_risk(law, level);
    EXPECT_NEAR(tail, tail_mean_by_lp(law, level), 1e-9);
    double best = -1e300;
    for (const double b : law.atom) {
      double short_of = 0;
      for (std::size_t k = 0; k < law.atom.size(); ++k) short_of += law.weight[k] * std::min(law.atom[k] - b, 0.0);
      best = std::max(best, b + short_of / level);
    }
    EXPECT_NEAR(tail, best, 1e-11);
  }
}

TEST(Law, EntropicRiskHasItsLimits) {
  const Law law = make_law({{-1, 0.5}, {3, 0.5}});
  EXPECT_EQ(entropic_risk(law, 0), 1);
  EXPECT_NEAR(entropic_risk(law, 1e-9), 1 - 1e-9 * variance(law) / 2, 1e-15);  // mean - beta variance / 2
  EXPECT_NEAR(entropic_risk(law, 2), -std::log((std::exp(2.0) + std::exp(-6.0)) / 2) / 2, 1e-14);
  EXPECT_NEAR(entropic_risk(law, 1e6), -1 + std::log(2) / 1e6, 1e-12);
  EXPECT_EQ(entropic_risk(law, INFINITY), -1);
}

// The mean of p exp(-t x) whose divergence spends the budget, by bisection in long double.
double entropic_value_reference(const Law& law, double level) {
  const long double budget = -std::log(static_cast<long double>(level));
  if (std::exp(-budget) <= law.weight.front()) return law.atom.front();
  long double low = 0, high = 1e4L, result = 0;
  for (int i = 0; i < 300; ++i) {
    const long double t = (low + high) / 2;
    long double mass = 0, sum = 0;
    for (std::size_t k = 0; k < law.atom.size(); ++k) {
      const long double w = law.weight[k] * std::exp(-t * (law.atom[k] - law.atom[0]));
      mass += w;
      sum += w * law.atom[k];
    }
    result = sum / mass;
    const long double divergence = -t * (result - law.atom[0]) - std::log(mass);
    (divergence < budget ? low : high) = t;
  }
  return static_cast<double>(result);
}

TEST(Law, EntropicValueIsTheWorstOfItsDivergenceBall) {
  for (std::uint64_t i = 0; i < 200; ++i) {
    Stream stream = Stream(12).child(i);
    const Law law = random_law(stream.child(0), 2 + static_cast<int>(i % 7));
    const double level = std::max(0.02, stream.uniform());
    const Enclosure value = entropic_value_at_risk(law, level);
    EXPECT_LE(value.upper - value.lower, 1e-10);
    EXPECT_NEAR(value.middle(), entropic_value_reference(law, level), 1e-9);
  }
}

TEST(Law, MeasuresAreInOrder) {
  for (std::uint64_t i = 0; i < 1000; ++i) {
    Stream stream = Stream(13).child(i);
    const Law law = random_law(stream.child(0), 1 + static_cast<int>(i % 9));
    const double level = std::max(0.01, stream.uniform());
    const double entropic = entropic_value_at_risk(law, level).middle(), tail = conditional_value_at_risk(law, level);
    EXPECT_LE(law.atom.front(), entropic + 1e-10);
    EXPECT_LE(entropic, tail + 1e-10);
    EXPECT_LE(tail, std::min(value_at_risk(law, level), mean(law)) + 1e-10);
    EXPECT_NEAR(conditional_value_at_risk(law, 1), mean(law), 1e-12);
    EXPECT_NEAR(conditional_value_at_risk(law, law.weight.front() * 0.9), law.atom.front(), 1e-12);
  }
}

}  // namespace
}  // namespace bellwether::solvers
