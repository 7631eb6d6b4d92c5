#include "solvers/exact/discounted/certificate.h"

#include <cmath>
#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/errors.h"
#include "core/parallel.h"
#include "mdp/tabular_mdp_builder.h"
#include "solvers/exact/discounted/rounding_bounds.h"
#include "solvers/exact/discounted/sweeps.h"
#include "tests/unit/solvers/exact/discounted/random_models.h"
#include "tests/unit/solvers/exact/discounted/truth.h"

namespace bellwether::test {
namespace {

using namespace solvers;

Problem problem_of(mdp::TabularMdp model, double discount, Direction direction = Direction::kMaximise) {
  return {.model = std::move(model), .direction = direction, .discount = discount};
}

std::vector<double> doubles(const LongVector& v) {
  std::vector<double> out;
  for (const long double x : v) out.push_back(static_cast<double>(x));
  return out;
}

void expect_contains(const Certificate& proof, const LongVector& v, const std::string& what) {
  for (Eigen::Index s = 0; s < v.size(); ++s) {
    ASSERT_LE(static_cast<long double>(proof.lower[s]), v[s]) << what << " state " << s;
    ASSERT_GE(static_cast<long double>(proof.upper[s]), v[s]) << what << " state " << s;
    ASSERT_LE(std::abs(static_cast<long double>(proof.value[s]) - v[s]), static_cast<long double>(proof.gap)) << what;
  }
}

mdp::TabularMdp puterman() {
  mdp::TabularMdpBuilder builder(2);
  builder.add_choice(0, 5.0, {{0, 0.5}, {1, 0.5}});
  builder.add_choice(0, 10.0, {{1, 1.0}});
  builder.add_choice(1, -1.0, {{1, 1.0}});
  return std::move(builder).build();
}

TEST(Certificate, MacQueenBoundsByHand) {
  // Discount 1/2, v = (4, 0): T v = (max(5 + 1, 10), -1) = (10, -1), d = (6, -1), tail 1:
  // 10 - 1 <= V(0) <= 10 + 6; state 1 cannot be left, so V(1) = -2 without a bound from d.
  const Certificate proof = certify(problem_of(puterman(), 0.5), std::vector<double>{4, 0});
  EXPECT_NEAR(proof.lower[0], 9, 1e-13);
  EXPECT_NEAR(proof.upper[0], 16, 1e-13);
  EXPECT_NEAR(proof.value[0], 12.5, 1e-13);
  EXPECT_NEAR(proof.gap, 3.5, 1e-13);
  EXPECT_NEAR(proof.value[1], -2, 1e-14);
  EXPECT_NEAR(proof.residual, 6, 1e-13);
  EXPECT_EQ(proof.policy.choices()[0], 1);
  // Minimising takes min(6, 10): d = (2, -1).
  const Certificate least = certify(problem_of(puterman(), 0.5, Direction::kMinimise), std::vector<double>{4, 0});
  EXPECT_NEAR(least.lower[0], 5, 1e-13);
  EXPECT_NEAR(least.upper[0], 8, 1e-13);
  EXPECT_EQ(least.policy.choices()[0], 0);
}

TEST(Certificate, ContainsTheTruthForAnyVector) {
  for (const double discount : {0.0, 0.1, 0.5, 0.9, 0.9999}) {
    for (const double scale : {1e-6, 1.0, 1e6}) {
      for (std::uint64_t seed = 0; seed < 12; ++seed) {
        const Shape shape = static_cast<Shape>(seed % 3);
        const Direction direction = seed % 2 == 0 ? Direction::kMaximise : Direction::kMinimise;
        const Problem problem =
            problem_of(random_model({.shape = shape, .states = 9, .scale = scale}, seed), discount, direction);
        const LongVector truth = optimal_values(problem);
        Stream rng(seed);
        std::vector<double> v = doubles(truth);
        for (const double noise : {0.0, 1e-12, 1e-3, 10.0}) {
          for (double& x : v) x += noise * scale * (rng.uniform() - 0.3);
          const Certificate proof = certify(problem, v);
          expect_contains(proof, truth, "seed " + std::to_string(seed));
          const auto choices = proof.policy.choices();
          expect_contains(proof, policy_values(problem, {choices.begin(), choices.end()}), "policy");
        }
      }
    }
  }
}

TEST(Certificate, IsTightAtTheFixedPoint) {
  const Problem problem = problem_of(random_model({.states = 9}, 4), 0.99);
  const Certificate proof = certify(problem, doubles(optimal_values(problem)));
  // Values of 100 at most, rows of 4: 20 units of 2^-53 of them, a hundredfold by the discount.
  EXPECT_LT(proof.gap, 20 * 0x1p-53 * 200 * 100);
  EXPECT_GE(proof.gap, proof.rounding);
  EXPECT_LT(proof.gap, 1.1 * proof.rounding);
  EXPECT_LT(proof.residual, 1e-12);
}

TEST(Certificate, CoversEveryReadingOfTheStoredNumbers) {
  // A lone state with a loop and one other: V = r / (1 - discount), read half an ulp off in either direction.
  for (const double discount : {0.9, 0.999, 0.9999, 0.75}) {
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
      const Problem problem = problem_of(
          random_model({.shape = Shape::kRing, .states = 3, .actions = 1, .floor = seed % 2 == 0 ? 0.5 : -1}, seed),
          discount);
      const Certificate proof = certify(problem, doubles(optimal_values(problem)));
      for (const Reading reading : {Reading{1, 1}, Reading{-1, -1}, Reading{1, -1}, Reading{-1, 1}}) {
        expect_contains(proof, optimal_values(problem, reading), "reading");
      }
    }
  }
}

TEST(Certificate, ReadsTheRewardOfAStateThatCannotBeLeft) {
  // At discount 0 the value is the reward, and that may be any number within half an ulp.
  mdp::TabularMdpBuilder builder(1);
  builder.add_choice(0, 0.3, {{0, 1.0}});
  const Certificate proof = certify(problem_of(std::move(builder).build(), 0), std::vector<double>{0});
  EXPECT_LT(proof.lower[0], 0.3);
  EXPECT_GT(proof.upper[0], 0.3);
  EXPECT_LT(proof.gap, 1e-15);
}

TEST(Certificate, CoversRowsThatMissOne) {
  // Both rows sum to 1 - 2^-50; the model they speak of has rows divided by that, so V = 1 / (1 - discount).
  const double half = 0.5 - 0x1p-50;
  mdp::TabularMdpBuilder builder(2);
  builder.add_choice(0, 1.0, {{0, 0.5}, {1, half}}).add_choice(1, 1.0, {{0, 0.5}, {1, half}});
  const Problem problem = problem_of(std::move(builder).build(), 0.9999);
  ASSERT_EQ(problem.model.probabilities(0)[1], half);  // left as it is
  std::vector<double> v(2, 0.0), next(2);
  for (int k = 0; k < 500000; ++k) {
    discounted::jacobi_sweep(problem, v, next);
    v.swap(next);
  }
  expect_contains(certify(problem, v), optimal_values(problem), "row sum");
}

TEST(Certificate, RoundingOfLargeRowsIsCovered) {
  // Terms that cancel: the sum of 2000 products is small beside its terms.
  mdp::TabularMdpBuilder builder(2000);
  std::vector<mdp::Entry> row;
  for (int s = 0; s < 2000; ++s) row.push_back({s, 1.0 / 2000});
  for (int s = 0; s < 2000; ++s) builder.add_choice(s, s % 2 == 0 ? 1e9 + s : -1e9 + 0.1, row);
  const Problem problem = problem_of(std::move(builder).build(), 0.9);
  long double total = 0, mean = 0;
  for (int s = 0; s < 2000; ++s) total += problem.model.probabilities(0)[static_cast<std::size_t>(s)];
  for (int s = 0; s < 2000; ++s) mean += problem.model.reward(s) * (1.0 / 2000 / total);
  const long double later = 0.9 * mean / (1 - static_cast<long double>(0.9));
  std::vector<double> v;
  for (int s = 0; s < 2000; ++s) v.push_back(static_cast<double>(problem.model.reward(s) + later));
  const Certificate proof = certify(problem, v);
  for (int s = 0; s < 2000; ++s) {
    ASSERT_LE(static_cast<long double>(proof.lower[s]), problem.model.reward(s) + later);
    ASSERT_GE(static_cast<long double>(proof.upper[s]), problem.model.reward(s) + later);
  }
  EXPECT_LT(proof.gap, 2016 * 0x1p-53 * 2e9 * 10 * 1.1);
}

TEST(Certificate, BackupIsInsideItsOwnSlack) {
  // The computed row against the row in 64-bit mantissas: the slack must cover the difference with room for readings.
  const mdp::TabularMdp model = random_model({.states = 50, .actions = 20, .branching = 9}, 11);
  const Problem problem = problem_of(model, 0.99);
  Stream rng(3);
  std::vector<double> v(50), out(50);
  for (double& x : v) x = 1e6 * (rng.uniform() - 0.5);
  for (std::int64_t c = 0; c < model.num_choices(); ++c) {
    long double exact = 0, magnitude = std::abs(model.reward(c));
    for (std::size_t i = 0; i < 9; ++i) {
      exact +=
          static_cast<long double>(model.probabilities(c)[i]) * v[static_cast<std::size_t>(model.successors(c)[i])];
      magnitude += 0.99L * model.probabilities(c)[i] * std::abs(v[static_cast<std::size_t>(model.successors(c)[i])]);
    }
    exact = model.reward(c) + static_cast<long double>(0.99) * exact;
    const double computed = model.reward(c) + 0.99 * mdp::Expectation{}(model.successors(c), model.probabilities(c), v);
    EXPECT_LE(std::abs(computed - exact), (discounted::row_error(9) - 10 * 0x1p-53) * magnitude);
  }
}

TEST(Certificate, EnclosesAGivenPolicy) {
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    const Problem problem = problem_of(random_model({.states = 8}, seed), 0.95,
                                       seed % 2 == 0 ? Direction::kMaximise : Direction::kMinimise);
    const std::vector<std::int32_t> choice(8, static_cast<std::int32_t>(seed % 3));
    const mdp::Policy policy = mdp::Policy::deterministic(choice);
    const LongVector truth = optimal_values(problem), played = policy_values(problem, choice);
    for (const std::vector<double>& v : {doubles(truth), doubles(played), std::vector<double>(8, 0.0)}) {
      const Certificate both = certify(problem, v, policy);
      expect_contains(both, truth, "optimum");
      expect_contains(both, played, "policy");
      expect_contains(certify_policy_value(problem, v, policy), played, "alone");
    }
    EXPECT_LT(certify_policy_value(problem, doubles(played), policy).gap, 1e-11);
  }
}

