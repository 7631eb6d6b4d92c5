#include "solvers/online/model_free/ucb_advantage.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/errors.h"
#include "solvers/online/episodic/run.h"
#include "solvers/online/trial.h"
#include "tests/unit/solvers/online/hand_made.h"

namespace bellwether::online {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

std::vector<std::int64_t> stages(int horizon, int many) {
  std::vector<std::int64_t> lengths{horizon};
  while (static_cast<int>(lengths.size()) < many) lengths.push_back(next_stage_length(horizon, lengths.back()));
  return lengths;
}

TEST(UcbAdvantage, StagesGrowByOneHorizonth) {
  EXPECT_THAT(stages(1, 6), testing::ElementsAre(1, 2, 4, 8, 16, 32));
  EXPECT_THAT(stages(3, 8), testing::ElementsAre(3, 4, 5, 6, 8, 10, 13, 17));
  EXPECT_THAT(stages(20, 5), testing::ElementsAre(20, 21, 22, 23, 24));
  for (const int horizon : {2, 7, 20}) {
    const auto lengths = stages(horizon, 60);
    for (std::size_t i = 1; i < lengths.size(); ++i)
      EXPECT_EQ(lengths[i], static_cast<std::int64_t>(
                                std::floor((1 + 1.0 / horizon) * static_cast<double>(lengths[i - 1]) + 1e-9)));
  }
}

TEST(UcbAdvantage, BonusesTakeTheirPublishedValues) {
  const HandMadeWorld made(2, 2, 3, 100);
  const double steps = 300, p = 0.05 / (4 * steps * (9 * steps * steps * steps + 3)), iota = std::log(2 / p);
  const AdvantageBonus bonus(made.world, 0.05, 1), half(made.world, 0.05, 0.5);
  EXPECT_NEAR(bonus.log_term(), iota, 1e-9);
  EXPECT_NEAR(bonus.of_stage(4), 2 * std::sqrt(9 * iota / 4), 1e-9);
  const double expected = 2 * std::sqrt(1.5 * iota / 40) + 2 * std::sqrt(0.25 * iota / 10) +
                          5 * (3 * iota / 40 + 3 * iota / 10 + 3 * std::pow(iota, 0.75) / std::pow(40, 0.75) +
                               3 * std::pow(iota, 0.75) / std::pow(10, 0.75));
  EXPECT_NEAR(bonus.of_decomposition(40, 10, 1.5, 0.25), expected, 1e-9);
  EXPECT_NEAR(half.of_decomposition(40, 10, 1.5, 0.25), expected / 2, 1e-9);
  EXPECT_EQ(bonus.reference_visits(), static_cast<std::int64_t>(std::ceil(4 * 729 * iota)));  // S A H^5 iota / (1/H)
  EXPECT_EQ(half.reference_visits(), static_cast<std::int64_t>(std::ceil(4 * 729 * iota / 4)));
}

/// The algorithm with the whole history of each triple: what each visit saw of V and of the reference.
class Naive {
 public:
  Naive(const EpisodicTask& task, const AdvantageBonus& bonus, std::int64_t reference_visits)
      : task_(task), bonus_(bonus), reference_visits_(reference_visits) {
    const auto horizon = static_cast<std::size_t>(task.horizon());
    for (std::size_t h = 0; h <= horizon; ++h) {
      triples_.emplace_back(static_cast<std::size_t>(task.num_choices()));
      for (Triple& triple : triples_.back()) triple.q = task.horizon() - static_cast<double>(h);
      visits_.emplace_back(static_cast<std::size_t>(task.num_states()), 0);
      value_.emplace_back(static_cast<std::size_t>(task.num_states()), task.horizon() - static_cast<double>(h));
    }
    reference_ = value_;
  }

  double value(std::size_t h, int s) const { return value_[h][static_cast<std::size_t>(s)]; }
  double q(std::size_t h, std::int64_t c) const { return triples_[h][static_cast<std::size_t>(c)].q; }
  int settled() const { return settled_; }
  int split() const { return split_; }

