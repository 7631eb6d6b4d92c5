#include <algorithm>
#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/errors.h"
#include "solvers/exact/rational/certify_rational.h"
#include "tests/unit/solvers/exact/rational/dense_reference.h"

namespace bellwether::solvers::rational {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::ThrowsMessage;

mdp::Policy policy(std::vector<std::int32_t> choices) { return mdp::Policy::deterministic(std::move(choices)); }

// FrozenLake 4x4, slippery: the three moves that do not go back each have probability 1/3.
mdp::TabularMdp frozen_lake() {
  const std::string map = "SFFFFHFHFFFHHFFG";
  mdp::TabularMdpBuilder builder(16);
  const auto moved = [](int s, int direction) {
    const int row = s / 4, column = s % 4;
    if (direction == 0) return 4 * row + std::max(column - 1, 0);
    if (direction == 1) return 4 * std::min(row + 1, 3) + column;
    if (direction == 2) return 4 * row + std::min(column + 1, 3);
    return 4 * std::max(row - 1, 0) + column;
  };
  for (int s = 0; s < 16; ++s)
    for (int a = 0; a < 4; ++a) {
      if (map[s] == 'H' || map[s] == 'G')
        builder.add_choice(s, 0.0, {{s, 1.0}});
      else
        builder.add_choice(
            s, 0.0, {{moved(s, (a + 3) % 4), 1.0 / 3}, {moved(s, a), 1.0 / 3}, {moved(s, (a + 1) % 4), 1.0 / 3}});
    }
  return std::move(builder).build();
}

TEST(CertifyReach, FrozenLakeIsFourteenSeventeenths) {
  const mdp::TabularMdp model = frozen_lake();
  const Problem problem{.model = model, .criterion = Criterion::kReach, .target = {15}};
  for (std::int32_t start : {0, 1, 2, 3}) {
    const RationalSolution got = certify_rational(problem, policy(std::vector<std::int32_t>(16, start)));
    EXPECT_EQ(got.solution.status, Status::kConverged);
    EXPECT_EQ(got.exact.text(0), "14/17") << start;
    EXPECT_EQ(got.exact.text(15), "1");
    EXPECT_EQ(got.exact.text(5), "0");
    EXPECT_THAT(got.report.rewards_read, ElementsAre(0, 0, 0));  // rewards play no part
    const RationalSolution again = certify_rational(problem, got.solution.policy);
    EXPECT_EQ(again.report.repaired_states, 0);
    EXPECT_EQ(again.report.policy_updates, 0);
  }
}

TEST(CertifyReach, TheLeastProbabilityIsFoundFromAnyPolicy) {
  const Problem problem{
      .model = frozen_lake(), .criterion = Criterion::kReach, .direction = Direction::kMinimise, .target = {15}};
  for (std::int32_t start : {0, 1, 2, 3}) {
    const RationalSolution got = certify_rational(problem, policy(std::vector<std::int32_t>(16, start)));
    EXPECT_EQ(got.exact.text(0), "0") << start;
    EXPECT_EQ(got.exact.text(15), "1");
  }
}

// Staying is free: V = 1 solves the equation min(V(0), 1) too, but the least probability is 0.
TEST(CertifyReach, MinimisingTreatsEndComponents) {
  mdp::TabularMdpBuilder builder(3);
  builder.add_choice(0, 0.0, {{2, 1.0}});
  builder.add_choice(0, 0.0, {{1, 1.0}});
  builder.add_choice(1, 0.0, {{0, 1.0}});
  builder.add_choice(2, 0.0, {{2, 1.0}});
  const RationalSolution got = certify_rational({.model = std::move(builder).build(),
                                                 .criterion = Criterion::kReach,
                                                 .direction = Direction::kMinimise,
                                                 .target = {2}},
                                                policy({0, 0, 0}));
  EXPECT_EQ(got.exact.text(0), "0");
  EXPECT_THAT(got.solution.policy.choices(), ElementsAre(1, 0, 0));
  EXPECT_EQ(got.report.repaired_states, 1);
}

// What a policy collects, maximising: nothing where the play goes on with rewards that cancel, -inf and inf as doubles.
struct Worth {
  bool finite = true;
  int infinite = 0;
  mpq_class value = 0;
};

std::optional<std::vector<Worth>> worth_of(const mdp::TabularMdp& model, const std::vector<std::int32_t>& choices,
                                           const std::vector<mpq_class>& reward, int target) {
  const int n = model.num_states();
  auto p = chain_of(model, choices);
  for (int t = 0; t < n; ++t) p[target][t] = t == target ? 1 : 0;
  const auto reach = closure(p);
  std::vector<int> sign(n, 0);  // of a recurrent class: 2 = stops paying, else sign of its gain
  std::vector<char> recurrent(n, false);
  for (int s = 0; s < n; ++s) {
    recurrent[s] = true;
    for (int t = 0; t < n; ++t) recurrent[s] = recurrent[s] && (!reach[s][t] || reach[t][s]);
    if (!recurrent[s]) continue;
    bool pays = false;
    for (int t = 0; t < n; ++t) pays = pays || (reach[s][t] && t != target && reward[t] != 0);
    if (s == target || !pays) continue;
    // gain by the stationary equations on the class
    std::vector<int> members;
    for (int t = 0; t < n; ++t)
      if (reach[s][t]) members.push_back(t);
    std::vector<std::vector<mpq_class>> a(members.size(), std::vector<mpq_class>(members.size()));
    std::vector<mpq_class> b(members.size(), 0);
    for (std::size_t i = 0; i < members.size(); ++i)
      for (std::size_t j = 0; j < members.size(); ++j)
        a[i][j] = i == 0 ? mpq_class(1) : mpq_class((i == j ? 1 : 0) - p[members[j]][members[i]]);
    b[0] = 1;
    const auto mu = solve_dense(a, b);
    mpq_class gain = 0;
    for (std::size_t i = 0; i < members.size(); ++i) gain += mu[i] * reward[members[i]];
    if (gain == 0) return std::nullopt;
    sign[s] = sgn(gain);
  }
  std::vector<std::vector<mpq_class>> a(n, std::vector<mpq_class>(n, 0));
  std::vector<mpq_class> b(n, 0);
  for (int s = 0; s < n; ++s) {
    a[s][s] = 1;
    if (recurrent[s]) continue;
    for (int t = 0; t < n; ++t) a[s][t] -= p[s][t];
    b[s] = reward[s];
  }
  const auto v = solve_dense(a, b);
  std::vector<Worth> result(n);
  for (int s = 0; s < n; ++s) {
    result[s].value = v[s];
    for (int t = 0; t < n; ++t) {
      if (!reach[s][t] || sign[t] == 0) continue;
      result[s].finite = false;
      result[s].infinite = std::max(result[s].infinite, sign[t]);
      if (result[s].infinite == 0) result[s].infinite = -1;
    }
  }
  return result;
}

struct Optimum {
  bool usable = true, unbounded = false;
  std::vector<mpq_class> value;
  std::vector<std::vector<std::int32_t>> ending;  // policies that are worth something finite everywhere
};

Optimum best_of_all(const mdp::TabularMdp& model, int sign, int target, bool rewards) {
  Optimum best;
  for_each_policy(model, [&](const std::vector<std::int32_t>& choices) {
    std::vector<mpq_class> reward;
    for (int s = 0; s < model.num_states(); ++s)
      reward.push_back(rewards ? mpq_class(sign * mpq_class(model.reward(model.first_choice(s) + choices[s])))
                               : mpq_class(0));
    const auto worth = worth_of(model, choices, reward, target);
    if (!worth) {
      best.usable = false;
      return;
    }
    bool finite = true;
    for (const Worth& w : *worth) {
      finite = finite && w.finite;
      best.unbounded = best.unbounded || w.infinite > 0;
    }
    if (!finite) return;
    best.ending.push_back(choices);
    if (best.value.empty())
      for (const Worth& w : *worth) best.value.push_back(w.value);
    for (std::size_t s = 0; s < worth->size(); ++s) best.value[s] = std::max(best.value[s], (*worth)[s].value);
  });
  return best;
}

// Independent route: every policy, whether it ends or not, by dense elimination.
void compare_with_all_policies(double lowest_reward, int* converged, int* unbounded) {
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    const int n = 4, target = 3;
    const mdp::TabularMdp model = random_dyadic_model(n, 3, 2, Stream(seed), lowest_reward);
    const int sign = seed % 2 == 0 ? 1 : -1;
    const Optimum best = best_of_all(model, sign, target, true);
    if (!best.usable || best.ending.empty()) continue;
    for (std::size_t start : {std::size_t{0}, best.ending.size() / 2, best.ending.size() - 1}) {
      const RationalSolution got =
          certify_rational({.model = model,
                            .criterion = Criterion::kTotal,
                            .direction = sign > 0 ? Direction::kMaximise : Direction::kMinimise,
                            .target = {target}},
                           policy(best.ending[start]));
      if (best.unbounded) {
        EXPECT_EQ(got.solution.status, Status::kUnbounded) << "seed " << seed;
        EXPECT_THAT(got.solution.note, HasSubstr("without end from state"));
        ++*unbounded;
        continue;
      }
      ASSERT_EQ(got.solution.status, Status::kConverged) << "seed " << seed << got.solution.note;
      ++*converged;
      for (int s = 0; s < n; ++s)
        EXPECT_EQ(got.exact.text(s), mpq_class(sign * best.value[s]).get_str()) << "seed " << seed << ", state " << s;
    }
  }
}

