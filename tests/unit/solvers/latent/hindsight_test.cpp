#include "solvers/latent/learning/hindsight.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/errors.h"
#include "core/sampling.h"
#include "mdp/latent/instances.h"
#include "mdp/tabular_mdp_builder.h"
#include "solvers/latent/belief_tree.h"
#include "solvers/latent/learning/optimistic_plans.h"

namespace bellwether::solvers {
namespace {

using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

mdp::LatentMdp small(std::uint64_t seed, int states = 2) {
  return mdp::random_latent(Stream(seed), {.contexts = 2, .states = states, .horizon = 3});
}

HistoryPolicy random_policy(const LatentTables& model, int horizon, Stream stream) {
  HistoryPolicy policy(model, horizon);
  const std::function<void(int, std::int64_t)> fill = [&](int depth, std::int64_t node) {
    policy.play(node, static_cast<int>(stream.below(static_cast<std::uint64_t>(model.actions))));
    if (depth + 1 == horizon) return;
    for (int k = 0; k < model.actions; ++k)
      for (int next = 0; next < model.states; ++next) fill(depth + 1, policy.add(node, k, next));
  };
  for (int s = 0; s < model.states; ++s) fill(0, s);
  return policy;
}

TEST(HistoryPlans, OfTheTruthAreOptimal) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const mdp::LatentMdp latent = small(seed);
    const LatentTables tables(latent);
    const LatentSolution exact = belief_tree({.model = latent.pomdp(), .criterion = Criterion::kFinite, .horizon = 3});
    const HistoryPlan weights = plan_by_weights(tables, 3, plain_backup(tables), 0.0);
    const HistoryPlan vectors = plan_by_vectors(tables, 3, plain_backup(tables), 1e-6);
    EXPECT_NEAR(weights.promised, exact.value, 1e-12);
    EXPECT_NEAR(value_of(tables, weights.policy), exact.value, 1e-12);
    EXPECT_NEAR(vectors.promised, exact.value, 2e-6);
    EXPECT_NEAR(value_of(tables, vectors.policy), exact.value, 2e-6);
  }
}

// What is left out of the sets costs no more than the tolerance, however coarse.
TEST(HistoryPlans, ByVectorsKeepToACoarseTolerance) {
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    const LatentTables tables(small(seed));
    const double exact = plan_by_weights(tables, 3, plain_backup(tables), 0.0).promised;
    const HistoryPlan coarse = plan_by_vectors(tables, 3, plain_backup(tables), .005);
    EXPECT_GE(coarse.promised, exact - 1e-12) << seed;
    EXPECT_LE(coarse.promised, exact + .005 + 1e-12) << seed;
    EXPECT_GE(value_of(tables, coarse.policy), exact - .005 - 1e-12) << seed;
  }
}

TEST(HistoryPolicies, KeepEachHistoryOnceAndPlayChoiceZeroBeyond) {
  const LatentTables model(small(1));
  HistoryPolicy policy(model, 3);
  EXPECT_EQ(policy.child(1, 0, 1), -1);
  const std::int64_t node = policy.add(1, 1, 0);
  policy.play(node, 1);
  EXPECT_EQ(policy.add(1, 1, 0), node);
  EXPECT_EQ(policy.child(1, 1, 0), node);
  EXPECT_EQ(policy.num_histories(), 3);
  EXPECT_EQ(policy.choice(node), 1);
  EXPECT_EQ(policy.child(node, 0, 0), -1);
  EXPECT_EQ(policy.child(-1, 0, 0), -1);
  EXPECT_EQ(policy.choice(-1), 0);
}

