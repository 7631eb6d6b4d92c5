#include "solvers/latent/learning/em.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/errors.h"
#include "mdp/latent/instances.h"
#include "solvers/latent/learning/optimistic_plans.h"

namespace bellwether::solvers {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

/// Contexts that differ in their rows alone, rewards of the states.
LatentTables drawn(std::uint64_t seed, int contexts, int states = 3) {
  LatentTables model(mdp::random_latent(Stream(seed), {.contexts = contexts, .states = states, .concentration = 0.3}));
  for (int m = 0; m < contexts; ++m)
    for (int s = 0; s < states; ++s)
      for (int k = 0; k < 2; ++k) model.reward[model.at(m, s, k)] = s == 0 ? 0.25 : 0;
  return model;
}

/// P(context m, episode | choices), by plain products.
double probability(const LatentTables& model, int m, const LatentEpisode& episode) {
  double p = model.weight[static_cast<std::size_t>(m)] * model.nu(m, episode.states[0]);
  for (std::size_t t = 0; t < episode.choices.size(); ++t)
    p *= model.p(m, episode.states[t], episode.choices[t], episode.states[t + 1]);
  return p;
}

// One step from a known model against Bayes' rule, written out.
TEST(Em, MakesOneStepByBayesRule) {
  const LatentTables truth = drawn(1, 2), start = perturbed(truth, 0.5, Stream(2));
  const auto episodes = uniform_episodes(truth, 4, 30, Stream(3));
  const EmRun run = em_from(start, episodes, {.iterations = 1});
  double likelihood = 0, first = 0, from = 0, moved = 0;
  for (const LatentEpisode& episode : episodes) {
    const double one = probability(start, 0, episode), both = one + probability(start, 1, episode);
    likelihood += std::log(both);
    first += one / both;
    for (std::size_t t = 0; t < 4; ++t) {
      if (episode.states[t] != 1 || episode.choices[t] != 0) continue;
      from += one / both;
      moved += episode.states[t + 1] == 2 ? one / both : 0;
    }
  }
  ASSERT_EQ(run.log_likelihood.size(), 2U);
  EXPECT_NEAR(run.log_likelihood[0], likelihood, 1e-9);
  EXPECT_NEAR(run.model.weight[0], first / 30, 1e-12);
  ASSERT_GT(from, 0.1);
  EXPECT_NEAR(run.model.p(0, 1, 0, 2), moved / from, 1e-12);
  EXPECT_EQ(run.status, Status::kBudgetExhausted);
  EXPECT_EQ(run.model.reward, truth.reward);
}

TEST(Em, CountsWhenThereIsOneContext) {
  const LatentTables truth = drawn(4, 1);
  const auto episodes = uniform_episodes(truth, 10, 100, Stream(5));
  const EmRun run = em(truth, episodes, {.starts = 1}, Stream(6));
  EXPECT_EQ(run.status, Status::kConverged);
  EXPECT_EQ(run.log_likelihood.size(), 3U) << "the start, the counts, the same again";
  double visits = 0, moves = 0;
  for (const LatentEpisode& episode : episodes)
    for (std::size_t t = 0; t < 10; ++t) {
      if (episode.states[t] != 0 || episode.choices[t] != 1) continue;
      ++visits;
      moves += episode.states[t + 1] == 1 ? 1 : 0;
    }
  EXPECT_NEAR(run.model.p(0, 0, 1, 1), moves / visits, 1e-12);
}

TEST(Em, KeepsRowsThatWereNeverSeen) {
  const LatentTables start = drawn(7, 2);
  const std::vector<LatentEpisode> one{{.states = {0, 0}, .choices = {0}}};
  const EmRun run = em_from(start, one, {.iterations = 5});
  for (int m = 0; m < 2; ++m)
    for (int next = 0; next < 3; ++next) EXPECT_EQ(run.model.p(m, 2, 1, next), start.p(m, 2, 1, next));
  EXPECT_EQ(run.model.nu(0, 0), 1);
}

// Long episodes of contexts far apart: the parameters are found, and the policy planned on them loses next to nothing.
TEST(Em, FindsContextsThatAreFarApartAndPlansOnThem) {
  const LatentTables truth = drawn(8, 2);
  ASSERT_GT(separation(truth), 0.7);
  const EmRun run = em(truth, uniform_episodes(truth, 30, 500, Stream(9)), {.starts = 5}, Stream(10));
  EXPECT_LT(row_error(run.model, truth), 0.1);
  const HistoryPlan best = plan_by_weights(truth, 4, plain_backup(truth), 0);
  const HistoryPlan own = plan_by_weights(run.model, 4, plain_backup(run.model), 0);
  EXPECT_LT(best.promised - value_of(truth, own.policy), 0.02 * best.promised);
}

TEST(Em, MeasuresRowsWhateverTheNamesOfContexts) {
  const LatentTables truth = drawn(11, 3);
  LatentTables renamed = truth;
  const auto block = static_cast<std::ptrdiff_t>(truth.row.size() / 3);
  std::rotate(renamed.row.begin(), renamed.row.begin() + block, renamed.row.end());
  EXPECT_NE(renamed.row, truth.row);
  EXPECT_EQ(row_error(renamed, truth), 0);
  renamed.row[truth.at(1, 2, 0) * 3] += 0.75;
  EXPECT_NEAR(row_error(renamed, truth), 0.75 / 18, 1e-12) << "the mean of 18 rows";
}

TEST(Em, NamesWhatIsWrong) {
  const LatentTables model = drawn(12, 2);
  const std::vector<LatentEpisode> one{{.states = {0, 0}, .choices = {0}}};
  EXPECT_THAT([&] { em_from(model, one, {.assignment = "none"}); },
              ThrowsMessage<InvalidOption>(HasSubstr("assignment")));
  LatentTables other = model;
  other.reward[other.at(1, 2, 1)] = 0.5;
  EXPECT_THAT([&] { em(other, one, {}, Stream(1)); },
              ThrowsMessage<InvalidModel>(HasSubstr("choice 1 in state 2 is 0 in context 0 and 0.5 in context 1")));
  LatentTables never = model;
  for (int m = 0; m < 2; ++m) never.row[never.at(m, 0, 0) * 3] = 0;
  EXPECT_EQ(em_from(never, one).status, Status::kNumericalTrouble);
}

}  // namespace
}  // namespace bellwether::solvers
