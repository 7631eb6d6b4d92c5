#include "mdp/io/cassandra.h"

#include <array>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/stream.h"
#include "mdp/tabular_mdp_builder.h"
#include "tests/support/temporary_folder.h"
#include "tests/unit/mdp/io/checkers/random_file.h"

namespace bellwether::mdp {
namespace {

using test::Extras;
using test::listed;
using test::message_of;
using testing::DoubleEq;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

void expect_round_trip(Extras extras) {
  extras.same_actions = true;
  extras.labels = extras.other_rewards = false;
  const test::TemporaryFolder folder;
  for (std::uint64_t seed = 0; seed < 12; ++seed) {
    SCOPED_TRACE(seed);
    ModelFile file = test::random_file(seed, extras);
    ModelData data = file.model.data();
    for (std::size_t s = 0; s < data.state_names.size(); ++s) data.state_names[s] = "room-" + std::to_string(s);
    file.model = TabularMdp(std::move(data));
    EXPECT_THAT(write_cassandra(file, folder.path("m.POMDP")), IsEmpty());
    test::expect_same(file, read_cassandra(folder.path("m.POMDP")));
  }
}

TEST(Cassandra, KeepsModels) {
  expect_round_trip({});
  expect_round_trip({.transition_rewards = false, .names = false, .initial = Extras::Initial::kFirst});
  expect_round_trip({.initial = Extras::Initial::kAny});
}

TEST(Cassandra, KeepsObservations) {
  expect_round_trip({.seen = Extras::Seen::kStates});
  expect_round_trip({.initial = Extras::Initial::kFirst, .seen = Extras::Seen::kActions});
}

TEST(Cassandra, SaysWhatItLoses) {
  const test::TemporaryFolder folder;
  const ModelFile file =
      test::random_file(5, {.costs = true, .same_actions = true, .intervals = true, .laws = true, .parallel = true});
  EXPECT_THAT(
      write_cassandra(file, folder.path("m.MDP")),
      testing::IsSupersetOf({HasSubstr("the reward structures after the first: 'energy' and 'time'"),
                             HasSubstr("the cost columns 'fuel'"), HasSubstr("the labels"), HasSubstr("the intervals"),
                             HasSubstr("the names of the states"), HasSubstr("(they are merged)")}));
  const ModelFile back = read_cassandra(folder.path("m.MDP"));
  for (std::int64_t c = 0; c < back.model.num_choices(); ++c)
    EXPECT_NEAR(back.model.reward(c), file.model.reward(c), 1e-9);
}

TEST(Cassandra, RefusesStatesWithDifferentActions) {
  const test::TemporaryFolder folder;
  TabularMdpBuilder builder(2);
  builder.add_choice(0, 0, {{0, 1}}).add_choice(0, 0, {{1, 1}}).add_choice(1, 0, {{1, 1}});
  const ModelFile file{.model = std::move(builder).build()};
  EXPECT_THAT(message_of([&] { write_cassandra(file, folder.path("m.MDP")); }),
              StartsWith("output " + folder.path("m.MDP") +
                         ": state 1 has no action 1: Cassandra's format needs every action in every state"));
}

TEST(Cassandra, RefusesThemByName) {
  const test::TemporaryFolder folder;
  const auto refusal = [&](TabularMdpBuilder& builder) {
    builder.state_names({"home", "away"}).action_names({"stay", "leave"});
    const ModelFile file{.model = std::move(builder).build()};
    return message_of([&] { write_cassandra(file, folder.path("m.MDP")); });
  };
  TabularMdpBuilder fewer(2);
  fewer.add_choice(0, 0, {{0, 1}}).add_choice(0, 0, {{1, 1}}).add_choice(1, 0, {{1, 1}});
  EXPECT_THAT(refusal(fewer), HasSubstr("state away has no action leave: "));
  TabularMdpBuilder more(2);
  more.add_choice(0, 0, {{0, 1}}).add_choice(1, 0, {{1, 1}}).add_choice(1, 0, {{1, 1}});
  EXPECT_THAT(refusal(more), HasSubstr("state away has 2 actions, state home has 1: "));
}

TEST(Cassandra, ReadsAllForms) {
  const ModelFile file = parse_cassandra(R"(# a comment
observations: quiet loud
actions: wait go
states: home away   # names
values: cost
discount: 0.5
start include: away

T: wait identity
T: go
uniform
T: go : home : away 1.0   # overrides
T: go : home : home 0.0
O: * uniform
O: go : away
0.25 0.75
O: go : home : * 0
O: go : home : quiet 1
R: * : * : * : * 1
R: wait : home : * : loud 5
R: go : away : home
2 4
R: go : home
1 1
8 16
)",
                                         "m.POMDP");
  const TabularMdp& model = file.model;
  EXPECT_TRUE(file.rewards_are_costs);
  EXPECT_EQ(model.data().discount, 0.5);
  EXPECT_THAT(model.initial(), ElementsAre(0, 1));
  EXPECT_THAT(model.data().state_names, ElementsAre("home", "away"));
  EXPECT_THAT(model.data().action_names, ElementsAre("wait", "go"));
  // (home, wait), (home, go), (away, wait), (away, go)
  EXPECT_THAT(listed(model.successor()), ElementsAre(0, 1, 1, 0, 1));
  EXPECT_THAT(listed(model.probability()), ElementsAre(1, 1, 1, .5, .5));
  EXPECT_EQ(model.reward(0), .5 * 1 + .5 * 5);
  EXPECT_EQ(model.reward(1), .25 * 8 + .75 * 16);
  EXPECT_EQ(model.reward(2), 1);
  // To home the observation is "quiet": 2; to away the reward is the 1 of the first line.
  EXPECT_EQ(model.reward(3), .5 * 2 + .5 * 1);
  EXPECT_THAT(listed(model.data().rewards[0].by_transition), ElementsAre(3, 14, 1, 2, 1));
  ASSERT_TRUE(file.observations);
  EXPECT_THAT(file.observations->names, ElementsAre("quiet", "loud"));
  EXPECT_THAT(listed(file.observations->begin), ElementsAre(0, 2, 4, 5, 7));
  EXPECT_THAT(listed(file.observations->probability), ElementsAre(.5, .5, .5, .5, 1, .25, .75));
}

TEST(Cassandra, ReadsMdpsWithTheirShorterRewards) {
  const ModelFile file = parse_cassandra(
      "states: 2\nactions: 2\nT: * identity\nT: 1 : 0\n0.5 0.5\nR: 0\n1 2\n3 4\nR: 1 : 0\n10 20\nR: 1 : 1 : 1\n7\n",
      "m.MDP");
  EXPECT_THAT(listed(file.model.reward()), ElementsAre(1, 15, 4, 7));
  EXPECT_FALSE(file.observations);
  EXPECT_FALSE(file.model.data().discount);
  EXPECT_THAT(file.model.initial(), ElementsAre(1, 0));
}

TEST(Cassandra, ReadsAllStarts) {
  const auto start = [](const std::string& line, bool pomdp = true) {
    return parse_cassandra("states: a b c\nactions: 1\n" + std::string(pomdp ? "observations: 1\n" : "") + line +
                               "\nT: 0 : * reset\n" + (pomdp ? "O: * uniform" : ""),
                           "m.POMDP")
        .model;
  };
  const double third = 1.0 / 3;
  EXPECT_THAT(start("start: 0.5 0.25 0.25").initial(), ElementsAre(.5, .25, .25));
  EXPECT_THAT(listed(start("start: 0.5 0.25 0.25").probability()),
              ElementsAre(.5, .25, .25, .5, .25, .25, .5, .25, .25));
  EXPECT_THAT(start("start: uniform").initial(), ElementsAre(third, third, third));
  EXPECT_THAT(start("start: b").initial(), ElementsAre(0, 1, 0));
  EXPECT_THAT(start("start: 2").initial(), ElementsAre(0, 0, 1));
  EXPECT_THAT(start("start include: a 2").initial(), ElementsAre(.5, 0, .5));
  EXPECT_THAT(start("start exclude: a").initial(), ElementsAre(0, .5, .5));
  EXPECT_THAT(start("").initial(), ElementsAre(third, third, third));
  EXPECT_THAT(start("", false).initial(), ElementsAre(1, 0, 0));
}

/// The tables of a file held dense, filled line by line: the other route to the same numbers.
struct DenseTables {
  static constexpr int kS = 3, kA = 2, kO = 2;
  std::array<std::array<std::array<double, kS>, kS>, kA> t{};
  std::array<std::array<std::array<double, kO>, kS>, kA> o{};
  std::array<std::array<std::array<std::array<double, kO>, kS>, kS>, kA> r{};
};

template <class Each>
void selected(int chosen, int count, Each&& each) {
  for (int i = 0; i < count; ++i)
    if (chosen < 0 || chosen == i) each(i);
}

TEST(Cassandra, LaterLinesOverrideEarlierOnes) {
  constexpr int S = DenseTables::kS, A = DenseTables::kA, O = DenseTables::kO;
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    SCOPED_TRACE(seed);
    Stream rng(seed);
    DenseTables dense;
    std::string text = "states: 3\nactions: 2\nobservations: 2\n";
    const auto pick = [&](int count) { return static_cast<int>(rng.below(static_cast<std::uint64_t>(count) + 1)) - 1; };
    const auto name = [](int i) { return i < 0 ? std::string("*") : std::to_string(i); };
    for (int line = 0; line < 25; ++line) {
      // Rows move between distributions with entries in quarters, one column set to 1 by single entries.
      const int a = pick(A), s = pick(S), column = static_cast<int>(rng.below(3));
      text +=
          "T: " + name(a) + " : " + name(s) + " : * 0\nT: " + name(a) + " : " + name(s) + " : " + name(column) + " 1\n";
      selected(a, A, [&](int i) {
        selected(s, S, [&](int j) {
          dense.t[i][j] = {};
          dense.t[i][j][column] = 1;
        });
      });
      if (rng.below(2) == 0) {
        text += "T: " + name(a) + " : " + name(s) + "\n0.25 0 0.75\n";
        selected(a, A, [&](int i) { selected(s, S, [&](int j) { dense.t[i][j] = {.25, 0, .75}; }); });
      }
      const int oa = pick(A), os = pick(S);
      const bool even = rng.below(2) == 0;
      text += "O: " + name(oa) + " : " + name(os) + (even ? "\nuniform\n" : "\n0 1\n");
      selected(oa, A, [&](int i) {
        selected(os, S, [&](int j) { dense.o[i][j] = even ? std::array{.5, .5} : std::array{0., 1.}; });
      });
      const int ra = pick(A), rs = pick(S), rn = pick(S), ro = pick(O);
      const auto value = static_cast<double>(rng.below(9));
      text += "R: " + name(ra) + " : " + name(rs) + " : " + name(rn) + " : " + name(ro) + " " + std::to_string(value) +
              "\n";
      selected(ra, A, [&](int i) {
        selected(rs, S, [&](int j) {
          selected(rn, S, [&](int k) { selected(ro, O, [&](int m) { dense.r[i][j][k][m] = value; }); });
        });
      });
    }
    // Every row must be a distribution at the end.
    text += "T: * : 0\n0.25 0.25 0.5\nO: 0 : 2\n1 0\n";
    for (int a = 0; a < A; ++a) dense.t[a][0] = {.25, .25, .5};
    dense.o[0][2] = {1, 0};
    for (int a = 0; a < A; ++a) {
      for (int s = 0; s < S; ++s) {
        if (dense.t[a][s] == std::array<double, 3>{}) {
          dense.t[a][s] = {1, 0, 0};
          text += "T: " + std::to_string(a) + " : " + std::to_string(s) + " : 0 1\n";
        }
        if (dense.o[a][s] == std::array<double, 2>{}) {
          dense.o[a][s] = {1, 0};
          text += "O: " + std::to_string(a) + " : " + std::to_string(s) + " : 0 1\n";
        }
      }
    }
    const ModelFile file = parse_cassandra(text, "m.POMDP");
    for (int s = 0; s < S; ++s) {
      for (int a = 0; a < A; ++a) {
        const std::int64_t c = s * A + a;
        std::array<double, S> row{};
        double reward = 0;
        for (std::size_t i = 0; i < file.model.successors(c).size(); ++i)
          row[static_cast<std::size_t>(file.model.successors(c)[i])] = file.model.probabilities(c)[i];
        EXPECT_EQ(row, dense.t[a][s]) << text;
        for (int k = 0; k < S; ++k)
          for (int m = 0; m < O; ++m) reward += dense.t[a][s][k] * dense.o[a][k][m] * dense.r[a][s][k][m];
        EXPECT_THAT(file.model.reward(c), DoubleEq(reward)) << text;
      }
    }
  }
}