TEST(Certificate, EnclosesARandomisedPolicy) {
  // Puterman's first state, both choices at one half: V = 7.5 + g (V/4 + 3/4 (-1/(1-g))), g = 1/2: V = 7.5 + V/8 - 3/4.
  const Problem problem = problem_of(puterman(), 0.5);
  const mdp::Policy policy = mdp::Policy::randomised({0.5, 0.5, 1.0});
  const double v = 6.75 * 8 / 7;
  const Certificate proof = certify_policy_value(problem, std::vector<double>{v, -2}, policy);
  EXPECT_NEAR(proof.value[0], v, 1e-13);
  EXPECT_LT(proof.gap, 1e-13);
  const Certificate rough = certify_policy_value(problem, std::vector<double>{0, 0}, policy);
  EXPECT_LE(rough.lower[0], v);
  EXPECT_GE(rough.upper[0], v);
  EXPECT_THROW(certify(problem, std::vector<double>{0, 0}, mdp::Policy::randomised({0.5, 0.4, 1.0})), InvalidModel);
}

TEST(Certificate, CoversTheRoundingOfRandomisedPolicies) {
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    const Problem problem = problem_of(random_model({.states = 12, .actions = 7}, seed), 0.99);
    Stream rng(seed);
    std::vector<double> weight;
    for (int s = 0; s < 12; ++s) {
      double total = 0;
      for (int a = 0; a < 7; ++a) total += weight.emplace_back(rng.uniform());
      // Sums may miss one by 1e-9: the policy is then read as its weights divided by their sum.
      for (int a = 0; a < 7; ++a) weight[weight.size() - 1 - static_cast<std::size_t>(a)] /= total * (1 + 5e-10);
    }
    const LongVector truth = randomised_policy_values(problem, weight);
    const Certificate proof = certify_policy_value(problem, doubles(truth), mdp::Policy::randomised(weight));
    expect_contains(proof, truth, "seed " + std::to_string(seed));
    EXPECT_LT(proof.gap, 1e-10);
  }
}

