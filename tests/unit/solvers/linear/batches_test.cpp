#include <algorithm>
#include <cmath>
#include <vector>

#include <Eigen/LU>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/errors.h"
#include "solvers/linear/fitted_q.h"
#include "solvers/linear/policy_iteration.h"
#include "tests/unit/solvers/linear/support.h"

namespace bellwether::solvers {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

mdp::TabularMdp small(std::int64_t seed) {
  return mdp::garnet({.states = 15, .actions = 3, .successors = 4, .seed = seed}).model;
}

/// Q after so many sweeps of value iteration from Q = 0.
Eigen::VectorXd swept(const mdp::TabularMdp& model, double discount, int sweeps) {
  Eigen::VectorXd q = Eigen::VectorXd::Zero(model.num_choices());
  for (int k = 0; k < sweeps; ++k) {
    Eigen::VectorXd next(q.size());
    for (std::int64_t c = 0; c < q.size(); ++c) {
      next[c] = model.reward(c);
      for (std::size_t i = 0; i < model.successors(c).size(); ++i) {
        const int s = model.successors(c)[i];
        next[c] +=
            discount * model.probabilities(c)[i] * q.segment(model.first_choice(s), model.num_choices(s)).maxCoeff();
      }
    }
    q = next;
  }
  return q;
}

TEST(SampleBatch, CountsWhatWasDrawn) {
  const mdp::TabularMdp model = small(1);
  const SampleBatch drawn = drawn_batch(model, 90'000, Stream(2)), exact = exact_batch(model);
  double all = 0;
  for (std::int64_t c = 0; c < model.num_choices(); ++c) {
    const auto i = static_cast<std::size_t>(c);
    double sum = 0;
    for (const auto& [next, weight] : drawn.of(c)) sum += weight;
    EXPECT_EQ(sum, drawn.weight[i]);
    EXPECT_NEAR(sum, 2000, 200);
    EXPECT_NEAR(drawn.reward[i], model.reward(c), 1e-12);
    ASSERT_EQ(drawn.of(c).size(), exact.of(c).size());
    for (std::size_t k = 0; k < drawn.of(c).size(); ++k) {
      EXPECT_EQ(drawn.of(c)[k].next, exact.of(c)[k].next);
      EXPECT_NEAR(drawn.of(c)[k].weight / sum, exact.of(c)[k].weight, 0.06);
    }
    all += sum;
  }
  EXPECT_EQ(all, 90'000);
  double few = 0;  // most of them seen once
  for (const auto& [next, weight] : drawn_batch(model, 40, Stream(3)).entries) few += weight;
  EXPECT_EQ(few, 40);
}

// What was drawn before the end is what a shorter batch would have been.
TEST(SampleBatch, IsShorterWhereTheObserverEndsIt) {
  const mdp::TabularMdp model = small(1);
  std::int64_t last = 0;
  const auto until = [&](std::int64_t most) {
    return [&, most](std::int64_t drawn) {
      EXPECT_GT(drawn, last);
      last = drawn;
      return drawn < most;
    };
  };
  const SampleBatch some = drawn_batch(model, 1'000'000'000'000, Stream(2), until(5000));
  EXPECT_GE(last, 5000);
  EXPECT_LT(last, 10'000);
  const SampleBatch shorter = drawn_batch(model, last, Stream(2));
  EXPECT_EQ(some.reward, shorter.reward);
  EXPECT_EQ(some.weight, shorter.weight);
  last = 0;
  double drawn = 0;
  for (const double weight : drawn_batch(model, 1'000'000'000'000, Stream(2), until(0)).weight) drawn += weight;
  EXPECT_GT(drawn, 0) << "somebody in a hurry gets some";
}

TEST(FittedQ, OnTablesIsValueIteration) {
  for (std::int64_t seed = 0; seed < 5; ++seed) {
    const mdp::TabularMdp model = small(seed);
    const mdp::FeatureMap table = mdp::one_hot(model.num_choices());
    for (const int sweeps : {1, 2, 7, 60}) {
      for (const bool clip : {false, true}) {
        const FittedQResult fitted = fitted_q(model.state_begin(), table, exact_batch(model), 0.9,
                                              {.ridge = 0, .iterations = sweeps, .tolerance = 0, .clip = clip});
        EXPECT_EQ(fitted.status, Status::kBudgetExhausted);
        EXPECT_EQ(fitted.iterations, sweeps);
        if (clip && sweeps == 1) {  // from 0, values below least reward / (1 - g) are lifted
          const double lifted = std::max(0.0, std::ranges::min(model.reward()) / (1 - 0.9));
          EXPECT_LT((fitted.weights.array() - 0.9 * lifted - swept(model, 0.9, 1).array()).matrix().norm(), 1e-12);
          EXPECT_GT(lifted, 0) << seed;
        }
        if (clip && sweeps < 60) continue;
        EXPECT_LT((fitted.weights - swept(model, 0.9, sweeps)).norm(), clip ? 0.2 : 1e-12) << seed;
      }
    }
    const FittedQResult done = fitted_q(model.state_begin(), table, exact_batch(model), 0.9, {.ridge = 0});
    EXPECT_EQ(done.status, Status::kConverged);
    EXPECT_LT((done.weights - swept(model, 0.9, 400)).lpNorm<Eigen::Infinity>(), 1e-7);
    for (int s = 0; s < model.num_states(); ++s) {
      const auto own = done.weights.segment(model.first_choice(s), model.num_choices(s));
      EXPECT_EQ(own[done.policy[static_cast<std::size_t>(s)]], own.maxCoeff()) << seed << ' ' << s;
    }
  }
}

TEST(Lspi, OnTablesIsPolicyIteration) {
  for (std::int64_t seed = 0; seed < 10; ++seed) {
    const mdp::TabularMdp model = small(seed);
    const mdp::FeatureMap table = mdp::one_hot(model.num_choices());
    const LspiResult result = lspi(model.state_begin(), table, exact_batch(model), 0.9, {.ridge = 0});
    EXPECT_EQ(result.status, Status::kConverged);
    const Eigen::VectorXd best = swept(model, 0.9, 500);
    EXPECT_LT((result.weights - best).lpNorm<Eigen::Infinity>(), 1e-10) << seed;
    EXPECT_EQ(result.policy, greedy_choices(model.state_begin(), table, best));
    EXPECT_LT(result.iterations, 10);
  }
}

// LSTD-Q solves the projected equation of the choices' own chain.
TEST(LstdQ, SolvesTheProjectedEquation) {
  const mdp::TabularMdp model = small(4);
  const mdp::FeatureMap features = normal_features(model.num_choices(), 6, Stream(1));
  std::vector<std::int32_t> policy(15);
  for (std::size_t s = 0; s < 15; ++s) policy[s] = static_cast<std::int32_t>(s % 3);
  const Eigen::VectorXd w = lstd_q(model.state_begin(), features, exact_batch(model), 0.9, policy, 0);
  const Eigen::MatrixXd phi = features.matrix();
  Eigen::VectorXd off = -(phi * w);  // backup less value, which features must not see
  for (std::int64_t c = 0; c < model.num_choices(); ++c) {
    off[c] += model.reward(c);
    for (std::size_t k = 0; k < model.successors(c).size(); ++k) {
      const auto s = static_cast<std::size_t>(model.successors(c)[k]);
      off[c] += 0.9 * model.probabilities(c)[k] * phi.row(model.state_begin()[s] + policy[s]).dot(w);
    }
  }
  EXPECT_LT((phi.transpose() * off).norm(), 1e-9);
  EXPECT_GT(off.norm(), 0.1);
}

TEST(Lspi, TellsOfCyclesAndOfSingularSystems) {
  int cycles = 0;
  for (std::int64_t seed = 0; seed < 60; ++seed) {
    const mdp::TabularMdp model = mdp::garnet({.states = 3, .actions = 2, .successors = 2, .seed = seed}).model;
    const mdp::FeatureMap features =
        normal_features(model.num_choices(), 3, Stream(static_cast<std::uint64_t>(seed)).child("features"));
    const LspiResult result = lspi(model.state_begin(), features, exact_batch(model), 0.99);
    const auto evaluated = [&](const std::vector<std::int32_t>& policy) {
      return greedy_choices(model.state_begin(), features,
                            lstd_q(model.state_begin(), features, exact_batch(model), 0.99, policy, result.ridge));
    };
    std::vector<std::int32_t> policy = result.policy;
    if (result.status == Status::kConverged) {
      EXPECT_EQ(evaluated(policy), policy) << seed;
      EXPECT_EQ(result.cycle, 0);
    } else if (result.cycle > 0) {
      ++cycles;
      EXPECT_NE(evaluated(policy), policy);
      for (int k = 0; k < result.cycle; ++k) policy = evaluated(policy);
      EXPECT_EQ(policy, result.policy) << seed;
    }
  }
  EXPECT_GT(cycles, 5);
  const mdp::TabularMdp model = small(0);
  const mdp::FeatureMap same(2, std::vector<double>(static_cast<std::size_t>(2 * model.num_choices()), 1.0));
  EXPECT_EQ(lspi(model.state_begin(), same, exact_batch(model), 0.9, {.ridge = 0}).status, Status::kNumericalTrouble);
  EXPECT_EQ(lspi(model.state_begin(), same, exact_batch(model), 0.9, {.ridge = 1e-6}).status, Status::kConverged);
}

// Values of the two states double with every fit, unless they are clipped to what rewards allow.
TEST(FittedQ, DivergesWhereFitsExpandAndClippingStopsIt) {
  const mdp::FeaturedInstance made = mdp::tsitsiklis_van_roy();
  const mdp::TabularMdp paid = made.instance.model.with_expected_rewards({0, 0, 1, 1});
  const mdp::FeatureMap features(1, std::vector<double>{1, 2, 1, 2});
  SampleBatch batch = exact_batch(paid);
  batch.entries = {{1, 1.0}, {1, 1.0}, {1, 1.0}, {1, 1.0}};  // all lead to the second state
  const auto run = [&](bool clip) {
    return fitted_q(paid.state_begin(), features, batch, 0.99, {.iterations = 10'000, .clip = clip});
  };
  EXPECT_EQ(run(false).status, Status::kNumericalTrouble);
  EXPECT_EQ(run(true).status, Status::kConverged);
  EXPECT_LE((features.matrix() * run(true).weights).maxCoeff(), 200);
}

TEST(Lspi, FindsGoodPoliciesOfTheChainFromFiveThousandSamples) {
  const mdp::FeaturedInstance made = mdp::lspi_chain();
  const mdp::TabularMdp& model = made.instance.model;
  const Eigen::VectorXd best = swept(model, 0.9, 400);
  for (std::uint64_t seed = 0; seed < 5; ++seed) {
    const LspiResult result =
        lspi(model.state_begin(), *made.approximation.choices, drawn_batch(model, 5000, Stream(seed)), 0.9);
    int wrong = 0;
    for (int s = 0; s < 50; ++s) {
      const double mine = best[model.first_choice(s) + result.policy[static_cast<std::size_t>(s)]];
      wrong += mine < best.segment(2 * s, 2).maxCoeff() - 0.05 ? 1 : 0;
    }
    EXPECT_LE(wrong, 12) << seed;
  }
}

TEST(Batches, SayWhatIsWrong) {
  const mdp::TabularMdp model = small(0);
  const mdp::FeatureMap table = mdp::one_hot(model.num_choices());
  const SampleBatch batch = exact_batch(model);
  EXPECT_THAT([&] { lspi(model.state_begin(), table, batch, 1.0); },
              ThrowsMessage<InvalidOption>(HasSubstr("lspi: discount is 1")));
  EXPECT_THAT([&] { fitted_q(model.state_begin(), table, batch, -0.1); },
              ThrowsMessage<InvalidOption>(HasSubstr("fitted-q: discount is -0.1")));
  EXPECT_THAT([&] { fitted_q(model.state_begin(), mdp::one_hot(3), batch, 0.9); },
              ThrowsMessage<InvalidModel>(HasSubstr("45 choices, features are of 3")));
  EXPECT_THAT([&] { lspi(model.state_begin(), table, batch, 0.9, {.iterations = 0}); },
              ThrowsMessage<InvalidOption>(HasSubstr("'iterations' is 0")));
  EXPECT_THAT([&] { drawn_batch(model, 0, Stream(0)); }, ThrowsMessage<InvalidOption>(HasSubstr("samples is 0")));
  const mdp::FeatureMap zero(1, std::vector<double>(static_cast<std::size_t>(model.num_choices()), 0.0));
  EXPECT_EQ(fitted_q(model.state_begin(), zero, batch, 0.9).status, Status::kNumericalTrouble);
}

}  // namespace
}  // namespace bellwether::solvers
