// What is measured of an episode, against sums by hand, with a learner that does as it is told.
#include "solvers/online/constrained/run.h"

#include <algorithm>
#include <memory>
#include <vector>

#include <gtest/gtest.h>

#include "tests/unit/solvers/online/constrained/small_tasks.h"

namespace bellwether::online {
namespace {

/// Plays its first choices in even episodes and its last ones in odd ones; in every third episode it throws a coin
/// between the two. It promises a cost in even episodes and believes in an optimum in episodes that are no multiple of
/// five.
class Told final : public ConstrainedAgent {
 public:
  Told(const ConstrainedWorld& world, double promise, double belief)
      : ConstrainedAgent(world), promise_(promise), belief_(belief), other_(world.state_begin, world.horizon) {}

  void plan(std::int64_t episode) override {
    episode_ = episode;
    for (int h = 0; h < constrained().horizon; ++h)
      for (int s = 0; s < constrained().num_states(); ++s) {
        const auto first = constrained().state_begin[static_cast<std::size_t>(s)],
                   last = constrained().state_begin[static_cast<std::size_t>(s) + 1] - 1;
        policy().play(h, s, episode % 2 == 0 ? first : last);
        other_.play(h, s, episode % 2 == 0 ? last : first);
      }
  }
  void learn(std::span<const Step>) override {}
  Mode mode() const override { return episode_ % 3 == 0 ? Mode::kMixture : Mode::kOwn; }
  std::optional<double> cost_bound(int) const override {
    return episode_ % 2 == 0 ? std::optional(promise_) : std::nullopt;
  }
  std::optional<double> optimistic_optimum() const override {
    return episode_ % 5 != 0 ? std::optional(belief_) : std::nullopt;
  }
  Coin coin() const override {
    if (episode_ % 3 != 0) return {};
    return {.probability = .3, .other = &other_, .baseline = true};
  }

 private:
  double promise_, belief_;
  EpisodicPolicy other_;
  std::int64_t episode_ = 0;
};

TEST(ConstrainedRun, CountsWhatItSays) {
  for (std::uint64_t seed = 0; seed < 5; ++seed) {
    const ConstrainedTask task = random_task(seed, 3, 2, 3);
    const ConstrainedWorld world = world_of(task, 30);
    std::vector<std::vector<double>> worth(2, std::vector<double>(2));
    for (std::size_t which = 0; which < 2; ++which)
      task.evaluate_with(
          [&](int, int s, std::int64_t c) {
            const auto at = static_cast<std::size_t>(s);
            return c == (which == 0 ? world.state_begin[at] : world.state_begin[at + 1] - 1) ? 1.0 : 0.0;
          },
          worth[which]);
    const double limit = task.constraints().front().limit, promise = limit + .05,
                 belief = task.optimum() - .01 * static_cast<double>(seed);
    ConstrainedRow expected{.episodes = 30, .excess = {0}, .hard = {0}, .policy_changes = 29};
    for (int k = 0; k < 30; ++k) {
      const std::size_t first = k % 2 == 0 ? 0 : 1;
      const double p = k % 3 == 0 ? .3 : 1;
      const double value = p * worth[first][0] + (1 - p) * worth[1 - first][0],
                   cost = p * worth[first][1] + (1 - p) * worth[1 - first][1];
      expected.regret += task.optimum() - value;
      expected.positive_regret += std::max(0.0, task.optimum() - value);
      expected.excess[0] += cost - limit;
      expected.hard[0] += std::max(0.0, cost - limit);
      expected.violating += cost > limit + 1e-6;
      expected.promises += k % 2 == 0;
      expected.broken_bounds += k % 2 == 0 && cost > promise + 1e-6;
      expected.estimates += k % 5 != 0;
      expected.broken_optimism += k % 5 != 0 && seed > 0;
      ++(k % 3 == 0 ? expected.mixture : expected.own);
      expected.coin_baseline += k % 3 == 0;
      expected.coin_mean += k % 3 == 0 ? .3 : 0;
      expected.coin_variance += k % 3 == 0 ? .3 * .7 : 0;
    }
    Told told(world, promise, belief);
    const ConstrainedRow got = run_constrained(task, told, Stream(1), {.episodes = 30}).last;
    EXPECT_NEAR(got.regret, expected.regret, 1e-9);
    EXPECT_NEAR(got.positive_regret, expected.positive_regret, 1e-9);
    EXPECT_NEAR(got.excess[0], expected.excess[0], 1e-9);
    EXPECT_NEAR(got.hard[0], expected.hard[0], 1e-9);
    EXPECT_EQ(got.violating, expected.violating);
    EXPECT_EQ(got.promises, expected.promises);
    EXPECT_EQ(got.broken_bounds, expected.broken_bounds);
    EXPECT_EQ(got.estimates, expected.estimates);
    EXPECT_EQ(got.broken_optimism, expected.broken_optimism);
    EXPECT_EQ(got.mixture, expected.mixture);
    EXPECT_EQ(got.own, expected.own);
    EXPECT_EQ(got.coin_baseline, expected.coin_baseline);
    EXPECT_NEAR(got.coin_mean, expected.coin_mean, 1e-12);
    EXPECT_NEAR(got.coin_variance, expected.coin_variance, 1e-12);
    EXPECT_EQ(got.policy_changes, expected.policy_changes);
  }
}

}  // namespace
}  // namespace bellwether::online