// Var^pi by its formula and by Monte Carlo.
TEST(HistoryPolicies, ReturnsVaryAsTheLawOfTotalVarianceSays) {
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    const LatentTables model(small(seed));
    const HistoryPolicy policy = random_policy(model, 3, Stream(seed).child("policy"));
    const double mean = value_of(model, policy), variance = variance_of(model, policy);
    EXPECT_LE(variance, 1);
    Stream stream(seed + 100);
    const auto draw = [&](auto&& p, int n) {
      double rest = stream.uniform();
      for (int i = 0; i + 1 < n; ++i)
        if ((rest -= p(i)) < 0) return i;
      return n - 1;
    };
    constexpr int kPlays = 40'000;
    double sum = 0, second = 0, fourth = 0;
    for (int i = 0; i < kPlays; ++i) {
      const int m = draw([&](int j) { return model.weight[static_cast<std::size_t>(j)]; }, 2);
      int s = draw([&](int j) { return model.nu(m, j); }, 2);
      std::int64_t node = s;
      double total = 0;
      for (int h = 0; h < 3; ++h) {
        const int k = policy.choice(node);
        total += model.reward[model.at(m, s, k)];
        const int next = draw([&](int j) { return model.p(m, s, k, j); }, 2);
        node = policy.child(node, k, next), s = next;
      }
      const double x = total - mean;
      sum += x, second += x * x, fourth += x * x * x * x;
    }
    const double v = second / kPlays;
    EXPECT_NEAR(sum / kPlays, 0, 4 * std::sqrt(v / kPlays));
    EXPECT_NEAR(v, variance, 4 * std::sqrt((fourth / kPlays - v * v) / kPlays));
  }
}

TEST(HistoryPolicies, OfADeterministicModelDoNotVary) {
  const std::vector<int> secret = {1, 0};
  const mdp::LatentMdp lock = mdp::combination_lock(2, secret);
  const LatentTables one(mdp::LatentMdp({lock.context(2)}, {1.0}));
  EXPECT_EQ(variance_of(one, random_policy(one, 3, Stream(1))), 0);
}

// With the weights known, c = 1, every plan promises at least V*; so does bb-rect at any count.
TEST(Hindsight, PlansAreOptimisticWithTheoryConstants) {
  const std::vector<std::int64_t> checkpoints = {300};
  for (const char* learner : {"mvp", "l-ucrl", "bb-rect"}) {
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
      for (const bool known : {true, false}) {
        const HindsightRun run = learn_with_hindsight(small(seed), 3, checkpoints,
                                                      {.learner = learner, .known_weights = known}, Stream(seed));
        for (const double promised : run.promised) {
          EXPECT_GE(promised, run.optimum - 1e-12) << learner << ' ' << seed;
          EXPECT_LE(promised, 1 + 1e-4);
        }
        EXPECT_LE(static_cast<double>(run.replans), run.most_replans);
      }
    }
  }
}

TEST(Hindsight, ScaledLearnersLearn) {
  const std::vector<std::int64_t> checkpoints = {1000, 2000, 4000, 8000};
  const mdp::LatentMdp latent =
      mdp::random_latent(Stream(11), {.contexts = 2, .states = 3, .horizon = 4, .reward_density = .4});
  for (const char* learner : {"mvp", "l-ucrl"}) {
    const HindsightRun run =
        learn_with_hindsight(latent, 4, checkpoints, {.learner = learner, .constant = "practical"}, Stream(1));
    EXPECT_EQ(run.constant, "practical 0.03");
    ASSERT_EQ(run.regret.size(), 4U);
    EXPECT_TRUE(std::is_sorted(run.regret.begin(), run.regret.end()));
    const double slope = std::log(run.regret[3] / run.regret[0]) / std::log(8.0);
    EXPECT_LT(slope, .7) << learner;
    const HindsightRun again =
        learn_with_hindsight(latent, 4, checkpoints, {.learner = learner, .constant = "practical"}, Stream(1));
    EXPECT_EQ(run.regret, again.regret);
  }
}

/// One context whose plays of one step begin in one of so many states, equally likely, and earn `reward`.
mdp::LatentMdp one_step(int states, double reward) {
  mdp::TabularMdpBuilder builder(states);
  for (int s = 0; s < states; ++s) builder.add_choice(s, reward, {{.next = s, .probability = 1.0}});
  builder.initial(std::vector<double>(static_cast<std::size_t>(states), 1.0 / states));
  return {{std::move(builder).build()}, {1.0}};
}

