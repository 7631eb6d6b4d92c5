// What is known about hidden instances, by the planners.
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mdp/latent/latent_mdp.h"
#include "mdp/latent/lower_bound.h"
#include "mdp/latent/registry.h"
#include "solvers/latent/belief_tree.h"
#include "solvers/latent/hsvi.h"
#include "solvers/latent/registry.h"

namespace bellwether::solvers {
namespace {

LatentProblem usual(const mdp::InstanceFile& made) {
  const bool finite = made.question.objective == mdp::Objective::kFinite;
  return {.model = made.file.contexts.empty() ? mdp::pomdp_of(made.file) : mdp::latent_of(made.file).pomdp(),
          .criterion = finite ? Criterion::kFinite : Criterion::kDiscounted,
          .discount = made.question.discount,
          .horizon = made.question.horizon};
}

void expect_facts(const std::string& name, const std::vector<Setting>& settings) {
  const mdp::InstanceFile made = mdp::find_file_instance(name).make(settings);
  ASSERT_FALSE(made.facts.empty()) << name;
  const LatentSolution found = latent_auto(usual(made), {}, {.tolerance = 1e-6});
  EXPECT_EQ(found.status, Status::kConverged) << name;
  for (const mdp::KnownFact& fact : made.facts) {
    EXPECT_LE(found.lower, fact.value + 1e-12) << name << ' ' << fact.how;
    EXPECT_GE(found.upper, fact.value - 1e-12) << name << ' ' << fact.how;
  }
}

TEST(HiddenInstances, AreWorthWhatIsKnown) {
  expect_facts("secret-combination", {});
  expect_facts("secret-combination", {{"contexts", "3"}, {"actions", "4"}, {"secret", "3-1"}});
  expect_facts("latent-lower-bound", {});
  expect_facts("latent-lower-bound", {{"contexts", "5"}, {"leaves", "3"}, {"actions", "3"}, {"variance", "0.04"}});
  expect_facts("latent-lower-bound", {{"contexts", "3"}, {"horizon", "12"}});
  expect_facts("tiger", {{"accuracy", "0.5"}});
}

TEST(HiddenInstances, CanAllBePlannedFor) {
  for (const mdp::FileInstance& instance : mdp::file_instance_table()) {
    if (!mdp::is_hidden_instance(instance.name)) continue;
    const LatentSolution found = latent_auto(usual(instance.make()), {}, {.tolerance = .05});
    EXPECT_EQ(found.status, Status::kConverged) << instance.name;
    EXPECT_LE(found.gap, .05) << instance.name;
  }
}

TEST(WithRest, IsWorthWhatThePlayIs) {
  const mdp::LatentMdp model = mdp::drawn_latent_hard({.contexts = 2, .leaves = 2}, Stream(2));
  const int steps = 5;
  const auto value = [](const mdp::LatentMdp& latent, int horizon) {
    return belief_tree({.model = latent.pomdp(), .criterion = Criterion::kFinite, .horizon = horizon}).value;
  };
  const mdp::LatentMdp rested = mdp::with_rest(model, steps);
  EXPECT_NEAR(value(rested, steps), value(model, steps), 1e-10);
  EXPECT_NEAR(value(rested, 3 * steps), value(model, steps), 1e-10);
}

}  // namespace
}  // namespace bellwether::solvers
