#include "solvers/robust/evaluation.h"

#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/errors.h"
#include "mdp/tabular_mdp_builder.h"
#include "tests/support/random_models.h"
#include "tests/support/reference.h"

namespace bellwether::solvers {
namespace {

using mdp::Rectangular;
using mdp::RobustMdp;
using mdp::SetKind;
using mdp::TabularMdp;

mdp::Policy mixed_policy(const TabularMdp& model, std::uint64_t seed) {
  Stream stream(seed);
  std::vector<double> weight(static_cast<std::size_t>(model.num_choices()));
  for (int s = 0; s < model.num_states(); ++s) {
    double total = 0;
    for (std::int64_t c = model.first_choice(s); c < model.first_choice(s + 1); ++c)
      total += weight[static_cast<std::size_t>(c)] = stream.uniform() < 0.3 ? 0.01 : stream.uniform();
    for (std::int64_t c = model.first_choice(s); c < model.first_choice(s + 1); ++c)
      weight[static_cast<std::size_t>(c)] /= total;
  }
  return mdp::Policy::randomised(weight);
}

TEST(EvaluateRobust, OfRadiusZeroIsPlainEvaluation) {
  const TabularMdp model = test::random_model(Stream(1));
  const mdp::Policy policy = mixed_policy(model, 2);
  const auto truth = test::reference_policy_values({.model = model, .discount = 0.95}, policy);
  for (const Rectangular by : {Rectangular::kChoice, Rectangular::kState}) {
    const RobustMdp robust(model, {.kind = SetKind::kL1, .rectangular = by, .radius = {0}});
    const RobustSolution got = evaluate_robust({.model = robust, .discount = 0.95}, policy, {}, {.tolerance = 1e-10});
    EXPECT_EQ(got.status, Status::kConverged);
    for (Eigen::Index s = 0; s < got.value.size(); ++s) {
      EXPECT_LE(got.lower[s], truth[static_cast<std::size_t>(s)]);
      EXPECT_GE(got.upper[s], truth[static_cast<std::size_t>(s)]);
    }
  }
}

// No nature of the set may do worse for the policy than the lower bound, and the answer returned does as badly.
TEST(EvaluateRobust, IsTheWorstOfManyNaturesAndItsAnswerAttainsIt) {
  const TabularMdp model = test::random_model(Stream(3), {.states = 8});
  for (const SetKind kind : {SetKind::kL1, SetKind::kKl, SetKind::kLinf}) {
    const RobustMdp robust(model, {.kind = kind, .radius = {0.2}});
    const RobustProblem problem{.model = robust, .discount = 0.9};
    const mdp::Policy policy = mixed_policy(model, 4);
    RobustEvaluationOptions options;
    options.worst_case = "all";
    const RobustSolution got = evaluate_robust(problem, policy, options, {.tolerance = 1e-9});
    const auto value_with = [&](const auto& row_of) {
      mdp::TabularMdpBuilder builder(model.num_states());
      for (int s = 0; s < model.num_states(); ++s) {
        for (std::int64_t c = model.first_choice(s); c < model.first_choice(s + 1); ++c) {
          const std::vector<double> q = row_of(c);
          std::vector<mdp::Entry> row;
          for (std::size_t i = 0; i < q.size(); ++i) row.push_back({model.successors(c)[i], q[i], 0});
          builder.add_choice(s, model.reward(c), row);
        }
      }
      return test::reference_policy_values({.model = std::move(builder).build(), .discount = 0.9}, policy);
    };
    const auto attained = value_with([&](std::int64_t c) {
      const auto q = got.worst_case.probabilities(c);
      return std::vector<double>(q.begin(), q.end());
    });
    for (Eigen::Index s = 0; s < got.value.size(); ++s)
      EXPECT_NEAR(got.value[s], static_cast<double>(attained[static_cast<std::size_t>(s)]), 1e-8);
    Stream stream(5);
    for (int trial = 0; trial < 50; ++trial) {
      std::vector<double> direction(static_cast<std::size_t>(model.num_states()));
      for (double& x : direction) x = stream.uniform();
      const mdp::Nature nature(robust, 0.9, mdp::NatureAim::kLowest);
      const auto other = value_with([&](std::int64_t c) { return nature.respond(c, direction); });
      for (Eigen::Index s = 0; s < got.value.size(); ++s)
        EXPECT_LE(got.lower[s], static_cast<double>(other[static_cast<std::size_t>(s)]) + 1e-9);
    }
  }
}

TEST(EvaluateRobust, SolvesSlowChainsByNaturesPolicyIteration) {
  // A long walk that rarely ends: sweeps alone would need some 10^5.
  mdp::TabularMdpBuilder builder(60);
  for (int s = 0; s < 59; ++s) builder.add_choice(s, 1.0, {{std::max(s - 1, 0), 0.5}, {s + 1, 0.5}});
  builder.add_choice(59, 0.0, {{59, 1.0}});
  const RobustMdp robust(std::move(builder).build(), {.kind = SetKind::kL1, .radius = {0.05}});
  const mdp::Policy policy = mdp::Policy::deterministic(std::vector<std::int32_t>(60, 0));
  const RobustSolution got = evaluate_robust({.model = robust, .discount = 0.9999}, policy, {}, {.tolerance = 1e-6});
  EXPECT_EQ(got.status, Status::kConverged);
  EXPECT_LE(got.iterations, 5);
}

TEST(BestResponse, HasARowForEveryChoice) {
  const TabularMdp model = test::random_model(Stream(6));
  const mdp::Policy policy = mdp::Policy::deterministic(std::vector<std::int32_t>(12, 0));
  for (const Rectangular by : {Rectangular::kChoice, Rectangular::kState}) {
    const RobustMdp robust(model, {.kind = SetKind::kL1, .rectangular = by, .radius = {0.4}});
    const NatureRows rows = best_response({.model = robust, .discount = 0.9}, policy);
    for (int s = 0; s < model.num_states(); ++s) {
      for (std::int64_t c = model.first_choice(s); c < model.first_choice(s + 1); ++c) {
        double sum = 0, moved = 0;
        for (std::size_t i = 0; i < rows.size(c); ++i) {
          sum += rows.probabilities(c)[i];
          moved += std::abs(rows.probabilities(c)[i] - model.probabilities(c)[i]);
        }
        EXPECT_NEAR(sum, 1, 1e-14);
        EXPECT_LE(moved, 0.4 + 1e-14);
        if (by == Rectangular::kState && c > model.first_choice(s)) {
          EXPECT_EQ(moved, 0) << "the budget of a state is spent where the agent goes";
        }
      }
    }
  }
}

TEST(EvaluateRobust, RefusesPoliciesThatDoNotFit) {
  const RobustMdp robust(test::random_model(Stream(7)), {.kind = SetKind::kL1, .radius = {0.1}});
  EXPECT_THROW(evaluate_robust({.model = robust, .discount = 0.9}, mdp::Policy::deterministic({0})), InvalidModel);
}

}  // namespace
}  // namespace bellwether::solvers