TEST(Certificate, CoversARandomisedStateOfItsOwn) {
  // One state: no other state's error of the opposite sign widens the interval by luck.
  for (std::uint64_t seed = 0; seed < 30; ++seed) {
    const Problem problem = problem_of(random_model({.shape = Shape::kRing, .states = 1, .actions = 9}, seed), 0.99);
    Stream rng(seed);
    std::vector<double> weight(9);
    double total = 0;
    for (double& w : weight) total += w = rng.uniform();
    for (double& w : weight) w /= total;
    const LongVector truth = randomised_policy_values(problem, weight);
    expect_contains(certify_policy_value(problem, doubles(truth), mdp::Policy::randomised(weight)), truth,
                    "seed " + std::to_string(seed));
  }
}

TEST(Certificate, TiesGoToTheLowestIndex) {
  mdp::TabularMdpBuilder builder(2);
  for (int a = 0; a < 4; ++a) builder.add_choice(0, a == 0 ? 0.0 : 1.0, {{1, 1.0}});
  builder.add_choice(1, 2.0, {{1, 1.0}}).add_choice(1, 3.0, {{1, 1.0}}).add_choice(1, 3.0, {{1, 1.0}});
  const Problem problem = problem_of(std::move(builder).build(), 0.5);
  const Certificate proof = certify(problem, std::vector<double>{0, 6});
  EXPECT_EQ(proof.policy.choices()[0], 1);
  EXPECT_EQ(proof.policy.choices()[1], 1);
  // The value of a state that cannot be left does not hide a difference of rewards, however large it is.
  EXPECT_EQ(certify(problem, std::vector<double>{0, 1e300}).policy.choices()[1], 1);
  EXPECT_NEAR(certify(problem, std::vector<double>{0, 1e300}).value[1], 6, 1e-14);
}

