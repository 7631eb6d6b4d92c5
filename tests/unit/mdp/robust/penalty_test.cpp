// Rows that nature may leave at a price, against linear programs, long double and random rows.
#include "mdp/robust/penalty.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/errors.h"
#include "core/sampling.h"
#include "mdp/instances/garnet.h"
#include "mdp/robust/nature.h"
#include "mdp/tabular_mdp_builder.h"
#include "tests/unit/mdp/robust/oracle.h"

namespace bellwether::mdp {
namespace {

using namespace robust;
using test::TestRow;

constexpr double kInfinity = std::numeric_limits<double>::infinity();

double span_of(const TestRow& row) { return *std::ranges::max_element(row.z) - *std::ranges::min_element(row.z); }

double size_of(const TestRow& row) {
  double size = 1e-300;
  for (const double z : row.z) size = std::max(size, std::abs(z));
  return size;
}

/// From a nature that is free to one that stays at home, in units of the row.
double random_price(Stream& stream, const TestRow& row) {
  return std::pow(10, 8 * stream.uniform() - 4) * std::max(span_of(row), 1e-3 * size_of(row));
}

class Priced : public ::testing::TestWithParam<SetKind> {};

TEST_P(Priced, RowsAgreeWithAnOracleAndTheBoundsHoldIt) {
  const SetKind kind = GetParam();
  const bool polytope = kind == SetKind::kL1 || kind == SetKind::kTotalVariation;
  Stream stream(31);
  for (int i = 0; i < 1000; ++i) {
    const TestRow row = test::random_row(stream, 10, !polytope);
    const double price = random_price(stream, row), size = size_of(row);
    const auto truth = static_cast<double>(test::paid_value(kind, row, price));
    const double got = paid_least(kind, row.p, row.z, price);
    EXPECT_NEAR(got, truth, (polytope ? 1e-9 : 1e-14) * size) << "row " << i << ", price " << price;
    const Bounds bounds = enclose_paid(kind, row.p, row.z, price);
    EXPECT_LE(bounds.low, polytope ? got : truth) << "row " << i << ", price " << price;
    EXPECT_GE(bounds.high, polytope ? got : truth) << "row " << i << ", price " << price;
    EXPECT_LE(bounds.high - bounds.low, 5e-13 * size) << "row " << i << ", price " << price;
    const std::vector<double> q = paid_answer(kind, row.p, row.z, price);
    for (const double x : q) EXPECT_GE(x, 0);
    EXPECT_NEAR(std::accumulate(q.begin(), q.end(), 0.0), 1, 1e-13);
    const double attained = std::inner_product(q.begin(), q.end(), row.z.begin(), price * divergence(kind, q, row.p));
    EXPECT_NEAR(attained, got, 1e-12 * (size + price)) << "row " << i << ", price " << price;
    if (HasFailure()) return;
  }
}

TEST_P(Priced, NoOtherRowIsCheaper) {
  const SetKind kind = GetParam();
  Stream stream(32);
  for (int i = 0; i < 200; ++i) {
    const TestRow row = test::random_row(stream, 6, true);
    const double price = random_price(stream, row);
    const double least = paid_least(kind, row.p, row.z, price);
    const std::vector<double> q = paid_answer(kind, row.p, row.z, price), ones(row.size(), 1.0);
    std::vector<double> r(row.size());
    for (int other = 0; other < 50; ++other) {
      sample_dirichlet(stream, ones, r);
      const double t = std::pow(10, -6 * stream.uniform());
      for (std::size_t k = 0; k < r.size(); ++k) r[k] = q[k] + t * (r[k] - q[k]);
      const double value = std::inner_product(r.begin(), r.end(), row.z.begin(), price * divergence(kind, r, row.p));
      EXPECT_GE(value, least - 1e-12 * (size_of(row) + price));
    }
  }
}

TEST_P(Priced, RowsRunFromTheLeastValueToTheMean) {
  const SetKind kind = GetParam();
  Stream stream(33);
  for (int i = 0; i < 200; ++i) {
    const TestRow row = test::random_row(stream, 8, true);
    const double mean = std::inner_product(row.p.begin(), row.p.end(), row.z.begin(), 0.0), size = size_of(row);
    const double least = *std::ranges::min_element(row.z);
    EXPECT_EQ(paid_least(kind, row.p, row.z, 0), least);
    EXPECT_NEAR(paid_least(kind, row.p, row.z, kInfinity), mean, 1e-14 * size);
    double before = least;
    for (const double price : {1e-300, 1e-9, 1e-3, 0.1, 1.0, 10.0, 1e6, 1e300}) {
      const double now = paid_least(kind, row.p, row.z, price * size);
      EXPECT_GE(now, before - 1e-14 * size) << price;
      const Bounds bounds = enclose_paid(kind, row.p, row.z, price * size);
      EXPECT_LE(bounds.low, now);
      EXPECT_GE(bounds.high, now);
      EXPECT_LE(bounds.high - bounds.low, 1e-12 * size) << price;
      before = now;
    }
    EXPECT_NEAR(before, mean, 1e-14 * size);
  }
}

INSTANTIATE_TEST_SUITE_P(Kinds, Priced,
                         ::testing::Values(SetKind::kL1, SetKind::kTotalVariation, SetKind::kKl, SetKind::kChiSquare),
                         [](const auto& kind) { return std::string(to_string(kind.param)); });

TEST(Priced, KlKeepsItsDigitsWhereTheFirstOrdersDecide) {
  const std::vector<double> p = {0.25, 0.5, 0.25}, z = {1, 2, 4};
  // mean - variance / (2 price), variance 19/16
  EXPECT_NEAR(paid_least(SetKind::kKl, p, z, 1e9), 2.25 - 1e-9 * 19 / 32, 1e-15);
  EXPECT_NEAR(paid_least(SetKind::kKl, p, z, 1e-4), 1 - 1e-4 * std::log(0.25), 1e-15);
  const std::vector<double> far = {1e6, 1e6 + 1, 1e6 - 1};
  EXPECT_NEAR(paid_least(SetKind::kKl, p, far, 1.0 / 700) - 1e6, -1 - std::log(0.25) / 700, 1e-9);
}

TEST(Priced, ChoicesPayDiscounted) {
  // A coin between 0 and 1 at price 1 a nat: r + discount (-log E exp(-v)).
  const TabularMdp model = [] {
    TabularMdpBuilder builder(2);
    builder.add_choice(0, 3.0, {{0, 0.5}, {1, 0.5}});
    builder.add_choice(1, {{.next = 0, .probability = 0.5, .reward = 2}, {.next = 1, .probability = 0.5, .reward = 1}});
    return std::move(builder).build();
  }();
  const RobustMdp robust(model, {.kind = SetKind::kKl, .price = {1}});
  const std::vector<double> v = {0, 1};
  for (const NatureAim aim : {NatureAim::kLowest, NatureAim::kHighest}) {
    const Nature nature(robust, 0.5, aim);
    const double sign = nature.sign();
    // Rewards of transitions: min over q of q.(r + v / 2) + D / 2.
    const auto soft = [&](double a, double b, double price) {
      return -sign * price * std::log((std::exp(-sign * a / price) + std::exp(-sign * b / price)) / 2);
    };
    EXPECT_NEAR(nature.value(1, v), soft(2, 1.5, 0.5), 1e-15);
    EXPECT_LE(nature.enclose(1, v).low, nature.value(1, v));
    for (std::int64_t c = 0; c < 2; ++c) {
      const std::vector<double> q = nature.respond(c, v);
      Outcomes whole;
      nature.outcomes(c, v, true, whole);
      const double earned = sign * (q[0] * whole.z[0] + q[1] * whole.z[1]);
      const double paid = 0.5 * divergence(SetKind::kKl, q, model.probabilities(c));
      EXPECT_NEAR(nature.payment(c, v, q), sign * paid, 1e-15);
      EXPECT_NEAR(earned + sign * paid, nature.value(c, v), 1e-15);
    }
  }
}

TEST(Priced, ModelsNameWhatIsWrong) {
  const TabularMdp model = garnet({.states = 3, .actions = 2, .successors = 2}).model;
  const auto complaint = [&](Ambiguity set) {
    try {
      const RobustMdp robust(model, std::move(set));
    } catch (const InvalidModel& error) {
      return std::string(error.what());
    }
    return std::string();
  };
  using ::testing::HasSubstr;
  EXPECT_THAT(complaint({.kind = SetKind::kL2, .price = {1}}), HasSubstr("not with 'l2'"));
  EXPECT_THAT(complaint({.kind = SetKind::kKl, .radius = {1}, .price = {1}}), HasSubstr("exclude"));
  EXPECT_THAT(complaint({.kind = SetKind::kKl, .rectangular = Rectangular::kState, .price = {1}}),
              HasSubstr("by choice"));
  EXPECT_THAT(complaint({.kind = SetKind::kKl, .price = {1, 2}}), HasSubstr("2 prices; must be 1 for all or 6"));
  EXPECT_THAT(complaint({.kind = SetKind::kKl, .price = {-1}}), HasSubstr("the price of all rows is -1"));
  EXPECT_EQ(complaint({.kind = SetKind::kKl, .price = {0}}), "");
}

}  // namespace
}  // namespace bellwether::mdp
