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
#include "mdp/instances/garnet.h"
#include "mdp/tabular_mdp_builder.h"
#include "proofs_checks/robust_papers/models.h"
#include "solvers/exact/discounted/policy_iteration.h"
#include "solvers/robust/certificate.h"
#include "solvers/robust/evaluation.h"
#include "solvers/robust/fixed_nature/fixed_nature.h"
#include "solvers/robust/robust_value_iteration.h"
#include "solvers/robust/worst_case_search/static_worst_case.h"
#include "tests/support/abandoned_work.h"

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

TEST(StaticWorstCase, EnclosesBruteForceAndIsNoWorseThanTheSearch) {
  int closed = 0;
  for (std::uint64_t seed = 0; seed < 12; ++seed) {
    Stream stream(seed);
    const auto all = family(stream, 6);
    const std::vector<mdp::TabularMdp> members = {all[0], all[10], all[21]};
    const std::vector<double> start = members[0].initial();
    for (const auto direction : {Direction::kMaximise, Direction::kMinimise}) {
      const bool maximise = direction == Direction::kMaximise;
      const double truth = brute_force(members, 0.9, start, maximise ? 1 : -1);
      const StaticWorstCase got = static_worst_case(members, 0.9, direction, {.tolerance = 1e-7});
      const double sure = maximise ? got.lower : got.upper, possible = maximise ? got.upper : got.lower;
      EXPECT_LE(got.lower, truth + 1e-9) << seed;
      EXPECT_GE(got.upper, truth - 1e-9) << seed;
      EXPECT_EQ(got.status == Status::kConverged, got.gap <= 1e-7) << seed;
      // What is said of each model, by an evaluation and a solve of its own.
      double worst = maximise ? INFINITY : -INFINITY, least = worst;
      for (std::size_t j = 0; j < members.size(); ++j) {
        const double value = mean_in(members[j], got.policy, 0.9, start);
        EXPECT_NEAR(got.members[j].value, value, 1e-9);
        EXPECT_LE(got.members[j].lower, value);
        EXPECT_GE(got.members[j].upper, value);
        const auto best = policy_iteration({.model = members[j], .direction = direction, .discount = 0.9});
        const double optimum = mean_in(members[j], best.policy, 0.9, start);
        EXPECT_LE(got.members[j].optimum_lower, optimum + 1e-9);
        EXPECT_GE(got.members[j].optimum_upper, optimum - 1e-9);
        worst = maximise ? std::min(worst, value) : std::max(worst, value);
        least = maximise ? std::min(least, optimum) : std::max(least, optimum);
      }
      EXPECT_NEAR(sure, worst, 1e-9) << seed;
      EXPECT_NEAR(possible, least, 1e-6) << seed;
      EXPECT_NEAR(got.values.expected(start), got.members[got.worst].value, 1e-12);
      EXPECT_NEAR(got.members[got.worst].value, worst, 1e-9);
      const SearchResult search = worst_case_search(members, 0.9, direction);
      EXPECT_GE(maximise ? sure - search.lower : search.upper - sure, -1e-9) << seed;
      closed += got.status == Status::kConverged ? 1 : 0;
    }
  }
  EXPECT_GT(closed, 0);
}

// One state to begin in, three choices: models that differ in rewards alone are different models.
TEST(WorstCaseSearch, TellsModelsApartByTheirRewards) {
  const auto model = [](double left, double right, double wait) {
    mdp::TabularMdpBuilder builder(2);
    for (const double pays : {left, right, wait}) builder.add_choice(0, pays, {{1, 1.0}});
    builder.add_choice(1, 0.0, {{1, 1.0}});
    return std::move(builder).build();
  };
  const SearchResult got =
      worst_case_search(std::vector{model(3, 1, 1.5), model(0, 2, 1.5)}, 0.9, Direction::kMaximise);
  EXPECT_EQ(got.models.size(), 2U);
  EXPECT_NEAR(got.value, 1.5, 1e-9);
}

