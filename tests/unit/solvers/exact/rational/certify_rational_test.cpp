#include "solvers/exact/rational/certify_rational.h"

#include <ctime>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/errors.h"
#include "solvers/exact/rational/criteria.h"
#include "tests/unit/solvers/exact/rational/dense_reference.h"

namespace bellwether::solvers::rational {
namespace {

// A Garnet with 53-bit probabilities that mean nothing simple: the denominators get some 60 bits a state.
mdp::TabularMdp garnet(int states, int choices, int branching, Stream draws) {
  mdp::TabularMdpBuilder builder(states);
  for (int s = 0; s < states; ++s)
    for (int c = 0; c < choices; ++c) {
      std::vector<mdp::Entry> row;
      double sum = 0;
      for (int j = 0; j < branching; ++j) {
        row.push_back({static_cast<int>(draws.below(states)), draws.uniform()});
        sum += row.back().probability;
      }
      for (auto& entry : row) entry.probability /= sum;
      builder.add_choice(s, draws.uniform(), row);
    }
  return std::move(builder).build();
}

std::vector<std::int32_t> greedy(const mdp::TabularMdp& model, double discount, int sweeps) {
  std::vector<double> v(model.num_states(), 0.0);
  std::vector<std::int32_t> policy(model.num_states());
  for (int k = 0; k < sweeps; ++k)
    for (int s = 0; s < model.num_states(); ++s) {
      double best = -1;
      for (int c = 0; c < model.num_choices(s); ++c) {
        const auto choice = model.first_choice(s) + c;
        double q = model.reward(choice);
        for (std::size_t i = 0; i < model.successors(choice).size(); ++i)
          q += discount * model.probabilities(choice)[i] * v[model.successors(choice)[i]];
        if (q > best) {
          best = q;
          policy[s] = c;
        }
      }
      v[s] = best;
    }
  return policy;
}

TEST(CertifyRational, AnExpectedRewardThatIsNoMeanCountsAsItIs) {
  mdp::ModelData data;
  data.state_begin = std::vector<std::int64_t>{0, 1, 2};
  data.choice_begin = std::vector<std::int64_t>{0, 2, 3};
  data.successor = std::vector<std::int32_t>{0, 1, 1};
  data.probability = std::vector<double>{0.5, 0.5, 1};
  data.rewards.push_back(
      {.name = "reward", .expected = std::vector<double>{7, 0}, .by_transition = std::vector<double>{1, 3, 0}});
  const auto value = [](const mdp::ModelData& of) {
    return certify_rational({.model = mdp::TabularMdp(of), .discount = 0.5}, mdp::Policy::deterministic({0, 0}))
        .solution.value[0];
  };
  EXPECT_EQ(value(data), 28.0 / 3);  // 7 / (1 - 1/4), as every planner says
  data.rewards.front().expected = std::vector<double>{2, 0};
  EXPECT_EQ(value(data), 8.0 / 3);
}

TEST(CertifyRational, AThousandStatesInSeconds) {
  const mdp::TabularMdp model = garnet(1000, 4, 5, Stream(1));
  const mdp::Policy start = mdp::Policy::deterministic(greedy(model, 0.99, 1500));
  const std::clock_t begin = std::clock();
  const RationalSolution got = certify_rational({.model = model, .discount = 0.99}, start);
  const double seconds = static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
  RecordProperty("cpu_milliseconds", static_cast<int>(1000 * seconds));
  EXPECT_EQ(got.solution.status, Status::kConverged);
  EXPECT_EQ(got.report.repaired_states, 0);
  EXPECT_EQ(got.report.tied_states, 0);
  EXPECT_EQ(got.report.rows_read[2], 4000);
  EXPECT_GT(got.report.denominator_bits, 55000u);
  EXPECT_LT(got.solution.gap, 0x1p-46);  // values below 100: doubles 2^-46 apart
  EXPECT_LT(got.report.exact_comparisons, 10);
  EXPECT_EQ((got.solution.upper - got.solution.lower).maxCoeff() / 2, got.solution.gap);
  // The values solve the equation as well as doubles can.
  for (int s = 0; s < 1000; ++s) {
    const auto choice = model.first_choice(s) + got.solution.policy.choices()[s];
    double q = model.reward(choice);
    for (std::size_t i = 0; i < 5; ++i)
      q += 0.99 * model.probabilities(choice)[i] * got.solution.value[model.successors(choice)[i]];
    ASSERT_NEAR(q, got.solution.value[s], 1e-12);
  }
}

TEST(CertifyRational, RefusesTenThousandStatesAtOnce) {
  const mdp::TabularMdp model = garnet(10000, 1, 5, Stream(2));
  const std::clock_t begin = std::clock();
  EXPECT_THAT(
      [&] {
        certify_rational({.model = model, .discount = 0.99},
                         mdp::Policy::deterministic(std::vector<std::int32_t>(10000, 0)));
      },
      testing::ThrowsMessage<InvalidOption>(testing::HasSubstr("states in one class, numbers of about")));
  EXPECT_LT(static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC, 30);
}

TEST(CertifyRational, DenseModels) {
  const mdp::TabularMdp model = garnet(60, 2, 60, Stream(3));
  const RationalSolution got =
      certify_rational({.model = model, .discount = 0.9}, mdp::Policy::deterministic(greedy(model, 0.9, 400)));
  EXPECT_EQ(got.report.repaired_states, 0);
  EXPECT_EQ(got.report.largest_class, 60);
  const RationalSolution average =
      certify_rational({.model = model, .criterion = Criterion::kAverage}, got.solution.policy);
  for (int s = 1; s < 60; ++s) EXPECT_EQ(average.solution.value[s], average.solution.value[0]);
}

// An acyclic model of 10^5 states costs one division a state.
TEST(CertifyRational, LongAcyclicModels) {
  const int n = 100000;
  mdp::TabularMdpBuilder builder(n);
  for (int s = 0; s < n; ++s) {
    const int next = s % 10 == 9 || s + 1 == n ? n - 1 : s + 1;  // chains of ten
    builder.add_choice(s, s + 1 == n ? 0.0 : 1.0, {{next, 1.0 / 3}, {n - 1, 2.0 / 3}});
  }
  const RationalSolution got =
      certify_rational({.model = std::move(builder).build(), .criterion = Criterion::kTotal, .target = {n - 1}},
                       mdp::Policy::deterministic(std::vector<std::int32_t>(n, 0)));
  EXPECT_EQ(got.exact.text(8), "4/3");
  EXPECT_EQ(got.exact.text(7), "13/9");
  EXPECT_EQ(got.report.largest_class, 0);
}

TEST(CertifyRational, TransitionRewardsAreAveragedExactly) {
  mdp::TabularMdpBuilder builder(2);
  builder.add_choice(0, {{0, 1.0 / 3, 0.1}, {1, 2.0 / 3, 0.7}});
  builder.add_choice(1, 0.0, {{1, 1.0}});
  const RationalSolution got =
      certify_rational({.model = std::move(builder).build(), .discount = 0.0}, mdp::Policy::deterministic({0, 0}));
  EXPECT_EQ(got.exact.text(0), "1/2");  // 1/3 1/10 + 2/3 7/10
}

TEST(CertifyRational, PlainSpansWork) {
  const std::vector<std::int64_t> state_begin = {0, 1}, choice_begin = {0, 1};
  const std::vector<std::int32_t> successor = {0}, policy = {0};
  const std::vector<double> probability = {1}, reward = {0.35};
  const RationalResult got = certify_discounted({state_begin, choice_begin, successor, probability, reward}, 0.9,
                                                Direction::kMaximise, policy);
  EXPECT_EQ(got.exact.text(0), "7/2");
  EXPECT_EQ(got.exact.longest(), 1u);
  EXPECT_EQ(got.value[0], 3.5);
  EXPECT_EQ(got.gap, 0);
}

TEST(CertifyRational, TheReportCountsReadings) {
  mdp::TabularMdpBuilder builder(2);
  builder.add_choice(0, 1.0, {{0, 0.1234567890123456}, {1, 0.8765432109876541}});
  builder.add_choice(0, 1.0, {{0, 0.123456789}, {1, 0.234567891}, {1, 0.64197532}});
  builder.add_choice(1, 0.0, {{1, 1.0}});
  const RationalSolution got =
      certify_rational({.model = std::move(builder).build(), .discount = 0.5}, mdp::Policy::deterministic({0, 0}));
  EXPECT_THAT(got.report.rows_read, testing::ElementsAre(1, 1, 1));
  EXPECT_THAT(
      got.solution.note,
      testing::HasSubstr("Of 3 rows of probabilities 1 were read as simple fractions, 1 as decimals and 1 as doubles"));
}

}  // namespace
}  // namespace bellwether::solvers::rational