// n = 1, 2, 4, ... visits of the only choice: the bonus to the digit, iota = 2 ln(2 M S A H K / delta).
TEST(Hindsight, PromisesWhatTheFormulaSays) {
  const std::vector<std::int64_t> checkpoints = {100};
  const double iota = 2 * std::log(2 * 100 / .05), c = .001;
  const auto promised = [&](const char* learner, bool known) {
    return learn_with_hindsight(one_step(1, .1), 1, checkpoints,
                                {.learner = learner, .constant = "0.001", .known_weights = known}, Stream(1))
        .promised;
  };
  const std::vector<double> mvp = promised("mvp", true), hoeffding = promised("l-ucrl", true),
                            guessed = promised("mvp", false);
  ASSERT_EQ(mvp.size(), 8U);
  EXPECT_EQ(mvp[0], 1);
  double n = 1;
  for (std::size_t i = 1; i < mvp.size(); ++i, n *= 2) {
    EXPECT_NEAR(mvp[i], .1 + c * 16 * iota / n, 1e-12) << n;
    EXPECT_NEAR(hoeffding[i], .1 + c * std::sqrt(iota / n), 1e-12) << n;
    const double width = 2 * std::sqrt(iota / n) + 5 * iota / n;  // of the weight, and of the first state
    EXPECT_NEAR(guessed[i], std::min(1.0, mvp[i] + c * 2 * width), 1e-12) << n;
  }
}

// After four episodes there is a plan, whatever states they began in: what the last of five promises tells it was made
// from four.
TEST(Hindsight, PlansAnewWhenTheEpisodesOfAContextDouble) {
  const std::vector<std::int64_t> checkpoints = {5};
  const double iota = 2 * std::log(2 * 2 * 5 / .05), c = 1e-4;
  std::vector<double> possible;
  for (const double n : {4.0, 3.0, 2.0}) {
    const double met = n == 4 ? 1 : 2;
    const double starts = 2 * (std::sqrt(n * iota) + std::sqrt((4 - n) * iota)) / 4 + 2 * 5 * iota / 4;
    possible.push_back(c * (met * 32 * iota / 4 + 2 * std::sqrt(iota / 4) + 5 * iota / 4 + starts));
  }
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    const HindsightRun run = learn_with_hindsight(one_step(2, 0), 1, checkpoints,
                                                  {.constant = "1e-4", .known_weights = false}, Stream(seed));
    EXPECT_THAT(possible, testing::Contains(testing::DoubleNear(run.promised.back(), 1e-12))) << seed;
  }
}

TEST(Hindsight, MostReplansCountsTheDoublings) {
  const std::vector<std::int64_t> checkpoints = {1};
  const HindsightRun run = learn_with_hindsight(small(1), 3, checkpoints, {}, Stream(1));
  EXPECT_EQ(run.replans, 1);
  EXPECT_DOUBLE_EQ(run.most_replans, 1 + 2 * 5 * (1 + std::log2(3.0)));
}

TEST(MvpBonus, MakesTheBackupMonotone) {
  Stream stream(3);
  for (int i = 0; i < 100'000; ++i) {
    const std::size_t S = 2 + stream.below(3);
    std::vector<double> law(S), low(S), high(S);
    const std::vector<double> ones(S, .5);
    sample_dirichlet(stream, ones, law);
    for (std::size_t j = 0; j < S; ++j) {
      const double a = stream.uniform(), b = stream.uniform();
      low[j] = std::min(a, b), high[j] = std::max(a, b);
    }
    const double n = std::exp(8 * stream.uniform()), iota = 20;
    double below = mvp_bonus(law, low, n, iota), above = mvp_bonus(law, high, n, iota);
    for (std::size_t j = 0; j < S; ++j) below += law[j] * low[j], above += law[j] * high[j];
    ASSERT_LE(below, above + 1e-12);
  }
}

