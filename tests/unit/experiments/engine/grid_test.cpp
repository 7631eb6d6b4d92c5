#include "experiments/engine/grid.h"

#include <algorithm>
#include <set>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/checkpoints.h"
#include "core/errors.h"
#include "experiments/engine/variants.h"
#include "tests/support/temporary_folder.h"

namespace bellwether::experiments {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::ThrowsMessage;

const Entry kRiver{.name = "riverswim", .settings = {{.name = "horizon", .values = {"20"}}}};

Plan plan_of(std::vector<Entry> instances, std::vector<Entry> learners) {
  return {.instances = std::move(instances), .learners = std::move(learners), .seeds = first_seeds(2)};
}

std::vector<std::string> labels(const auto& variants) {
  std::vector<std::string> result;
  for (const auto& variant : variants) result.push_back(variant.label);
  return result;
}

auto message_of(const Plan& plan) {
  return [plan] { expand(plan); };
}

TEST(Grid, SpellsOutInstancesLearnersAndSeeds) {
  const Grid grid =
      expand(plan_of({kRiver, parse_entry("deep-sea:size=4")}, {{.name = "uniform"}, {.name = "optimal"}}));
  EXPECT_THAT(labels(grid.instances), ElementsAre("riverswim@1", "deep-sea@1"));
  EXPECT_EQ(grid.instances[0].horizon, 20);
  EXPECT_EQ(grid.instances[1].horizon, 4);
  EXPECT_THAT(labels(grid.learners), ElementsAre("uniform", "optimal"));
  EXPECT_EQ(grid.learners[0].length, 1000);
  EXPECT_EQ(grid.learners[0].checkpoints, log_checkpoints(1000));
  ASSERT_EQ(grid.cells.size(), 8u);
  for (std::size_t i = 0; i < 2; ++i)
    for (std::size_t l = 0; l < 2; ++l)
      for (std::size_t s = 0; s < 2; ++s) {
        const Cell& cell = grid.cells[grid.cell(i, l, s)];
        EXPECT_EQ(cell.instance, i);
        EXPECT_EQ(cell.learner, l);
        EXPECT_EQ(cell.seed, s);
      }
  EXPECT_TRUE(grid.axes.empty());
}

TEST(Grid, SweptSettingsMultiply) {
  Plan plan = plan_of({parse_entry("riverswim:size=4,6:horizon=10,20")}, {parse_entry("ucbvi-bf:constant=theory,0.5")});
  plan.sweep = {{.name = "delta", .values = {"0.05", "0.1"}}};
  const Grid grid = expand(plan);
  EXPECT_THAT(labels(grid.instances),
              ElementsAre("riverswim@1 (states 4, horizon 10)", "riverswim@1 (states 4, horizon 20)",
                          "riverswim@1 (states 6, horizon 10)", "riverswim@1 (states 6, horizon 20)"));
  EXPECT_THAT(labels(grid.learners), ElementsAre("ucbvi-bf (theory, delta 0.05)", "ucbvi-bf (theory, delta 0.1)",
                                                 "ucbvi-bf (0.5, delta 0.05)", "ucbvi-bf (0.5, delta 0.1)"));
  ASSERT_EQ(grid.axes.size(), 4u);
  EXPECT_EQ(grid.axes[0].name, "states");
  EXPECT_EQ(grid.axes[1].name, "horizon");
  EXPECT_EQ(grid.axes[2].name, "factor");
  EXPECT_EQ(grid.axes[3].name, "delta");
  EXPECT_EQ(grid.value(grid.axes[1], 1, 0), "20");
  EXPECT_EQ(grid.value(grid.axes[2], 0, 0), "1");
  EXPECT_EQ(grid.value(grid.axes[2], 0, 2), "0.5");
}

TEST(Grid, NamesWhatIsNotAsTheFamilyHasIt) {
  const auto names = [](const std::string& word) {
    const Grid grid = expand({.instances = {parse_entry(word)}, .learners = {{.name = "uniform"}}});
    std::vector<std::string> all;
    for (const InstanceVariant& instance : grid.instances) {
      all.push_back(instance.name);
      all.push_back(instance.common_name);
    }
    return all;
  };
  EXPECT_THAT(names("riverswim:horizon=10:states=6"),
              ElementsAre("riverswim@1 (horizon 10)", "riverswim@1 (horizon 10)"));
  EXPECT_THAT(names("riverswim:states=8:horizon=10,20"),
              ElementsAre("riverswim@1 (states 8, horizon 10)", "riverswim@1 (states 8)",
                          "riverswim@1 (states 8, horizon 20)", "riverswim@1 (states 8)"));
}

TEST(Grid, CutsLongValuesInHeadingsAlone) {
  const std::string means = "0.1/0.2/0.3/0.4/0.5/0.6/0.7/0.8/0.9/0.15/0.25/0.35";
  const Grid grid =
      expand({.instances = {parse_entry("bernoulli-arms:means=" + means)}, .learners = {{.name = "ucb1"}}});
  EXPECT_EQ(grid.instances[0].name, "bernoulli-arms@1 (means 0.1/0.2/0.3/0.4/0.5/0.6/0.7/0.8/0.9/0.15...)");
  ASSERT_EQ(grid.fixed.size(), 1U);
  EXPECT_EQ(grid.value(grid.fixed[0], 0, 0), means);
}

TEST(Grid, ASweepReachesWhoHasTheSettingAndDoesNotSetIt) {
  Plan plan = plan_of({kRiver}, {parse_entry("ucbvi-bf:constant=2"), {.name = "ucbvi-ch"}, {.name = "uniform"}});
  plan.sweep = {{.name = "constant", .values = {"theory", "0.25"}}};
  EXPECT_THAT(labels(expand(plan).learners),
              ElementsAre("ucbvi-bf (2)", "ucbvi-ch (theory)", "ucbvi-ch (0.25)", "uniform"));
}

TEST(Grid, SweepsEpisodes) {
  const Grid grid = expand(plan_of({kRiver}, {parse_entry("uniform:episodes=10,1e2")}));
  EXPECT_THAT(labels(grid.learners), ElementsAre("uniform (episodes 10)", "uniform (episodes 100)"));
  EXPECT_EQ(grid.learners[1].length, 100);
  EXPECT_EQ(grid.axes[0].name, "episodes");
}

TEST(Grid, NamesOfAxesAvoidColumns) {
  const Grid grid = expand(plan_of({parse_entry("garnet:states=5:seed=1,2:horizon=3")}, {{.name = "uniform"}}));
  EXPECT_EQ(grid.axes[0].name, "instance.seed");
  EXPECT_EQ(grid.axes[0].setting, "seed");
}

TEST(Grid, ProtocolFollowsThePlan) {
  const auto protocol = [](Plan plan) { return expand(plan).learners.front().protocol; };
  Plan plan = plan_of({kRiver}, {{.name = "uniform"}});
  EXPECT_EQ(protocol(plan), Protocol::kEpisodic);
  plan.instances = {{.name = "riverswim"}};
  plan.steps = 500;
  EXPECT_EQ(protocol(plan), Protocol::kAverage);
  EXPECT_EQ(expand(plan).learners.front().length, 500);
  plan.instances = {kRiver};
  plan.episodes = 50;
  plan.learners = {{.name = "uniform"}, parse_entry("uniform:protocol=average")};
  const Grid both = expand(plan);
  EXPECT_THAT(labels(both.learners), ElementsAre("uniform (protocol episodic)", "uniform (protocol average)"));
  plan.learners = {parse_entry("psrl:protocol=average")};
  EXPECT_THAT(message_of(plan), ThrowsMessage<InvalidOption>(HasSubstr("protocol must be episodic")));
}

TEST(Grid, RefusesLengthsThatNobodyPlays) {
  Plan plan = plan_of({kRiver}, {{.name = "psrl"}});
  plan.steps = 10;
  EXPECT_THAT(message_of(plan),
              ThrowsMessage<InvalidOption>(HasSubstr("steps are set, but every learner plays episodes")));
  plan.steps = 0;
  plan.checkpoints = {10, 2000};
  EXPECT_THAT(message_of(plan),
              ThrowsMessage<InvalidOption>(HasSubstr("checkpoint 2000 lies beyond the longest run, 1000")));
  plan.checkpoints = {2000, 3000};
  EXPECT_THAT(message_of(plan), ThrowsMessage<InvalidOption>(HasSubstr("ends after 1000 episodes, before the first")));
}

TEST(Grid, NamesWhatIsWrongAndWhere) {
  const auto river = [](std::string name, std::string value) {
    return Entry{.name = "riverswim",
                 .settings = {{.name = "horizon", .values = {"5"}, .place = "p.toml:3"},
                              {.name = std::move(name), .values = {std::move(value)}, .place = "p.toml:4"}},
                 .place = "p.toml:2"};
  };
  const Entry uniform{.name = "uniform", .place = "p.toml:9"};
  const auto expect = [](const Plan& plan, const auto& matcher) {
    EXPECT_THAT(message_of(plan), ThrowsMessage<ParseError>(matcher));
  };
  expect(plan_of({river("stats", "3")}, {uniform}),
         AllOf(HasSubstr("p.toml:4: riverswim has no setting 'stats'"), HasSubstr("did you mean 'states'?")));
  expect(plan_of({river("states", "1")}, {uniform}),
         HasSubstr("p.toml:4: riverswim: option 'states' is 1, must be at least 2"));
  expect(plan_of({river("horizon", "1")}, {uniform}), HasSubstr("p.toml:4: riverswim: 'horizon' is set twice"));
  expect(plan_of({{.name = "riversim", .place = "p.toml:2"}}, {uniform}),
         AllOf(HasSubstr("p.toml:2: "), HasSubstr("did you mean 'riverswim'?")));
  expect(plan_of({{.name = "riverswim@2", .place = "p.toml:2"}}, {uniform}),
         HasSubstr("p.toml:2: there is no riverswim@2; this program has riverswim@1"));
  expect(plan_of({{.name = "taxi", .place = "p.toml:2"}}, {uniform}),
         HasSubstr("p.toml:2: taxi@1 has no horizon of its own, and uniform plays episodes; set horizon"));
  const Entry bad{
      .name = "ucbvi-bf", .settings = {{.name = "delta", .values = {"2"}, .place = "p.toml:11"}}, .place = "p.toml:10"};
  expect(plan_of({kRiver}, {bad}), AllOf(HasSubstr("p.toml:11: ucbvi-bf: "), HasSubstr("'delta' is 2")));
  Entry constant = bad;
  constant.settings[0] = {.name = "constant", .values = {"practica"}, .place = "p.toml:12"};
  expect(plan_of({kRiver}, {constant}),
         AllOf(HasSubstr("p.toml:12: ucbvi-bf"), HasSubstr("theory, practical or a number")));
  expect(plan_of({kRiver}, {{.name = "psrll", .place = "p.toml:10"}}),
         HasSubstr("p.toml:10: there is no learner \"psrll\""));
}

TEST(Grid, RefusesWhatIsThereTwice) {
  EXPECT_THAT(message_of(plan_of({kRiver, kRiver}, {{.name = "uniform"}})),
              ThrowsMessage<InvalidOption>(HasSubstr("riverswim@1 is there twice")));
  EXPECT_THAT(message_of(plan_of({kRiver}, {{.name = "ucbvi-bf"}, parse_entry("ucbvi-bf:constant=1")})),
              ThrowsMessage<InvalidOption>(HasSubstr("ucbvi-bf (theory) is there twice")));
}

TEST(Grid, RefusesSweepsOfNothing) {
  Plan plan = plan_of({parse_entry("garnet:states=5:horizon=3")}, {{.name = "psrl"}});
  plan.sweep = {{.name = "statess", .values = {"1"}, .place = "p.toml:5"}};
  EXPECT_THAT(message_of(plan),
              ThrowsMessage<ParseError>(AllOf(HasSubstr("p.toml:5: nothing here has a setting 'statess'"),
                                              HasSubstr("did you mean 'states'?"))));
}

TEST(Grid, RefusesMetricsThatNobodyMeasures) {
  Plan plan = plan_of({kRiver}, {{.name = "psrl"}, parse_entry("uniform:protocol=average")});
  plan.summary.metric = "mistakes";
  EXPECT_NO_THROW(expand(plan)) << "psrl counts them";
  plan.summary.metric = "mistaks";
  EXPECT_THAT(message_of(plan),
              ThrowsMessage<InvalidOption>(HasSubstr("no learner here measures 'mistaks'; did you mean 'mistakes'?")));
}

TEST(Grid, OneInstanceIsReadAsInAPlan) {
  const InstanceVariant four = instance_variant(parse_entry("riverswim@1:size=4:horizon=10"));
  const Grid grid = expand(plan_of({parse_entry("riverswim:states=4:horizon=10")}, {{.name = "uniform"}}));
  EXPECT_EQ(four.id, grid.instances[0].id);
  EXPECT_EQ(four.hash, grid.instances[0].hash);
  EXPECT_EQ(four.settings, grid.instances[0].settings);
  EXPECT_THAT([] { instance_variant(parse_entry("riverswim:states=4,6")); },
              ThrowsMessage<InvalidOption>(HasSubstr("riverswim: 'states' has 2 values, one is wanted here")));
}

TEST(Grid, AFileOfCostsAsksForMinimisation) {
  const test::TemporaryFolder folder;
  const std::string path =
      folder.write("two.csv", "#! minimize\nstate,action,next,probability,reward\n0,0,1,1,3\n0,1,0,1,1\n1,0,0,1,1\n");
  const Entry entry{.name = "two.csv", .settings = {{.name = "horizon", .values = {"3"}}}, .file = path};
  const Grid grid = expand(plan_of({entry}, {{.name = "uniform"}}));
  EXPECT_TRUE(grid.instances[0].model().question.minimise);
  EXPECT_THAT(grid.cells[0].key, HasSubstr("minimise\n"));
  Entry missing = entry;
  missing.file = folder.path("missing.csv");
  missing.place = "p.toml:3";
  EXPECT_THAT(message_of(plan_of({missing}, {{.name = "uniform"}})),
              ThrowsMessage<ParseError>(HasSubstr("p.toml:3: " + missing.file + ": no such file")));
}

TEST(Grid, ReadsModelFiles) {
  const test::TemporaryFolder folder;
  const std::string path =
      folder.write("two.csv", "state,action,next,probability,reward\n0,0,1,1,0\n0,1,0,1,0.5\n1,0,0,1,1\n");
  const Entry entry{.name = "two.csv", .settings = {{.name = "horizon", .values = {"3", "5"}}}, .file = path};
  const Grid grid = expand(plan_of({entry}, {{.name = "uniform"}}));
  EXPECT_THAT(labels(grid.instances), ElementsAre("two.csv (horizon 3)", "two.csv (horizon 5)"));
  EXPECT_NE(grid.instances[0].hash, grid.instances[1].hash);
  EXPECT_EQ(grid.instances[0].long_run_hash, grid.instances[1].long_run_hash);
  Entry with_states = entry;
  with_states.settings[0].name = "states";
  EXPECT_THAT(message_of(plan_of({with_states}, {{.name = "uniform"}})),
              ThrowsMessage<InvalidOption>(HasSubstr("two.csv has no setting 'states'")));
}

/// Keys must differ wherever results may.
TEST(Keys, HoldEverythingThatChangesAResult) {
  std::set<std::string> keys;
  std::size_t cells = 0;
  const auto add = [&](const Plan& plan) {
    for (const Cell& cell : expand(plan).cells) {
      keys.insert(cell.key);
      ++cells;
    }
  };
  Plan plan = plan_of({kRiver}, {{.name = "ucbvi-bf"}});
  add(plan);
  const auto changed = [&](const auto& change) {
    Plan other = plan;
    change(other);
    add(other);
  };
  changed([](Plan& p) { p.stream = 2; });
  changed([](Plan& p) { p.seeds = {7, 8}; });
  changed([](Plan& p) { p.episodes = 999; });
  changed([](Plan& p) { p.checkpoints = {1000}; });
  changed([](Plan& p) { p.epsilon = 0.2; });
  changed([](Plan& p) { p.learners = {{.name = "ucbvi-ch"}}; });
  changed([](Plan& p) { p.learners = {parse_entry("ucbvi-bf:constant=0.5")}; });
  changed([](Plan& p) { p.learners = {parse_entry("ucbvi-bf:delta=0.2")}; });
  changed([](Plan& p) { p.instances = {parse_entry("riverswim:horizon=21")}; });
  changed([](Plan& p) { p.instances = {parse_entry("riverswim:horizon=20:states=7")}; });
  changed([](Plan& p) { p.instances = {parse_entry("riverswim:horizon=20:bernoulli=true")}; });
  EXPECT_EQ(keys.size(), cells);
}

TEST(Keys, DoNotHoldWhatChangesNothing) {
  const auto key = [](const Entry& instance, const Entry& learner) {
    return expand(plan_of({instance}, {learner})).cells.front().key;
  };
  const Entry ucbvi{.name = "ucbvi-bf"};
  const std::string plain = key(kRiver, ucbvi);
  EXPECT_EQ(plain, key(parse_entry("riverswim@1:horizon=2e1"), ucbvi));
  const Plan discounted = plan_of({parse_entry("riverswim:horizon=20:discount=0.5")}, {ucbvi, {.name = "ravi-ucb"}});
  EXPECT_EQ(plain, expand(discounted).cells.front().key) << "a discount that the other learner meets";
  EXPECT_EQ(plain, key(kRiver, parse_entry("ucbvi-bf:constant=theory:delta=0.050")));
  EXPECT_EQ(plain, key(kRiver, parse_entry("ucbvi-bf:constant=1.0:episodes=1000")));
}

}  // namespace
}  // namespace bellwether::experiments
