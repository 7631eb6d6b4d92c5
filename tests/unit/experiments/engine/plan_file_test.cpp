#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/errors.h"
#include "experiments/engine/plan.h"
#include "tests/support/temporary_folder.h"

namespace bellwether::experiments {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::ThrowsMessage;

constexpr std::string_view kWhole = R"(
title = "Who finds the far bank?"
episodes = 2e4
seeds = 3
stream = 7
epsilon = 0.25
checkpoints = [10, 100, 20000]
instances = ["deep-sea@1", {name = "riverswim@1", states = [6, 8], horizon = 20}]

[[learners]]
name = "ucbvi-bf"
constant = ["theory", 0.01]

[[learners]]
name = "psrl"

[sweep]
"instance.seed" = [1, 2]
learner.delta = 0.1

[summary]
level = 0.9
window_from = 100
)";

PlanFile read(const std::string& text, const std::vector<std::string>& sections = {}) {
  const test::TemporaryFolder folder;
  return read_plan(folder.write("plan.toml", text), sections);
}

/// The message, without the folder, that reading this text gives.
std::string message(const std::string& text, const std::vector<std::string>& sections = {}) {
  try {
    read(text, sections);
  } catch (const ParseError& error) {
    const std::string what = error.what();
    return what.substr(what.find("plan.toml"));
  }
  return "no error";
}

const std::string kHead = "instances = [\"riverswim\"]\nlearners = [\"psrl\"]\n";