  void learn(const std::vector<Step>& steps) {
    for (std::size_t h = 0; h < steps.size(); ++h) {
      const auto s = static_cast<std::size_t>(steps[h].state), next = static_cast<std::size_t>(steps[h].next);
      Triple& triple = triples_[h][static_cast<std::size_t>(steps[h].choice)];
      triple.seen.push_back({value_[h + 1][next], reference_[h + 1][next]});
      if (ends_a_stage(triple.seen.size(), triple.stage_length)) {
        update(triple, task_.unit_reward(static_cast<int>(h), steps[h].choice));
        value_[h][s] = best(h, s);
      }
      if (++visits_[h][s] == reference_visits_) {
        reference_[h][s] = value_[h][s];
        ++settled_;
      }
    }
  }

 private:
  struct Seen {
    double value, reference;
  };
  struct Triple {
    double q = 0;
    std::size_t stage_length = 0;
    std::vector<Seen> seen;
  };

  // L = {e_1, e_1 + e_2, ...}
  bool ends_a_stage(std::size_t visits, std::size_t& length) const {
    const auto horizon = static_cast<std::size_t>(task_.horizon());
    std::size_t end = 0, e = horizon;
    while (end + e < visits) {
      end += e;
      e = (horizon + 1) * e / horizon;
    }
    length = e;
    return end + e == visits;
  }

  void update(Triple& triple, double reward) {
    const auto n = static_cast<double>(triple.seen.size()), m = static_cast<double>(triple.stage_length);
    double reference = 0, plain = 0, advantage = 0, reference_variance = 0, advantage_variance = 0;
    const auto stage = triple.seen.end() - static_cast<std::ptrdiff_t>(triple.stage_length);
    for (const Seen& seen : triple.seen) reference += seen.reference / n;
    for (auto seen = stage; seen != triple.seen.end(); ++seen) {
      plain += seen->value / m;
      advantage += (seen->value - seen->reference) / m;
    }
    for (const Seen& seen : triple.seen) reference_variance += std::pow(seen.reference - reference, 2) / n;
    for (auto seen = stage; seen != triple.seen.end(); ++seen)
      advantage_variance += std::pow(seen->value - seen->reference - advantage, 2) / m;
    const double other = reference + advantage + bonus_.of_decomposition(n, m, reference_variance, advantage_variance);
    if (reward + other < std::min(triple.q, reward + plain + bonus_.of_stage(m)) - 1e-6) ++split_;
    triple.q = std::min({triple.q, reward + plain + bonus_.of_stage(m), reward + other});
  }

  double best(std::size_t h, std::size_t s) const {
    const auto begin = task_.state_begin();
    double most = 0;
    for (auto c = begin[s]; c < begin[s + 1]; ++c) most = std::max(most, q(h, c));
    return most;
  }