TEST(CertifyTotal, AgreesWithAllPoliciesForPositiveRewards) {
  int converged = 0, unbounded = 0;
  compare_with_all_policies(0.25, &converged, &unbounded);
  EXPECT_GT(converged, 20);
  EXPECT_GT(unbounded, 10);
}

TEST(CertifyTotal, AgreesWithAllPoliciesForRewardsOfBothSigns) {
  int converged = 0, unbounded = 0;
  compare_with_all_policies(-3, &converged, &unbounded);
  EXPECT_GT(converged, 10);
  EXPECT_GT(unbounded, 20);
}

TEST(CertifyReach, AgreesWithAllPolicies) {
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    const int n = 5, target = 2;
    const mdp::TabularMdp model = random_dyadic_model(n, 2, 2, Stream(seed).child("reach"));
    for (int sign : {1, -1}) {
      // Reaching as a total reward: the target is worth 1, everything else nothing.
      std::vector<mpq_class> best;
      for_each_policy(model, [&](const std::vector<std::int32_t>& choices) {
        const auto p = chain_of(model, choices);
        const auto reach = closure(p);
        std::vector<std::vector<mpq_class>> a(n, std::vector<mpq_class>(n, 0));
        std::vector<mpq_class> b(n, 0);
        for (int s = 0; s < n; ++s) {
          a[s][s] = 1;
          if (s == target)
            b[s] = 1;
          else if (reach[s][target])
            for (int t = 0; t < n; ++t) a[s][t] -= p[s][t];
        }
        const auto v = solve_dense(a, b);
        if (best.empty()) best = v;
        for (int s = 0; s < n; ++s) best[s] = sign > 0 ? std::max(best[s], v[s]) : std::min(best[s], v[s]);
      });
      for (std::int32_t start : {0, 1}) {
        const RationalSolution got =
            certify_rational({.model = model,
                              .criterion = Criterion::kReach,
                              .direction = sign > 0 ? Direction::kMaximise : Direction::kMinimise,
                              .target = {target}},
                             policy(std::vector<std::int32_t>(n, start)));
        ASSERT_EQ(got.solution.status, Status::kConverged) << got.solution.note;
        for (int s = 0; s < n; ++s)
          EXPECT_EQ(got.exact.text(s), best[s].get_str()) << "seed " << seed << ", sign " << sign << ", state " << s;
      }
    }
  }
}

