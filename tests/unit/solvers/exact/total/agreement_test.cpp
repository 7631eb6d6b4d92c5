#include <cmath>
#include <cstdint>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/errors.h"
#include "core/stream.h"
#include "mdp/tabular_mdp_builder.h"
#include "solvers/exact/total/bound_check.h"

#include "enumeration.h"

namespace bellwether::solvers {
namespace {

/// Small models full of end components: few successors, zero rewards common, self-loops common.
mdp::TabularMdp random_model(int n, int rewards, Stream random) {
  mdp::TabularMdpBuilder builder(n);
  const auto draw = [&](int bound) { return static_cast<int>(random.below(static_cast<std::uint64_t>(bound))); };
  for (int s = 0; s < n; ++s) {
    const int choices = 1 + draw(3);
    for (int c = 0; c < choices; ++c) {
      const int successors = 1 + draw(3);
      double reward = 0;
      if (rewards > 0 && draw(2) == 0) reward = 1 + draw(4);
      if (rewards < 0 && draw(2) == 0) reward = -1 - draw(4);
      if (rewards == 2 && draw(3) == 0) reward = -2 - draw(4);
      std::vector<mdp::Entry> row;
      double left = 1;
      for (int i = 0; i < successors; ++i) {
        const double p = i + 1 == successors ? left : left * (0.2 + 0.6 * random.uniform());
        row.push_back({draw(3) == 0 ? s : draw(n), p, 0.0});
        left -= p;
      }
      builder.add_choice(s, reward, row);
    }
  }
  return std::move(builder).build();
}

/// A play that must reach the goal but may collect for ever on the way has no best policy: the supremum is infinite,
/// every deterministic policy that gets to the goal is worth less.
bool approached_only(const Problem& problem, bool must, const Solution& got, Eigen::Index s) {
  return must && got.lower[s] == problem.sign() * test::absolute_infinity() && got.lower[s] == got.upper[s];
}

void expect_contained(const Problem& problem, bool must, const Solution& got, const Eigen::VectorXd& truth,
                      const std::string& where) {
  ASSERT_EQ(got.lower.size(), truth.size()) << where << got.note;
  for (Eigen::Index s = 0; s < truth.size(); ++s) {
    if (approached_only(problem, must, got, s)) continue;
    if (std::isinf(truth[s])) {
      EXPECT_EQ(got.lower[s], truth[s]) << where << " state " << s;
      EXPECT_EQ(got.upper[s], truth[s]) << where << " state " << s;
      continue;
    }
    const double noise = 1e-11 * (1 + std::abs(truth[s]));  // of the enumeration
    EXPECT_LE(got.lower[s], truth[s] + noise) << where << " state " << s;
    EXPECT_GE(got.upper[s], truth[s] - noise) << where << " state " << s;
    EXPECT_LE(std::abs(got.value[s] - truth[s]), got.gap + noise) << where << " state " << s;
  }
}

struct Tally {
  int solved = 0, infinite = 0, approached = 0, undefined = 0;
};

void compare(const Problem& problem, const TotalOptions& options, std::uint64_t seed, Tally& tally) {
  const bool must = must_reach_goal(problem, options);
  const auto truth = test::best_value(problem, must);
  for (const test::NamedPlanner& planner : test::planners()) {
    const std::string where = std::string(planner.name) + " seed " + std::to_string(seed);
    Solution got;
    try {
      got = planner.solve(problem, options, {.tolerance = 1e-7});
    } catch (const InvalidModel&) {
      EXPECT_FALSE(truth.has_value() && !must) << where << " refused a model whose values are defined";
      ++tally.undefined;
      continue;
    }
    if (!truth) continue;
    expect_contained(problem, must, got, *truth, where);
    EXPECT_LE(got.gap, 1e-7) << where;
    const BoundCheck check = check_total_bounds(problem, must, got.policy, got.lower, got.upper);
    EXPECT_TRUE(check.holds) << where << " state " << check.state << ": " << check.reason;
    const Eigen::VectorXd attained = test::policy_value(problem, got.policy, must);
    for (Eigen::Index s = 0; s < attained.size(); ++s) {
      if (approached_only(problem, must, got, s)) {
        ++tally.approached;
      } else if (std::isinf((*truth)[s])) {
        ++tally.infinite;
        EXPECT_EQ(attained[s], (*truth)[s]) << where << " state " << s;
      } else {
        EXPECT_NEAR(attained[s], (*truth)[s], 1e-7) << where << " state " << s;
        ++tally.solved;
      }
    }
  }
}

Problem problem_of(mdp::TabularMdp model, Criterion criterion, Direction direction, std::vector<std::int32_t> target) {
  return {.model = std::move(model), .criterion = criterion, .direction = direction, .target = std::move(target)};
}

class TotalAgreement : public ::testing::TestWithParam<Direction> {};

TEST_P(TotalAgreement, ReachabilityEqualsEnumeration) {
  Tally tally;
  for (std::uint64_t seed = 0; seed < 150; ++seed) {
    const int n = 3 + static_cast<int>(seed % 5);
    compare(
        problem_of(random_model(n, 0, Stream(seed)), Criterion::kReach, GetParam(), {static_cast<std::int32_t>(n - 1)}),
        {}, seed, tally);
  }
  EXPECT_GT(tally.solved, 3000);
}

TEST_P(TotalAgreement, RewardsOfOneSignEqualEnumeration) {
  Tally tally;
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    const int n = 3 + static_cast<int>(seed % 4);
    std::vector<std::int32_t> goal;
    if (seed % 3 > 0) goal.push_back(static_cast<std::int32_t>(n - 1));
    const TotalOptions options{.must_reach_goal = seed % 3 == 1 ? "yes" : "auto", .relative = false};
    compare(
        problem_of(random_model(n, seed % 2 == 0 ? 1 : -1, Stream(seed).child(1)), Criterion::kTotal, GetParam(), goal),
        options, seed, tally);
  }
  EXPECT_GT(tally.solved, 1000);
  EXPECT_GT(tally.infinite, 300);
  EXPECT_EQ(tally.undefined, 0);
}

TEST_P(TotalAgreement, RewardsOfBothSignsEqualEnumerationOrAreRefused) {
  Tally tally;
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    const int n = 3 + static_cast<int>(seed % 4);
    std::vector<std::int32_t> goal;
    if (seed % 2 > 0) goal.push_back(static_cast<std::int32_t>(n - 1));
    compare(problem_of(random_model(n, 2, Stream(seed).child(2)), Criterion::kTotal, GetParam(), goal), {}, seed,
            tally);
  }
  EXPECT_GT(tally.solved, 500);
  EXPECT_GT(tally.infinite, 300);
}

INSTANTIATE_TEST_SUITE_P(BothDirections, TotalAgreement, ::testing::Values(Direction::kMaximise, Direction::kMinimise),
                         [](const auto& tested) { return tested.param == Direction::kMaximise ? "Max" : "Min"; });

}  // namespace
}  // namespace bellwether::solvers