TEST(MvpBonus, IsTheLargerOfDeviationAndFloor) {
  const std::vector<double> law = {.5, .5, 0}, alpha = {0, 1, .3};  // variance 1/4 on a support of two
  EXPECT_NEAR(mvp_bonus(law, alpha, 1e6, 1), 4 * std::sqrt(2 * .25 / 1e6), 1e-15);
  EXPECT_NEAR(mvp_bonus(law, alpha, 1e6, 1, .03), .03 * 4 * std::sqrt(2 * .25 / 1e6), 1e-15);
  EXPECT_NEAR(mvp_bonus(law, alpha, 100, 1), 16 * 3 / 100.0, 1e-15);
}

TEST(BestInBox, IsTheBestLawOfTheBox) {
  const std::vector<double> law = {.5, .5}, alpha = {0, 1};
  // width = 2 sqrt(.5 * 1 / 100) + 5 / 100
  EXPECT_NEAR(best_in_box(law, alpha, 100, 1), .5 + 2 * std::sqrt(.005) + .05, 1e-15);
  EXPECT_NEAR(best_in_box(law, alpha, 1, 1), 1, 1e-15);
  EXPECT_NEAR(best_in_box(law, alpha, 1e12, 1), .5, 1e-5);
  const std::vector<double> three = {.2, .3, .5}, flat = {.7, .7, .7};
  EXPECT_NEAR(best_in_box(three, flat, 10, 3), .7, 1e-15) << "the best law is a law";
  EXPECT_NEAR(best_in_box(three, flat, 1e4, 1), .7, 1e-15) << "also where the box leaves no corner of the simplex";
}

// One context: histories with the same last state and stage have the same alpha, so the tree is ordinary MVP.
TEST(Hindsight, OneContextPlansDependOnStateAndStageAlone) {
  const mdp::LatentMdp one = mdp::random_latent(Stream(2), {.contexts = 1, .states = 2, .horizon = 3});
  const LatentTables model(one);
  const ContextBackup backup = [&](int m, int s, int k, std::span<const double> alpha) {
    const std::size_t at = model.at(m, s, k);
    const std::span<const double> law = std::span(model.row).subspan(at * alpha.size(), alpha.size());
    double value = model.reward[at] + mvp_bonus(law, alpha, 4000, 5);
    for (std::size_t i = 0; i < law.size(); ++i) value += law[i] * alpha[i];
    return std::min(1.0, value);
  };
  std::vector<double> v(2, 0.0);
  for (int h = 0; h < 3; ++h) {
    std::vector<double> now(2);
    for (int s = 0; s < 2; ++s) now[static_cast<std::size_t>(s)] = std::max(backup(0, s, 0, v), backup(0, s, 1, v));
    v = now;
  }
  const double expected = model.nu(0, 0) * v[0] + model.nu(0, 1) * v[1];
  EXPECT_NEAR(plan_by_weights(model, 3, backup, 1.0).promised, expected, 1e-12);
  EXPECT_LT(expected, 1) << "else clipping hides everything";
}

TEST(Hindsight, NamesBadInput) {
  const std::vector<std::int64_t> checkpoints = {10}, none;
  EXPECT_THAT([&] { learn_with_hindsight(small(1), 3, checkpoints, {.learner = "ucb"}, Stream(0)); },
              ThrowsMessage<InvalidOption>(HasSubstr("learner")));
  EXPECT_THAT([&] { learn_with_hindsight(small(1), 3, none, {}, Stream(0)); },
              ThrowsMessage<InvalidOption>(HasSubstr("checkpoints")));
  EXPECT_THAT([&] { learn_with_hindsight(small(1), 30, checkpoints, {}, Stream(0)); },
              ThrowsMessage<InvalidModel>(HasSubstr("must be at most 1")));
  const mdp::LatentMdp thin = mdp::random_latent(Stream(1), {.horizon = 40});
  EXPECT_THAT([&] { learn_with_hindsight(thin, 20, checkpoints, {}, Stream(0)); },
              ThrowsMessage<InvalidOption>(HasSubstr("histories")));
}

}  // namespace
}  // namespace bellwether::solvers