  const EpisodicTask& task_;
  AdvantageBonus bonus_;
  std::int64_t reference_visits_;
  int settled_ = 0, split_ = 0;
  std::vector<std::vector<Triple>> triples_;
  std::vector<std::vector<std::int64_t>> visits_;
  std::vector<std::vector<double>> value_, reference_;
};

/// An episode of choices drawn at random, so that all triples are seen.
std::vector<Step> wandered(const EpisodicTask& task, Stream& stream) {
  std::vector<Step> steps;
  std::int32_t s = task.simulator(0).draw_initial(stream);
  for (int h = 0; h < task.horizon(); ++h) {
    const auto c = 3 * s + static_cast<std::int32_t>(stream.below(3));
    const mdp::Step outcome = task.simulator(h).draw_step(c, stream);
    steps.push_back({s, c, outcome.next, task.to_unit(outcome.reward)});
    s = outcome.next;
  }
  return steps;
}

// The plain average is the tighter one while bonuses are large.
TEST(UcbAdvantage, AgreesWithItsWholeHistory) {
  const EpisodicTask task = three_stages();
  const EpisodicWorld world = world_of(task, 3000);
  const auto agent = make_ucb_advantage(world, {.constant = "0.01", .reference_visits = 300}, Stream(1));
  Naive naive(task, AdvantageBonus(world, 0.05, 0.01), 300);
  Stream noise(2);
  for (int k = 0; k < 3000; ++k) {
    agent->plan(k);
    const auto steps = k % 3 == 0 ? played(task, agent->policy(), noise) : wandered(task, noise);
    agent->learn(steps);
    naive.learn(steps);
    for (int s = 0; s < 4; ++s) ASSERT_NEAR(*agent->optimistic_value(s), naive.value(0, s), 1e-9) << "episode " << k;
    for (std::size_t h = 0; h < 3; ++h) {
      const auto best = agent->policy().choice(static_cast<int>(h), steps[h].state);
      ASSERT_NEAR(naive.q(h, best), naive.value(h, steps[h].state), 1e-9);
    }
  }
}

// With hardly any bonus either average may be the smaller one. With a single choice a state nothing hides behind a
// maximum, and minima of noisy averages make the values sink after the references are settled. (They are settled early:
// what the average over all visits remembers of the time before has to be forgotten.)
TEST(UcbAdvantage, AgreesWithItsWholeHistoryWhereTheDecompositionDecides) {
  std::vector<mdp::TabularMdp> models;
  for (const char* seed : {"1", "2", "3", "4", "5"}) {
    models.push_back(
        mdp::make_instance("garnet", {{"states", "5"}, {"actions", "1"}, {"successors", "3"}, {"seed", seed}})
            .model.with_initial(std::vector(5, 0.2)));
  }
  const EpisodicTask task(std::move(models));
  const EpisodicWorld world = world_of(task, 30'000);
  const auto agent = make_ucb_advantage(world, {.constant = "1e-6", .reference_visits = 7}, Stream(1));
  Naive naive(task, AdvantageBonus(world, 0.05, 1e-6), 7);
  Stream noise(2);
  for (int k = 0; k < 30'000; ++k) {
    const auto steps = played(task, agent->policy(), noise);
    agent->learn(steps);
    naive.learn(steps);
    for (int s = 0; s < 5; ++s) ASSERT_NEAR(*agent->optimistic_value(s), naive.value(0, s), 1e-9) << "episode " << k;
  }
  EXPECT_EQ(naive.settled(), 25);
  EXPECT_GE(naive.split(), 10);
}

TEST(UcbAdvantage, IsOptimisticWithTheConstantsOfTheTheorem) {
  const Arena riverswim(mdp::make_instance("riverswim"), Protocol::kEpisodic, 20);
  const Arena garnet(mdp::make_instance("garnet", {{"states", "3"}, {"actions", "2"}, {"successors", "2"}}),
                     Protocol::kEpisodic, 2);
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    const Series swim = play(riverswim, "ucb-advantage", {}, Stream(seed), {.length = 5000, .checkpoints = {5000}});
    EXPECT_EQ(swim.value(0, 4), 0);
    const Series series =
        play(garnet, "ucb-advantage", {}, Stream(seed), {.length = 100'000, .checkpoints = {50'000, 100'000}});
    EXPECT_EQ(series.value(1, 4), 0);
    EXPECT_LT(series.value(1, 0), 1.7 * series.value(0, 0)) << "learns nothing";
  }
  const Series without =
      play(garnet, "ucb-advantage", {{"constant", "0"}}, Stream(1), {.length = 5000, .checkpoints = {5000}});
  EXPECT_GT(without.value(0, 4), 100);
}

TEST(UcbAdvantage, LearnsWithThePracticalConstantAndChangesItsPolicySeldom) {
  const Arena arena(mdp::make_instance("riverswim"), Protocol::kEpisodic, 20);
  const auto run = [&](std::uint64_t seed) {
    return play(arena, "ucb-advantage", {{"constant", "practical"}}, Stream(seed),
                {.length = 20'000, .checkpoints = {10'000, 20'000}});
  };
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    const Series series = run(seed);
    EXPECT_LT(series.value(1, 0) - series.value(0, 0), 0.25 * series.value(0, 0)) << "seed " << seed;
    EXPECT_LT(series.value(1, 5), 4000);
    EXPECT_EQ(series, run(seed)) << "same stream, same bits";
  }
}

TEST(UcbAdvantage, NamesTheBadOption) {
  const HandMadeWorld made(1, 1, 1, 10);
  EXPECT_THAT([&] { make_ucb_advantage(made.world, {.reference_visits = -1}, Stream(1)); },
              ThrowsMessage<InvalidOption>(HasSubstr("ucb-advantage: option 'reference_visits' is -1")));
}

}  // namespace
}  // namespace bellwether::online