TEST(PlanFile, ReadsEveryKey) {
  const Plan plan = read(std::string(kWhole)).plan;
  EXPECT_EQ(plan.title, "Who finds the far bank?");
  EXPECT_EQ(plan.episodes, 20'000);
  EXPECT_EQ(plan.steps, 0);
  EXPECT_THAT(plan.seeds, ElementsAre(0, 1, 2));
  EXPECT_EQ(plan.stream, 7u);
  EXPECT_EQ(plan.epsilon, 0.25);
  EXPECT_THAT(plan.checkpoints, ElementsAre(10, 100, 20'000));
  EXPECT_EQ(plan.summary.level, 0.9);
  EXPECT_EQ(plan.summary.window_from, 100);
  ASSERT_EQ(plan.instances.size(), 2u);
  EXPECT_EQ(plan.instances[0].name, "deep-sea@1");
  EXPECT_THAT(plan.instances[0].place, HasSubstr("plan.toml:8"));
  ASSERT_EQ(plan.instances[1].settings.size(), 2u);
  EXPECT_EQ(plan.instances[1].settings[0].name, "states");
  EXPECT_THAT(plan.instances[1].settings[0].values, ElementsAre("6", "8"));
  EXPECT_EQ(plan.instances[1].settings[1].name, "horizon") << "settings stay in the order of the file";
  ASSERT_EQ(plan.learners.size(), 2u);
  EXPECT_EQ(plan.learners[0].name, "ucbvi-bf");
  EXPECT_THAT(plan.learners[0].settings[0].values, ElementsAre("theory", "0.01"));
  EXPECT_THAT(plan.learners[0].settings[0].place, HasSubstr("plan.toml:12"));
  ASSERT_EQ(plan.sweep.size(), 2u);
  EXPECT_EQ(plan.sweep[0].name, "instance.seed");
  EXPECT_EQ(plan.sweep[1].name, "learner.delta");
}

TEST(PlanFile, TakesAListOfSeeds) { EXPECT_THAT(read(kHead + "seeds = [5, 3, 11]").plan.seeds, ElementsAre(3, 5, 11)); }

TEST(PlanFile, FilesAreRelativeToThePlan) {
  const test::TemporaryFolder folder;
  const std::string plan = folder.write("plan.toml", "instances = [{file = \"lake.csv\"}]\nlearners = [\"psrl\"]");
  const Entry instance = read_plan(plan).plan.instances[0];
  EXPECT_EQ(instance.file, folder.path("lake.csv"));
  EXPECT_EQ(instance.name, "lake.csv");
}

TEST(PlanFile, HandsOverTheTablesOfOthers) {
  const PlanFile file = read(kHead + "[[figure]]\nmetric = \"mistakes\"\nlog = true\n", {"figure"});
  ASSERT_EQ(file.sections.size(), 1u);
  EXPECT_EQ(file.sections[0].name, "figure");
  EXPECT_THAT(file.sections[0].place, HasSubstr("plan.toml:3"));
  ASSERT_EQ(file.sections[0].settings.size(), 2u);
  EXPECT_THAT(file.sections[0].settings[1].values, ElementsAre("true"));
  EXPECT_THAT(message(kHead + "[[figure]]\nmetric = \"mistakes\"\n"), HasSubstr("plan.toml:3: unknown key 'figure'"));
}

TEST(PlanFile, NamesFileLineAndKey) {
  EXPECT_THAT(message(kHead + "episods = 5"),
              AllOf(HasSubstr("plan.toml:3: unknown key 'episods'"), HasSubstr("did you mean 'episodes'?")));
  EXPECT_THAT(message(kHead + "zzzz = 5"), HasSubstr("a plan has title, instances"));
  EXPECT_EQ(message(kHead + "episodes = \"many\""), "plan.toml:3: 'episodes' must be a whole number from 1 on");
  EXPECT_EQ(message(kHead + "steps = 0"), "plan.toml:3: 'steps' must be a whole number from 1 on");
  EXPECT_EQ(message(kHead + "episodes = 2.5"), "plan.toml:3: 'episodes' must be a whole number from 1 on");
  EXPECT_EQ(message(kHead + "epsilon = -1"), "plan.toml:3: 'epsilon' must be a number above 0");
  EXPECT_EQ(message(kHead + "epsilon = nan"), "plan.toml:3: 'epsilon' must be a number above 0");
  EXPECT_EQ(message(kHead + "title = 3"), "plan.toml:3: 'title' must be a text in quotation marks");
  EXPECT_THAT(message(kHead + "seeds = 0"), HasSubstr("plan.toml:3: 'seeds' must be the number of seeds"));
  EXPECT_THAT(message(kHead + "seeds = [1, 2, 1]"), HasSubstr("a list of different whole numbers"));
  EXPECT_THAT(message(kHead + "checkpoints = [10, 10]"), HasSubstr("ascending"));
  EXPECT_THAT(message(kHead + "checkpoints = []"), HasSubstr("ascending"));
  EXPECT_THAT(message(kHead + "\n\n[summary]\nlevel = 2\n"),
              AllOf(HasSubstr("plan.toml:6: "), HasSubstr("'level' is 2, must be in (0, 1)")));
  EXPECT_THAT(message(kHead + "[summary]\nlevl = 2\n"), HasSubstr("did you mean 'level'?"));
  EXPECT_THAT(message(kHead + "sweep = 3"), HasSubstr("plan.toml:3: 'sweep' must be a table"));
  EXPECT_THAT(message(kHead + "[sweep]\nstates = [[1]]"), HasSubstr("plan.toml:4: 'states' must be a number, a text"));
  EXPECT_THAT(message(kHead + "[sweep]\nstates = []"), HasSubstr("plan.toml:4: 'states' has no values"));
}

TEST(PlanFile, NeedsInstancesAndLearners) {
  EXPECT_THAT(message("learners = [\"psrl\"]"), HasSubstr("there are no instances"));
  EXPECT_THAT(message("instances = [\"riverswim\"]"), HasSubstr("there are no learners"));
  EXPECT_THAT(message("instances = \"riverswim\"\nlearners = [\"psrl\"]"),
              HasSubstr("plan.toml:1: 'instances' must be a list of names and tables, or [[instances]]"));
  EXPECT_THAT(message("instances = [3]\nlearners = [\"psrl\"]"), HasSubstr("holds names and tables only"));
  EXPECT_THAT(message("instances = [{states = 3}]\nlearners = [\"psrl\"]"), HasSubstr("needs a name or a file"));
  EXPECT_THAT(message("instances = [\"riverswim\"]\nlearners = [{file = \"x\"}]"), HasSubstr("a learner needs a name"));
}

TEST(PlanFile, NamesTheLineThatIsNoToml) {
  EXPECT_THAT(message("title = \"x\"\nseeds = = 3\n"), HasSubstr("plan.toml:2: "));
  EXPECT_THAT(message("seeds = 3\nseeds = 4\n"), HasSubstr("plan.toml:2: "));
  EXPECT_THAT([] { read_plan("/nowhere/plan.toml"); }, ThrowsMessage<ParseError>(HasSubstr("no such file")));
}

TEST(ParseEntry, ReadsWordsOfACommandLine) {
  const Entry entry = parse_entry("riverswim:states=6,8:horizon=20");
  EXPECT_EQ(entry.name, "riverswim");
  EXPECT_TRUE(entry.file.empty());
  ASSERT_EQ(entry.settings.size(), 2u);
  EXPECT_THAT(entry.settings[0].values, ElementsAre("6", "8"));
  EXPECT_EQ(parse_entry("runs/lake.csv:horizon=3").file, "runs/lake.csv");
  EXPECT_TRUE(parse_entry("riverswim@1").file.empty());
  EXPECT_THAT([] { parse_entry("riverswim:states"); }, ThrowsMessage<InvalidOption>(HasSubstr("'states' should be")));
  EXPECT_THAT([] { parse_entry("riverswim:states=6,"); }, ThrowsMessage<InvalidOption>(HasSubstr("empty value")));
  EXPECT_THAT([] { parse_entry(":states=6"); }, ThrowsMessage<InvalidOption>(HasSubstr("does not begin with a name")));
}

}  // namespace
}  // namespace bellwether::experiments