std::string of(const std::string& text) {
  return message_of([&] { parse_cassandra(text, "m.POMDP"); });
}

constexpr const char* kSizes = "states: here there\nactions: 2\nobservations: 2\n";

std::string after_sizes(const std::string& text) { return of(kSizes + text); }

TEST(CassandraErrors, Preamble) {
  EXPECT_EQ(of(""), "m.POMDP:1: 'states:' is missing");
  EXPECT_EQ(of("states: 2\nT: 0 identity\n"), "m.POMDP:2: 'actions:' is missing");
  EXPECT_EQ(of("discount: 1.5\n"), "m.POMDP:1: discount 1.5 must lie in [0, 1]");
  EXPECT_EQ(of("discount 1\n"),
            "m.POMDP:1: expected the next line of the model (T:, O:, R:, start: ...), found 'discount'");
  EXPECT_EQ(of("values: money\n"), "m.POMDP:1: values: is 'money', must be reward or cost");
  EXPECT_EQ(of("states: 0\n"), "m.POMDP:1: there are 0 states, must be 1 to 134217728");
  EXPECT_EQ(of("states: 1000000000000000\n"), "m.POMDP:1: there are 1000000000000000 states, must be 1 to 134217728");
  EXPECT_EQ(of("states:\nactions: 2\n"), "m.POMDP:1: 'states:' needs a number or names");
  EXPECT_EQ(of("states: a b\n a\n"), "m.POMDP:2: state 'a' is there twice");
  EXPECT_EQ(of("states: 2\nstates: 3\n"), "m.POMDP:2: 'states' is there twice");
  EXPECT_EQ(of("states: 100000\nactions: 100000\nT: * identity\n"),
            "m.POMDP:3: the tables up to here have more than 134217728 entries");
  EXPECT_EQ(of("states: 2\nactions: 1\nT: 0 identity\nobservations: 2\n"),
            "m.POMDP:4: 'observations' must come before the first T:, O: or R:");
}

