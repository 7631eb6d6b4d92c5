#include "solvers/mirror/off_policy_mdpo.h"

#include <cmath>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/errors.h"
#include "solvers/mirror/policy_values.h"
#include "solvers/mirror/regularised.h"
#include "tests/unit/solvers/mirror/models.h"

namespace bellwether::test {
namespace {

using namespace solvers;
using namespace solvers::mirror;
using testing::HasSubstr;
using testing::ThrowsMessage;

constexpr double kEntropy = 0.2;

/// A small model in unit rewards with a policy that is not uniform.
struct Small {
  UnitProblem unit;
  Table logits;
};
Small small() {
  const Problem problem{.model = random_model(Stream(3), {.states = 5, .most_actions = 3, .most_successors = 3}),
                        .discount = 0.8};
  Stream stream(2);
  UnitProblem unit(problem);
  Table logits = random_logits(unit.model(), stream);
  return {std::move(unit), std::move(logits)};
}

Replay played_by(const Small& on, std::int64_t plays, int steps, std::uint64_t seed, std::int64_t capacity = 1 << 20) {
  Replay replay(on.unit.model(), capacity);
  const mdp::Simulator simulator(on.unit.model());
  const mdp::Policy policy = played(on.unit.model(), probabilities(on.logits));
  for (std::int64_t n = 0; n < plays; ++n)
    replay.add(mdp::rollout(simulator, policy, steps, Stream(seed).child(static_cast<std::uint64_t>(n))));
  return replay;
}

Table exact_q(const Small& on, double entropy) {
  return choice_values(
      on.unit.model(), on.unit.discount(),
      PolicyValues(on.unit.model(), on.unit.discount(), probabilities(on.logits)).regularised_value(entropy));
}

/// Running mean and variance of tables.
struct Average {
  explicit Average(std::size_t size) : mean(size), square(size) {}
  void add(const Table& x) {
    ++count;
    for (std::size_t i = 0; i < x.size(); ++i) mean[i] += x[i], square[i] += x[i] * x[i];
  }
  void expect_near(const Table& want, const std::string& what) const {
    for (std::size_t i = 0; i < want.size(); ++i) {
      const double m = mean[i] / count, error = std::sqrt(std::max(0.0, square[i] / count - m * m) / count);
      EXPECT_NEAR(m, want[i], 3.5 * error + 1e-7) << what << ", choice " << i;
    }
  }
  std::vector<double> mean, square;
  double count = 0;
};

// Soft advantages from plays: with lambda = 1 and a critic of zeros they are plain soft returns.
TEST(SoftSampledMdpo, HasAnUnbiasedFirstGradient) {
  const Small on = small();
  const mdp::TabularMdp& model = on.unit.model();
  const Surrogate exact = exact_surrogate(model, 0.8, on.logits, model.initial(), kEntropy);
  const Table want = mdpo_gradient(exact, 1, on.logits);
  for (const char* advantage : {"exact", "gae"}) {
    const SampledMdpoOptions options{.rule = {.entropy = kEntropy},
                                     .trajectories = 2,
                                     .steps = 80,
                                     .advantage = advantage,
                                     .gae_lambda = 1,
                                     .critic_step = 0};
    Average average(want.size());
    for (std::uint64_t b = 0; b < 5000; ++b) {
      Eigen::VectorXd critic = Eigen::VectorXd::Zero(model.num_states());
      average.add(
          mdpo_gradient(sampled_surrogate(on.unit, on.logits, options, Stream(7).child(b), critic), 1, on.logits));
    }
    average.expect_near(want, advantage);
  }
}

// The critic's fixed point is V of the problem with entropy: with the true V it moves by noise alone.
TEST(SoftSampledMdpo, TheCriticLearnsSoftValues) {
  const Small on = small();
  const Eigen::VectorXd v = PolicyValues(on.unit.model(), 0.8, probabilities(on.logits)).regularised_value(kEntropy);
  Eigen::VectorXd mean = Eigen::VectorXd::Zero(v.size());
  constexpr int kRuns = 400;
  for (std::uint64_t b = 0; b < kRuns; ++b) {
    Eigen::VectorXd critic = v;
    sampled_surrogate(on.unit, on.logits,
                      {.rule = {.entropy = kEntropy}, .trajectories = 50, .steps = 40, .critic_step = 1},
                      Stream(8).child(b), critic);
    mean += critic / kRuns;
  }
  EXPECT_LT((mean - v).lpNorm<Eigen::Infinity>(), 0.01);
}

// One play of two steps, each with two choices alike; entropy log 2 in both states; worked out by hand.
TEST(SoftSampledMdpo, CountsTheEntropyOfTheNextState) {
  mdp::TabularMdpBuilder builder(3);
  for (int s = 0; s < 2; ++s)
    for (const double r : {1.0, 1.0}) builder.add_choice(s, r, {{s + 1, 1.0}});
  builder.add_choice(2, 0, {{2, 1.0}});
  const UnitProblem unit({.model = std::move(builder).build(), .discount = 0.5});
  const Table logits = logarithms(uniform_weights(unit.model()));
  Eigen::VectorXd critic = Eigen::VectorXd::Zero(3);
  const double bonus = kEntropy * std::log(2.0);
  const Surrogate got = sampled_surrogate(
      unit, logits, {.rule = {.entropy = kEntropy}, .trajectories = 1, .steps = 2, .gae_lambda = 1, .critic_step = 1},
      Stream(1), critic);
  const auto advantage = [&](std::size_t c) { return got.advantage(c) + got.advantage(c + 1); };
  EXPECT_NEAR(advantage(2) * 0.5, 1, 1e-15);                      // the last step: its reward, no bonus of its own
  EXPECT_NEAR(advantage(0) * 0.5, 1 + 0.5 * (1 + bonus), 1e-15);  // the reward, then a soft value
  EXPECT_NEAR(critic[0], 1 + 0.5 * (1 + bonus) + bonus, 1e-15);
  EXPECT_NEAR(critic[1], 1 + bonus, 1e-15);
}

TEST(SoftSampledMdpo, ComesNearTheSoftOptimum) {
  Problem problem = garnet_problem(7);
  problem.model = UnitProblem(problem).model();
  const auto want = soft_value_iteration(problem, {.temperature = 0.1}, {.tolerance = 1e-10});
  const auto distance = [&](std::span<const double> weights) {
    double most = 0;
    for (std::size_t i = 0; i < weights.size(); ++i)
      most = std::max(most, std::abs(weights[i] - std::exp(want.log_weights[i])));
    return most;
  };
  double first = 0, last = 0;
  const auto watch = [&](const Iterate& at) {
    last = distance(at.weights);
    if (at.iteration == 0) first = last;
  };
  const UpdateRule rule{.inner_steps = 0, .schedule = "regularised", .entropy = 0.1};
  sampled_mdpo(problem,
               {.rule = rule, .trajectories = 200, .discounted_visits = false, .iterations = 60, .watch = watch},
               Stream(1), {.tolerance = 0});
  EXPECT_LT(last, 0.5 * first);
  off_policy_mdpo(problem, {.rule = rule, .trajectories = 200, .iterations = 60, .watch = watch}, Stream(1),
                  {.tolerance = 0});
  EXPECT_LT(last, 0.15 * first);
}

TEST(Replay, KeepsTheLastSteps) {
  const mdp::TabularMdp model = bandit({1, 0});
  Replay replay(model, 3);
  for (int i = 0; i < 5; ++i) replay.add({.states = {0, 0}, .choices = {i}, .rewards = {1.0 * i}});
  ASSERT_EQ(replay.steps().size(), 3U);
  double sum = 0;
  for (const Replay::Step& step : replay.steps()) sum += step.reward;
  EXPECT_EQ(sum, 2 + 3 + 4);
}

TEST(Replay, DrawsStatesAsOftenAsItHasThem) {
  const Small on = small();
  const Replay replay = played_by(on, 20, 10, 4);
  const std::vector<double> want = replay.weights();
  Average average(want.size());
  Stream stream(5);
  for (int i = 0; i < 4000; ++i) average.add(replay.drawn_weights(4, stream));
  average.expect_near(want, "states");
  double sum = 0;
  for (const double w : want) sum += w;
  EXPECT_NEAR(sum, 1, 1e-12);
}

// The step of a batch is unbiased at any policy, not only at the one that played.
TEST(OffPolicyMdpo, BatchesHaveTheGradientOfTheReplay) {
  const Small on = small();
  const mdp::TabularMdp& model = on.unit.model();
  const Replay replay = played_by(on, 20, 10, 4);
  Stream other(11);
  const Table now = random_logits(model, other);
  const Surrogate whole = replay_surrogate(model, on.logits, exact_q(on, kEntropy), replay.weights(), kEntropy);
  const Table want = mdpo_gradient(whole, 0.7, now);
  Average average(want.size());
  Stream stream(6);
  for (int i = 0; i < 5000; ++i) {
    Surrogate batch = whole;
    batch.weight = replay.drawn_weights(3, stream);
    average.add(mdpo_gradient(batch, 0.7, now));
  }
  average.expect_near(want, "gradient");
}

// Inner steps on batches: as many states as one likes give the steps on the whole replay.
TEST(OffPolicyMdpo, LargeBatchesGiveTheStepsOfTheWholeReplay) {
  const Small on = small();
  const mdp::TabularMdp& model = on.unit.model();
  const Replay replay = played_by(on, 20, 10, 4);
  const Surrogate whole = replay_surrogate(model, on.logits, exact_q(on, 0), replay.weights(), 0);
  const Table want = mdpo_steps(whole, 2, 10, 1);
  Stream stream(6);
  const Table near = drawn_steps(whole, replay, 200'000, 2, 10, 1, stream);
  double moved = 0;
  for (std::size_t i = 0; i < want.size(); ++i) {
    EXPECT_NEAR(near[i], want[i], 0.01);
    moved = std::max(moved, std::abs(want[i] - on.logits[i]));
  }
  EXPECT_GT(moved, 0.1);
}

// The expected step of TD(0) is the share of the steps of a choice times (mean target - Q).
TEST(OffPolicyMdpo, TemporalDifferencesPullTowardsMeanTargets) {
  const Small on = small();
  const mdp::TabularMdp& model = on.unit.model();
  const Replay replay = played_by(on, 20, 10, 4);
  const Table q = exact_q(on, 0);
  Table target = q, want(q.size(), 0.0);
  average_sweeps(replay, model, 0.8, on.logits, kEntropy, 1, target);
  for (const Replay::Step& step : replay.steps()) {
    const auto c = static_cast<std::size_t>(step.choice);
    want[c] += 0.3 * (target[c] - q[c]) / static_cast<double>(replay.steps().size());
  }
  Average average(q.size());
  Stream stream(9);
  for (int i = 0; i < 20'000; ++i) {
    Table moved = q;
    td_updates(replay, model, 0.8, on.logits, kEntropy, 1, 0.3, stream, moved);
    for (std::size_t c = 0; c < q.size(); ++c) moved[c] -= q[c];
    average.add(moved);
  }
  average.expect_near(want, "TD(0)");
}

// Many steps, many sweeps: the critics are the model's Q, soft or not.
TEST(OffPolicyMdpo, CriticsFindTheQOfTheModel) {
  const Small on = small();
  const mdp::TabularMdp& model = on.unit.model();
  const Replay replay = played_by(on, 20'000, 20, 12);
  for (const double entropy : {0.0, kEntropy}) {
    const Table want = exact_q(on, entropy);
    Table means(want.size(), 0.0), td(want.size(), 0.0);
    average_sweeps(replay, model, 0.8, on.logits, entropy, 100, means);
    Stream stream(13);
    td_updates(replay, model, 0.8, on.logits, entropy, 400'000, 0.01, stream, td);
    for (std::size_t c = 0; c < want.size(); ++c) {
      EXPECT_NEAR(means[c], want[c], 0.03) << entropy;
      EXPECT_NEAR(td[c], want[c], 0.1) << entropy;
    }
  }
}

TEST(OffPolicyMdpo, ChoicesWithoutStepsKeepTheirQ) {
  const mdp::TabularMdp model = bandit({1, 0});
  Replay replay(model, 10);
  replay.add({.states = {0, 0}, .choices = {1}, .rewards = {0.25}});
  Table q{0.7, 0.1};
  average_sweeps(replay, model, 0.5, {std::log(0.5), std::log(0.5)}, 0, 1, q);
  EXPECT_EQ(q[0], 0.7);
  EXPECT_NEAR(q[1], 0.25 + 0.5 * 0.4, 1e-15);
}

// With the exact critic and the closed form nothing is left of the plays but which states were seen: the natural path.
TEST(OffPolicyMdpo, WithTheExactCriticIsTheExactMethod) {
  const Problem problem = garnet_problem(3);
  std::vector<Table> a, b;
  const auto into = [](std::vector<Table>& seen) {
    return [&seen](const Iterate& at) { seen.emplace_back(at.weights.begin(), at.weights.end()); };
  };
  for (const double entropy : {0.0, 0.1}) {
    const UpdateRule rule{.inner_steps = 0, .t = 0.8, .entropy = entropy};
    a.clear();
    b.clear();
    mdpo(problem, {.rule = rule, .iterations = 10, .watch = into(a)}, {.tolerance = 0});
    off_policy_mdpo(problem, {.rule = rule, .trajectories = 200, .critic = "exact", .iterations = 10, .watch = into(b)},
                    Stream(1), {.tolerance = 0});
    ASSERT_EQ(a.size(), b.size());
    for (std::size_t k = 0; k < a.size(); ++k)
      for (std::size_t i = 0; i < a[k].size(); ++i) EXPECT_NEAR(a[k][i], b[k][i], 1e-10) << entropy;
  }
}

// States that nobody saw keep their policy, with entropy too.
TEST(OffPolicyMdpo, LeavesUnseenStatesAlone) {
  mdp::TabularMdpBuilder builder(2);
  for (const double r : {1.0, 0.0}) builder.add_choice(0, r, {{0, 1.0}});
  for (const double r : {1.0, 0.0}) builder.add_choice(1, r, {{1, 1.0}});
  const Problem problem{.model = std::move(builder).build(), .discount = 0.5};
  Table last;
  const auto watch = [&](const Iterate& at) { last.assign(at.weights.begin(), at.weights.end()); };
  const UpdateRule rule{.inner_steps = 0, .entropy = 0.1};
  sampled_mdpo(problem, {.rule = rule, .iterations = 5, .watch = watch}, Stream(1), {.tolerance = 0});
  EXPECT_GT(last[0], 0.9);
  EXPECT_NEAR(last[2], 0.5, 1e-15);
  for (const char* critic : {"average", "exact"}) {
    off_policy_mdpo(problem, {.rule = rule, .critic = critic, .iterations = 5, .watch = watch}, Stream(1),
                    {.tolerance = 0});
    EXPECT_GT(last[0], 0.9);
    EXPECT_NEAR(last[2], 0.5, 1e-15);
  }
}

TEST(OffPolicyMdpo, LearnsAndRepeats) {
  const Problem problem = garnet_problem(7);
  const Eigen::VectorXd best = optimum_of(problem);
  for (const char* critic : {"average", "td", "exact"}) {
    for (const std::int64_t batch : {0, 64}) {
      double first = 0, last = 0;
      const OffPolicyMdpoOptions options{.batch = batch,
                                         .critic = critic,
                                         .critic_updates = std::string(critic) == "td" ? 4000 : 5,
                                         .iterations = 60,
                                         .watch = [&](const Iterate& at) {
                                           last = (best - at.value).mean();
                                           if (at.iteration == 0) first = last;
                                         }};
      const Solution a = off_policy_mdpo(problem, options, Stream(1));
      EXPECT_LT(last, 0.4 * first) << critic << ' ' << batch;
      const Solution b = off_policy_mdpo(problem, options, Stream(1));
      EXPECT_EQ(a.value, b.value);
    }
  }
}

TEST(OffPolicyMdpo, RefusesOtherUpdates) {
  const Problem problem = garnet_problem(1);
  EXPECT_THAT([&] { off_policy_mdpo(problem, {.rule = {.update = "trpo"}}, Stream(1)); },
              ThrowsMessage<InvalidOption>(HasSubstr("not 'trpo'")));
  EXPECT_THAT([&] { off_policy_mdpo(problem, {.critic = "best"}, Stream(1)); },
              ThrowsMessage<InvalidOption>(HasSubstr("'critic'")));
  EXPECT_THAT([&] { sampled_mdpo(problem, {.rule = {.update = "trpo", .entropy = 1}}, Stream(1)); },
              ThrowsMessage<InvalidOption>(HasSubstr("'trpo' takes no entropy")));
}

}  // namespace
}  // namespace bellwether::test
