#include "solvers/online/policy_optimisation/policy_optimisation.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/errors.h"
#include "solvers/online/episodic/run.h"
#include "solvers/online/episodic/value.h"
#include "solvers/online/policy_optimisation/mirror_learner.h"
#include "solvers/online/trial.h"
#include "tests/unit/solvers/online/hand_made.h"

namespace bellwether::online {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

TEST(PolicyOptimisation, BonusesTakeTheirPublishedValues) {
  const HandMadeWorld made(4, 3, 5, 1000);
  const BanditFeedback bandit(made.world, 0.06, 0.5);
  const double d = 0.01, sahk = 4 * 3 * 5 * 1000;
  const double bonus = std::sqrt(2 * std::log(2 * sahk / d) / 9) + 5 * std::sqrt(4 * 4 * std::log(3 * sahk / d) / 9);
  EXPECT_NEAR(bandit(9).bonus, 0.5 * bonus, 1e-9);
  EXPECT_EQ(bandit(9).visits_counted, 9);
  const FullInformation full(made.world, 0.06, 1);
  EXPECT_NEAR(full(8).bonus, 2 * 5 * std::sqrt(4 * std::log(sahk / 0.06) / 9), 1e-9);
  EXPECT_EQ(full(8).visits_counted, 9);
}

/// Both algorithms as they are published: the first with costs and lower bounds on them, the second with rewards, both
/// with multiplicative weights and fresh sums over all episodes.
class Naive {
 public:
  Naive(const EpisodicTask& task, bool bandit, double factor, double step)
      : task_(task), bandit_(bandit), factor_(factor), step_(step) {
    policy_.assign(3, std::vector<double>(12, 1.0 / 3));
  }
  double probability(int h, int c) const { return policy_[static_cast<std::size_t>(h)][static_cast<std::size_t>(c)]; }

  void learn(const std::vector<Step>& steps) {
    bandit_ ? improve_by_costs() : improve_by_rewards();
    history_.push_back(steps);
  }

 private:
  struct Data {
    double visits = 0, reward = 0, next = 0;
  };
  Data data(std::size_t h, int c, const std::vector<double>& value) const {
    Data sum;
    for (const auto& steps : history_) {
      if (steps[h].choice != c) continue;
      ++sum.visits;
      sum.reward += steps[h].reward;
      sum.next += value[static_cast<std::size_t>(steps[h].next)];
    }
    return sum;
  }

  void improve_by_costs() {
    std::vector<double> next(4, 0.0);
    const double sahk = 12 * 3 * 400 / (0.05 / 6);
    for (int h = 2; h >= 0; --h) {
      std::vector<double> q(12);
      for (int c = 0; c < 12; ++c) {
        const Data d = data(static_cast<std::size_t>(h), c, next);
        if (d.visits == 0) continue;
        const double cost = (d.visits - d.reward) / d.visits;
        const double bonus =
            std::sqrt(2 * std::log(2 * sahk) / d.visits) + 3 * std::sqrt(4 * 4 * std::log(3 * sahk) / d.visits);
        q[static_cast<std::size_t>(c)] = std::max(0.0, cost - factor_ * bonus + d.next / d.visits);
      }
      next = step(static_cast<std::size_t>(h), q, -step_);
    }
  }

  void improve_by_rewards() {
    std::vector<double> next(4, 0.0);
    for (int h = 2; h >= 0; --h) {
      std::vector<double> q(12);
      for (int c = 0; c < 12; ++c) {
        const Data d = data(static_cast<std::size_t>(h), c, next);
        const double bonus = factor_ * 2 * 3 * std::sqrt(4 * std::log(12 * 3 * 400 / 0.05) / (d.visits + 1));
        q[static_cast<std::size_t>(c)] =
            d.visits == 0 ? 3 - h : std::min(3.0 - h, task_.unit_reward(h, c) + d.next / (d.visits + 1) + bonus);
      }
      next = step(static_cast<std::size_t>(h), q, step_);
    }
  }

  // V = <pi, Q>, then pi <- pi exp(step Q) / Z.
  std::vector<double> step(std::size_t h, const std::vector<double>& q, double signed_step) {
    std::vector<double> value(4, 0.0);
    for (std::size_t s = 0; s < 4; ++s) {
      double z = 0;
      for (std::size_t c = 3 * s; c < 3 * s + 3; ++c) value[s] += policy_[h][c] * q[c];
      for (std::size_t c = 3 * s; c < 3 * s + 3; ++c) z += policy_[h][c] *= std::exp(signed_step * q[c]);
      for (std::size_t c = 3 * s; c < 3 * s + 3; ++c) policy_[h][c] /= z;
    }
    return value;
  }

