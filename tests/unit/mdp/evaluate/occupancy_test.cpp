#include "mdp/evaluate/occupancy.h"

#include <numeric>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "core/errors.h"
#include "mdp/evaluate/discounted.h"
#include "mdp/evaluate/finite.h"
#include "mdp/instances/garnet.h"
#include "mdp/tabular_mdp_builder.h"
#include "tests/support/random_models.h"
#include "tests/unit/mdp/evaluate/dense_truth.h"

namespace bellwether::mdp {
namespace {

double inner(const std::vector<double>& x, std::span<const double> r) {
  return std::inner_product(x.begin(), x.end(), r.begin(), 0.0);
}

/// sum of |x(s, a) - mass(s) pi(a | s)|.
long double distance(const TabularMdp& model, const Policy& policy, const std::vector<double>& x,
                     const truth::Vector& mass) {
  long double sum = 0;
  for (int s = 0; s < model.num_states(); ++s)
    for (std::int64_t c = model.first_choice(s); c < model.first_choice(s + 1); ++c)
      sum += std::abs(x[static_cast<std::size_t>(c)] - mass[s] * truth::share(model, policy, s, c));
  return sum;
}

TEST(Occupancy, DiscountedEnclosesTheTruthAndEarnsTheValue) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const Stream stream = Stream(21).child(seed);
    const TabularMdp model = test::random_model(stream, {.states = 10});
    const Policy policy = truth::random_policy(model, stream.child("policy"));
    const PolicyChain chain(model, policy);
    for (const double discount : {0.0, 0.9, 0.9999}) {
      const Occupancy got = discounted_occupancy(chain, discount);
      const truth::Matrix p = truth::transitions(model, policy);
      const truth::Vector mass = truth::solve(
          truth::Matrix::Identity(10, 10) - static_cast<long double>(discount) * p.transpose(), truth::initial(model));
      ASSERT_LE(distance(model, policy, got.choice, mass), got.error) << seed;
      ASSERT_LE(got.error, 1e-13 / ((1 - discount) * (1 - discount))) << seed;
      const double total = std::accumulate(got.state.begin(), got.state.end(), 0.0);
      ASSERT_NEAR(total * (1 - discount), 1, 1e-11);
      const double value = evaluate_discounted(chain, discount).expected(chain.initial());
      ASSERT_NEAR(inner(got.choice, model.reward()), value, got.error + 1e-12 / (1 - discount)) << seed;
    }
  }
}

TEST(Occupancy, FiniteEnclosesTheTruthAndEarnsTheValue) {
  const TabularMdp model = test::random_model(Stream(22));
  const int horizon = 15;
  StagePolicy policy;
  for (std::uint64_t h = 0; h < horizon; ++h) policy.push_back(truth::random_policy(model, Stream(23).child(h)));
  const FiniteHorizonMdp task(model, horizon);
  const auto got = finite_occupancy(task, policy);
  ASSERT_EQ(got.size(), static_cast<std::size_t>(horizon));
  truth::Vector mass = truth::initial(model);
  double earned = 0;
  for (std::size_t h = 0; h < got.size(); ++h) {
    ASSERT_LE(distance(model, policy[h], got[h].choice, mass), got[h].error) << h;
    ASSERT_LE(got[h].error, 1e-13) << h;
    earned += inner(got[h].choice, model.reward());
    mass = truth::transitions(model, policy[h]).transpose() * mass;
  }
  EXPECT_NEAR(earned, evaluate_finite(task, policy)[0].expected(model.initial()), 1e-13);
}

TEST(Occupancy, BeginsWhereItIsTold) {
  const TabularMdp model = test::random_model(Stream(24));
  const PolicyChain chain(model, Policy::uniform(model));
  std::vector<double> start(static_cast<std::size_t>(model.num_states()), 0.0);
  start[5] = 1;
  EXPECT_NEAR(inner(discounted_occupancy(chain, 0.9, start).choice, model.reward()),
              evaluate_discounted(chain, 0.9).value[5], 1e-12);
  for (double& p : start) p = (1 + 5e-10) / model.num_states();  // off, but within what is taken for a distribution
  const Occupancy even = discounted_occupancy(chain, 0.9, start);
  EXPECT_NEAR(std::accumulate(even.state.begin(), even.state.end(), 0.0), 10, 1e-12);
  start.assign(start.size(), 0.0);
  start[5] = 1;
  const auto stages = finite_occupancy(FiniteHorizonMdp(model, 2), StagePolicy(2, Policy::uniform(model)), start);
  EXPECT_EQ(stages[0].state[5], 1);
}

