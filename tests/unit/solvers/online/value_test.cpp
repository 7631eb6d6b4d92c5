#include "solvers/online/episodic/value.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/stream.h"
#include "mdp/instances/registry.h"

namespace bellwether::online {
namespace {

mdp::TabularMdp garnet(const char* seed) {
  return mdp::make_instance("garnet", {{"states", "90"}, {"actions", "3"}, {"successors", "2"}, {"seed", seed}}).model;
}

/// A few states of a few stages play something else.
void change(EpisodicPolicy& policy, const EpisodicTask& task, bool randomised, Stream& draws) {
  for (int i = 0; i < 3; ++i) {
    const auto stage = static_cast<int>(draws.below(static_cast<std::uint64_t>(task.horizon())));
    const auto s = static_cast<int>(draws.below(90));
    const auto first = task.state_begin()[static_cast<std::size_t>(s)];
    if (!randomised) {
      policy.play(stage, s, first + static_cast<std::int64_t>(draws.below(3)));
      continue;
    }
    for (std::int64_t c = first; c < first + 3; ++c) policy.play_with(stage, c, draws.uniform());
  }
}

TEST(PolicyValue, FollowsAPolicyWithTheSameBitsAsAFullEvaluation) {
  for (const bool same : {true, false}) {
    for (const bool randomised : {false, true}) {
      const EpisodicTask task =
          same ? EpisodicTask(garnet("1"), 4) : EpisodicTask({garnet("1"), garnet("2"), garnet("3"), garnet("4")});
      EpisodicPolicy policy(task.state_begin(), 4);
      for (int h = 0; randomised && h < 4; ++h)
        for (std::int64_t c = 0; c < task.num_choices(); ++c) policy.play_with(h, c, 1.0 / 3);
      PolicyValue value(task);
      value.update(policy, 3);
      Stream draws(5);
      for (int k = 0; k < 200; ++k) {
        change(policy, task, randomised, draws);
        value.follow(policy, policy.take_changed());
        PolicyValue afresh(task);
        afresh.update(policy, 3);
        for (int h = 0; h < 4; ++h)
          for (int s = 0; s < 90; ++s) ASSERT_EQ(value.value(h, s), afresh.value(h, s)) << "stage " << h;
      }
    }
  }
}

}  // namespace
}  // namespace bellwether::online
