#include <algorithm>
#include <cmath>
#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/errors.h"
#include "core/parallel.h"
#include "mdp/instances/garnet.h"
#include "mdp/tabular_mdp_builder.h"
#include "solvers/exact/discounted/policy_iteration.h"
#include "solvers/robust/evaluation.h"
#include "solvers/robust/operator.h"
#include "solvers/robust/robust_backward_induction.h"
#include "solvers/robust/robust_policy_iteration.h"
#include "solvers/robust/robust_value_iteration.h"
#include "tests/support/random_models.h"
#include "tests/support/reference.h"
#include "tests/unit/solvers/robust/all_planners.h"

namespace bellwether::solvers {
namespace {

using mdp::Ambiguity;
using mdp::Rectangular;
using mdp::RobustMdp;
using mdp::SetKind;
using mdp::Support;
using mdp::TabularMdp;
using mdp::TabularMdpBuilder;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

constexpr SetKind kWithRadius[] = {SetKind::kL1,        SetKind::kWeightedL1,  SetKind::kTotalVariation,
                                   SetKind::kLinf,      SetKind::kL2,          SetKind::kKl,
                                   SetKind::kChiSquare, SetKind::kWasserstein, SetKind::kContamination};

RobustMdp robust_of(const TabularMdp& model, SetKind kind, double k, Rectangular by = Rectangular::kChoice,
                    Support support = Support::kSuccessors) {
  Ambiguity set{.kind = kind, .rectangular = by, .support = support, .radius = {k}};
  if (kind == SetKind::kWeightedL1)
    for (int s = 0; s < model.num_states(); ++s) set.weight.push_back(0.5 + 0.25 * (s % 5));
  return RobustMdp(model, std::move(set));
}

void expect_bounds(const RobustSolution& got, const Eigen::VectorXd& truth, double error, const std::string& where) {
  for (Eigen::Index s = 0; s < truth.size(); ++s) {
    EXPECT_LE(got.lower[s], truth[s] + error) << where << " state " << s;
    EXPECT_GE(got.upper[s], truth[s] - error) << where << " state " << s;
  }
}

/// Value iteration in long double that knows nothing of the library's answers for L1: threshold by sorting.
std::vector<long double> long_values(const RobustMdp& robust, double discount, bool maximise, bool lowest) {
  const TabularMdp& model = robust.nominal();
  std::vector<long double> v(static_cast<std::size_t>(model.num_states()), 0), next = v;
  for (int sweep = 0; sweep < 3000; ++sweep) {
    for (int s = 0; s < model.num_states(); ++s) {
      long double best = maximise ? -1e300L : 1e300L;
      for (std::int64_t c = model.first_choice(s); c < model.first_choice(s + 1); ++c) {
        std::vector<std::pair<long double, long double>> atoms;
        for (std::size_t i = 0; i < model.successors(c).size(); ++i)
          atoms.push_back({(lowest ? 1 : -1) * v[static_cast<std::size_t>(model.successors(c)[i])],
                           static_cast<long double>(model.probabilities(c)[i])});
        std::sort(atoms.begin(), atoms.end());
        long double mass = robust.radius(c) / 2.0L;
        for (std::size_t i = atoms.size(); i-- > 1 && mass > 0;) {
          const long double moved = std::min(mass, atoms[i].second);
          atoms[i].second -= moved;
          atoms[0].second += moved;
          mass -= moved;
        }
        long double q = 0;
        for (const auto& [value, p] : atoms) q += p * value;
        q = model.reward(c) + discount * (lowest ? q : -q);
        best = maximise ? std::max(best, q) : std::min(best, q);
      }
      next[static_cast<std::size_t>(s)] = best;
    }
    v.swap(next);
  }
  return v;
}

TEST(RobustPlanners, AgreeWithLongDoubleInAllFourDirections) {
  for (std::uint64_t seed = 0; seed < 3; ++seed) {
    const TabularMdp model = test::random_model(Stream(seed), {.states = 10, .tie_share = 0.3});
    const RobustMdp robust = robust_of(model, SetKind::kL1, 0.3);
    for (const bool maximise : {true, false}) {
      for (const bool worst : {true, false}) {
        const RobustProblem problem{.model = robust,
                                    .direction = maximise ? Direction::kMaximise : Direction::kMinimise,
                                    .nature = worst ? NatureSide::kWorst : NatureSide::kBest,
                                    .discount = 0.9};
        const auto reference = long_values(robust, 0.9, maximise, maximise == worst);
        Eigen::VectorXd truth(model.num_states());
        for (Eigen::Index s = 0; s < truth.size(); ++s)
          truth[s] = static_cast<double>(reference[static_cast<std::size_t>(s)]);
        for (const auto& [name, solve] : planners()) {
          const RobustSolution got = solve(problem, {.tolerance = 1e-9});
          EXPECT_EQ(got.status, Status::kConverged) << name;
          EXPECT_LE(got.gap, 1e-9);
          expect_bounds(got, truth, 0, name);
        }
      }
    }
  }
}

TEST(RobustPlanners, AgreeOnEverySetByChoiceAndByState) {
  const TabularMdp model = test::random_model(Stream(11), {.states = 8, .most_successors = 4});
  for (const SetKind kind : kWithRadius) {
    for (const Rectangular by : {Rectangular::kChoice, Rectangular::kState}) {
      for (const Support support : {Support::kSuccessors, Support::kAll}) {
        if (by == Rectangular::kState && support == Support::kAll && kind != SetKind::kL1) continue;
        const RobustProblem problem{.model = robust_of(model, kind, 0.25, by, support), .discount = 0.8};
        const RobustSolution first = planners().front().second(problem, {.tolerance = 1e-8});
        for (const auto& [name, solve] : planners()) {
          const RobustSolution got = solve(problem, {.tolerance = 1e-8});
          const std::string where =
              name + " " + std::string(to_string(kind)) + (by == Rectangular::kState ? " by state" : " by choice");
          EXPECT_EQ(got.status, Status::kConverged) << where << ": " << got.note;
          expect_bounds(got, first.value, first.gap, where);
          // The policy returned is worth what the bounds say, by an evaluation of its own.
          const RobustSolution worth = evaluate_robust(problem, got.policy, {}, {.tolerance = 1e-8});
          EXPECT_EQ(worth.status, Status::kConverged) << where;
          expect_bounds(got, worth.value, worth.gap, where + " policy");
        }
      }
    }
  }
}

TEST(RobustPlanners, OfRadiusZeroSolveTheNominalModel) {
  const TabularMdp model = test::random_model(Stream(12));
  const Problem nominal{.model = model, .discount = 0.95};
  const auto reference = test::reference_values(nominal);
  for (const SetKind kind : kWithRadius) {
    for (const Rectangular by : {Rectangular::kChoice, Rectangular::kState}) {
      const RobustSolution got = partial_policy_iteration({.model = robust_of(model, kind, 0, by), .discount = 0.95});
      EXPECT_EQ(got.status, Status::kConverged);
      for (Eigen::Index s = 0; s < got.value.size(); ++s) {
        EXPECT_LE(got.lower[s], reference[static_cast<std::size_t>(s)]);
        EXPECT_GE(got.upper[s], reference[static_cast<std::size_t>(s)]);
      }
    }
  }
}

TEST(RobustPlanners, OfFullVariationMeetTheWorstSuccessor) {
  const TabularMdp model = test::random_model(Stream(13));
  // The nominal twin: one choice of nature for each combination is too many, but the worst successor alone is plain.
  std::vector<double> v(static_cast<std::size_t>(model.num_states()), 0), next = v;
  for (int sweep = 0; sweep < 2000; ++sweep) {
    for (int s = 0; s < model.num_states(); ++s) {
      double best = -1e300;
      for (std::int64_t c = model.first_choice(s); c < model.first_choice(s + 1); ++c) {
        double worst = 1e300;
        for (const std::int32_t to : model.successors(c)) worst = std::min(worst, v[static_cast<std::size_t>(to)]);
        best = std::max(best, model.reward(c) + 0.9 * worst);
      }
      next[static_cast<std::size_t>(s)] = best;
    }
    v.swap(next);
  }
  const RobustSolution got =
      robust_value_iteration({.model = robust_of(model, SetKind::kTotalVariation, 1), .discount = 0.9});
  for (std::size_t s = 0; s < v.size(); ++s) EXPECT_NEAR(got.value[static_cast<Eigen::Index>(s)], v[s], 2e-6);
}

TEST(RobustPlanners, FallWithTheRadiusAndFriendlyNatureRises) {
  const TabularMdp model = test::random_model(Stream(14));
  for (const SetKind kind : {SetKind::kL1, SetKind::kKl, SetKind::kLinf}) {
    Eigen::VectorXd last_worst, last_best;
    for (const double k : {0.0, 0.05, 0.2, 0.8}) {
      RobustProblem problem{.model = robust_of(model, kind, k), .discount = 0.9};
      const Eigen::VectorXd worst = partial_policy_iteration(problem).upper;
      problem.nature = NatureSide::kBest;
      const Eigen::VectorXd best = partial_policy_iteration(problem).lower;
      for (Eigen::Index s = 0; k > 0 && s < worst.size(); ++s) {
        EXPECT_LE(worst[s], last_worst[s] + 4e-6);
        EXPECT_GE(best[s], last_best[s] - 4e-6);
      }
      last_worst = worst;
      last_best = best;
    }
  }
}

/// Brute force: nature's vertices of an L1 ball with mass m are found by trying each order of donors; a deterministic
/// policy against the best of all combinations. Two states, two choices.
TEST(RobustPlanners, AgreeWithBruteForceOverPoliciesAndVertices) {
  for (std::uint64_t seed = 20; seed < 40; ++seed) {
    Stream stream(seed);
    TabularMdpBuilder builder(2);
    std::vector<double> p, r;
    for (int s = 0; s < 2; ++s) {
      for (int a = 0; a < 2; ++a) {
        p.push_back(0.05 + 0.9 * stream.uniform());
        r.push_back(stream.uniform());
        builder.add_choice(s, r.back(), {{0, p.back()}, {1, 1 - p.back()}});
      }
    }
    const TabularMdp model = std::move(builder).build();
    const double k = 0.6 * stream.uniform(), discount = 0.8;
    double best0 = -1e300, best1 = -1e300;
    for (int a = 0; a < 2; ++a) {
      for (int b = 0; b < 2; ++b) {
        double worst0 = 1e300, worst1 = 1e300;
        for (const double x : {std::max(0.0, p[static_cast<std::size_t>(a)] - k / 2),
                               std::min(1.0, p[static_cast<std::size_t>(a)] + k / 2)}) {
          for (const double y : {std::max(0.0, p[static_cast<std::size_t>(2 + b)] - k / 2),
                                 std::min(1.0, p[static_cast<std::size_t>(2 + b)] + k / 2)}) {
            // (I - g P) v = r by Cramer's rule.
            const double a11 = 1 - discount * x, a12 = -discount * (1 - x), a21 = -discount * y,
                         a22 = 1 - discount * (1 - y), det = a11 * a22 - a12 * a21;
            const double ra = r[static_cast<std::size_t>(a)], rb = r[static_cast<std::size_t>(2 + b)];
            worst0 = std::min(worst0, (ra * a22 - a12 * rb) / det);
            worst1 = std::min(worst1, (a11 * rb - a21 * ra) / det);
          }
        }
        best0 = std::max(best0, worst0);
        best1 = std::max(best1, worst1);
      }
    }
    const RobustSolution got = robust_policy_iteration(
        {.model = robust_of(model, SetKind::kL1, k), .discount = discount}, {}, {.tolerance = 1e-10});
    EXPECT_NEAR(got.value[0], best0, 1e-9) << "seed " << seed;
    EXPECT_NEAR(got.value[1], best1, 1e-9) << "seed " << seed;
  }
}

/// Two states, discount .9. State 0 stays whatever is done, rewards -2 and 0. In state 1, choice 0 earns 1 and nature
/// picks the next state, choice 1 costs 1 and stays. Improving agent and nature together, from one linear solve, goes
/// back and forth for ever; the robust value is (0, 1).
TEST(RobustPolicyIteration, DoesNotCycleWhereTheNaiveOneDoes) {
  TabularMdpBuilder builder(2);
  builder.add_choice(0, -2.0, {{0, 1.0}});
  builder.add_choice(0, 0.0, {{0, 1.0}});
  builder.add_choice(1, 1.0, {{0, 0.5}, {1, 0.5}});
  builder.add_choice(1, -1.0, {{1, 1.0}});
  const TabularMdp model = std::move(builder).build();
  // The naive form: v of the pair (pi, q) by one solve, then both greedy at once.
  int pi0 = 0, pi1 = 0;
  double stay = 1;  // nature's probability of staying in state 1
  std::vector<std::pair<double, double>> seen;
  for (int k = 0; k < 6; ++k) {
    const double v0 = (pi0 == 0 ? -2.0 : 0.0) / 0.1;
    const double v1 = pi1 == 0 ? (1 + 0.9 * (1 - stay) * v0) / (1 - 0.9 * stay) : -10.0;
    seen.emplace_back(v0, v1);
    pi0 = 1;
    const double q = 1 + 0.9 * std::min(v0, v1);
    pi1 = q >= -1 + 0.9 * v1 ? 0 : 1;
    stay = v1 <= v0 ? 1 : 0;
  }
  EXPECT_NEAR(seen[3].second, seen[5].second, 1e-9);
  EXPECT_GT(std::abs(seen[4].second - seen[5].second), 1) << "the naive iteration must cycle here";
  for (const auto& [name, solve] : planners()) {
    const RobustSolution got =
        solve({.model = robust_of(model, SetKind::kContamination, 1), .discount = 0.9}, {.tolerance = 1e-9});
    EXPECT_EQ(got.status, Status::kConverged) << name;
    EXPECT_NEAR(got.value[0], 0, 1e-9) << name;
    EXPECT_NEAR(got.value[1], 1, 1e-9) << name;
  }
}

TEST(RobustPlanners, ByStateRandomiseAndBeatEveryDeterministicPolicy) {
  // Two choices with mirrored rows: nature spends where the agent goes, so the agent mixes.
  TabularMdpBuilder builder(3);
  builder.add_choice(0, 0.0, {{1, 0.5}, {2, 0.5}});
  builder.add_choice(0, 0.0, {{1, 0.5}, {2, 0.5}});
  builder.add_choice(1, 0.0, {{1, 1.0}});
  builder.add_choice(2, 1.0, {{2, 1.0}});
  const RobustProblem problem{.model = robust_of(std::move(builder).build(), SetKind::kL1, 0.4, Rectangular::kState),
                              .discount = 0.5};
  const RobustSolution got = partial_policy_iteration(problem, {}, {.tolerance = 1e-10});
  // Each choice gets half the budget: 0.2, which moves a mass of 0.1; the state 2 is worth 2.
  EXPECT_NEAR(got.value[0], 0.5 * (0.5 - 0.1) * 2, 1e-9);
  EXPECT_NEAR(got.policy.choice_probabilities()[0], 0.5, 1e-9);
  const RobustSolution pure = evaluate_robust(problem, mdp::Policy::deterministic({0, 0, 0}), {}, {.tolerance = 1e-10});
  EXPECT_NEAR(pure.value[0], 0.5 * (0.5 - 0.2) * 2, 1e-9);
}

TEST(RobustPlanners, GiveTheSameBitsOnAnyNumberOfThreads) {
  const TabularMdp model = mdp::garnet({.states = 2000, .actions = 4, .successors = 15}).model;
  for (const SetKind kind : {SetKind::kL1, SetKind::kChiSquare}) {
    const RobustProblem problem{.model = robust_of(model, kind, 0.1), .discount = 0.9};
    const auto solve = [&](int threads) {
      const ThreadCount guard(threads);
      return partial_policy_iteration(problem);
    };
    const RobustSolution one = solve(1), two = solve(2);
    EXPECT_EQ(one.value, two.value);
    EXPECT_EQ(one.policy, two.policy);
  }
}

TEST(RobustPlanners, HoldTheirBoundsAtEveryScaleAndNearDiscountOne) {
  for (const double scale : {1e-6, 1.0, 1e6}) {
    const TabularMdp model = test::random_model(Stream(15), {.reward_scale = scale});
    for (const double discount : {0.0, 0.5, 0.9999}) {
      for (const SetKind kind : {SetKind::kL1, SetKind::kKl, SetKind::kWeightedL1}) {
        const RobustProblem problem{.model = robust_of(model, kind, 0.2), .discount = discount};
        const double tolerance = 1e-7 * scale / (1 - discount);
        const RobustSolution exact = robust_policy_iteration(problem, {}, {.tolerance = 1e-3 * tolerance});
        for (const auto& [name, solve] : planners()) {
          const RobustSolution got = solve(problem, {.tolerance = tolerance});
          EXPECT_EQ(got.status, Status::kConverged) << name << " " << scale << " " << discount;
          expect_bounds(got, exact.value, exact.gap, name);
        }
      }
    }
  }
}

TEST(RobustPlanners, StopWhereRoundingEnds) {
  const TabularMdp model = test::random_model(Stream(16), {.reward_scale = 1e6});
  const RobustSolution got = robust_policy_iteration({.model = robust_of(model, SetKind::kKl, 0.2), .discount = 0.9999},
                                                     {}, {.tolerance = 1e-12});
  EXPECT_EQ(got.status, Status::kRoundingLimited);
  EXPECT_LT(got.gap, 1) << "values of 1e10, seen through a factor of 1e4";
  EXPECT_THAT(got.note, HasSubstr("Rounding made these bounds"));
}

TEST(RobustPlanners, ObeyTheObserverAndTheBudget) {
  const TabularMdp model = test::random_model(Stream(17));
  const RobustProblem problem{.model = robust_of(model, SetKind::kL1, 0.2), .discount = 0.99};
  for (const auto& [name, solve] : planners()) {
    const RobustSolution none = solve(problem, {.max_iterations = 0});
    EXPECT_EQ(none.status, Status::kBudgetExhausted) << name;
    EXPECT_TRUE(std::isfinite(none.gap));
    const RobustSolution stopped = solve(problem, {.observer = [](const TraceRow&) { return false; }});
    EXPECT_EQ(stopped.status, Status::kStoppedByCaller) << name;
    const RobustSolution full = solve(problem, {});
    expect_bounds(stopped, full.value, full.gap, name);
    expect_bounds(none, full.value, full.gap, name);
  }
}

TEST(RobustPlanners, ReturnNatureThatAttainsTheValue) {
  const TabularMdp model = test::random_model(Stream(18), {.most_successors = 6});
  for (const Rectangular by : {Rectangular::kChoice, Rectangular::kState}) {
    for (const Support support : {Support::kSuccessors, Support::kAll}) {
      const RobustProblem problem{.model = robust_of(model, SetKind::kL1, 0.3, by, support), .discount = 0.9};
      PartialPolicyIterationOptions options;
      options.worst_case = "all";
      const RobustSolution got = partial_policy_iteration(problem, options, {.tolerance = 1e-9});
      ASSERT_EQ(static_cast<std::int64_t>(got.worst_case.begin.size()), model.num_choices() + 1);
      TabularMdpBuilder builder(model.num_states());
      for (int s = 0; s < model.num_states(); ++s) {
        double spent = 0;
        for (std::int64_t c = model.first_choice(s); c < model.first_choice(s + 1); ++c) {
          std::vector<mdp::Entry> row;
          const auto listed = model.successors(c);
          double moved = 0;
          for (std::size_t i = 0; i < got.worst_case.size(c); ++i) {
            const double q = got.worst_case.probabilities(c)[i];
            row.push_back({got.worst_case.successors(c)[i], q, 0});
            moved += std::abs(q - (i < listed.size() ? model.probabilities(c)[i] : 0));
          }
          spent = by == Rectangular::kState ? spent + moved : std::max(spent, moved);
          builder.add_choice(s, model.reward(c), row);
        }
        EXPECT_LE(spent, 0.3 + 1e-12);
      }
      // With nature's rows fixed the policy is worth the robust value.
      const Problem fixed{.model = std::move(builder).build(), .discount = 0.9};
      const auto worth = test::reference_policy_values(fixed, got.policy);
      for (Eigen::Index s = 0; s < got.value.size(); ++s)
        EXPECT_NEAR(got.value[s], static_cast<double>(worth[static_cast<std::size_t>(s)]), 1e-8);
    }
  }
}

TEST(RobustBackwardInduction, IsTheRecursionAndValueIterationInTheLimit) {
  const TabularMdp model = test::random_model(Stream(19));
  const RobustMdp robust = robust_of(model, SetKind::kL1, 0.3);
  RobustProblem problem{.model = robust, .criterion = Criterion::kFinite, .discount = 1, .horizon = 3};
  const RobustSolution got = robust_backward_induction(problem);
  ASSERT_EQ(got.status, Status::kConverged);
  // By hand with the sweep of the discounted operator at discount 1.
  std::vector<double> v(static_cast<std::size_t>(model.num_states()), 0), next = v;
  const mdp::Nature nature(robust, 1, mdp::NatureAim::kLowest);
  for (int h = 0; h < 3; ++h) {
    mdp::backup(model, 1, v, next, nature, mdp::Largest{});
    v.swap(next);
  }
  for (Eigen::Index s = 0; s < got.value.size(); ++s) {
    EXPECT_NEAR(got.value[s], v[static_cast<std::size_t>(s)], 1e-13);
    EXPECT_LE(got.lower[s], got.value[s]);
    EXPECT_GE(got.upper[s], got.value[s]);
  }
  EXPECT_EQ(got.stages.size(), 3u);
  EXPECT_EQ(got.worst_case_stages.size(), 3u);
  const RobustSolution worth = evaluate_robust_finite(problem, got.stages);
  for (Eigen::Index s = 0; s < got.value.size(); ++s) EXPECT_NEAR(worth.value[s], got.value[s], 1e-13);
  problem.discount = 0.8;
  problem.horizon = 200;
  const RobustSolution far = robust_backward_induction(problem, {}, {.tolerance = 1e-9});
  const RobustSolution limit = robust_value_iteration({.model = robust, .discount = 0.8}, {}, {.tolerance = 1e-10});
  for (Eigen::Index s = 0; s < far.value.size(); ++s) EXPECT_NEAR(far.value[s], limit.value[s], 1e-9);
}

// Summing .1 a thousand times in doubles misses 100 by more than one addition can: the bounds must add up.
TEST(RobustBackwardInduction, AddsUpTheErrorsOfItsStages) {
  TabularMdpBuilder builder(1);
  builder.add_choice(0, 0.1, {{0, 1.0}});
  const RobustSolution got =
      robust_backward_induction({.model = robust_of(std::move(builder).build(), SetKind::kL1, 0.1),
                                 .criterion = Criterion::kFinite,
                                 .discount = 1,
                                 .horizon = 1000});
  EXPECT_GT(std::abs(got.value[0] - 100), 5e-13) << "else the test shows nothing";
  EXPECT_LE(got.lower[0], 100);
  EXPECT_GE(got.upper[0], 100);
}

// A choice that looks a little worse but is known less well may be the best one: the far end must hold it.
TEST(RobustOperator, EnclosesWhatTheBlurredChoiceMayBeWorth) {
  std::vector<double> v(41, 0);
  for (std::size_t i = 1; i < v.size(); ++i) v[i] = 1e6 * static_cast<double>(i);
  const auto model_with = [](double sure) {
    TabularMdpBuilder builder(41);
    std::vector<mdp::Entry> row;
    for (int i = 1; i < 41; ++i) row.push_back({i, 1.0 / 40, 0});
    builder.add_choice(0, sure, {{0, 1.0}});
    builder.add_choice(0, 0.0, row);
    for (int i = 1; i < 41; ++i) builder.add_choice(i, 0.0, {{i, 1.0}});
    return std::move(builder).build();
  };
  const auto problem_with = [&](double sure) {
    return RobustProblem{.model = robust_of(model_with(sure), SetKind::kWasserstein, 1), .discount = 0.5};
  };
  const RobustProblem first = problem_with(0);
  const mdp::Bounds blurred = mdp::Nature(first.model, 0.5, mdp::NatureAim::kLowest).enclose(1, v);
  ASSERT_GT(blurred.high - blurred.low, 1e-6) << "else the test shows nothing";
  const RobustProblem problem = problem_with(blurred.low + 0.75 * (blurred.high - blurred.low));
  const robust::Operator op(problem);
  robust::Decision decision{.choice = std::vector<std::int32_t>(v.size()), .weight = {}};
  const mdp::Bounds both = op.enclose(0, v, decision);
  EXPECT_EQ(decision.choice[0], 0);
  EXPECT_GE(both.high, blurred.high);
  EXPECT_GT(both.low, blurred.low);
}

TEST(RobustProblem, NamesWhatIsWrong) {
  const TabularMdp model = test::random_model(Stream(20));
  const RobustMdp robust = robust_of(model, SetKind::kL1, 0.3);
  EXPECT_THAT([&] { robust_value_iteration({.model = robust, .discount = 1}); },
              ThrowsMessage<InvalidOption>(HasSubstr("discount")));
  EXPECT_THAT([&] { robust_value_iteration({.model = robust, .criterion = Criterion::kFinite, .horizon = 2}); },
              ThrowsMessage<InvalidOption>(HasSubstr("the criterion is 'finite', must be 'discounted'")));
  EXPECT_THAT([&] { require_valid(RobustProblem{.model = robust, .criterion = Criterion::kReach, .target = {1}}); },
              ThrowsMessage<InvalidOption>(HasSubstr("solved for sets of kind 'interval'; this one is 'l1'")));
  EXPECT_THAT([&] { robust_value_iteration({.model = robust, .discount = 0.5}, {{"some"}}); },
              ThrowsMessage<InvalidOption>(HasSubstr("worst_case")));
}

}  // namespace
}  // namespace bellwether::solvers
