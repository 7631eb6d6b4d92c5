// What is written reads back to the same model: the same bits, through every format that can hold it.

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/errors.h"
#include "mdp/io/formats.h"
#include "mdp/tabular_mdp_builder.h"
#include "tests/support/random_models.h"
#include "tests/support/temporary_folder.h"

namespace bellwether::mdp {
namespace {

/// Everything a tabular model can carry.
TabularMdp decorated() {
  TabularMdpBuilder builder(3);
  builder.add_choice(0, {{0, 0.25, 1.0 / 3}, {1, 0.75, -2e-7}}).action(4).cost("fuel", 1.5);
  builder.add_choice(0, 0.5, {{2, 1}}).action(1).bernoulli_reward(2).cost("noise", -3);
  builder.add_choice(1, 0.1, {{1, 1}}).action(1).gaussian_reward(0.3);
  builder.add_choice(2, 1.0, {{2, 1}}).action(0).finite_reward(std::vector{0.0, 4.0}, std::vector{0.75, 0.25});
  builder.state_names({"a b", "c,\"d\"", "#e"}).action_names({"w", "x", "y", "z", "v w"});
  builder.initial({0.5, 0, 0.5}).label("goal", {2}).label("none", {}).label("both", {0, 2}).discount(0.95);
  return std::move(builder).build();
}

class RoundTrip : public testing::Test {
 protected:
  ModelFile through(const ModelFile& file, const std::string& name) {
    lost_ = write_model(file, folder_.path(name));
    return read_model(folder_.path(name));
  }
  test::TemporaryFolder folder_;
  std::vector<std::string> lost_;
};

TEST_F(RoundTrip, KeepsEverythingInBwmAndCsv) {
  for (const char* name : {"m.bwm", "m.csv", "m.csv.gz"}) {
    const ModelFile back = through({.model = decorated(), .rewards_are_costs = true}, name);
    EXPECT_TRUE(lost_.empty()) << name;
    EXPECT_EQ(back.model.data(), decorated().data()) << name;
    EXPECT_TRUE(back.rewards_are_costs) << name;
  }
}

TEST_F(RoundTrip, KeepsStagesAndContexts) {
  const std::vector<TabularMdp> several{test::random_model(Stream(1), {.states = 5}),
                                        test::random_model(Stream(2), {.states = 5})};
  // Contexts have the same actions.
  const std::vector<TabularMdp> alike{test::random_model(Stream(1), {.states = 5, .most_actions = 1}),
                                      test::random_model(Stream(2), {.states = 5, .most_actions = 1})};
  for (const char* name : {"m.bwm", "m.csv"}) {
    const ModelFile staged = through({.model = several[0], .stages = several}, name);
    ASSERT_EQ(staged.stages.size(), 2U) << name;
    for (std::size_t h = 0; h < 2; ++h) EXPECT_EQ(staged.stages[h].data(), several[h].data()) << name;
    const ModelFile latent = through({.model = alike[0], .contexts = alike}, name);
    ASSERT_EQ(latent.contexts.size(), 2U) << name;
    EXPECT_EQ(latent.contexts[1].data(), alike[1].data()) << name;
  }
}

TEST_F(RoundTrip, KeepsIntervalsAndObservationsInBwm) {
  const TabularMdp model = test::random_model(Stream(3), {.states = 2, .most_actions = 1, .most_successors = 1});
  const auto count = static_cast<std::size_t>(model.num_transitions());
  ModelFile file{.model = model};
  file.intervals = Intervals{.lower = std::vector<double>(count, 0.5), .upper = std::vector<double>(count, 1.0)};
  file.observations = Observations{.count = 2,
                                   .names = {"dark", "light"},
                                   .begin = std::vector<std::int64_t>{0, 1, 3},
                                   .observation = std::vector<std::int32_t>{1, 0, 1},
                                   .probability = std::vector<double>{1, 0.25, 0.75}};
  const ModelFile back = through(file, "m.bwm");
  EXPECT_EQ(back.intervals, file.intervals);
  EXPECT_EQ(back.observations, file.observations);
}

TEST_F(RoundTrip, KeepsRandomModelsThroughEveryFormat) {
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    const TabularMdp model = test::random_model(Stream(seed));
    for (const char* name : {"m.bwm", "m.csv", "m.umb", "m.tra", "m.drn", "m.json"}) {
      const ModelFile back = through({.model = model}, name);
      EXPECT_EQ(back.model.num_states(), model.num_states()) << name;
      EXPECT_EQ(back.model.data().successor, model.data().successor) << name;
      EXPECT_EQ(back.model.data().probability, model.data().probability) << name;
      EXPECT_EQ(back.model.data().rewards[0].expected, model.data().rewards[0].expected) << name;
    }
  }
}

TEST_F(RoundTrip, SaysWhatIsLost) {
  through({.model = decorated()}, "m.json");
  EXPECT_THAT(lost_, testing::Not(testing::IsEmpty()));
}

TEST_F(RoundTrip, LeavesTheOldFileWhenWritingFails) {
  const std::string path = folder_.write("keep.csv", "old");
  EXPECT_THROW(write_model({.model = decorated()}, folder_.path("no/such/folder/x.csv")), InvalidOption);
  EXPECT_EQ(test::read_file(path), "old");
}

}  // namespace
}  // namespace bellwether::mdp
