#include "solvers/mirror/mdpo.h"

#include <cmath>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/errors.h"
#include "solvers/mirror/gradients.h"
#include "solvers/mirror/policy_gradient.h"
#include "solvers/mirror/regularised.h"
#include "tests/unit/solvers/mirror/models.h"

namespace bellwether::test {
namespace {

using namespace solvers;
using namespace solvers::mirror;
using testing::HasSubstr;
using testing::ThrowsMessage;

double final_gap(const Problem& problem, MdpoOptions options) {
  const Eigen::VectorXd best = optimum_of(problem);
  double gap = 0;
  options.watch = [&](const Iterate& at) { gap = (best - at.value).mean(); };
  mdpo(problem, options, {.tolerance = 0});
  return gap;
}

struct OldPolicy {
  mdp::TabularMdp model;
  double discount;
  std::vector<double> mu;
  Table logits;
  Surrogate surrogate;
};
OldPolicy old_policy(std::uint64_t seed) {
  const Problem problem = ragged_problem(seed);
  Stream stream(seed);
  OldPolicy on{problem.model,
               problem.discount,
               random_start(problem.model.num_states(), stream),
               random_logits(problem.model, stream),
               {}};
  on.surrogate = exact_surrogate(on.model, on.discount, on.logits, on.mu, 0);
  return on;
}

TEST(Mdpo, TheFirstInnerGradientIsThePolicyGradient) {
  for (std::uint64_t seed = 0; seed < 5; ++seed) {
    OldPolicy on = old_policy(seed);
    on.surrogate.model = &on.model;
    const Table inner = mdpo_gradient(on.surrogate, 0.7, on.logits);
    const Table policy = softmax_gradient(on.model, on.discount, on.logits, on.mu);
    for (std::size_t i = 0; i < inner.size(); ++i) EXPECT_NEAR(inner[i], (1 - on.discount) * policy[i], 1e-10);
  }
}

TEST(Mdpo, TheInnerGradientIsThatOfTheObjective) {
  OldPolicy on = old_policy(3);
  on.surrogate.model = &on.model;
  on.surrogate.entropy = 0.2;
  Stream stream(9);
  Table at = random_logits(on.model, stream);
  const Table gradient = mdpo_gradient(on.surrogate, 0.7, at);
  for (std::size_t i = 0; i < at.size(); ++i) {
    const auto value = [&](double by) {
      Table moved = at;
      moved[i] += by;
      normalise_logits(on.model, moved);
      return mdpo_objective(on.surrogate, 0.7, moved);
    };
    EXPECT_NEAR(gradient[i], (value(1e-5) - value(-1e-5)) / 2e-5, 1e-8);
  }
}

TEST(Mdpo, ManyInnerStepsFindTheClosedForm) {
  for (std::uint64_t seed = 0; seed < 3; ++seed) {
    OldPolicy on = old_policy(seed);
    on.surrogate.model = &on.model;
    // Weights of one size: states that are hardly visited would take longer, the closed form is the same.
    on.surrogate.weight.assign(on.surrogate.weight.size(), 0.1);
    const Table exact = mdpo_closed_form(on.surrogate, 0.5), steps = mdpo_steps(on.surrogate, 0.5, 2000, 5);
    for (int s = 0; s < on.model.num_states(); ++s)
      EXPECT_LT(divergence(of_state(on.model, steps, s), of_state(on.model, exact, s)), 1e-8);
    const double top = mdpo_objective(on.surrogate, 0.5, exact);
    double last = 1e300;
    for (const int m : {0, 1, 2, 5, 10, 50}) {
      const double gap = top - mdpo_objective(on.surrogate, 0.5, mdpo_steps(on.surrogate, 0.5, m, 1));
      EXPECT_LE(gap, last);
      EXPECT_GE(gap, -1e-12);
      last = gap;
    }
  }
}

TEST(Mdpo, InClosedFormIsTheNaturalGradient) {
  const Problem problem = ragged_problem(4);
  std::vector<Table> a, b;
  const auto into = [](std::vector<Table>& seen) {
    return [&seen](const Iterate& at) { seen.emplace_back(at.weights.begin(), at.weights.end()); };
  };
  mdpo(problem, {.rule = {.inner_steps = 0, .t = 0.8}, .iterations = 50, .watch = into(a)}, {.tolerance = 0});
  natural_policy_gradient(problem, {.eta = 0.8, .iterations = 50, .watch = into(b)}, {.tolerance = 0});
  ASSERT_EQ(a.size(), b.size());
  for (std::size_t k = 0; k < a.size(); ++k)
    for (std::size_t i = 0; i < a[k].size(); ++i) EXPECT_NEAR(a[k][i], b[k][i], 1e-12);
}

TEST(Mdpo, MoreInnerStepsEndNearer) {
  int ordered = 0;
  for (std::int64_t seed = 1; seed <= 10; ++seed) {
    const Problem problem = garnet_problem(seed);
    std::vector<double> gap;
    for (const int m : {1, 5, 10, 0})
      gap.push_back(final_gap(problem, {.rule = {.inner_steps = m, .t = 1}, .iterations = 100}));
    ordered += gap[0] >= gap[1] && gap[1] >= gap[2] && gap[2] >= gap[3] ? 1 : 0;
  }
  EXPECT_GE(ordered, 9);
}

TEST(Mdpo, ReverseAndForwardDivergenceDiffer) {
  // argmax <p, A> - KL(old, p) has p = old / (lambda - A) a choice, not old exp(A).
  const mdp::TabularMdp model = bandit({1, 0});
  Surrogate on{.model = &model, .old_logits = {std::log(0.5), std::log(0.5)}, .weight = {1}};
  set_advantage(on, {0.5, -0.5});
  const double reverse = std::exp(mdpo_closed_form(on, 1)[0]);
  double low = 0.500001, high = 10;
  for (int i = 0; i < 200; ++i) {
    const double lambda = (low + high) / 2;
    (0.5 / (lambda - 0.5) + 0.5 / (lambda + 0.5) > 1 ? low : high) = lambda;
  }
  EXPECT_NEAR(reverse, 1 / (1 + std::exp(-1.0)), 1e-14);
  EXPECT_GT(std::abs(reverse - 0.5 / (low - 0.5)), 1e-3);
}

TEST(SoftMdpo, EndsAtTheSoftOptimumForEveryStep) {
  Problem problem = ragged_problem(7);
  problem.model = UnitProblem(problem).model();
  const auto want = soft_value_iteration(problem, {.temperature = 0.1}, {.tolerance = 1e-12});
  for (const double t : {0.3, 3.0, 1e6}) {
    Table last;
    mdpo(problem,
         {.rule = {.inner_steps = 0, .t = t, .entropy = 0.1},
          .iterations = t < 1 ? 3000 : 400,
          .watch = [&](const Iterate& at) { last.assign(at.weights.begin(), at.weights.end()); }},
         {.tolerance = 0});
    for (std::size_t i = 0; i < last.size(); ++i) EXPECT_NEAR(last[i], std::exp(want.log_weights[i]), 1e-8) << t;
  }
}

TEST(SoftMdpo, OneLongStepIsTheSoftmaxOfQ) {
  const Problem problem = ragged_problem(8);
  const Table logits = logarithms(uniform_weights(problem.model));
  const std::vector<double> mu = start_distribution(problem.model, "uniform");
  const Surrogate on = exact_surrogate(problem.model, problem.discount, logits, mu, 0.2);
  Table want(logits.size());
  for (std::size_t i = 0; i < want.size(); ++i) want[i] = on.advantage(i) / 0.2;
  normalise_logits(problem.model, want);
  const Table got = updated({.inner_steps = 0}, on, 1e6);
  for (std::size_t i = 0; i < want.size(); ++i) EXPECT_NEAR(got[i], want[i], 1e-4);
}

// t_k = 1 / (lambda (k + 2)): the distance to the soft optimum is O(1/k).
TEST(SoftMdpo, TheRegularisedScheduleHasItsRate) {
  Problem problem = garnet_problem(5);
  problem.model = UnitProblem(problem).model();
  const auto want = soft_value_iteration(problem, {.temperature = 0.1}, {.tolerance = 1e-12});
  std::vector<double> k, gap;
  regularised_mirror_descent(problem,
                             {.temperature = 0.1,
                              .schedule = "decreasing",
                              .iterations = 501,
                              .watch =
                                  [&](const RegularisedIterate& at) {
                                    if (at.iteration < 50) return;
                                    k.push_back(static_cast<double>(at.iteration));
                                    gap.push_back((want.solution.value - at.value).maxCoeff());
                                  }},
                             {.tolerance = 0});
  EXPECT_LE(log_log_slope(k, gap), -0.9);
  EXPECT_GT(gap.front(), 0);
}

TEST(Mdpo, AnnealingEndsStandingStill) {
  const UpdateRule rule{.schedule = "annealed", .t = 2};
  EXPECT_EQ(trust(rule, 0, 10), 2);
  EXPECT_EQ(trust(rule, 5, 10), 1);
  EXPECT_EQ(trust(rule, 10, 10), 0);
  const OldPolicy on = old_policy(1);
  EXPECT_EQ(updated(rule, on.surrogate, 0), on.logits);
  EXPECT_EQ(trust({.schedule = "decreasing", .t = 3}, 8, 10), 1);
  EXPECT_EQ(trust({.schedule = "regularised", .entropy = 0.5}, 2, 10), 0.5);
}

TEST(Trpo, KeepsItsRadiusAndImproves) {
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    OldPolicy on = old_policy(seed);
    on.surrogate.model = &on.model;
    for (const double radius : {1e-4, 1e-2, 1.0}) {
      const Table next = trpo_step(on.surrogate, radius);
      double mean = 0, total = 0, gain = 0;
      for (int s = 0; s < on.model.num_states(); ++s) {
        const double w = on.surrogate.weight[static_cast<std::size_t>(s)];
        total += w;
        mean += w * divergence(of_state(on.model, on.logits, s), of_state(on.model, next, s));
      }
      for (int s = 0; s < on.model.num_states(); ++s)
        for (std::int64_t c = on.model.first_choice(s); c < on.model.first_choice(s + 1); ++c) {
          const auto i = static_cast<std::size_t>(c);
          gain += on.surrogate.weight[static_cast<std::size_t>(s)] * on.surrogate.advantage(i) *
                  (std::exp(next[i]) - std::exp(on.logits[i]));
        }
      EXPECT_LE(mean / total, radius);
      EXPECT_GT(mean / total, radius / 8);
      EXPECT_GT(gain, 0);
    }
  }
}

TEST(PpoClip, StopsPushingBeyondTheClip) {
  const mdp::TabularMdp model = bandit({1, 0, 0.5});
  Surrogate on{.model = &model, .old_logits = Table(3, -std::log(3.0)), .weight = {1}};
  set_advantage(on, {0.5, -0.5, 0});
  const Table next = ppo_clip_steps(on, 0.2, 2000, 0.05);
  EXPECT_GT(std::exp(next[0]) * 3, 1.19);
  EXPECT_LT(std::exp(next[0]) * 3, 1.3);
  const Table few = ppo_clip_steps(on, 0.2, 1, 0.05), plain = gradient_step(on, 0.05);
  for (std::size_t i = 0; i < 3; ++i) EXPECT_NEAR(few[i], plain[i], 1e-15);  // nothing is clipped at the old policy
}

TEST(Mdpo, EveryUpdateImproves) {
  const Problem problem = garnet_problem(6);
  const double first = final_gap(problem, {.iterations = 1});
  for (const char* update : {"mdpo", "ppo-clip", "trpo", "gradient"}) {
    for (const char* weighting : {"visits", "uniform", "replay"}) {
      const double gap =
          final_gap(problem, {.rule = {.update = update, .inner_steps = 10}, .weighting = weighting, .iterations = 60});
      EXPECT_LT(gap, 0.7 * first) << update << " " << weighting;
    }
  }
}

// The average of many batches is the exact gradient at the policy that played.
TEST(SampledMdpo, HasAnUnbiasedFirstGradient) {
  Problem problem{.model = random_model(Stream(3), {.states = 5, .most_actions = 3, .most_successors = 3}),
                  .discount = 0.8};
  const UnitProblem unit(problem);
  Stream stream(2);
  const Table logits = random_logits(unit.model(), stream);
  const Surrogate exact = exact_surrogate(unit.model(), 0.8, logits, unit.model().initial(), 0);
  const Table want = mdpo_gradient(exact, 1, logits);
  constexpr int kBatches = 5000;
  for (const char* advantage : {"exact", "gae"}) {
    // With lambda = 1 and a critic of zeros the advantages are plain returns: unbiased too, more noise.
    const SampledMdpoOptions options{
        .trajectories = 2, .steps = 80, .advantage = advantage, .gae_lambda = 1, .critic_step = 0};
    std::vector<double> mean(want.size(), 0.0), square(want.size(), 0.0);
    for (int b = 0; b < kBatches; ++b) {
      Eigen::VectorXd critic = Eigen::VectorXd::Zero(5);
      const Surrogate sampled =
          sampled_surrogate(unit, logits, options, stream.child(static_cast<std::uint64_t>(b)), critic);
      const Table got = mdpo_gradient(sampled, 1, logits);
      for (std::size_t i = 0; i < got.size(); ++i) {
        mean[i] += got[i] / kBatches;
        square[i] += got[i] * got[i] / kBatches;
      }
    }
    for (std::size_t i = 0; i < want.size(); ++i) {
      const double error = std::sqrt((square[i] - mean[i] * mean[i]) / kBatches);
      EXPECT_NEAR(mean[i], want[i], 3.5 * error + 1e-7) << advantage << ", choice " << i;
    }
  }
}

// One play of three steps through states 0, 1, 2 and on, each step paying 1; worked out by hand.
TEST(SampledMdpo, EstimatesAdvantagesAsGaeDoes) {
  mdp::TabularMdpBuilder builder(4);
  for (int s = 0; s < 3; ++s) builder.add_choice(s, 1, {{s + 1, 1.0}});
  builder.add_choice(3, 0, {{3, 1.0}});
  const UnitProblem unit({.model = std::move(builder).build(), .discount = 0.5});
  const Table logits(4, 0.0);
  Eigen::VectorXd critic(4);
  critic << 1, 0.5, 0, 2;
  // delta = 1 + .25 - 1, 1 + 0 - .5, 1 + 1 - 0; A_2 = 2, A_1 = .5 + .2 * 2, A_0 = .25 + .2 * .9
  const Surrogate got = sampled_surrogate(
      unit, logits, {.trajectories = 1, .steps = 3, .gae_lambda = 0.4, .critic_step = 0.5}, Stream(1), critic);
  EXPECT_NEAR(got.advantage(2), 2, 1e-15);
  EXPECT_NEAR(got.advantage(1), 0.9, 1e-15);
  EXPECT_NEAR(got.advantage(0), 0.43, 1e-15);
  // Weights are (1 - g) g^t; the critic moves half of the advantage, where it was.
  EXPECT_NEAR(got.weight[0], 0.5, 1e-15);
  EXPECT_NEAR(got.weight[2], 0.125, 1e-15);
  EXPECT_EQ(got.weight[3], 0);
  EXPECT_NEAR(critic[0], 1.215, 1e-15);
  EXPECT_NEAR(critic[2], 1, 1e-15);
  EXPECT_EQ(critic[3], 2);
}

TEST(SampledMdpo, LearnsAndRepeats) {
  const Problem problem = garnet_problem(7);
  const Eigen::VectorXd best = optimum_of(problem);
  for (const char* update : {"mdpo", "ppo-clip", "trpo", "gradient"}) {
    double first = 0, last = 0;
    const SampledMdpoOptions options{
        .rule = {.update = update}, .discounted_visits = false, .iterations = 60, .watch = [&](const Iterate& at) {
          last = (best - at.value).mean();
          if (at.iteration == 0) first = last;
        }};
    const Solution a = sampled_mdpo(problem, options, Stream(1));
    EXPECT_LT(last, std::string(update) == "gradient" ? 0.95 * first : 0.6 * first) << update;
    const Solution b = sampled_mdpo(problem, options, Stream(1));
    EXPECT_EQ(a.value, b.value);
    EXPECT_NE(a.value, sampled_mdpo(problem, options, Stream(2)).value);
  }
}

TEST(Mdpo, NamesOptionsThatDoNotGoTogether) {
  const Problem problem = garnet_problem(1);
  EXPECT_THAT([&] { mdpo(problem, {.rule = {.schedule = "regularised"}}); },
              ThrowsMessage<InvalidOption>(HasSubstr("needs an entropy above 0")));
  EXPECT_THAT([&] { mdpo(problem, {.rule = {.update = "trpo", .entropy = 1}}); },
              ThrowsMessage<InvalidOption>(HasSubstr("'trpo' takes no entropy")));
  EXPECT_THAT([&] { mdpo(problem, {.rule = {.update = "ppo-clip", .inner_steps = 0}}); },
              ThrowsMessage<InvalidOption>(HasSubstr("needs inner_steps")));
}

}  // namespace
}  // namespace bellwether::test
