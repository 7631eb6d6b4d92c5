#include "solvers/robust/worst_case_search/worst_case_search.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/errors.h"
#include "mdp/evaluate/discounted.h"
#include "mdp/tabular_mdp_builder.h"
#include "proofs_checks/robust_papers/models.h"
#include "solvers/exact/discounted/policy_iteration.h"
#include "solvers/robust/evaluation.h"
#include "solvers/robust/fixed_nature/fixed_nature.h"
#include "solvers/robust/robust_value_iteration.h"

namespace bellwether::solvers {
namespace {

using mdp::SetKind;

RobustProblem garnet(int states, Stream& stream, double radius, double discount = 0.9) {
  return {.model = mdp::RobustMdp(claims::drawn_reward_garnet(states, 3, states, stream),
                                  {.kind = SetKind::kL1, .radius = {radius}}),
          .discount = discount};
}

double mean_in(const mdp::TabularMdp& model, const mdp::Policy& policy, double discount,
               const std::vector<double>& start) {
  return mdp::evaluate_discounted(mdp::PolicyChain(model, policy), discount).expected(start);
}

/// The best static worst case over deterministic policies, by trying all of them.
double brute_force(const std::vector<mdp::TabularMdp>& family, double discount, const std::vector<double>& start,
                   double sign) {
  const int states = family[0].num_states();
  std::vector<std::int32_t> choice(static_cast<std::size_t>(states), 0);
  double best = -std::numeric_limits<double>::infinity();
  while (true) {
    double worst = std::numeric_limits<double>::infinity();
    for (const auto& model : family)
      worst = std::min(worst, sign * mean_in(model, mdp::Policy::deterministic(choice), discount, start));
    best = std::max(best, worst);
    std::size_t at = 0;
    while (at < choice.size() && ++choice[at] == family[0].num_choices(static_cast<int>(at))) choice[at++] = 0;
    if (at == choice.size()) return sign * best;
  }
}

TEST(WorstCaseSearch, AgreesWithRobustValueIterationOnGarnets) {
  for (std::uint64_t seed = 0; seed < 30; ++seed) {
    Stream stream(seed);
    const RobustProblem problem = garnet(static_cast<int>(6 + stream.below(15)), stream, 0.5);
    const auto got = worst_case_search(problem, {}, {.tolerance = 1e-9});
    const auto truth = robust_value_iteration(problem, {}, {.tolerance = 1e-10});
    EXPECT_EQ(got.status, Status::kConverged) << seed;
    EXPECT_LE(got.iterations, 3) << seed;
    EXPECT_LE((got.value - truth.value).lpNorm<Eigen::Infinity>(), 1e-8) << seed;
    const auto own = evaluate_robust(problem, got.policy, {}, {.tolerance = 1e-10});
    EXPECT_NEAR(own.value.mean(), truth.value.mean(), 1e-8) << seed;
  }
}

TEST(WorstCaseSearch, WorksForAllSetsBothDirectionsAndEveryScale) {
  for (const SetKind kind : {SetKind::kL1, SetKind::kTotalVariation, SetKind::kLinf, SetKind::kL2, SetKind::kKl,
                             SetKind::kChiSquare, SetKind::kContamination}) {
    for (const auto direction : {Direction::kMaximise, Direction::kMinimise}) {
      for (const double scale : {1e-6, 1.0, 1e6}) {
        Stream stream(7);
        mdp::TabularMdp model = claims::drawn_reward_garnet(8, 3, 4, stream);
        std::vector<double> reward(model.reward().begin(), model.reward().end());
        for (double& r : reward) r *= scale;
        const RobustProblem problem{
            .model = mdp::RobustMdp(model.with_expected_rewards(reward), {.kind = kind, .radius = {0.15}}),
            .direction = direction,
            .discount = 0.9};
        const auto got = worst_case_search(problem, {}, {.tolerance = 1e-6 * scale});
        const auto truth = robust_value_iteration(problem, {}, {.tolerance = 1e-8 * scale});
        EXPECT_EQ(got.status, Status::kConverged) << to_string(kind) << ' ' << scale << got.note;
        for (int s = 0; s < 8; ++s) {
          EXPECT_LE(got.lower[s], truth.upper[s]);
          EXPECT_GE(got.upper[s], truth.lower[s]);
        }
      }
    }
  }
}

/// A search on sets by choice with the worst rows everywhere, or with the nominal ones where the policy does not go.
SearchResult search(const RobustProblem& problem, bool copies_nominal) {
  SearchSettings settings{.first = problem.nominal(), .start = {}, .rectangular = true, .tolerance = 1e-8};
  const auto mu = problem.model.nominal().initial();
  return search_worst_case(settings, [&](const mdp::Policy& policy) -> WorstModel {
    RobustEvaluationOptions options;
    options.worst_case = "all";
    const auto worst = evaluate_robust(problem, policy, options, {.tolerance = 1e-11});
    NatureRows rows = worst.worst_case;
    if (copies_nominal) {
      for (int s = 0; s < problem.model.num_states(); ++s) {
        for (std::int64_t c = problem.model.nominal().first_choice(s); c < problem.model.nominal().first_choice(s + 1);
             ++c) {
          if (policy.probability(problem.model.nominal(), s, c) > 0) continue;
          const auto p = problem.model.nominal().probabilities(c);
          std::copy(p.begin(), p.end(), rows.probability.begin() + rows.begin[static_cast<std::size_t>(c)]);
        }
      }
    }
    double value = 0;
    for (std::size_t s = 0; s < mu.size(); ++s) value += mu[s] * worst.value[static_cast<Eigen::Index>(s)];
    return {robust::frozen(problem.model, rows), value, worst.gap};
  });
}

TEST(WorstCaseSearch, SandwichHoldsAtEveryStep) {
  for (const bool copies : {false, true}) {
    for (std::uint64_t seed = 0; seed < 30; ++seed) {
      Stream stream(seed);
      const RobustProblem problem = garnet(8, stream, 0.2 + 1.3 * stream.uniform());
      const double truth = robust_value_iteration(problem, {}, {.tolerance = 1e-11}).value.mean();
      const SearchResult got = search(problem, copies);
      double before = std::numeric_limits<double>::infinity();
      for (const SearchStep& step : got.steps) {
        EXPECT_GE(step.upper, truth - 1e-9) << seed;
        EXPECT_LE(step.lower, truth + 1e-9) << seed;
        EXPECT_LE(step.planned, before + 1e-9) << seed;
        before = step.planned;
      }
      EXPECT_LE(got.lower, truth + 1e-9);
      EXPECT_GE(got.upper, truth - 1e-9);
      EXPECT_EQ(got.status == Status::kConverged, got.gap <= 1e-8);
    }
  }
}

TEST(WorstCaseSearch, StallsWhenNatureForgetsWhatIsNotPlayed) {
  int stalled = 0, finished = 0;
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    Stream stream(seed);
    const RobustProblem problem = garnet(static_cast<int>(6 + stream.below(15)), stream, 0.2 + 1.3 * stream.uniform());
    const SearchResult wrong = search(problem, true);
    EXPECT_TRUE(search(problem, false).status == Status::kConverged) << seed;
    stalled += wrong.stalled ? 1 : 0;
    if (wrong.stalled) {
      EXPECT_GT(wrong.gap, 1e-8);
    }
    finished += wrong.status == Status::kConverged ? 1 : 0;
  }
  EXPECT_GE(stalled, 30);
  EXPECT_EQ(stalled + finished, 60);
}

/// Kernels along two directions from a Garnet.
std::vector<mdp::TabularMdp> family(Stream& stream, int states) {
  const auto nominal = claims::drawn_reward_garnet(states, 3, states, stream),
             one = claims::drawn_reward_garnet(states, 3, states, stream),
             two = claims::drawn_reward_garnet(states, 3, states, stream);
  std::vector<mdp::TabularMdp> members;
  for (const auto* to : {&one, &two})
    for (int i = 0; i <= 10; ++i) members.push_back(mixture(nominal, *to, i / 10.0));
  return members;
}

TEST(WorstCaseSearch, BoundsBruteForceInFiniteFamilies) {
  int certified = 0, stalled = 0, plan_too_low = 0;
  for (std::uint64_t seed = 0; seed < 6; ++seed) {
    Stream stream(seed);
    const auto members = family(stream, 6);
    const std::vector<double> start = members[0].initial();
    for (const auto direction : {Direction::kMaximise, Direction::kMinimise}) {
      const double sign = direction == Direction::kMaximise ? 1 : -1;
      const SearchResult got = worst_case_search(members, 0.9, direction);
      const double truth = brute_force(members, 0.9, start, sign);
      EXPECT_LE(got.lower, truth + 1e-9) << seed;
      EXPECT_GE(got.upper, truth - 1e-9) << seed;
      if (got.status == Status::kConverged) {
        EXPECT_NEAR(got.value, truth, 2e-8) << seed;
        ++certified;
      } else {
        EXPECT_TRUE(got.stalled) << seed;
        ++stalled;
      }
      plan_too_low += sign * got.steps.back().planned < sign * truth - 1e-9 ? 1 : 0;
      // Not worse than the plan for the first member alone.
      const auto nominal = policy_iteration({.model = members[0], .direction = direction, .discount = 0.9});
      double worst = std::numeric_limits<double>::infinity();
      for (const auto& m : members) worst = std::min(worst, sign * mean_in(m, nominal.policy, 0.9, start));
      EXPECT_GE(sign * got.value, worst - 1e-9) << seed;
    }
  }
  EXPECT_GT(certified, 0);
  RecordProperty("stalled", stalled);
  RecordProperty("plan_too_low", plan_too_low);
}

// Two states that are never left and two models, each bad for one of them: the plan promises 0, every policy gets 1/2.
TEST(WorstCaseSearch, PlansAreNoBoundWhereSetsAreNotByChoice) {
  const auto model = [](int bad) {
    mdp::TabularMdpBuilder builder(4);
    for (int s = 0; s < 2; ++s) builder.add_choice(s, 0.0, {{s == bad ? 2 : 3, 1.0}});
    builder.add_choice(2, 0.0, {{2, 1.0}});
    builder.add_choice(3, 1.0, {{3, 1.0}});
    builder.initial({0.5, 0.5, 0, 0});
    return std::move(builder).build();
  };
  const SearchResult got = worst_case_search(std::vector{model(0), model(1)}, 0.5, Direction::kMaximise);
  EXPECT_EQ(got.status, Status::kConverged);
  EXPECT_NEAR(got.value, 0.5, 1e-12);
  // With the second model counted, max_a min_j Q_j is 0 in both states.
  SearchSettings settings{.first = {.model = model(0), .discount = 0.5}, .start = {}, .tolerance = 0, .most_models = 3};
  const auto mu = model(0).initial();
  int calls = 0;
  const SearchResult longer = search_worst_case(settings, [&](const mdp::Policy& policy) -> WorstModel {
    ++calls;
    const auto m = model(calls == 1 ? 1 : 0);
    return {m, mean_in(m, policy, 0.5, mu), 1e-9};  // an error that keeps the gap open
  });
  EXPECT_NEAR(longer.steps.back().planned, 0, 1e-12);
  EXPECT_GE(longer.upper, 0.5 - 1e-12);
}

TEST(WorstCaseSearch, FindsTheLongWayRoundTheWind) {
  std::vector<mdp::TabularMdp> members;
  for (int i = 0; i <= 10; ++i) members.push_back(claims::windy_walk(0.05 * i));
  const SearchResult got = worst_case_search(members, 0.95, Direction::kMaximise);
  EXPECT_EQ(got.status, Status::kConverged);
  EXPECT_LE(got.models.size(), 4);
  const auto best = policy_iteration({.model = members[10], .discount = 0.95}, {}, {.tolerance = 1e-10});
  EXPECT_NEAR(got.value, best.value[14], 1e-8);  // the strongest wind is worst for its own best policy
  const auto calm = policy_iteration({.model = members[0], .discount = 0.95});
  EXPECT_GT(got.value, mean_in(members[10], calm.policy, 0.95, members[0].initial()) + 0.1);
}

TEST(WorstCaseSearch, HandlesDegenerateSetsAndRefusesOthers) {
  Stream stream(1);
  for (const double k : {0.0, 2.0}) {
    const RobustProblem problem = garnet(5, stream, k, 0.99);
    const auto got = worst_case_search(problem, {}, {.tolerance = 1e-7});
    const auto truth = robust_value_iteration(problem, {}, {.tolerance = 1e-8});
    EXPECT_LE((got.value - truth.value).lpNorm<Eigen::Infinity>(), 2e-7);
  }
  RobustProblem by_state = garnet(5, stream, 0.5);
  by_state.nature = NatureSide::kBest;
  EXPECT_THAT([&] { worst_case_search(by_state); },
              ::testing::ThrowsMessage<InvalidOption>(::testing::HasSubstr("nature helps")));
  const RobustProblem states{
      .model = mdp::RobustMdp(claims::drawn_reward_garnet(4, 2, 3, stream),
                              {.kind = SetKind::kL1, .rectangular = mdp::Rectangular::kState, .radius = {0.3}}),
      .discount = 0.9};
  EXPECT_THROW(worst_case_search(states), InvalidOption);
  EXPECT_THROW(worst_case_search(std::vector<mdp::TabularMdp>{}, 0.9, Direction::kMaximise), InvalidModel);
}

TEST(WorstCaseSearch, StopsWhenAsked) {
  int stopped = 0;
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    Stream stream(seed);
    const RobustProblem problem = garnet(12, stream, 1.0);
    if (worst_case_search(problem, {}, {.tolerance = 1e-9}).iterations == 1) continue;
    const auto got = worst_case_search(
        problem, {}, {.tolerance = 1e-9, .observer = [](const TraceRow& row) { return row.iteration < 1; }});
    EXPECT_EQ(got.status, Status::kStoppedByCaller);
    EXPECT_EQ(got.iterations, 1);
    EXPECT_TRUE(std::isfinite(got.gap));
    int asked = 0;
    const auto none = worst_case_search(
        problem, {}, {.tolerance = 1e-9, .observer = [&](const TraceRow&) { return ++asked, false; }});
    EXPECT_EQ(none.status, Status::kStoppedByCaller);
    EXPECT_EQ(none.iterations, 0) << "heard while the first model was solved";
    EXPECT_EQ(asked, 1);
    EXPECT_TRUE(std::isfinite(none.gap));
    EXPECT_NO_THROW(none.policy.require_fits(problem.model.nominal()));
    ++stopped;
  }
  EXPECT_GT(stopped, 0);
}

}  // namespace
}  // namespace bellwether::solvers