// Two states to begin in, two choices in each, and then nothing more: the search plans state by state and ends with the
// second choices, worth 1 in both of the first two models. The third model's own best are the first ones, worth 2.
TEST(StaticWorstCase, TriesWhatIsBestForEachModel) {
  const auto model = [](double a, double b, double c, double d) {
    mdp::TabularMdpBuilder builder(3);
    builder.add_choice(0, a, {{2, 1.0}});
    builder.add_choice(0, b, {{2, 1.0}});
    builder.add_choice(1, c, {{2, 1.0}});
    builder.add_choice(1, d, {{2, 1.0}});
    builder.add_choice(2, 0.0, {{2, 1.0}});
    builder.initial({0.5, 0.5, 0});
    return std::move(builder).build();
  };
  std::vector<mdp::TabularMdp> members = {model(0, 1, 4, 1), model(4, 1, 0, 1), model(9, 8, 9, 8)};
  const SearchResult search = worst_case_search(members, 0.5, Direction::kMaximise);
  EXPECT_NEAR(search.lower, 1, 1e-9);
  const StaticWorstCase got = static_worst_case(members, 0.5, Direction::kMaximise);
  EXPECT_NEAR(got.lower, 2, 1e-9);
  EXPECT_NEAR(got.upper, 2.5, 1e-6);
  EXPECT_EQ(got.status, Status::kBudgetExhausted);
  EXPECT_NEAR(got.members[2].value, 9, 1e-9);
  // A model in which everything is worth 2.2 bounds what is possible, whether the search counts it or not.
  members.push_back(model(2.2, 2.2, 2.2, 2.2));
  EXPECT_NEAR(static_worst_case(members, 0.5, Direction::kMaximise).upper, 2.2, 1e-6);
  EXPECT_NEAR(worst_case_search(members, 0.5, Direction::kMaximise).upper, 2.5, 1e-6);
}

TEST(StaticWorstCase, StopsWhenAsked) {
  Stream stream(1);
  const auto members = family(stream, 6);
  const StaticWorstCase got =
      static_worst_case(members, 0.9, Direction::kMaximise, {.observer = [](const TraceRow&) { return false; }});
  EXPECT_TRUE(got.status == Status::kStoppedByCaller || got.status == Status::kConverged);
  EXPECT_FALSE(got.policy.empty());
  EXPECT_LE(got.lower, got.upper);
  EXPECT_THROW(static_worst_case(std::vector<mdp::TabularMdp>{}, 0.9, Direction::kMaximise), InvalidModel);
}

/// Two models of many states: every factorisation is handed to a thread of its own.
std::vector<mdp::TabularMdp> two_large_models() {
  std::vector<mdp::TabularMdp> members;
  for (const std::int64_t seed : {1, 2})
    members.push_back(mdp::garnet({.states = 1500, .actions = 2, .successors = 20, .seed = seed}).model);
  return members;
}

void expect_sound(const StaticWorstCase& got, const std::vector<mdp::TabularMdp>& members) {
  EXPECT_EQ(got.status, Status::kStoppedByCaller);
  ASSERT_FALSE(got.policy.empty());
  EXPECT_LE(got.lower, got.upper);
  for (std::size_t j = 0; j < members.size(); ++j) {
    const double value = mean_in(members[j], got.policy, 0.9, members[0].initial());
    EXPECT_LE(got.members[j].lower, value);
    EXPECT_GE(got.members[j].upper, value);
  }
}

TEST(StaticWorstCase, StopsWithinAnEvaluation) {
  const auto members = two_large_models();
  const test::AbandonedWork waiting;
  int asked = 0;
  const StaticWorstCase got = static_worst_case(members, 0.9, Direction::kMaximise,
                                                {.observer = [&](const TraceRow&) { return ++asked < 12; }});
  EXPECT_EQ(asked, 12) << "nothing is asked after a no";
  EXPECT_EQ(got.policies, 1);
  EXPECT_EQ(got.note, robust::kBoundedByRewards);
  EXPECT_GE(got.lower, -1e-9) << "rewards of garnets lie between 0 and 1";
  EXPECT_EQ(got.values.value.size(), members[0].num_states());
  expect_sound(got, members);
}

TEST(StaticWorstCase, KeepsWhatTheSearchHasEvaluatedBeforeAStop) {
  const auto members = two_large_models();
  bool stopped = false;
  const StaticWorstCase got =
      static_worst_case(members, 0.9, Direction::kMaximise, {.observer = [&](const TraceRow& row) {
                          EXPECT_FALSE(stopped) << "nothing is asked after a no";
                          return !(stopped = row.iteration > 0);
                        }});
  EXPECT_EQ(got.note, "");
  expect_sound(got, members);
  for (const MemberReport& member : got.members) EXPECT_LT(member.upper - member.lower, 1e-6);
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