// Moving on costs 1, waiting is free: the best total is to wait, the best among policies that arrive is to move.
TEST(CertifyTotal, WaitingForEverIsAPolicyUnlessExcluded) {
  mdp::TabularMdpBuilder builder(2);
  builder.add_choice(0, -1.0, {{1, 1.0}});
  builder.add_choice(0, 0.0, {{0, 1.0}});
  builder.add_choice(1, 0.0, {{1, 1.0}});
  const Problem problem{.model = std::move(builder).build(), .criterion = Criterion::kTotal, .target = {1}};
  EXPECT_EQ(certify_rational(problem, policy({0, 0})).exact.text(0), "0");
  EXPECT_EQ(certify_rational(problem, policy({0, 0}), {.proper_only = true}).exact.text(0), "-1");
  EXPECT_THAT(
      [&] {
        certify_rational(problem, policy({1, 0}), {.proper_only = true});
      },
      ThrowsMessage<InvalidOption>(HasSubstr("never reached from state 0")));
}

TEST(CertifyTotal, RewardsThatCancelForEverHaveNoTotal) {
  mdp::TabularMdpBuilder builder(3);  // 0 -> 1 -> 0 pays 2 - 2; leaving from either is worth the same round
  builder.add_choice(0, -1.0, {{2, 1.0}});
  builder.add_choice(0, 2.0, {{1, 1.0}});
  builder.add_choice(1, -2.0, {{0, 1.0}});
  builder.add_choice(2, 0.0, {{2, 1.0}});
  const Problem problem{.model = std::move(builder).build(), .criterion = Criterion::kTotal, .target = {2}};
  const RationalSolution got = certify_rational(problem, policy({0, 0, 0}));
  EXPECT_EQ(got.solution.status, Status::kNumericalTrouble);
  EXPECT_THAT(got.solution.note, HasSubstr("rewards that cancel"));
}

