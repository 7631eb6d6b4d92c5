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

}  // namespace
}  // namespace bellwether::online
