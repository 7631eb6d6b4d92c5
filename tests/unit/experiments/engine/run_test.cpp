#include "experiments/engine/run.h"

#include <csignal>
#include <filesystem>
#include <string>

#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>

#include "core/errors.h"
#include "experiments/engine/output.h"
#include "experiments/engine/store.h"
#include "tests/support/temporary_folder.h"

namespace bellwether::experiments {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::ThrowsMessage;

/// Small cells of different cost: two instances, a learner of either kind of protocol, three seeds.
Plan small_plan(int seeds = 3) {
  Plan plan{.instances = {parse_entry("riverswim:states=3,4:horizon=5")},
            .learners = {{.name = "ucbvi-bf"}, {.name = "uniform"}, parse_entry("uniform:protocol=average")}};
  plan.episodes = 40;
  plan.steps = 100;
  plan.seeds = first_seeds(seeds);
  plan.summary.resamples = 200;
  return plan;
}

/// What an uninterrupted run without a store gives.
std::string expected_csv(const Grid& grid) { return runs_csv(grid, run(grid, "", {.threads = 1})); }

TEST(Run, PlaysEveryCellAsADirectCallDoes) {
  const Grid grid = expand(small_plan());
  const Results results = run(grid, "");
  EXPECT_TRUE(results.complete());
  EXPECT_EQ(results.computed, 18);
  for (std::size_t c = 0; c < grid.cells.size(); ++c) {
    const Cell& cell = grid.cells[c];
    const LearnerVariant& learner = grid.learners[cell.learner];
    const online::Arena arena(grid.instances[cell.instance].model(), learner.protocol,
                              grid.instances[cell.instance].horizon);
    const Stream stream = Stream(1).child("replicate").child(cell.seed);
    EXPECT_EQ(results.series[c], online::play(arena, learner.name, learner.given, stream, {.length = learner.length}));
  }
}

TEST(Run, GivesTheSameBytesForAnyNumberOfThreads) {
  const Grid grid = expand(small_plan(5));
  const Results one = run(grid, "", {.threads = 1});
  for (const int threads : {2, 7}) {
    const Results many = run(grid, "", {.threads = threads});
    EXPECT_EQ(runs_csv(grid, one), runs_csv(grid, many)) << threads;
    EXPECT_EQ(summary_csv(grid, one), summary_csv(grid, many)) << threads;
  }
}

TEST(Run, FindsWhatItHasAndAddsSeeds) {
  const test::TemporaryFolder folder;
  const Grid three = expand(small_plan(3)), five = expand(small_plan(5));
  EXPECT_EQ(run(three, folder.path("")).computed, 18);
  const Results again = run(three, folder.path(""));
  EXPECT_EQ(again.found, 18);
  EXPECT_EQ(again.computed, 0);
  const Results more = run(five, folder.path(""));
  EXPECT_EQ(more.found, 18);
  EXPECT_EQ(more.computed, 12);
  EXPECT_EQ(runs_csv(five, more), expected_csv(five));
  EXPECT_EQ(runs_csv(three, load(three, folder.path(""))), expected_csv(three));
}

TEST(Run, AnotherPlanInTheSameFolderKeepsBoth) {
  const test::TemporaryFolder folder;
  const Grid first = expand(small_plan());
  Plan plan = small_plan();
  plan.epsilon = 0.01;
  const Grid second = expand(plan);
  run(first, folder.path(""));
  const Results results = run(second, folder.path(""));
  EXPECT_EQ(results.found, 6) << "the long run does not know of epsilon";
  EXPECT_EQ(load(first, folder.path("")).found, 18);
}

// Killed while any byte of the store was being written: what is missing is played, and the tables are those of a run
// that nobody disturbed.
TEST(Run, ResumesAfterBeingKilledAtAnyByte) {
  Plan plan{.instances = {parse_entry("riverswim:states=3:horizon=4")}, .learners = {{.name = "ucbvi-bf"}}};
  plan.episodes = 10;
  plan.checkpoints = {10};
  plan.seeds = first_seeds(2);
  const Grid grid = expand(plan);
  const std::string expected = expected_csv(grid);
  const test::TemporaryFolder whole_folder;
  run(grid, whole_folder.path(""));
  const std::string whole = test::read_file(whole_folder.path("cells.bwstore"));
  for (std::size_t length = 0; length <= whole.size(); ++length) {
    const test::TemporaryFolder folder;
    folder.write("cells.bwstore", whole.substr(0, length));
    const Results results = run(grid, folder.path(""), {.threads = 1});
    ASSERT_TRUE(results.complete());
    ASSERT_EQ(runs_csv(grid, results), expected) << length;
    ASSERT_EQ(load(grid, folder.path("")).found, 2) << length;
  }
}

/// Runs the grid in a child process that kills itself when so many cells are done; true when it was killed.
bool run_until_killed(const Grid& grid, const std::string& folder, std::int64_t cells) {
  const pid_t child = ::fork();
  if (child == 0) {
    const auto kill_self = [&](const Progress& p) { return p.cells_done < cells || ::raise(SIGKILL) == 0; };
    run(grid, folder, {.threads = 1, .progress = kill_self});
    ::_exit(0);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
}

TEST(Run, ResumesAfterKill9) {
  const Grid grid = expand(small_plan());
  const test::TemporaryFolder folder;
  for (const std::int64_t cells : {1, 4, 9, 17}) {
    ASSERT_TRUE(run_until_killed(grid, folder.path(""), cells));
    EXPECT_EQ(load(grid, folder.path("")).found, cells);
  }
  const Results results = run(grid, folder.path(""));
  EXPECT_EQ(results.found, 17);
  EXPECT_EQ(results.computed, 1);
  EXPECT_THAT(results.notes, IsEmpty());
  EXPECT_EQ(runs_csv(grid, results), expected_csv(grid));
}

TEST(Run, StopsWhenToldToAndKeepsWhatIsFinished) {
  const Grid grid = expand(small_plan());
  const test::TemporaryFolder folder;
  const Results stopped =
      run(grid, folder.path(""), {.threads = 1, .progress = [](const Progress& p) { return p.cells_done < 5; }});
  EXPECT_FALSE(stopped.complete());
  EXPECT_EQ(stopped.computed, 5);
  EXPECT_EQ(load(grid, folder.path("")).found, 5);
  // Seed by seed: the first five cells are of seed 0.
  for (std::size_t c = 0; c < grid.cells.size(); ++c)
    EXPECT_TRUE(stopped.series[c].at.empty() || grid.cells[c].seed == 0);
  EXPECT_EQ(runs_csv(grid, run(grid, folder.path(""))), expected_csv(grid));
}

// A cell that is told to stop half-way is no result.
TEST(Run, DropsACellThatWasCutShort) {
  Plan plan{.instances = {parse_entry("riverswim:horizon=20")}, .learners = {{.name = "uniform"}}};
  plan.episodes = 5000;  // 10^5 steps: the loop looks up several times
  plan.seeds = {0};
  const Grid grid = expand(plan);
  const test::TemporaryFolder folder;
  const Results results =
      run(grid, folder.path(""), {.progress = [](const Progress& p) { return p.episodes_done == 0; }});
  EXPECT_EQ(results.computed, 0);
  EXPECT_TRUE(results.series[0].at.empty());
  EXPECT_EQ(load(grid, folder.path("")).found, 0);
}

TEST(Run, ProgressAddsUp) {
  const Grid grid = expand(small_plan());
  Progress last;
  int calls = 0;
  const auto look = [&](const Progress& p) {
    EXPECT_GE(p.cells_done, last.cells_done);
    EXPECT_GE(p.steps_done, last.steps_done);
    last = p;
    ++calls;
    return true;
  };
  run(grid, "", {.progress = look});
  EXPECT_GE(calls, 19);
  EXPECT_EQ(last.cells, 18);
  EXPECT_EQ(last.cells_done, 18);
  EXPECT_EQ(last.episodes, 12 * 40);
  EXPECT_EQ(last.steps, 12 * 40 * 5 + 6 * 100);
  EXPECT_EQ(last.episodes_done, last.episodes);
  EXPECT_EQ(last.steps_done, last.steps);
}

TEST(Run, FreshKeepsTheOldStore) {
  const Grid grid = expand(small_plan());
  const test::TemporaryFolder folder;
  run(grid, folder.path(""));
  const Results fresh = run(grid, folder.path(""), {.fresh = true});
  EXPECT_EQ(fresh.computed, 18);
  ASSERT_EQ(fresh.notes.size(), 1u);
  EXPECT_THAT(fresh.notes[0], HasSubstr("cells-1.bwstore"));
  EXPECT_TRUE(std::filesystem::exists(folder.path("cells-1.bwstore")));
}

TEST(Run, SaysThatATailWasPutAside) {
  const Grid grid = expand(small_plan());
  const test::TemporaryFolder folder;
  run(grid, folder.path(""));
  const std::string whole = test::read_file(folder.path("cells.bwstore"));
  folder.write("cells.bwstore", whole.substr(0, whole.size() - 1));
  const Results results = run(grid, folder.path(""));
  EXPECT_EQ(results.computed, 1);
  ASSERT_EQ(results.notes.size(), 1u);
  EXPECT_THAT(results.notes[0], AllOf(HasSubstr("no whole record"), HasSubstr("cells-tail-1.bin")));
}

TEST(Run, RefusesDamagedStores) {
  const Grid grid = expand(small_plan());
  const test::TemporaryFolder folder;
  run(grid, folder.path(""));
  std::string bytes = test::read_file(folder.path("cells.bwstore"));
  bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 1);
  folder.write("cells.bwstore", bytes);
  EXPECT_THAT([&] { run(grid, folder.path("")); }, ThrowsMessage<StoreError>(HasSubstr("is damaged")));
  EXPECT_THAT([&] { load(grid, folder.path("")); }, ThrowsMessage<StoreError>(HasSubstr("is damaged")));
  EXPECT_EQ(test::read_file(folder.path("cells.bwstore")), bytes);
  EXPECT_EQ(run(grid, folder.path(""), {.fresh = true}).computed, 18);
}

TEST(Run, RefusesAFolderInUse) {
  const Grid grid = expand(small_plan());
  const test::TemporaryFolder folder;
  const Store other(folder.path(""), Store::Mode::kWrite);
  EXPECT_THAT([&] { run(grid, folder.path("")); },
              ThrowsMessage<InvalidOption>(HasSubstr("another process is writing its runs here")));
}

TEST(Run, NamesTheInstanceThatLearnersCannotPlay) {
  Plan plan{.instances = {{.name = "cliff-walking", .place = "p.toml:4"}},
            .learners = {parse_entry("uniform:protocol=average")}};
  const Grid grid = expand(plan);
  EXPECT_THAT([&] { run(grid, ""); }, ThrowsMessage<ParseError>(HasSubstr("p.toml:4: cliff-walking@1: ")));
}

}  // namespace
}  // namespace bellwether::experiments
