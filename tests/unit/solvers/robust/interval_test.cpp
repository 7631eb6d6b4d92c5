// Interval models: reaching a target and total rewards.
#include <algorithm>
#include <cmath>
#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/errors.h"
#include "mdp/tabular_mdp_builder.h"
#include "solvers/exact/total/total_reward.h"
#include "solvers/robust/registry.h"
#include "solvers/robust/robust_interval_iteration.h"
#include "tests/support/random_models.h"

namespace bellwether::solvers {
namespace {

using mdp::RobustMdp;
using mdp::SetKind;
using mdp::TabularMdp;
using mdp::TabularMdpBuilder;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

RobustMdp intervals_around(const TabularMdp& model, double share) {
  std::vector<double> lower, upper;
  for (const double p : model.probability()) {
    lower.push_back(p < 1 ? p * (1 - share) : 1);
    upper.push_back(std::min(1.0, p < 1 ? p * (1 + share) : 1));
  }
  return RobustMdp(model, {.kind = SetKind::kInterval, .intervals = {.lower = lower, .upper = upper}});
}

/// The robot of the PRISM authors: p = 1/2 +- delta where it matters; values in closed form.
struct Robot {
  double delta;
  RobustMdp model;

  explicit Robot(double d) : delta(d), model(make(d)) {}

