#include "proofs_checks/tabular_regret/tasks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/errors.h"
#include "solvers/online/registry.h"

namespace bellwether::claims {
namespace {

using online::EpisodicAgent;
using online::EpisodicTask;
using online::EpisodicWorld;

std::unique_ptr<EpisodicAgent> make(std::string_view learner, const EpisodicTask& task, const EpisodicWorld& world) {
  return online::find_episodic(learner).make(task, world, {}, Stream(1).child("learner"));
}

TEST(Recorder, PlaysWhatTheLearnerPlaysAndKeepsEveryStep) {
  const NamedTask on = tiny_task(50);
  const EpisodicWorld world = online::world_of(on.task, on.episodes);
  for (const char* learner : {"ucbvi-bf", "uniform", "oppo"}) {
    Recorder recorder(on.task, world, make(learner, on.task, world));
    const auto recorded = play(on.task, recorder, on.episodes, Stream(1)).last;
    const auto alone = play(on.task, learner, {}, on.episodes, Stream(1)).last;
    EXPECT_EQ(recorded.value_regret, alone.value_regret) << learner;
    EXPECT_EQ(recorded.reward_regret, alone.reward_regret) << learner;
    EXPECT_EQ(recorder.steps().size(), 100U);
  }
}

/// Believes the same number of every state in every episode.
class Believer final : public EpisodicAgent {
 public:
  Believer(const EpisodicWorld& world, double belief) : EpisodicAgent(world), belief_(belief) {}
  void plan(std::int64_t) override {}
  void learn(std::span<const online::Step>) override {}
  std::optional<double> optimistic_value(int state) const override { return state == 1 ? belief_ : 2; }

 private:
  double belief_;
};

TEST(Witness, CountsBeliefsThatAreTooLowAndThoseThatSayMoreThanH) {
  const NamedTask on = tiny_task(10);
  const EpisodicWorld world = online::world_of(on.task, on.episodes);
  const double best = on.task.optimal_value(0, 1);
  ASSERT_LT(best, 2);
  const auto counts = [&](double belief) {
    Witness witness(on.task, world, std::make_unique<Believer>(world, belief));
    play(on.task, witness, on.episodes, Stream(1));
    EXPECT_EQ(witness.episodes(), 10);
    return std::pair(witness.violations(), witness.informative());
  };
  EXPECT_EQ(counts(2), std::pair(std::int64_t{0}, std::int64_t{0}));
  EXPECT_EQ(counts(best), std::pair(std::int64_t{0}, std::int64_t{10}));
  EXPECT_EQ(counts(best - 1e-9), std::pair(std::int64_t{10}, std::int64_t{10}));
}

TEST(Witness, RefusesLearnersWithoutBeliefs) {
  const NamedTask on = tiny_task(10);
  const EpisodicWorld world = online::world_of(on.task, on.episodes);
  Witness witness(on.task, world, make("uniform", on.task, world));
  EXPECT_THROW(witness.plan(0), InvalidOption);
}

TEST(PagePath, GrowsFromTheNameOfAPage) {
  EXPECT_EQ(page_path("ucbvi"), "docs/papers/ucbvi.md");
  EXPECT_EQ(page_path("docs/papers/mvp.md"), "docs/papers/mvp.md");
}

}  // namespace
}  // namespace bellwether::claims
