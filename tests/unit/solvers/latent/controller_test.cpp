#include "solvers/latent/controller.h"

#include <cmath>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/errors.h"
#include "core/stream.h"
#include "mdp/latent/instances.h"
#include "solvers/latent/alpha_vectors.h"
#include "solvers/latent/simple_policies.h"
#include "tests/unit/solvers/latent/plain.h"

namespace bellwether::solvers {
namespace {

using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

std::size_t drawn(const std::vector<double>& weights, Stream& stream) {
  double rest = stream.uniform();
  for (std::size_t i = 0; i + 1 < weights.size(); ++i)
    if ((rest -= weights[i]) < 0) return i;
  return weights.size() - 1;
}

/// A play of the real thing: states are drawn, the controller sees observations only.
double play(const Controller& controller, const mdp::Pomdp& pomdp, int horizon, Stream& stream) {
  const mdp::BeliefModel beliefs(pomdp);
  const mdp::TabularMdp& model = pomdp.model();
  auto state = static_cast<int>(drawn(model.initial(), stream));
  std::int32_t at = controller.start.front();
  double earned = 0;
  for (int h = 0; h < horizon; ++h) {
    const ControllerNode& node = controller.nodes[static_cast<std::size_t>(at)];
    const std::int64_t c = model.first_choice(state) + node.choice;
    earned += model.reward(c);
    const auto p = model.probabilities(c);
    state = model.successors(c)[drawn({p.begin(), p.end()}, stream)];
    std::vector<double> chances;
    const auto seen = pomdp.seen(model.action(c), state);
    for (const mdp::Seen& one : seen) chances.push_back(one.probability);
    const std::int32_t observation = seen[drawn(chances, stream)].observation;
    const auto& messages = beliefs.cell(node.cell).choices[static_cast<std::size_t>(node.choice)].messages;
    for (std::size_t o = 0; o < node.next.size(); ++o)
      if (messages[o].observation == observation) at = node.next[o];
  }
  return earned;
}

TEST(Controller, EarnsInSimulationWhatItsVectorsSay) {
  for (std::uint64_t seed = 0; seed < 3; ++seed) {
    const mdp::Pomdp pomdp = mdp::random_pomdp(Stream(seed), {.states = 3, .observations = 3});
    const LatentProblem problem{.model = pomdp, .criterion = Criterion::kFinite, .horizon = 4};
    const LatentSolution solution = alpha_vectors(problem);
    const auto& root = solution.policy.nodes[static_cast<std::size_t>(solution.policy.start[0])];
    const double promised = mdp::dot(root.alpha, mdp::BeliefModel(pomdp).starts()[0].belief);
    EXPECT_NEAR(promised, solution.value, 1e-10);
    const Enclosed worth = evaluate(solution.policy, problem);
    EXPECT_NEAR(worth.value, promised, 1e-12);
    EXPECT_LE(worth.lower, promised + 1e-12);
    EXPECT_LE(worth.upper - worth.lower, 1e-10);
    Stream stream = Stream(7).child(seed);
    double sum = 0, squares = 0;
    constexpr int kPlays = 20'000;
    for (int i = 0; i < kPlays; ++i) {
      const double x = play(solution.policy, pomdp, 4, stream);
      sum += x, squares += x * x;
    }
    const double mean = sum / kPlays, error = std::sqrt((squares / kPlays - mean * mean) / kPlays);
    EXPECT_NEAR(mean, promised, 4 * error);
  }
}

TEST(Controller, AlwaysListeningCostsTwenty) {
  const LatentProblem problem{.model = mdp::tiger(), .criterion = Criterion::kDiscounted, .discount = .95};
  const Controller listen{.nodes = {{.cell = 0, .choice = 0, .next = {0, 0}}}, .start = {0}};
  const Enclosed worth = evaluate(listen, problem);
  EXPECT_LE(worth.lower, -20);
  EXPECT_GE(worth.upper, -20);
  EXPECT_LE(worth.upper - worth.lower, 1e-9);
}

TEST(Controller, IsEvaluatedInTheMemoryOfAStage) {
  constexpr int kLong = 100'000;  // the values of all stages at once would be 160 gigabytes
  const LatentSolution found = memoryless(one_state({.5}, kLong));
  EXPECT_NEAR(found.lower, .5 * kLong, 1e-2);
  EXPECT_LE(found.lower, .5 * kLong);
  // Always listening pays -1 a step.
  const Controller listen{.nodes = {{.cell = 0, .choice = 0, .next = {0, 0}}}, .start = {0}};
  const Enclosed worth = evaluate(listen, {.model = mdp::tiger(), .criterion = Criterion::kFinite, .horizon = 5000});
  EXPECT_LE(worth.lower, -5000);
  EXPECT_GE(worth.upper, -5000);
  EXPECT_LE(worth.upper - worth.lower, 1e-4);
}

TEST(Controller, DiscountedStagesCountTheirWeight) {
  LatentProblem problem = one_state({1, .5}, 40);
  problem.discount = .5;
  const Controller better{.nodes = {{.cell = 0, .choice = 0, .next = {0}}}, .start = {0}};
  const Enclosed worth = evaluate(better, problem);
  const double truth = 2 - 0x1p-39;
  EXPECT_LE(worth.lower, truth);
  EXPECT_GE(worth.upper, truth);
  EXPECT_LE(worth.upper - worth.lower, 1e-10);
}

TEST(Controller, NamesWhatDoesNotFit) {
  const LatentProblem problem{.model = mdp::tiger(), .criterion = Criterion::kDiscounted, .discount = .95};
  const auto expect = [&](Controller controller, const char* text) {
    EXPECT_THAT([&] { evaluate(controller, problem); }, ThrowsMessage<InvalidModel>(HasSubstr(text)));
  };
  expect({.nodes = {{.cell = 0, .choice = 0, .next = {0}}}, .start = {0}}, "node 0 has 1 next nodes for 2 messages");
  expect({.nodes = {{.cell = 0, .choice = 7, .next = {0, 0}}}, .start = {0}}, "choice 7");
  expect({.nodes = {{.cell = 0, .choice = 0, .next = {0, 3}}}, .start = {0}}, "leads to node 3");
  expect({.nodes = {}, .start = {}}, "0 starts, the model has 1");
}

TEST(Controller, ReachableForgetsTheRest) {
  const Controller controller{.nodes = {{.next = {0, 0}}, {.choice = 1, .next = {2, 2}}, {.choice = 2, .next = {1, 1}}},
                              .start = {2}};
  const Controller part = reachable(controller);
  ASSERT_EQ(part.nodes.size(), 2U);
  EXPECT_EQ(part.start[0], 0);
  EXPECT_EQ(part.nodes[0].choice, 2);
  EXPECT_EQ(part.nodes[0].next[0], 1);
}

}  // namespace
}  // namespace bellwether::solvers
