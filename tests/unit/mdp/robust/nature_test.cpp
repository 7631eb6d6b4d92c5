#include "mdp/robust/nature.h"

#include <cmath>
#include <numeric>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/parallel.h"
#include "mdp/instances/garnet.h"
#include "mdp/operators.h"
#include "mdp/robust/best_choice.h"
#include "mdp/tabular_mdp_builder.h"
#include "tests/support/random_models.h"
#include "tests/unit/mdp/robust/oracle.h"

namespace bellwether::mdp {
namespace {

constexpr SetKind kWithRadius[] = {SetKind::kL1,        SetKind::kWeightedL1,  SetKind::kTotalVariation,
                                   SetKind::kLinf,      SetKind::kL2,          SetKind::kKl,
                                   SetKind::kChiSquare, SetKind::kWasserstein, SetKind::kContamination};

Ambiguity set_of(SetKind kind, double k, const TabularMdp& model, Support support = Support::kSuccessors) {
  Ambiguity set{.kind = kind, .support = support, .radius = {k}};
  if (kind == SetKind::kWeightedL1)
    for (int s = 0; s < model.num_states(); ++s) set.weight.push_back(0.5 + 0.25 * (s % 5));
  return set;
}

std::vector<double> some_values(int states, std::uint64_t seed) {
  Stream stream(seed);
  std::vector<double> v(static_cast<std::size_t>(states));
  for (double& x : v) x = 10 * stream.uniform() - 3;
  return v;
}

/// Every choice earns what its transition says.
TabularMdp with_transition_rewards(std::uint64_t seed) {
  Stream stream(seed);
  TabularMdpBuilder builder(6);
  for (int s = 0; s < 6; ++s) {
    for (int a = 0; a < 2; ++a) {
      std::vector<Entry> row;
      for (int i = 0; i < 3; ++i) row.push_back({(s + i * (a + 1)) % 6, i == 2 ? 0.5 : 0.25, 4 * stream.uniform() - 1});
      builder.add_choice(s, row);
    }
  }
  return std::move(builder).build();
}

/// The row nature meets, written out: p, z = sign (r + discount v), weights and costs, all states when asked.
test::TestRow written_out(const RobustMdp& robust, double discount, double sign, std::int64_t c,
                          const std::vector<double>& v) {
  const TabularMdp& model = robust.nominal();
  test::TestRow row;
  std::vector<std::int32_t> state;
  const auto add = [&](std::int32_t s, double p, double r) {
    row.p.push_back(p);
    row.z.push_back(sign * (r + discount * v[static_cast<std::size_t>(s)]));
    row.w.push_back(robust.ambiguity().weight.empty() ? 1 : robust.ambiguity().weight[static_cast<std::size_t>(s)]);
    state.push_back(s);
  };
  const auto first = static_cast<std::size_t>(model.choice_begin()[c]);
  const auto listed = model.successors(c);
  for (std::size_t i = 0; i < listed.size(); ++i) {
    add(listed[i], model.probabilities(c)[i],
        robust.transition_reward().empty() ? model.reward(c) : robust.transition_reward()[first + i]);
  }
  if (robust.ambiguity().support == Support::kAll) {
    for (std::int32_t s = 0; s < model.num_states(); ++s)
      if (std::find(listed.begin(), listed.end(), s) == listed.end()) add(s, 0, model.reward(c));
  }
  for (const std::int32_t i : state) {
    row.cost.emplace_back();
    for (const std::int32_t j : state) row.cost.back().push_back(std::abs(i - j));
  }
  return row;
}

TEST(Nature, AnswersAsTheRowWrittenOut) {
  for (const TabularMdp& model :
       {bellwether::test::random_model(Stream(3), {.states = 8, .most_successors = 6}), with_transition_rewards(4)}) {
    const std::vector<double> v = some_values(model.num_states(), 5);
    for (const SetKind kind : kWithRadius) {
      for (const Support support : {Support::kSuccessors, Support::kAll}) {
        for (const NatureAim aim : {NatureAim::kLowest, NatureAim::kHighest}) {
          const RobustMdp robust(model, set_of(kind, 0.3, model, support));
          Nature nature(robust, 0.9, aim);
          nature.prepare(v);
          for (std::int64_t c = 0; c < model.num_choices(); ++c) {
            const test::TestRow row = written_out(robust, 0.9, nature.sign(), c, v);
            const bool round = kind == SetKind::kL2 || kind == SetKind::kKl || kind == SetKind::kChiSquare;
            const double truth = nature.sign() * (round ? static_cast<double>(test::round_value(kind, row, 0.3))
                                                        : test::lp_value(kind, row, 0.3));
            const double tolerance = round ? 1e-12 : 1e-9;
            EXPECT_NEAR(nature.value(c, v), truth, tolerance) << to_string(kind) << " " << c;
            const Bounds bounds = nature.enclose(c, v);
            EXPECT_LE(bounds.low, nature.value(c, v) + 1e-15);
            EXPECT_GE(bounds.high, nature.value(c, v) - 1e-15);
            EXPECT_LE(bounds.high - bounds.low, 1e-10);
            EXPECT_NEAR(bounds.low, truth, tolerance + 1e-11) << to_string(kind) << " " << c;
            const std::vector<double> q = nature.respond(c, v);
            EXPECT_NEAR(std::accumulate(q.begin(), q.end(), 0.0), 1, 1e-13);
            Outcomes outcomes;
            nature.outcomes(c, v, true, outcomes);
            EXPECT_NEAR(nature.sign() * std::inner_product(q.begin(), q.end(), outcomes.z.begin(), 0.0),
                        nature.value(c, v), 1e-12);
          }
          if (HasFailure()) return;
        }
      }
    }
  }
}

TEST(Nature, OfRadiusZeroIsTheNominalModel) {
  const TabularMdp model = bellwether::test::random_model(Stream(6));
  const std::vector<double> v = some_values(model.num_states(), 7);
  std::vector<double> nominal(v.size()), out(v.size());
  backup(model, 0.9, v, nominal, Expectation{}, Largest{});
  for (const SetKind kind : kWithRadius) {
    const RobustMdp robust(model, set_of(kind, 0, model));
    const Nature nature(robust, 0.9, NatureAim::kLowest);
    backup(model, 0.9, v, out, nature, Largest{});
    for (std::size_t s = 0; s < v.size(); ++s) EXPECT_NEAR(out[s], nominal[s], 1e-14 * 10) << to_string(kind);
  }
}

TEST(Nature, GrowsWorseWithTheRadius) {
  const TabularMdp model = bellwether::test::random_model(Stream(8), {.states = 15, .most_successors = 8});
  const std::vector<double> v = some_values(model.num_states(), 9);
  for (const SetKind kind : kWithRadius) {
    std::vector<double> last(static_cast<std::size_t>(model.num_choices()), 1e300);
    for (const double k : {0.0, 1e-9, 1e-3, 0.1, 0.5, 1.0, 3.0, 100.0}) {
      if (kind == SetKind::kContamination && k > 1) continue;  // all of the mass is the most
      const RobustMdp robust(model, set_of(kind, k, model));
      const Nature nature(robust, 0.9, NatureAim::kLowest);
      for (std::int64_t c = 0; c < model.num_choices(); ++c) {
        const double now = nature.value(c, v);
        EXPECT_LE(now, last[static_cast<std::size_t>(c)] + 1e-13) << to_string(kind) << " " << k;
        last[static_cast<std::size_t>(c)] = now;
      }
    }
    for (std::int64_t c = 0; c < model.num_choices(); ++c) {
      double worst = 1e300;
      for (const std::int32_t s : model.successors(c)) worst = std::min(worst, v[static_cast<std::size_t>(s)]);
      EXPECT_NEAR(last[static_cast<std::size_t>(c)], model.reward(c) + 0.9 * worst, 1e-12) << to_string(kind);
    }
  }
}

TEST(Nature, TakesTheWorstScenarioAndTheWorstOfIntervals) {
  TabularMdpBuilder builder(2);
  builder.add_choice(0, 1.0, {{0, 0.5}, {1, 0.5}});
  builder.add_choice(1, 0.0, {{1, 1.0}});
  const TabularMdp model = std::move(builder).build();
  const std::vector<double> v = {10, 0};
  const RobustMdp scenarios(model, {.kind = SetKind::kScenarios, .scenarios = {{0.5, 0.5, 1}, {0.2, 0.8, 1}}});
  EXPECT_DOUBLE_EQ(Nature(scenarios, 0.5, NatureAim::kLowest).value(0, v), 1 + 0.5 * 2);
  EXPECT_DOUBLE_EQ(Nature(scenarios, 0.5, NatureAim::kHighest).value(0, v), 1 + 0.5 * 5);
  const RobustMdp intervals(
      model, {.kind = SetKind::kInterval,
              .intervals = {.lower = std::vector<double>{0.3, 0.2, 1}, .upper = std::vector<double>{0.9, 0.6, 1}}});
  EXPECT_DOUBLE_EQ(Nature(intervals, 0.5, NatureAim::kLowest).value(0, v), 1 + 0.5 * 4);
  EXPECT_DOUBLE_EQ(Nature(intervals, 0.5, NatureAim::kHighest).value(0, v), 1 + 0.5 * 8);
  EXPECT_THAT(Nature(intervals, 0.5, NatureAim::kLowest).respond(0, v),
              ::testing::ElementsAre(::testing::DoubleNear(0.4, 1e-15), ::testing::DoubleNear(0.6, 1e-15)));
}

TEST(Nature, MovesTheRewardOfATransitionWithTheTransition) {
  TabularMdpBuilder builder(2);
  builder.add_choice(0, {{0, 0.5, 4.0}, {1, 0.5, -2.0}});
  builder.add_choice(1, 0.0, {{1, 1.0}});
  const RobustMdp robust(std::move(builder).build(), {.kind = SetKind::kTotalVariation, .radius = {0.25}});
  const std::vector<double> v = {0, 0};
  EXPECT_DOUBLE_EQ(Nature(robust, 0.9, NatureAim::kLowest).value(0, v), 0.25 * 4 - 0.75 * 2);
  EXPECT_DOUBLE_EQ(Nature(robust, 0.9, NatureAim::kHighest).value(0, v), 0.75 * 4 - 0.25 * 2);
}

/// States whose choices tie, nearly tie and differ; the second model pays by transition.
TEST(BestChoice, IsTheBestOfAllChoicesAndTheFirstOfEquals) {
  Stream stream(14);
  TabularMdpBuilder builder(12);
  for (int s = 0; s < 12; ++s) {
    for (int a = 0; a < (s == 3 ? 70 : 1 + s); ++a) {
      const double share = 0.1 + 0.8 * stream.uniform();
      builder.add_choice(s, s % 3 == 0 ? 0.5 : 0.3 * stream.uniform(),
                         {{(s + a % 3) % 12, share}, {(s + 5) % 12, (1 - share) / 2}, {(s + 7) % 12, (1 - share) / 2}});
    }
  }
  const TabularMdp many = std::move(builder).build();
  std::vector<Ambiguity> sets = {{.kind = SetKind::kKl, .price = {0.4}},
                                 {.kind = SetKind::kTotalVariation, .price = {2}}};
  for (const TabularMdp& model : {many, with_transition_rewards(3)}) {
    std::vector<Ambiguity> all = sets;
    for (const SetKind kind : kWithRadius) all.push_back(set_of(kind, 0.2, model));
    all.push_back(set_of(SetKind::kL1, 0.2, model, Support::kAll));
    // One scenario, which is better than the nominal rows: these bound nothing.
    const std::vector<double> nominal(model.probability().begin(), model.probability().end());
    Ambiguity kinder{.kind = SetKind::kScenarios, .scenarios = {nominal}};
    for (std::int64_t c = 0; c < model.num_choices(); ++c) {
      const auto begin = static_cast<std::size_t>(model.choice_begin()[static_cast<std::size_t>(c)]);
      std::swap(kinder.scenarios[0][begin], kinder.scenarios[0][begin + 1]);
    }
    all.push_back(std::move(kinder));
    for (const Ambiguity& set : all) {
      const RobustMdp robust(model, set);
      for (const NatureAim aim : {NatureAim::kLowest, NatureAim::kHighest}) {
        for (const double sign : {1.0, -1.0}) {
          Nature nature(robust, 0.9, aim), other(robust, 0.9, aim);
          for (std::uint64_t sweep = 0; sweep < 6; ++sweep) {
            std::vector<double> v = some_values(model.num_states(), 20 + sweep), plain(v.size()), quick(v.size());
            if (sweep == 0) std::ranges::fill(v, 0.0);
            nature.prepare(v);
            other.prepare(v);
            std::vector<std::int32_t> chosen(v.size()), expected(v.size());
            backup(model, 0.9, v, plain, other, Greedy{sign, expected.data()});
            backup(model, 0.9, v, quick, nature, BestChoice(nature, v, sign > 0, chosen.data()));
            for (std::size_t s = 0; s < v.size(); ++s) {
              EXPECT_NEAR(quick[s], plain[s], 1e-12) << to_string(set.kind) << " state " << s;
              if (sweep > 0) EXPECT_EQ(chosen[s], expected[s]) << to_string(set.kind) << " state " << s;
            }
          }
          if (HasFailure()) return;
        }
      }
    }
  }
}

TEST(Nature, GivesTheSameBitsOnAnyNumberOfThreads) {
  const TabularMdp model = garnet({.states = 3000, .actions = 4, .successors = 12}).model;
  const std::vector<double> v = some_values(3000, 10);
  for (const SetKind kind : {SetKind::kL1, SetKind::kKl, SetKind::kChiSquare, SetKind::kLinf}) {
    const RobustMdp robust(model, set_of(kind, 0.1, model));
    std::vector<double> first(v.size()), second(v.size());
    {
      const ThreadCount guard(1);
      const Nature nature(robust, 0.95, NatureAim::kLowest);
      backup(model, 0.95, v, first, nature, Largest{});
    }
    {
      const ThreadCount guard(2);
      const Nature nature(robust, 0.95, NatureAim::kLowest);
      backup(model, 0.95, v, second, nature, Largest{});
    }
    EXPECT_EQ(first, second) << to_string(kind);
  }
}

}  // namespace
}  // namespace bellwether::mdp
