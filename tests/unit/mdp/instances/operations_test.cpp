#include "mdp/instances/operations.h"

#include <cmath>
#include <numeric>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mdp/instances/demand_laws.h"
#include "mdp/instances/queues.h"
#include "tests/unit/mdp/instances/dense_reference.h"

namespace bellwether::mdp {
namespace {

double sum(const std::vector<double>& law) { return std::accumulate(law.begin(), law.end(), 0.0); }

TEST(DemandLaws, PutTheTailOnTheLastValue) {
  EXPECT_THAT(capped_poisson(3, 2), testing::Pointwise(testing::DoubleNear(1e-15),
                                                       {std::exp(-3.0), 3 * std::exp(-3.0), 1 - 4 * std::exp(-3.0)}));
  EXPECT_THAT(capped_geometric(1, 2), testing::Pointwise(testing::DoubleNear(1e-15), {.5, .25, .25}));
  EXPECT_THAT(capped_uniform(2, 3), testing::Pointwise(testing::DoubleNear(1e-15), {.2, .2, .2, .4}));
  EXPECT_THAT(capped_uniform(1, 4), testing::Pointwise(testing::DoubleNear(1e-15), {1. / 3, 1. / 3, 1. / 3, 0., 0.}));
  EXPECT_THAT(capped({.25, .5, .25}, 1), testing::Pointwise(testing::DoubleNear(1e-15), {.25, .75}));
  EXPECT_EQ(capped_poisson(3, 0).size(), 1u);
  for (const double mean : {0.01, 1.0, 30.0, 1000.0}) {
    for (const int most : {0, 1, 20, 900, 1100}) {
      EXPECT_NEAR(sum(capped_poisson(mean, most)), 1, 1e-11) << mean << " " << most;
    }
  }
  // A tail far out keeps its digits: P(X >= 20) for mean 1 is e^-1 / 20! (1 + 1/21 + ...).
  const double leading = std::exp(-1 - std::lgamma(21));
  EXPECT_NEAR(capped_poisson(1, 20).back() / leading, 1 + 1. / 21 * (1 + 1. / 22 * (1 + 1. / 23)), 1e-5);
}

TEST(Inventory, HasTheRewardsAndValuesOfTheBook) {
  const TabularMdp model = inventory().model;
  // r(s, a) of Puterman's table 3.2.1 with F(u) = 0, 6, 8, 8.
  const std::vector<double> rewards{0, -1, -2, -5, 5, 0, -3, 6, -1, 5};
  EXPECT_THAT(model.reward(), testing::Pointwise(testing::DoubleNear(1e-14), rewards));
  const Eigen::VectorXd v = reference::finite_values(model, {}, 3, 1);
  EXPECT_DOUBLE_EQ(v[0], 67.0 / 16);
  EXPECT_DOUBLE_EQ(v[1], 129.0 / 16);
  EXPECT_DOUBLE_EQ(v[2], 194.0 / 16);
  EXPECT_DOUBLE_EQ(v[3], 227.0 / 16);
}

TEST(Inventory, OrdersByACriticalLevelUnderAFixedCost) {
  // (s, S) policies are optimal; here as a check of the whole construction at another law.
  const NamedInstance made = inventory({.capacity = 20, .demand = "poisson", .mean = 4, .discount = .9});
  const auto policy = reference::greedy(made.model, .9, reference::discounted_values(made.model, .9, 1), 1);
  const int target = policy[0];
  bool ordering = true;
  for (int stock = 0; stock <= 20; ++stock) {
    const int order = policy[static_cast<std::size_t>(stock)];
    if (order == 0) ordering = false;
    EXPECT_EQ(order, ordering ? target - stock : 0) << stock;
  }
  EXPECT_GT(target, 4);
  EXPECT_FALSE(ordering);
}

TEST(MachineReplacement, ReplacesFromSomeWearOn) {
  const TabularMdp model = machine_replacement().model;
  const auto policy = reference::greedy(model, 1, reference::gain_and_bias(model, -1).bias, -1);
  EXPECT_TRUE(std::is_sorted(policy.begin(), policy.end()));
  EXPECT_EQ(policy.front(), 0);
  EXPECT_EQ(policy.back(), 1);
}

TEST(CarRental, IsStochasticOverAllStates) {
  const NamedInstance made = car_rental({.capacity = 4, .max_move = 2});
  const TabularMdp& model = made.model;
  EXPECT_EQ(model.num_states(), 25);
  EXPECT_EQ(model.num_choices(0), 1);   // nothing to move
  EXPECT_EQ(model.num_choices(12), 5);  // two and two
  EXPECT_EQ(model.action(model.first_choice(12)), 0);
  EXPECT_EQ(model.action_name(0), "move-2");
  EXPECT_EQ(model.action_name(4), "move+2");
  EXPECT_EQ(model.state_name(13), "2,3");
}

TEST(CarRental, DayOfOneCarIsDoneByHand) {
  // One place at each lot, no moves: with a car, it is out at the end of the day if somebody asked and nobody returned.
  const TabularMdp model =
      car_rental({.capacity = 1, .max_move = 0, .requests1 = .7, .requests2 = .4, .returns1 = .2, .returns2 = .9})
          .model;
  const double asked1 = 1 - std::exp(-.7), asked2 = 1 - std::exp(-.4);
  const double empty1 = asked1 * std::exp(-.2), empty2 = asked2 * std::exp(-.9);
  const auto row = model.probabilities(model.first_choice(3));
  EXPECT_NEAR(row[0], empty1 * empty2, 1e-15);
  EXPECT_NEAR(row[1], empty1 * (1 - empty2), 1e-15);
  EXPECT_NEAR(row[2], (1 - empty1) * empty2, 1e-15);
  EXPECT_NEAR(model.reward(model.first_choice(3)), 10 * (asked1 + asked2), 1e-13);
  EXPECT_NEAR(model.probabilities(model.first_choice(0))[0], std::exp(-.2) * std::exp(-.9), 1e-15);
}

TEST(CarRental, OptimalMovesAreThoseOfTheBook) {
  const NamedInstance made = car_rental();
  const Eigen::VectorXd v = reference::discounted_values(made.model, .9, 1);
  const auto policy = reference::greedy(made.model, .9, v, 1);
  const auto move = [&](int cars1, int cars2) {
    const int s = cars1 * 21 + cars2;
    return made.model.action(made.model.first_choice(s) + policy[static_cast<std::size_t>(s)]) - 5;
  };
  // Figure 4.2 of Sutton and Barto: five cars over to an empty second lot, four back to an empty first one.
  EXPECT_EQ(move(20, 0), 5);
  EXPECT_EQ(move(0, 20), -4);
  EXPECT_EQ(move(10, 10), 0);
  EXPECT_EQ(move(0, 0), 0);
}

TEST(QueueAdmission, ThresholdIsThatOfTheClosedForm) {
  const TabularMdp model = queue_admission().model;
  const auto policy = reference::greedy(model, 1, reference::gain_and_bias(model, 1).bias, 1);
  EXPECT_TRUE(std::is_sorted(policy.rbegin(), policy.rend()));  // admit up to a threshold
  EXPECT_EQ(policy.front(), 1);
  EXPECT_EQ(policy[19], 0);
  EXPECT_EQ(model.num_choices(20), 1);
}

TEST(QueueRouting, EqualServersWantTheShorterQueue) {
  const TabularMdp model = queue_routing({.capacity = 6, .service1 = 1, .service2 = 1}).model;
  const auto policy = reference::greedy(model, .99, reference::discounted_values(model, .99, -1), -1);
  for (int n1 = 0; n1 < 6; ++n1) {
    for (int n2 = 0; n2 < 6; ++n2) {
      if (n1 == n2) continue;
      const int s = n1 * 7 + n2;
      EXPECT_EQ(model.action(model.first_choice(s) + policy[static_cast<std::size_t>(s)]), n1 < n2 ? 0 : 1) << n1 << n2;
    }
  }
  EXPECT_EQ(model.action_name(model.action(model.first_choice(48))), "lose");
}

TEST(QueueRouting, OneEventOfTheClockHasTheRatesAsProbabilities) {
  const TabularMdp model = queue_routing({.arrival = 2, .service1 = 1, .service2 = 1}).model;
  const std::int64_t c = model.first_choice(1 * 11 + 2);  // join queue 1
  EXPECT_THAT(model.successors(c), testing::ElementsAre(24, 2, 12));
  EXPECT_THAT(model.probabilities(c), testing::ElementsAre(.5, .25, .25));
  EXPECT_DOUBLE_EQ(model.reward(c), 3.0 / 4);
}

TEST(TandemQueue, ServesAlwaysWhenTheSecondQueueIsCheaper) {
  // Rosberg, Varaiya and Walrand: with holding1 >= holding2 the first server never idles while it may work.
  const TabularMdp model = tandem_queue({.capacity = 6, .holding1 = 2, .holding2 = 1, .loss = 1000}).model;
  const auto policy = reference::greedy(model, .99, reference::discounted_values(model, .99, -1), -1);
  for (int s = 0; s < model.num_states(); ++s) {
    EXPECT_EQ(policy[static_cast<std::size_t>(s)], model.num_choices(s) - 1) << s;
  }
}

TEST(TandemQueue, CustomersMoveFromTheFirstQueueToTheSecond) {
  const TabularMdp model = tandem_queue({.arrival = 2, .service1 = 1, .service2 = 1}).model;
  const int s = 3 * 11 + 4;
  EXPECT_THAT(model.successors(model.first_choice(s) + 1), testing::ElementsAre(s + 11, s - 11 + 1, s - 1));
  EXPECT_DOUBLE_EQ(model.reward(model.first_choice(s)), (3 + 2 * 4) / 4.0);
  EXPECT_EQ(model.num_choices(10), 1);           // nothing to serve
  EXPECT_EQ(model.num_choices(5 * 11 + 10), 1);  // nowhere to put it
  EXPECT_DOUBLE_EQ(model.reward(model.first_choice(110)), 10.0 / 4 + 20 * .5);
}

TEST(PutermanTwoState, BothValuesAreThoseOfTheBook) {
  const TabularMdp model = puterman_two_state().model;
  const Eigen::VectorXd v = reference::discounted_values(model, .95, 1);
  EXPECT_NEAR(v[0], -60.0 / 7, 1e-12);
  EXPECT_NEAR(v[1], -20, 1e-12);
}

}  // namespace
}  // namespace bellwether::mdp
