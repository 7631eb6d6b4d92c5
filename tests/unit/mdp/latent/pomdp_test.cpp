#include "mdp/latent/pomdp.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/errors.h"
#include "mdp/io/cassandra.h"
#include "mdp/latent/belief_model.h"
#include "mdp/latent/instances.h"
#include "mdp/tabular_mdp_builder.h"

namespace bellwether::mdp {
namespace {

using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

TEST(Pomdp, ReadsACassandraFile) {
  const char* text =
      "discount: 0.95\nvalues: reward\nstates: left right\nactions: listen open-left open-right\n"
      "observations: hear-left hear-right\nstart: uniform\n"
      "T: listen identity\nT: open-left uniform\nT: open-right uniform\n"
      "O: listen\n0.85 0.15\n0.15 0.85\nO: open-left uniform\nO: open-right uniform\n"
      "R: listen : * : * : * -1\nR: open-left : left : * : * -100\nR: open-left : right : * : * 10\n"
      "R: open-right : left : * : * 10\nR: open-right : right : * : * -100\n";
  const Pomdp read = pomdp_of(parse_cassandra(text, "tiger.POMDP")), made = tiger();
  ASSERT_EQ(read.num_observations(), 2);
  ASSERT_EQ(read.num_actions(), 3);
  for (int c = 0; c < 6; ++c) EXPECT_EQ(read.model().reward(c), made.model().reward(c)) << c;
  for (int a = 0; a < 3; ++a) {
    for (int s = 0; s < 2; ++s) {
      ASSERT_EQ(read.seen(a, s).size(), made.seen(a, s).size());
      for (std::size_t o = 0; o < 2; ++o)
        EXPECT_NEAR(read.seen(a, s)[o].probability, made.seen(a, s)[o].probability, 1e-15);
    }
  }
}

TEST(Pomdp, NamesTheRowThatIsNoDistribution) {
  const TabularMdp model = tiger().model();
  std::vector<double> seen(12, .5);
  seen[2] = .4;
  EXPECT_THAT([&] { Pomdp(model, dense_observations(2, seen)); },
              ThrowsMessage<InvalidModel>(HasSubstr("action listen into state tiger-right sum to 1-0.1")));
  seen[2] = -.1, seen[3] = 1.1;
  EXPECT_THAT([&] { Pomdp(model, dense_observations(2, seen)); }, ThrowsMessage<InvalidModel>(HasSubstr("-0.1")));
  EXPECT_THAT([&] { Pomdp(model, dense_observations(2, std::vector<double>(6, .5))); },
              ThrowsMessage<InvalidModel>(HasSubstr("one row for each action and state")));
  EXPECT_THAT(
      [&] {
        Pomdp(model, dense_observations(2, std::vector<double>(12, .5)), {{{0, 1.0}}, {{2, 1.0}}});
      },
      ThrowsMessage<InvalidModel>(HasSubstr("observation 2, must be below 2")));
  EXPECT_THAT([] { pomdp_of({.model = tiger().model()}); }, ThrowsMessage<InvalidModel>(HasSubstr("no observations")));
}

TEST(Pomdp, RowsNobodyReachesNeedNoDistribution) {
  TabularMdpBuilder builder(2);
  builder.add_choice(0, 0.0, {{1, 1.0}}).add_choice(1, 0.0, {{1, 1.0}});
  const std::vector<double> seen = {0, 1};  // state 0 is never entered
  EXPECT_NO_THROW(Pomdp(std::move(builder).build(), dense_observations(1, seen)));
}

TEST(Pomdp, ConfusedStatesMustShareTheirActions) {
  TabularMdpBuilder builder(2);
  builder.add_choice(0, 0.0, {{0, .5}, {1, .5}}).add_choice(1, 0.0, {{1, 1.0}}).add_choice(1, 0.0, {{0, 1.0}});
  const TabularMdp model = std::move(builder).build();
  const std::vector<double> blind = {1, 1, 1, 1};
  EXPECT_THAT([&] { BeliefModel(Pomdp(model, dense_observations(1, blind))); },
              ThrowsMessage<InvalidModel>(HasSubstr("states 0 and 1 can be confused")));
  const std::vector<double> sharp = {1, 0, 0, 1, 1, 0, 0, 1};
  const BeliefModel told(Pomdp(model, dense_observations(2, sharp)));
  EXPECT_EQ(told.num_cells(), 2) << "states that are never confused may differ";
}

}  // namespace
}  // namespace bellwether::mdp