  static RobustMdp make(double d) {
    TabularMdpBuilder builder(6);
    std::vector<double> lower, upper;
    const auto add = [&](int s, double cost, std::vector<std::array<double, 3>> row) {
      std::vector<mdp::Entry> entries;
      for (const auto& [to, low, high] : row) {
        entries.push_back({static_cast<int>(to), (low + high) / 2, 0});
        lower.push_back(low);
        upper.push_back(high);
      }
      builder.add_choice(s, cost, entries);
    };
    add(0, 1, {{0, 0.4, 0.4}, {1, 0.6, 0.6}});
    add(0, 1, {{1, 0.1, 0.1}, {3, 0.8, 0.8}, {4, 0.1, 0.1}});
    add(1, 1, {{1, 0.5 - d - 0.3, 0.5 + d - 0.4}, {2, 0.8, 0.9}});
    add(1, 1, {{2, 0.5 - d, 0.5 + d}, {4, 0.5 - d, 0.5 + d}});
    add(2, 1, {{2, 1, 1}});
    add(3, 1, {{3, 1, 1}});
    add(4, 1, {{5, 1, 1}});
    add(4, 1, {{3, 0.6, 0.6}, {4, 0.4, 0.4}});
    add(5, 1, {{4, 1, 1}});
    add(5, 1, {{2, 0.9, 0.9}, {5, 0.1, 0.1}});
    return RobustMdp(std::move(builder).build(),
                     {.kind = SetKind::kInterval, .intervals = {.lower = std::move(lower), .upper = std::move(upper)}});
  }
};

TEST(RobustIntervalIteration, FindsTheClosedFormsOfTheRobot) {
  const Robot robot(0.1);
  RobustProblem reach{.model = robot.model, .criterion = Criterion::kReach, .target = {5}};
  const RobustSolution worst = robust_interval_iteration(reach, {}, {.tolerance = 1e-10});
  EXPECT_EQ(worst.status, Status::kConverged);
  EXPECT_NEAR(worst.value[0], std::max(0.4, 0.1 + 0.1 * 0.4), 1e-10);
  reach.nature = NatureSide::kBest;
  const RobustSolution best = robust_interval_iteration(reach, {}, {.tolerance = 1e-10});
  EXPECT_NEAR(best.value[0], 0.6, 1e-10);
  for (const auto* got : {&worst, &best}) {
    for (Eigen::Index s = 0; s < 6; ++s) {
      EXPECT_LE(got->lower[s], got->value[s]);
      EXPECT_GE(got->upper[s], got->value[s]);
    }
  }
}

/// Nature's vertices spelt out: every distribution of a row that pours in some order is a choice of a plain model.
TabularMdp nature_as_choices(const RobustMdp& robust) {
  const TabularMdp& model = robust.nominal();
  TabularMdpBuilder builder(model.num_states());
  for (int s = 0; s < model.num_states(); ++s) {
    for (std::int64_t c = model.first_choice(s); c < model.first_choice(s + 1); ++c) {
      const auto n = model.successors(c).size();
      const auto first = static_cast<std::size_t>(model.choice_begin()[c]);
      std::vector<std::size_t> order(n);
      for (std::size_t i = 0; i < n; ++i) order[i] = i;
      do {
        std::vector<double> q(n);
        double rest = 1;
        for (std::size_t i = 0; i < n; ++i) rest -= q[i] = robust.ambiguity().intervals.lower[first + i];
        for (const std::size_t i : order) {
          const double more = std::min(std::max(rest, 0.0), robust.ambiguity().intervals.upper[first + i] - q[i]);
          q[i] += more;
          rest -= more;
        }
        std::vector<mdp::Entry> row;
        for (std::size_t i = 0; i < n; ++i) row.push_back({model.successors(c)[i], q[i], 0});
        builder.add_choice(s, model.reward(c), row);
      } while (std::next_permutation(order.begin(), order.end()));
    }
  }
  return std::move(builder).build();
}

// With nature on the agent's side the robust model is a plain one whose choices are pairs.
TEST(RobustIntervalIteration, WithAFriendlyNatureIsAPlainModelWithMoreChoices) {
  for (std::uint64_t seed = 0; seed < 12; ++seed) {
    const TabularMdp model = test::random_model(Stream(seed), {.states = 9, .most_actions = 3, .most_successors = 3});
    const RobustMdp robust = intervals_around(model, 0.4);
    const TabularMdp plain = nature_as_choices(robust);
    for (const Direction direction : {Direction::kMaximise, Direction::kMinimise}) {
      const RobustSolution got = robust_interval_iteration({.model = robust,
                                                            .criterion = Criterion::kReach,
                                                            .direction = direction,
                                                            .nature = NatureSide::kBest,
                                                            .target = {0, 1}});
      const Solution truth =
          total_auto({.model = plain, .criterion = Criterion::kReach, .direction = direction, .target = {0, 1}});
      ASSERT_EQ(got.status, Status::kConverged) << seed;
      for (Eigen::Index s = 0; s < got.value.size(); ++s) {
        EXPECT_LE(got.lower[s], truth.upper[s]) << "seed " << seed << " state " << s;
        EXPECT_GE(got.upper[s], truth.lower[s]) << "seed " << seed << " state " << s;
        EXPECT_NEAR(got.value[s], truth.value[s], 2e-6) << "seed " << seed << " state " << s;
      }
    }
  }
}

/// The plain model with nature's rows of a solution.
TabularMdp with_rows(const TabularMdp& model, const NatureRows& rows) {
  TabularMdpBuilder builder(model.num_states());
  for (int s = 0; s < model.num_states(); ++s) {
    for (std::int64_t c = model.first_choice(s); c < model.first_choice(s + 1); ++c) {
      std::vector<mdp::Entry> row;
      for (std::size_t i = 0; i < rows.size(c); ++i)
        row.push_back({rows.successors(c)[i], rows.probabilities(c)[i], 0});
      builder.add_choice(s, model.reward(c), row);
    }
  }
  return std::move(builder).build();
}

/// The agent's policy alone: nature is left with a plain problem in the other direction.
TabularMdp with_policy(const RobustMdp& robust, const mdp::Policy& policy) {
  const TabularMdp& model = robust.nominal();
  TabularMdpBuilder builder(model.num_states());
  std::vector<double> lower, upper;
  for (int s = 0; s < model.num_states(); ++s) {
    const std::int64_t c = model.first_choice(s) + policy.choices()[static_cast<std::size_t>(s)];
    std::vector<mdp::Entry> row;
    for (std::size_t i = 0; i < model.successors(c).size(); ++i) {
      row.push_back({model.successors(c)[i], model.probabilities(c)[i], 0});
      lower.push_back(robust.ambiguity().intervals.lower[static_cast<std::size_t>(model.choice_begin()[c]) + i]);
      upper.push_back(robust.ambiguity().intervals.upper[static_cast<std::size_t>(model.choice_begin()[c]) + i]);
    }
    builder.add_choice(s, model.reward(c), row);
  }
  const RobustMdp one(
      std::move(builder).build(),
      {.kind = SetKind::kInterval, .intervals = {.lower = std::move(lower), .upper = std::move(upper)}});
  return nature_as_choices(one);
}

// A saddle: the agent's policy guarantees the value against every nature, nature's rows hold it against every policy,
// both by the planners for plain models.
TEST(RobustIntervalIteration, AgainstNatureIsASaddle) {
  for (std::uint64_t seed = 30; seed < 42; ++seed) {
    const TabularMdp random = test::random_model(Stream(seed), {.states = 9, .most_actions = 3, .most_successors = 3});
    std::vector<double> costs(static_cast<std::size_t>(random.num_choices()));
    Stream stream(seed);
    for (double& x : costs) x = stream.uniform() < 0.3 ? 0 : stream.uniform();
    const TabularMdp model = random.with_expected_rewards(costs);
    const RobustMdp robust = intervals_around(model, 0.4);
    for (const Criterion criterion : {Criterion::kReach, Criterion::kTotal}) {
      for (const Direction direction : {Direction::kMaximise, Direction::kMinimise}) {
        const bool maximise = direction == Direction::kMaximise;
        if (criterion == Criterion::kTotal && maximise) continue;  // gains for ever
        RobustIntervalIterationOptions options;
        options.worst_case = "all";
        const RobustSolution got = robust_interval_iteration(
            {.model = robust, .criterion = criterion, .direction = direction, .target = {0, 1}}, options);
        const Solution against_nature = total_auto({.model = with_rows(model, got.worst_case),
                                                    .criterion = criterion,
                                                    .direction = direction,
                                                    .target = {0, 1}});
        TotalAutoOptions same_meaning;
        if (criterion == Criterion::kTotal) same_meaning.must_reach_goal = "no";  // the policy reaches it anyway
        const Solution against_policy = total_auto({.model = with_policy(robust, got.policy),
                                                    .criterion = criterion,
                                                    .direction = maximise ? Direction::kMinimise : Direction::kMaximise,
                                                    .target = {0, 1}},
                                                   same_meaning);
        for (Eigen::Index s = 0; s < got.value.size(); ++s) {
          const std::string where = "seed " + std::to_string(seed) + " state " + std::to_string(s);
          if (!std::isfinite(got.value[s])) {
            EXPECT_EQ(got.value[s], against_nature.value[s]) << where;
            continue;
          }
          EXPECT_NEAR(got.value[s], against_nature.value[s], 1e-5) << where;
          EXPECT_NEAR(got.value[s], against_policy.value[s], 1e-5) << where;
          EXPECT_LE(got.upper[s] - got.lower[s], 2.1e-6) << where;
        }
      }
    }
  }
}

TEST(RobustIntervalIteration, IsNotFooledByEndComponents) {
  // The agent may walk between 0 and 1 for ever; only state 1 has a way out, to the goal with [.2, .4], else to a trap.
  TabularMdpBuilder builder(4);
  builder.add_choice(0, 0.0, {{1, 1.0}});
  builder.add_choice(1, 0.0, {{0, 1.0}});
  builder.add_choice(1, 0.0, {{2, 0.3}, {3, 0.7}});
  builder.add_choice(2, 0.0, {{2, 1.0}});
  builder.add_choice(3, 0.0, {{3, 1.0}});
  const RobustMdp robust(std::move(builder).build(),
                         {.kind = SetKind::kInterval,
                          .intervals = {.lower = std::vector<double>{1, 1, 0.2, 0.6, 1, 1},
                                        .upper = std::vector<double>{1, 1, 0.4, 0.8, 1, 1}}});
  const RobustSolution got = robust_interval_iteration({.model = robust, .criterion = Criterion::kReach, .target = {2}},
                                                       {}, {.tolerance = 1e-12});
  EXPECT_EQ(got.status, Status::kConverged);
  EXPECT_NEAR(got.value[0], 0.2, 1e-12);
  EXPECT_NEAR(got.value[1], 0.2, 1e-12);
  const RobustSolution least = robust_interval_iteration(
      {.model = robust, .criterion = Criterion::kReach, .direction = Direction::kMinimise, .target = {2}});
  EXPECT_EQ(least.value[0], 0) << "the agent stays where it is";
}

TEST(RobustIntervalIteration, OfPointIntervalsIsThePlainProblem) {
  for (std::uint64_t seed = 50; seed < 58; ++seed) {
    const TabularMdp model = test::random_model(Stream(seed), {.states = 15});
    for (const Direction direction : {Direction::kMaximise, Direction::kMinimise}) {
      const RobustSolution got = robust_interval_iteration(
          {.model = intervals_around(model, 0), .criterion = Criterion::kReach, .direction = direction, .target = {3}});
      const Solution plain =
          total_auto({.model = model, .criterion = Criterion::kReach, .direction = direction, .target = {3}});
      for (Eigen::Index s = 0; s < got.value.size(); ++s) {
        EXPECT_LE(got.lower[s], plain.upper[s]);
        EXPECT_GE(got.upper[s], plain.lower[s]);
      }
    }
  }
}

TEST(RobustIntervalIteration, NamesWhatItCannotSolve) {
  TabularMdpBuilder builder(2);
  builder.add_choice(0, 1.0, {{0, 0.5}, {1, 0.5}});
  builder.add_choice(0, -1.0, {{1, 1.0}});
  builder.add_choice(1, 0.0, {{1, 1.0}});
  const TabularMdp model = std::move(builder).build();
  const RobustMdp open(
      model, {.kind = SetKind::kInterval,
              .intervals = {.lower = std::vector<double>{0, 0.5, 1, 1}, .upper = std::vector<double>{0.5, 1, 1, 1}}});
  EXPECT_THAT([&] { robust_interval_iteration({.model = open, .criterion = Criterion::kReach, .target = {1}}); },
              ThrowsMessage<InvalidOption>(HasSubstr("transition 0 (to state 0) may be missing")));
  const RobustMdp closed(model, {.kind = SetKind::kInterval,
                                 .intervals = {.lower = std::vector<double>{0.1, 0.5, 1, 1},
                                               .upper = std::vector<double>{0.5, 0.9, 1, 1}}});
  EXPECT_THAT([&] { robust_interval_iteration({.model = closed, .criterion = Criterion::kTotal, .target = {1}}); },
              ThrowsMessage<InvalidModel>(HasSubstr("rewards lie between -1 and 1")));
}

// The start earns for ever; beside it a slow play ends some day, which one sweep does not settle.
TEST(RobustIntervalIteration, KnowsThatATotalIsInfiniteHoweverEarlyItStops) {
  TabularMdpBuilder builder(3);
  builder.add_choice(0, 1.0, {{0, 1.0}});
  builder.add_choice(1, 1.0, {{1, 0.99}, {2, 0.01}});
  builder.add_choice(2, 0.0, {{2, 1.0}});
  builder.initial(std::vector<double>{1, 0, 0});
  const RobustProblem problem{
      .model = intervals_around(std::move(builder).build(), 0.005), .criterion = Criterion::kTotal, .target = {2}};
  for (const std::int64_t most : {1, 1'000'000}) {
    const RobustSolution solved = robust_interval_iteration(problem, {}, {.tolerance = 1e-9, .max_iterations = most});
    EXPECT_EQ(solved.status, Status::kUnbounded) << most;
    EXPECT_EQ(solved.value[0], std::numeric_limits<double>::infinity());
  }
}

TEST(RobustRegistry, RunsEveryPlannerByNameAndProposesWhatWasMeant) {
  const TabularMdp model = test::random_model(Stream(60));
  const RobustProblem discounted{.model = intervals_around(model, 0.3), .discount = 0.9};
  const RobustProblem finite{.model = discounted.model, .criterion = Criterion::kFinite, .horizon = 4};
  const RobustProblem reach{.model = discounted.model, .criterion = Criterion::kReach, .target = {2}};
  for (const RobustSolverRow& row : robust_solver_table()) {
    for (const RobustProblem* problem : {&discounted, &finite, &reach}) {
      if (!row.solves(problem->criterion)) continue;
      const RobustSolution got = row.run(*problem, {{"worst_case", "all"}}, {});
      EXPECT_EQ(got.status, Status::kConverged) << row.name;
      const NatureRows& rows =
          problem->criterion == Criterion::kFinite ? got.worst_case_stages.front() : got.worst_case;
      EXPECT_EQ(rows.probability.size(), static_cast<std::size_t>(model.num_transitions())) << row.name;
      EXPECT_FALSE(row.options().empty());
    }
  }
  EXPECT_THAT([] { find_robust_solver("partial-policy-iterations", Criterion::kDiscounted); },
              ThrowsMessage<InvalidOption>(HasSubstr("did you mean 'partial-policy-iteration'?")));
  EXPECT_THAT([] { find_robust_solver("robust-value-iteration", Criterion::kFinite); },
              ThrowsMessage<InvalidOption>(HasSubstr("these do: auto and robust-backward-induction")));
}

}  // namespace
}  // namespace bellwether::solvers
