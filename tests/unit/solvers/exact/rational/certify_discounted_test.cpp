#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/errors.h"
#include "solvers/exact/rational/certify_rational.h"
#include "tests/unit/solvers/exact/rational/dense_reference.h"

namespace bellwether::solvers::rational {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::ThrowsMessage;

mdp::Policy policy(std::vector<std::int32_t> choices) { return mdp::Policy::deterministic(std::move(choices)); }

std::vector<std::string> texts(const ExactValues& x) {
  std::vector<std::string> result;
  for (int i = 0; i < x.size(); ++i) result.push_back(x.text(i));
  return result;
}

// Puterman (2005), example 6.2.1: V(0) = (5 - 5.5 b) / ((1 - b/2)(1 - b)), V(1) = -1 / (1 - b) for b > 10/11.
Problem puterman(double discount) {
  mdp::TabularMdpBuilder builder(2);
  builder.add_choice(0, 5.0, {{0, .5}, {1, .5}});
  builder.add_choice(0, 10.0, {{1, 1.0}});
  builder.add_choice(1, -1.0, {{1, 1.0}});
  return {.model = std::move(builder).build(), .discount = discount};
}

TEST(CertifyDiscounted, PutermanTwoStates) {
  const RationalSolution got = certify_rational(puterman(0.95), policy({0, 0}));
  EXPECT_EQ(got.solution.status, Status::kConverged);
  EXPECT_THAT(texts(got.exact), ElementsAre("-60/7", "-20"));
  EXPECT_EQ(got.solution.value[0], -60.0 / 7);
  EXPECT_EQ(got.solution.lower[1], -20);
  EXPECT_EQ(got.solution.upper[1], -20);
  EXPECT_GT(got.solution.upper[0], got.solution.lower[0]);
  EXPECT_EQ(got.solution.gap, 0x1p-50);  // doubles in [8, 16) are 2^-49 apart
  EXPECT_EQ(got.report.repaired_states, 0);
  EXPECT_EQ(got.report.tied_states, 0);
  EXPECT_THAT(got.solution.note, AllOf(HasSubstr("All 3 rows"), HasSubstr("unique")));
}

TEST(CertifyDiscounted, PutermanFromTheWrongPolicy) {
  const RationalSolution got = certify_rational(puterman(0.95), policy({1, 0}));
  EXPECT_THAT(texts(got.exact), ElementsAre("-60/7", "-20"));
  EXPECT_THAT(got.solution.policy.choices(), ElementsAre(0, 0));
  EXPECT_EQ(got.report.repaired_states, 1);
  EXPECT_EQ(got.report.policy_updates, 1);
  EXPECT_THAT(got.solution.note, HasSubstr("after repairing 1 state"));
}

TEST(CertifyDiscounted, MinimisingIsTheOtherEnd) {
  Problem problem = puterman(0.95);
  problem.direction = Direction::kMinimise;
  const RationalSolution got = certify_rational(problem, policy({0, 0}));
  EXPECT_THAT(texts(got.exact), ElementsAre("-9", "-20"));  // 10 + 0.95 (-20)
  EXPECT_THAT(got.solution.policy.choices(), ElementsAre(1, 0));
  EXPECT_LE(got.solution.lower[0], got.solution.upper[0]);
}

// The 3x3 corner world of AI-Toolbox, two states kept: -1 a failed move, 4/5 to succeed, discount 19/20.
TEST(CertifyDiscounted, Corner) {
  mdp::TabularMdpBuilder builder(2);
  builder.add_choice(0, {{1, 0.8, -1.0}, {0, 0.2, 0.0}});
  builder.add_choice(0, {{0, 1.0, -1.0}});
  builder.add_choice(1, 0.0, {{1, 1.0}});
  const RationalSolution got =
      certify_rational({.model = std::move(builder).build(), .discount = 0.95}, policy({0, 0}));
  EXPECT_THAT(texts(got.exact), ElementsAre("-80/81", "0"));
}

// A policy that loses 10^-12 once a round trip is rejected and repaired; the doubles of both backups agree to 15
// digits.
TEST(CertifyDiscounted, RejectsALossOfOneInATrillion) {
  mdp::TabularMdpBuilder builder(2);
  builder.add_choice(0, 1.0, {{1, 1.0}});
  builder.add_choice(0, 1.000000000001, {{1, 1.0}});
  builder.add_choice(1, 999.0, {{0, 0.35}, {1, 0.65}});
  const Problem problem{.model = std::move(builder).build(), .discount = 0.99};
  const RationalSolution got = certify_rational(problem, policy({0, 0}));
  EXPECT_THAT(got.solution.policy.choices(), ElementsAre(1, 0));
  EXPECT_EQ(got.report.repaired_states, 1);
  EXPECT_EQ(certify_rational(problem, policy({1, 0})).report.repaired_states, 0);
  EXPECT_EQ(certify_rational(problem, policy({1, 0})).exact.text(0), got.exact.text(0));
}

TEST(CertifyDiscounted, TiesKeepTheGivenPolicy) {
  mdp::TabularMdpBuilder builder(2);  // both choices of state 0 are worth 1/3 + 0.9 V(1)
  builder.add_choice(0, {{1, 1.0 / 3, 1.0}, {1, 2.0 / 3, 0.0}});
  builder.add_choice(0, 1.0 / 3, {{1, 1.0}});
  builder.add_choice(1, 0.7, {{0, 0.5}, {1, 0.5}});
  const Problem problem{.model = std::move(builder).build(), .discount = 0.9};
  for (std::int32_t choice : {0, 1}) {
    const RationalSolution got = certify_rational(problem, policy({choice, 0}));
    EXPECT_THAT(got.solution.policy.choices(), ElementsAre(choice, 0));
    EXPECT_EQ(got.report.tied_states, 1);
    EXPECT_EQ(got.report.repaired_states, 0);
    EXPECT_THAT(got.solution.note, HasSubstr("1 state has several optimal choices"));
  }
}

TEST(CertifyDiscounted, DiscountZeroIsTheReward) {
  const RationalSolution got = certify_rational(puterman(0), policy({0, 0}));
  EXPECT_THAT(texts(got.exact), ElementsAre("10", "-1"));
}

// Independent route: all policies, dense fraction-free elimination.
TEST(CertifyDiscounted, AgreesWithAllPolicies) {
  for (std::uint64_t seed = 0; seed < 25; ++seed) {
    const mdp::TabularMdp model = random_dyadic_model(5, 3, 3, Stream(seed));
    const bool maximise = seed % 2 == 0;
    const mpq_class discount(7, 8);
    std::vector<mpq_class> best;
    for_each_policy(model, [&](const std::vector<std::int32_t>& choices) {
      auto a = chain_of(model, choices);
      std::vector<mpq_class> r;
      for (int s = 0; s < 5; ++s) {
        for (int t = 0; t < 5; ++t) a[s][t] = (s == t ? 1 : 0) - discount * a[s][t];
        r.emplace_back(model.reward(model.first_choice(s) + choices[s]));
      }
      const auto v = solve_dense(a, r);
      if (best.empty()) best = v;
      for (int s = 0; s < 5; ++s) best[s] = maximise ? std::max(best[s], v[s]) : std::min(best[s], v[s]);
    });
    const RationalSolution got = certify_rational(
        {.model = model, .direction = maximise ? Direction::kMaximise : Direction::kMinimise, .discount = 0.875},
        policy({0, 1, 2, 0, 1}));
    for (int s = 0; s < 5; ++s) {
      EXPECT_EQ(got.exact.text(s), best[s].get_str()) << "seed " << seed << ", state " << s;
      EXPECT_LE(mpq_class(got.solution.lower[s]), best[s]);
      EXPECT_GE(mpq_class(got.solution.upper[s]), best[s]);
      EXPECT_LE(abs(mpq_class(got.solution.value[s]) - best[s]), mpq_class(got.solution.gap));
    }
  }
}

TEST(CertifyDiscounted, NamesWhatIsWrong) {
  const Problem problem = puterman(0.95);
  EXPECT_THAT([&] { certify_rational(problem, policy({0})); },
              ThrowsMessage<InvalidOption>(HasSubstr("the policy has 1 state, the model has 2")));
  EXPECT_THAT(
      [&] {
        certify_rational(problem, policy({0, 1}));
      },
      ThrowsMessage<InvalidOption>(HasSubstr("takes choice 1 in state 1, which has 1")));
  EXPECT_THAT([&] { certify_rational(problem, mdp::Policy::uniform(problem.model)); },
              ThrowsMessage<InvalidOption>(HasSubstr("one choice a state")));
  EXPECT_THAT(
      [&] {
        certify_rational(problem, policy({0, 0}), {.max_work = 100});
      },
      ThrowsMessage<InvalidOption>(HasSubstr("certify with 'interval', or raise RationalOptions::max_work")));
  EXPECT_THAT(
      [&] {
        certify_rational(problem, policy({0, 0}), {.max_bytes = 10});
      },
      ThrowsMessage<InvalidOption>(HasSubstr("raise RationalOptions::max_bytes")));
  EXPECT_THAT(
      [&] {
        certify_rational(problem, policy({0, 0}), {.max_work = -1});
      },
      ThrowsMessage<InvalidOption>(HasSubstr("'max_work' is -1")));
}

}  // namespace
}  // namespace bellwether::solvers::rational