TEST(Certificate, DiscountNextToOneStaysFinite) {
  const double discount = std::nextafter(1.0, 0.0);
  const discounted::Enclosure tail = discounted::discount_tail(discount);
  EXPECT_LE(tail.low, 0x1p53 / 1.5);
  EXPECT_GE(tail.low, 0x1p53 / 1.5 * (1 - 0x1p-50));
  EXPECT_GE(tail.high, 0x1p54 * (1 - 0x1p-50));  // half an ulp nearer to one doubles it
  EXPECT_TRUE(std::isfinite(tail.high));
  EXPECT_EQ(discounted::discount_tail(0).high, 0);
  const discounted::Enclosure half = discounted::discount_tail(0.5);
  EXPECT_LT(half.low, 1);
  EXPECT_GT(half.high, 1);
  EXPECT_NEAR(half.low, 1, 1e-15);
  EXPECT_NEAR(half.high, 1, 1e-15);
}

TEST(Certificate, ThreadCountDoesNotChangeTheBits) {
  const Problem problem = problem_of(random_model({.states = 3000, .actions = 5, .branching = 10}, 1), 0.9);
  Stream rng(5);
  std::vector<double> v(3000);
  for (double& x : v) x = rng.uniform();
  const auto prove = [&](int threads) {
    const ThreadCount guard(threads);
    return certify(problem, v);
  };
  const Certificate one = prove(1), four = prove(4);
  EXPECT_EQ(one.lower, four.lower);
  EXPECT_EQ(one.upper, four.upper);
  EXPECT_EQ(one.policy, four.policy);
  EXPECT_EQ(one.rounding, four.rounding);
}

}  // namespace
}  // namespace bellwether::test