TEST(Occupancy, ComesBackFromThePolicyItWasReadAs) {
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    const Stream stream = Stream(25).child(seed);
    const TabularMdp model = test::random_model(stream);
    // A policy with a memory has the occupancy of one without (Altman 1999, theorem 3.1).
    const Policy a = truth::random_policy(model, stream.child("a")), b = truth::random_policy(model, stream.child("b"));
    const Occupancy with_memory = discounted_occupancy(PolicyChain(model, mixture(model, {a, b}, {0.4, 0.6})), 0.9);
    const Policy without = policy_from_occupancy(model, with_memory.choice);
    const Occupancy got = discounted_occupancy(PolicyChain(model, without), 0.9);
    for (std::size_t c = 0; c < got.choice.size(); ++c)
      ASSERT_NEAR(got.choice[c], with_memory.choice[c], 1e-12) << seed;
  }
}

TEST(Occupancy, UnvisitedStatesPlayUniformly) {
  const TabularMdp model = std::move(TabularMdpBuilder(2)
                                         .add_choice(0, 1.0, {{0, 1.0}})
                                         .add_choice(1, 1.0, {{0, 1.0}})
                                         .add_choice(1, 2.0, {{1, 1.0}})
                                         .start_in(0))
                               .build();
  const PolicyChain chain(model, Policy::deterministic({0, 1}));
  const Occupancy got = discounted_occupancy(chain, 0.5);
  EXPECT_DOUBLE_EQ(got.choice[0], 2);
  EXPECT_EQ(got.choice[2], 0);
  const Policy policy = policy_from_occupancy(model, got.choice);
  EXPECT_EQ(policy.choice_probabilities()[0], 1);
  EXPECT_EQ(policy.choice_probabilities()[1], 0.5);
}

TEST(Occupancy, LargeModelsAreProvenToo) {
  const TabularMdp model = garnet({.states = 20000, .actions = 2, .successors = 4}).model;
  const PolicyChain chain(model, Policy::uniform(model));
  const Occupancy got = discounted_occupancy(chain, 0.95);
  EXPECT_LT(got.error, 1e-8);
  EXPECT_NEAR(inner(got.choice, model.reward()), evaluate_discounted(chain, 0.95).expected(chain.initial()),
              got.error + 1e-10);
}

void expect_refused(const TabularMdp& model, const std::vector<double>& mass, const std::string& message) {
  try {
    policy_from_occupancy(model, mass);
    FAIL() << message;
  } catch (const InvalidModel& e) {
    EXPECT_EQ(e.what(), message);
  }
}

TEST(Occupancy, SaysWhatDoesNotFit) {
  const TabularMdp model =
      std::move(TabularMdpBuilder(1).add_choice(0, 1.0, {{0, 1.0}}).add_choice(0, 2.0, {{0, 1.0}})).build();
  expect_refused(model, {1}, "policy_from_occupancy: 1 entry for 2 choices");
  expect_refused(model, {1, -0.5},
                 "policy_from_occupancy: state 0 choice 1 has mass -0.5, must be finite and not negative");
  const PolicyChain chain(model, Policy::uniform(model));
  EXPECT_THROW(discounted_occupancy(chain, 1), InvalidOption);
  EXPECT_THROW(discounted_occupancy(chain, 0.5, std::vector<double>{0.5, 0.5}), InvalidModel);
  EXPECT_THROW(discounted_occupancy(chain, 0.5, std::vector<double>{0.5}), InvalidModel);
  EXPECT_THROW(discounted_occupancy(chain, 0.5, std::vector<double>{-1}), InvalidModel);
  try {
    finite_occupancy(FiniteHorizonMdp(model, 2), {});
    FAIL();
  } catch (const InvalidModel& e) {
    EXPECT_STREQ(e.what(), "finite_occupancy: 0 policies for 2 stages; one a stage is needed");
  }
}

TEST(Occupancy, FiniteAsksAtEveryStage) {
  const TabularMdp model = test::random_model(Stream(8), {.states = 5});
  const FiniteHorizonMdp task(model, 20);
  const StagePolicy policy(20, truth::random_policy(model, Stream(9)));
  for (const int most : {1, 7, 21}) {
    int asked = 0;
    const auto got = finite_occupancy(task, policy, {}, [&] { return ++asked < most; });
    EXPECT_EQ(asked, std::min(most, 20));
    EXPECT_EQ(got.size(), most > 20 ? 20U : 0U);
  }
}

}  // namespace
}  // namespace bellwether::mdp