TEST(CertifyTotal, PayingOnceAndThenRestingHasATotal) {
  mdp::TabularMdpBuilder builder(3);
  builder.add_choice(0, -1.0, {{1, 1.0}});
  builder.add_choice(0, -3.0, {{2, 1.0}});
  builder.add_choice(1, 0.0, {{1, 1.0}});
  builder.add_choice(2, 0.0, {{2, 1.0}});
  const RationalSolution got = certify_rational(
      {.model = std::move(builder).build(), .criterion = Criterion::kTotal, .target = {2}}, policy({1, 0, 0}));
  EXPECT_EQ(got.solution.status, Status::kConverged) << got.solution.note;
  EXPECT_EQ(got.exact.text(0), "-1");
}

TEST(CertifyTotal, WithoutTargetThePlayEndsWhereRewardsEnd) {
  mdp::TabularMdpBuilder builder(3);
  builder.add_choice(0, 1.0, {{0, 2.0 / 3}, {1, 1.0 / 3}});
  builder.add_choice(1, 0.0, {{2, 1.0}});
  builder.add_choice(2, 0.0, {{1, 1.0}});
  const RationalSolution got =
      certify_rational({.model = std::move(builder).build(), .criterion = Criterion::kTotal}, policy({0, 0, 0}));
  EXPECT_EQ(got.exact.text(0), "3");
  EXPECT_EQ(got.exact.text(2), "0");
}

TEST(CertifyTotal, APolicyThatPaysForEverIsRefused) {
  mdp::TabularMdpBuilder builder(2);
  builder.add_choice(0, -1.0, {{0, 1.0}});
  builder.add_choice(0, -1.0, {{1, 1.0}});
  builder.add_choice(1, 0.0, {{1, 1.0}});
  builder.state_names({"home", "away"});
  const Problem problem{.model = std::move(builder).build(), .criterion = Criterion::kTotal, .target = {1}};
  EXPECT_THAT(
      [&] {
        certify_rational(problem, policy({0, 0}));
      },
      ThrowsMessage<InvalidOption>(HasSubstr("never ends from state home and rewards go on")));
}

// The slow leak on which difference-stopped value iteration is wrong: a self-loop of 1 - 10^-6 that costs 1.
TEST(CertifyTotal, SlowLeak) {
  mdp::TabularMdpBuilder builder(3);
  builder.add_choice(0, 1.0, {{0, 0.999999}, {1, 0.000001}});
  builder.add_choice(1, 1.0, {{1, 0.999999}, {2, 0.000001}});
  builder.add_choice(2, 0.0, {{2, 1.0}});
  const RationalSolution got = certify_rational({.model = std::move(builder).build(),
                                                 .criterion = Criterion::kTotal,
                                                 .direction = Direction::kMinimise,
                                                 .target = {2}},
                                                policy({0, 0, 0}));
  EXPECT_EQ(got.exact.text(0), "2000000");
  EXPECT_EQ(got.solution.gap, 0);
}

}  // namespace
}  // namespace bellwether::solvers::rational
