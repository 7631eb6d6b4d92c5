#include "solvers/latent/registry.h"

#include <string_view>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/errors.h"
#include "mdp/latent/instances.h"
#include "mdp/tabular_mdp_builder.h"
#include "tests/unit/solvers/latent/plain.h"

namespace bellwether::solvers {
namespace {

using ::testing::AnyOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::ThrowsMessage;

/// Calls check(row, problem, its value) for each planner and each criterion that it solves.
template <class Check>
void for_every_planner(const Check& check) {
  const mdp::LatentMdp latent = mdp::random_latent(Stream(1), {.contexts = 2, .states = 2});
  const double truth = plain_latent(latent, 4), discounted = plain_latent(latent, 8, 1, .1);
  for (const LatentRow& row : latent_table()) {
    for (const Criterion criterion : row.criteria) {
      const bool finite = criterion == Criterion::kFinite;
      const LatentProblem problem{
          .model = latent.pomdp(), .criterion = criterion, .discount = finite ? 1 : .1, .horizon = finite ? 4 : 0};
      check(row, problem, finite ? truth : discounted);
    }
  }
}

void expect_encloses(const LatentSolution& found, double truth, std::string_view name) {
  EXPECT_LE(found.lower, truth + 1e-7) << name;
  EXPECT_GE(found.upper, truth - 1e-7) << name;
}

TEST(LatentTable, EveryPlannerEnclosesTheTruthForEveryCriterion) {
  for_every_planner([](const LatentRow& row, const LatentProblem& problem, double truth) {
    const LatentSolution found = row.run(problem, {}, {.tolerance = 1e-3});
    expect_encloses(found, truth, row.name);
    EXPECT_FALSE(found.policy.empty()) << row.name;
    EXPECT_NE(found.status, Status::kNotRun) << row.name;
    const Enclosed worth = evaluate(found.policy, problem);
    EXPECT_LE(worth.lower, found.upper) << row.name;
    EXPECT_GE(worth.upper, found.lower - 1e-12) << row.name;
  });
  for (const LatentRow& row : latent_table())
    for (const OptionRow& option : row.options()) EXPECT_FALSE(option.help.empty()) << row.name;
}

TEST(LatentTable, EveryPlannerKeepsToTheIterations) {
  for_every_planner([](const LatentRow& row, const LatentProblem& problem, double truth) {
    const LatentSolution found = row.run(problem, {}, {.tolerance = 1e-12, .max_iterations = 2});
    expect_encloses(found, truth, row.name);
    EXPECT_LE(found.iterations, 2 + problem.horizon) << row.name;  // open-loop closes what it has begun
    EXPECT_EQ(found.status, Status::kBudgetExhausted) << row.name;
    EXPECT_THAT(found.limit, AnyOf("", "the number of trials")) << row.name;  // nothing but the iterations
    EXPECT_THAT(found.note, Not(HasSubstr("best of all"))) << row.name;
  });
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

/// Nothing is seen, places as many as given: beliefs never repeat, and few vectors are worth keeping.
LatentProblem blind(int places, int horizon) {
  Stream stream(3);
  mdp::TabularMdpBuilder builder(places);
  for (int s = 0; s < places; ++s) {
    for (int k = 0; k < 2; ++k) {
      std::vector<double> weight;
      double sum = 0;
      for (int t = 0; t < places; ++t) sum += weight.emplace_back(stream.uniform() + (s == t ? 3 : 0));
      std::vector<mdp::Entry> row;
      for (int t = 0; t < places; ++t) row.push_back({t, weight[static_cast<std::size_t>(t)] / sum});
      builder.add_choice(s, stream.uniform(), row);
    }
  }
  return {.model = {std::move(builder).build(),
                    mdp::dense_observations(1, std::vector<double>(2 * static_cast<std::size_t>(places), 1.0))},
          .criterion = Criterion::kFinite,
          .horizon = horizon};
}

TEST(LatentAuto, TakesExactVectorsWhereTheyAreFew) {
  for (const auto& [places, horizon] : {std::pair(2, 20'000), std::pair(2, 100), std::pair(3, 1200)}) {
    const LatentProblem problem = blind(places, horizon);
    const LatentSolution found = latent_auto(problem);
    EXPECT_EQ(found.algorithm, "alpha-vectors") << places;
    EXPECT_THAT(found.note, HasSubstr("but few vectors say what they are worth")) << places;
    EXPECT_LE(found.gap, 1e-7 * horizon) << places;
    const Enclosed worth = evaluate(found.policy, problem);
    EXPECT_GE(worth.upper, found.lower) << places;
    EXPECT_LE(worth.lower, found.upper) << places;
  }
  // More places at a horizon that a search manages, or vectors that are many: a search.
  const LatentSolution brief = latent_auto(blind(3, 40), {}, {.tolerance = 1e-2});
  EXPECT_EQ(brief.algorithm, "hsvi");
  EXPECT_THAT(brief.note, ::testing::Not(HasSubstr("vectors;")));
  const mdp::LatentMdp latent = mdp::random_latent(Stream(1), {.contexts = 2, .states = 4});
  const LatentProblem many{.model = latent.pomdp(), .criterion = Criterion::kFinite, .horizon = 20};
  const LatentSolution search = latent_auto(many, {}, {.tolerance = .5});
  EXPECT_EQ(search.algorithm, "hsvi");
  EXPECT_THAT(search.note, HasSubstr("and more than 2000 vectors"));
}

}  // namespace
}  // namespace bellwether::solvers