  const EpisodicTask& task_;
  bool bandit_;
  double factor_, step_;
  std::vector<std::vector<double>> policy_;
  std::vector<std::vector<Step>> history_;
};

/// An episode of a randomised policy.
std::vector<Step> drawn(const EpisodicTask& task, const EpisodicPolicy& policy, Stream& stream) {
  std::vector<Step> steps;
  std::int32_t s = 0;
  for (int h = 0; h < task.horizon(); ++h) {
    double left = stream.uniform();
    std::int32_t c = 3 * s;
    while (c < 3 * s + 2 && (left -= policy.probability(h, c)) >= 0) ++c;
    const mdp::Step outcome = task.simulator(h).draw_step(c, stream);
    steps.push_back({s, c, outcome.next, task.to_unit(outcome.reward)});
    s = outcome.next;
  }
  return steps;
}

TEST(PolicyOptimisation, AgreesWithThePublishedFormsOfBoth) {
  const EpisodicTask task = three_stages();
  const EpisodicWorld world = world_of(task, 400);
  const double step = std::sqrt(2 * std::log(3.0) / (9.0 * 400));
  for (const bool bandit : {true, false}) {
    const PolicyOptimisationOptions options{.constant = "0.02", .rate = 10};
    const auto agent =
        bandit ? make_optimistic_policy_optimisation(world, options, Stream(1)) : make_oppo(world, options, Stream(1));
    Naive naive(task, bandit, 0.02, 10 * step);
    Stream noise(2);
    for (int k = 0; k < 400; ++k) {
      agent->plan(k);
      for (int h = 0; h < 3; ++h)
        for (int c = 0; c < 12; ++c)
          ASSERT_NEAR(agent->policy().probability(h, c), naive.probability(h, c), 1e-9) << "episode " << k;
      const auto steps = drawn(task, agent->policy(), noise);
      agent->learn(steps);
      naive.learn(steps);
    }
    double largest = 0;
    for (int c = 0; c < 3; ++c) largest = std::max(largest, agent->policy().probability(0, c));
    EXPECT_GT(largest, 0.9) << "the policy has moved";
  }
}

// The evaluation of the policy that was played is an upper bound on its value, in every episode.
template <class Estimate>
void expect_optimistic_evaluation(bool knows_rewards, double factor, int expected_violations) {
  const EpisodicTask task(mdp::make_instance("garnet", {{"states", "3"}, {"actions", "2"}, {"successors", "2"}}).model,
                          2);
  const EpisodicWorld world = world_of(task, 30'000);
  MirrorLearner<Estimate> agent(world, Estimate(world, 0.05, factor), knows_rewards, 0.05);
  PolicyValue value(task);
  Stream noise(3);
  int violations = 0, informative = 0;
  for (int k = 0; k < 30'000; ++k) {
    value.update(agent.policy(), agent.policy().take_changed());
    std::vector<Step> steps;
    std::int32_t s = 0;
    for (int h = 0; h < 2; ++h) {
      const std::int32_t c = 2 * s + (noise.uniform() < agent.policy().probability(h, 2 * s) ? 0 : 1);
      const mdp::Step outcome = task.simulator(h).draw_step(c, noise);
      steps.push_back({s, c, outcome.next, outcome.reward});
      s = outcome.next;
    }
    const double truth = k == 0 ? 0 : value.initial_value(0);
    agent.learn(steps);
    if (agent.evaluation(0) < truth - 1e-12) ++violations;
    if (agent.evaluation(0) < 1.9) ++informative;
  }
  EXPECT_GT(informative, 10'000);
  if (expected_violations == 0) {
    EXPECT_EQ(violations, 0);
  } else {
    EXPECT_GT(violations, expected_violations);
  }
}

TEST(PolicyOptimisation, EvaluationsAreOptimisticWithTheConstantsOfTheTheorem) {
  expect_optimistic_evaluation<BanditFeedback>(false, 1, 0);
  expect_optimistic_evaluation<FullInformation>(true, 1, 0);
  expect_optimistic_evaluation<FullInformation>(true, 0, 1000);
}

TEST(PolicyOptimisation, LearnsRiverSwimWithThePracticalConstant) {
  const Arena arena(mdp::make_instance("riverswim"), Protocol::kEpisodic, 20);
  for (const char* learner : {"optimistic-policy-optimisation", "oppo"}) {
    const auto run = [&] {
      return play(arena, learner, {{"constant", "practical"}}, Stream(1),
                  {.length = 20'000, .checkpoints = {10'000, 20'000}});
    };
    const Series series = run();
    EXPECT_LT(series.value(1, 0) - series.value(0, 0), 0.25 * series.value(0, 0)) << learner;
    EXPECT_EQ(series, run()) << "same stream, same bits";
  }
}

TEST(PolicyOptimisation, NamesTheBadOption) {
  const HandMadeWorld made(1, 1, 1, 10);
  EXPECT_THAT([&] { make_oppo(made.world, {.rate = 0}, Stream(1)); },
              ThrowsMessage<InvalidOption>(HasSubstr("oppo: option 'rate' is 0")));
  EXPECT_THAT([&] { make_optimistic_policy_optimisation(made.world, {.delta = 0}, Stream(1)); },
              ThrowsMessage<InvalidOption>(HasSubstr("optimistic-policy-optimisation: option 'delta' is 0")));
}

}  // namespace
}  // namespace bellwether::online