TEST(CassandraErrors, Starts) {
  EXPECT_EQ(of("start: 1 0\nstates: 2\n"), "m.POMDP:1: 'states:' must come before 'start'");
  EXPECT_EQ(after_sizes("start: 0.5 0.25\n"), "m.POMDP:4: the start distribution sums to 1-0.25, tolerance 1e-09");
  EXPECT_EQ(after_sizes("start: *\n"), "m.POMDP:4: '*' cannot stand in start:");
  EXPECT_EQ(after_sizes("start exclude: here there\n"), "m.POMDP:4: no state is left to start in");
  EXPECT_EQ(after_sizes("start: hrre\n"), "m.POMDP:4: 'hrre' is no state; did you mean 'here'?");
}

TEST(CassandraErrors, Tables) {
  EXPECT_EQ(after_sizes("T: 2 identity\n"), "m.POMDP:4: action 2 is out of range, there are 2: 0 to 1");
  EXPECT_EQ(after_sizes("T: 0 : 5 : 0 1\n"), "m.POMDP:4: state 5 is out of range, there are 2: 0 to 1");
  EXPECT_EQ(after_sizes("T: 0 : 1 : 0 1.5\n"), "m.POMDP:4: a transition probability is 1.5, must lie in [0, 1]");
  EXPECT_EQ(after_sizes("T: 0 : 1\n0.5 x\n"), "m.POMDP:5: a transition probability is 'x', must be a finite number");
  EXPECT_EQ(after_sizes("T: 0\n1 0\n0"), "m.POMDP:6: the file ends where a transition probability is due");
  EXPECT_EQ(after_sizes("T: 0\n1 0\n0 1 1"),
            "m.POMDP:6: expected the next line of the model (T:, O:, R:, start: ...), found '1'");
  EXPECT_EQ(after_sizes("O: 0 : 1 : 7 1\n"), "m.POMDP:4: observation 7 is out of range, there are 2: 0 to 1");
  EXPECT_EQ(of("states: 2\nactions: 1\nobservations: 3\nO: * identity\n"),
            "m.POMDP:4: an identity of 2 states needs as many columns, here are 3");
  EXPECT_EQ(of("states: 2\nactions: 1\nO: * uniform\n"), "m.POMDP:3: O: needs 'observations:' in the preamble");
  EXPECT_EQ(after_sizes("T: * identity\nT: 1 : there : there 0.5\nO: * uniform\n"),
            "m.POMDP:5: T: of action 1 in state 'there' sums to 1-0.5, tolerance 1e-09");
  EXPECT_EQ(after_sizes("T: 0 identity\nO: * uniform\n"), "m.POMDP: T: of action 1 in state 'here' is missing");
  EXPECT_EQ(after_sizes("T: * identity\nO: 0 uniform\n"), "m.POMDP: O: of action 1 in state 'here' is missing");
}

TEST(CassandraErrors, Rewards) {
  EXPECT_EQ(after_sizes("R: 0\n1 2\n"),
            "m.POMDP:4: R: of a model with observations needs a state: R: action : state ...");
  EXPECT_EQ(after_sizes("R: 0 : here : there : 1 inf\n"), "m.POMDP:4: a reward is 'inf', must be a finite number");
  EXPECT_EQ(of("states: 1\nactions: 1\nR: 0 : 0 : 0 : 0 1\n"),
            "m.POMDP:3: the model has no observations: '0' must be '*'");
}

}  // namespace
}  // namespace bellwether::mdp
