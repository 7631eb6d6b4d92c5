#include "solvers/latent/registry.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/errors.h"
#include "mdp/latent/instances.h"
#include "tests/unit/solvers/latent/plain.h"

namespace bellwether::solvers {
namespace {

using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

TEST(LatentTable, EveryPlannerEnclosesTheTruthForEveryCriterion) {
  const mdp::LatentMdp latent = mdp::random_latent(Stream(1), {.contexts = 2, .states = 2});
  const double truth = plain_latent(latent, 4), discounted = plain_latent(latent, 8, 1, .1);
  for (const LatentRow& row : latent_table()) {
    for (const Criterion criterion : row.criteria) {
      const bool finite = criterion == Criterion::kFinite;
      const LatentProblem problem{
          .model = latent.pomdp(), .criterion = criterion, .discount = finite ? 1 : .1, .horizon = finite ? 4 : 0};
      const LatentSolution found = row.run(problem, {}, {.tolerance = 1e-3});
      const double value = finite ? truth : discounted;
      EXPECT_LE(found.lower, value + 1e-7) << row.name;
      EXPECT_GE(found.upper, value - 1e-7) << row.name;
      EXPECT_FALSE(found.policy.empty()) << row.name;
      EXPECT_NE(found.status, Status::kNotRun) << row.name;
      const Enclosed worth = evaluate(found.policy, problem);
      EXPECT_LE(worth.lower, found.upper) << row.name;
      EXPECT_GE(worth.upper, found.lower - 1e-12) << row.name;
    }
    for (const OptionRow& option : row.options()) EXPECT_FALSE(option.help.empty()) << row.name;
  }
}

TEST(LatentTable, SaysWhatWasMeant) {
  EXPECT_THAT([] { find_latent("hvsi", Criterion::kFinite); },
              ThrowsMessage<InvalidOption>(HasSubstr("did you mean 'hsvi'")));
  EXPECT_THAT([] { find_latent("belief-tree", Criterion::kDiscounted); },
              ThrowsMessage<InvalidOption>(HasSubstr("these do: auto, hsvi")));
  EXPECT_THAT([] { find_latent("hsvi", Criterion::kAverage); }, ThrowsMessage<InvalidOption>(HasSubstr("average")));
  const LatentProblem problem{.model = mdp::tiger(), .discount = .5};
  EXPECT_THROW(find_latent("hsvi", Criterion::kDiscounted).run(problem, {{"speed", "1"}}, {}), InvalidOption);
  EXPECT_EQ(latent_table().front().name, "auto");
}

TEST(LatentAuto, TakesTheTreeWhileItIsSmall) {
  const LatentProblem small{.model = mdp::tiger(), .criterion = Criterion::kFinite, .horizon = 10};
  EXPECT_EQ(latent_auto(small).algorithm, "belief-tree");
  const LatentProblem long_run{.model = mdp::tiger(), .discount = .9};
  EXPECT_EQ(latent_auto(long_run, {}, {.tolerance = .1}).algorithm, "hsvi");
}

}  // namespace
}  // namespace bellwether::solvers
