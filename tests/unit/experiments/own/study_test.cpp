#include "experiments/own/study.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/errors.h"
#include "experiments/engine/output.h"
#include "solvers/online/episodic/task.h"
#include "solvers/online/registry.h"

namespace bellwether::experiments {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

/// Goes right, always: optimal in the river, so its regret is known.
class Right : public online::EpisodicAgent {
 public:
  explicit Right(const online::EpisodicWorld& world) : EpisodicAgent(world), world_(world) {}
  void plan(std::int64_t) override {
    for (int h = 0; h < world_.horizon; ++h)
      for (int s = 0; s < world_.num_states(); ++s)
        policy().play(h, s, world_.state_begin[static_cast<std::size_t>(s) + 1] - 1);
  }
  void learn(std::span<const online::Step>) override {}

 private:
  online::EpisodicWorld world_;
};

OwnLearner right(std::string name = "right") {
  return {.name = std::move(name),
          .make = [](const online::EpisodicWorld& world, const Stream&) { return std::make_unique<Right>(world); }};
}

/// A learner of the program in the clothes of an own one.
OwnLearner psrl(const online::EpisodicTask& task) {
  return {.name = "my-psrl", .make = [&task](const online::EpisodicWorld& world, const Stream& stream) {
            return online::find_episodic("psrl").make(task, world, {}, stream);
          }};
}

Plan plan(std::vector<Entry> learners) {
  Plan plan{.instances = {parse_entry("riverswim:states=3,4:horizon=6")}, .learners = std::move(learners)};
  plan.episodes = 60;
  plan.seeds = first_seeds(4);
  plan.summary.resamples = 200;
  return plan;
}

TEST(Study, MeasuresAnOwnLearnerAsOneOfTheProgram) {
  const Grid grid = expand(plan({{.name = "psrl"}}));
  const online::EpisodicTask task(grid.instances[0].model().model, 6);
  const Study both = study(plan({{.name = "psrl"}}), {psrl(task)});
  ASSERT_EQ(both.grid.learners.size(), 2u);
  EXPECT_TRUE(both.results.complete());
  for (std::size_t i = 0; i < 2; ++i) {
    const Curve theirs = curve(both.grid, both.results, i, 0, "value-regret");
    const Curve mine = curve(both.grid, both.results, i, 1, "value-regret");
    ASSERT_EQ(theirs.points.size(), mine.points.size());
    for (std::size_t k = 0; k < mine.points.size(); ++k) EXPECT_EQ(theirs.points[k].mean, mine.points[k].mean);
  }
}

TEST(Study, DoesNotDependOnThreadsNorOnWhoElsePlays) {
  const std::string one = runs_csv(study(plan({}), {right()}, 1).grid, study(plan({}), {right()}, 1).results);
  const Study four = study(plan({}), {right()}, 4);
  EXPECT_EQ(one, runs_csv(four.grid, four.results));
  const Study crowd = study(plan({{.name = "uniform"}}), {right("other"), right()});
  const Curve alone = curve(four.grid, four.results, 1, 0, "gap-regret");
  const Curve among = curve(crowd.grid, crowd.results, 1, 2, "gap-regret");
  EXPECT_EQ(alone.points.back().mean, among.points.back().mean);
}

TEST(Study, DrawsAFigure) {
  const Study both = study(plan({{.name = "uniform"}}), {right()});
  const Figure figure = both.regret_figure(1);
  ASSERT_GE(figure.lines.size(), 2u);
  EXPECT_THAT(figure.lines[0].label, HasSubstr("uniform"));
  EXPECT_THAT(figure.lines[1].label, HasSubstr("right"));
  EXPECT_EQ(figure.lines[0].low.size(), figure.lines[0].x.size());  // a band
}

TEST(Study, NamesWhatIsWrong) {
  EXPECT_THAT([] { study(plan({}), {right("psrl")}); },
              ThrowsMessage<InvalidOption>(HasSubstr("'psrl': the name is taken")));
  EXPECT_THAT([] { study(plan({}), {right(), right()}); }, ThrowsMessage<InvalidOption>(HasSubstr("name is taken")));
  EXPECT_THAT([] { study(plan({}), {{.name = "idle"}}); }, ThrowsMessage<InvalidOption>(HasSubstr("own learner 0")));
  EXPECT_THAT(
      [] {
        study(plan({}), {{.name = "none", .make = [](const auto&, const Stream&) {
                            return std::unique_ptr<online::EpisodicAgent>();
                          }}});
      },
      ThrowsMessage<InvalidOption>(HasSubstr("'none': its function made none")));
}

}  // namespace
}  // namespace bellwether::experiments
