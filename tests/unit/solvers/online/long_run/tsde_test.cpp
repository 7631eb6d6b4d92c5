#include "solvers/online/long_run/tsde.h"

#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/errors.h"
#include "core/sampling.h"
#include "mdp/instances/registry.h"
#include "mdp/tabular_mdp_builder.h"
#include "solvers/online/average/run.h"
#include "solvers/online/registry.h"

namespace bellwether::online {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

const AverageTask& riverswim() {
  static const AverageTask task(mdp::make_instance("riverswim").model);
  return task;
}

std::vector<AverageRow> run(const AverageTask& task, const std::vector<Setting>& settings, std::uint64_t seed,
                            std::int64_t steps, std::vector<std::int64_t> checkpoints = {}) {
  const auto agent = find_average("tsde").make(task, world_of(task, steps), settings, Stream(seed).child("learner"));
  return run_average(task, *agent, Stream(seed), {.steps = steps, .checkpoints = std::move(checkpoints)});
}

TEST(Tsde, EndsEpisodesByLengthAndByVisits) {
  const AverageTask& task = riverswim();
  const auto agent = make_tsde(world_of(task, 5000), {}, Stream(1));
  Stream stream(2);
  std::int32_t s = 0;
  std::vector<std::int64_t> visits(12, 0);
  std::int64_t t = 0, before = 1, by_length = 0, by_visits = 0, episodes = 0;
  while (t < 5000) {
    agent->plan(t, s);
    ++episodes;
    EXPECT_EQ(agent->epoch().longest, before + 1) << "episode " << episodes;
    for (std::size_t c = 0; c < 12; ++c) ASSERT_EQ(agent->epoch().most[c], visits[c] + 1);
    const std::vector<std::int64_t> at_start = visits;
    const std::int64_t begin = t;
    // while t <= t_k + T_{k-1} and N_t <= 2 N_{t_k}
    bool doubled = false;
    while (t <= begin + before && !doubled) {
      const std::int32_t c = agent->epoch().choice[static_cast<std::size_t>(s)];
      const mdp::Step outcome = task.simulator().draw_step(c, stream);
      const AverageStep step{s, c, outcome.next, outcome.reward};
      agent->learn({&step, 1});
      s = outcome.next;
      ++t;
      doubled = ++visits[static_cast<std::size_t>(c)] > 2 * at_start[static_cast<std::size_t>(c)];
    }
    ++(doubled ? by_visits : by_length);
    before = t - begin;
  }
  EXPECT_GT(by_length, 10);
  EXPECT_GT(by_visits, 10);
  EXPECT_LE(static_cast<double>(episodes), std::sqrt(2 * 12 * 5000 * std::log(5000.0)));
}

TEST(Tsde, LearnsRiverSwim) {
  double first = 0, both = 0;
  for (const std::uint64_t seed : {1, 2, 3, 4}) {
    const auto rows = run(riverswim(), {}, seed, 40'000, {20'000, 40'000});
    first += rows[0].gap_regret;
    both += rows[1].gap_regret;
    EXPECT_LE(static_cast<double>(rows[1].epochs), std::sqrt(2 * 12 * 40'000 * std::log(40'000.0)));
  }
  EXPECT_LT(both - first, 0.25 * first);
  EXPECT_LT(both / 4, 0.03 * 40'000 * riverswim().gain());
}

TEST(Tsde, BayesRegretGrowsSlowerThanTheSteps) {
  // Models drawn from the prior that the learner has: log-log slope of the mean regret between 1000 and 16000 steps.
  double early = 0, late = 0;
  for (std::uint64_t seed = 0; seed < 30; ++seed) {
    Stream stream = Stream(61).child(seed);
    mdp::TabularMdpBuilder builder(4);
    const std::vector<double> prior(4, 1.0);
    for (int c = 0; c < 8; ++c) {
      std::vector<double> p(4);
      sample_dirichlet(stream, prior, p);
      std::vector<mdp::Entry> row;
      for (int s = 0; s < 4; ++s) row.push_back({s, p[static_cast<std::size_t>(s)]});
      builder.add_choice(c / 2, stream.uniform(), row);
    }
    const AverageTask task(std::move(builder).build());
    const auto rows = run(task, {}, seed, 16'000, {1000, 16'000});
    early += rows[0].gap_regret;
    late += rows[1].gap_regret;
  }
  EXPECT_LT(std::log(late / early) / std::log(16.0), 0.65);
}

TEST(Tsde, TheSameStreamGivesTheSameBits) {
  const auto rows = run(riverswim(), {}, 21, 5000);
  EXPECT_EQ(rows, run(riverswim(), {}, 21, 5000));
  EXPECT_NE(rows.back().gap_regret, run(riverswim(), {}, 22, 5000).back().gap_regret);
}

TEST(Tsde, NamesABadPrior) {
  EXPECT_THAT([] { run(riverswim(), {{"alpha0", "0"}}, 1, 10); }, ThrowsMessage<InvalidOption>(HasSubstr("alpha0")));
}

}  // namespace
}  // namespace bellwether::online
