#include "solvers/online/trial.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/errors.h"
#include "mdp/instances/registry.h"

namespace bellwether::online {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

TEST(Arena, TakesTheHorizonOfTheInstanceOrTheCallers) {
  EXPECT_EQ(Arena(mdp::make_instance("deep-sea", {{"size", "7"}}), Protocol::kEpisodic).episodic()->horizon(), 7);
  EXPECT_EQ(Arena(mdp::make_instance("riverswim"), Protocol::kEpisodic, 12).episodic()->horizon(), 12);
  EXPECT_THAT([] { Arena(mdp::make_instance("taxi"), Protocol::kEpisodic); },
              ThrowsMessage<InvalidOption>(HasSubstr("--horizon")));
}

TEST(Play, GivesEveryMetricAtEveryCheckpoint) {
  for (const Protocol protocol : {Protocol::kEpisodic, Protocol::kAverage}) {
    const Arena arena(mdp::make_instance("riverswim"), protocol, protocol == Protocol::kEpisodic ? 20 : 0);
    const Series series = play(arena, "uniform", {}, Stream(1), {.length = 100, .checkpoints = {10, 100}});
    EXPECT_EQ(series.metrics, metrics_of(protocol));
    EXPECT_EQ(series.at, (std::vector<std::int64_t>{10, 100}));
    EXPECT_EQ(series.values.size(), 2 * series.metrics.size());
  }
}

TEST(Play, DependsOnTheStreamAlone) {
  const Arena arena(mdp::make_instance("riverswim"), Protocol::kEpisodic, 20);
  const auto run = [&](std::uint64_t seed) { return play(arena, "uniform", {}, Stream(seed), {.length = 50}); };
  EXPECT_EQ(run(1), run(1));
  EXPECT_NE(run(1), run(2));
}

TEST(Play, RefusesUnknownSettings) {
  const Arena arena(mdp::make_instance("riverswim"), Protocol::kEpisodic, 20);
  EXPECT_THAT(
      [&] {
        play(arena, "uniform", {{"constant", "1"}}, Stream(1), {});
      },
      ThrowsMessage<InvalidOption>(HasSubstr("uniform has no options")));
}

/// Costs are played as negative rewards: the least cost is the optimum, whatever the protocol.
TEST(Arena, MinimisesWhatIsMinimised) {
  const mdp::NamedInstance machine = mdp::make_instance("machine-replacement");
  ASSERT_TRUE(machine.question.minimise);
  EXPECT_NEAR(Arena(machine, Protocol::kAverage).average()->gain(), -1.75, 1e-9);
  const mdp::NamedInstance maze = mdp::make_instance("maze");
  EXPECT_NEAR(Arena(maze, Protocol::kEpisodic, 100).episodic()->optimum(), -20, 1e-9) << "walks to the exit";
  const Series best = play(Arena(machine, Protocol::kAverage), "optimal", {}, Stream(1), {.length = 2000});
  EXPECT_EQ(best.value(best.at.size() - 1, 1), 0) << "no gap at all";
}

}  // namespace
}  // namespace bellwether::online
