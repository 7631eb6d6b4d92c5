// Mean pseudo-regret after 10,000 rounds on three bandits of coins, against numbers of another program.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "bandits/arms/family.h"
#include "bandits/trial.h"
#include "core/parallel.h"
#include "core/statistics.h"

namespace bellwether::bandits {
namespace {

struct Entry {
  double regret, error;  ///< of the other program, with its standard error
};

struct TableRow {
  std::string learner;
  std::vector<Setting> settings;
  int runs;
  Entry entries[3];
};

const char* const kMeans[] = {"0.9/0.8", "0.1/0.05/0.05/0.05/0.02/0.02/0.02/0.01/0.01/0.01",
                              "0.5/0.4/0.4/0.4/0.4/0.4/0.4/0.4/0.4/0.4"};

class RegretTable : public testing::TestWithParam<TableRow> {};

TEST_P(RegretTable, HoldsOnThreeBandits) {
  const TableRow& row = GetParam();
  constexpr std::int64_t kRounds = 10'000;
  for (int place = 0; place < 3; ++place) {
    const auto bandit = find_family("bernoulli-arms")->make({{"means", kMeans[place]}}).bandit;
    std::vector<double> regret(static_cast<std::size_t>(row.runs));
    parallel_for(row.runs, row.runs * kRounds, [&](std::int64_t begin, std::int64_t end) {
      for (std::int64_t i = begin; i < end; ++i)
        regret[static_cast<std::size_t>(i)] =
            play(*bandit, row.learner, row.settings, Stream(11).child(i), {.length = kRounds, .checkpoints = {kRounds}})
                .value(0, 0);
    });
    const Entry& known = row.entries[place];
    const double error = std::hypot(standard_error(regret), known.error);
    EXPECT_NEAR(mean(regret), known.regret, std::max(0.04 * known.regret, 4 * error)) << kMeans[place];
  }
}

INSTANTIATE_TEST_SUITE_P(Learners, RegretTable,
                         testing::Values(TableRow{"ucb1", {}, 150, {{88.6, .5}, {500.0, .5}, {592.6, 1.4}}},
                                         TableRow{"ucb", {}, 150, {{42.5, .4}, {363.1, .7}, {348.3, 1.6}}},
                                         TableRow{"ucb-v", {}, 150, {{70.9, .4}, {327.1, .7}, {577.4, 1.5}}},
                                         TableRow{"moss", {}, 150, {{29.4, .3}, {187.6, .7}, {180.9, 1.3}}},
                                         TableRow{"kl-ucb", {}, 100, {{15.3, .3}, {112.7, .5}, {257.2, 1.4}}},
                                         TableRow{"kl-ucb", {{"c", "3"}}, 100, {{24.0, .3}, {177.2, .6}, {383.7, 1.6}}},
                                         TableRow{"kl-ucb-pp", {}, 150, {{14.6, .2}, {70.3, .4}, {166.4, 1.2}}},
                                         TableRow{"imed", {}, 150, {{10.2, .2}, {71.0, .7}, {171.8, 2.3}}},
                                         TableRow{"thompson", {}, 100, {{10.0, .3}, {80.4, .4}, {170.8, 1.7}}},
                                         TableRow{"bayes-ucb", {}, 40, {{11.5, .6}, {98.5, 1.0}, {205.9, 3.0}}}));

// The same for counts, waiting times and heavy tails, 1000 rounds.
TEST(RegretOnOtherLaws, IsThatOfAnotherProgram) {
  struct Case {
    const char *law, *means, *learner, *constant;
    Entry known;
  };
  for (const Case& test : {Case{"poisson", "1/0.5/0.5", "kl-ucb", "", {31.4, 0.8}},
                           {"poisson", "1/0.5/0.5", "thompson", "", {26.1, 1.7}},
                           {"exponential", "1/0.5/0.5", "kl-ucb", "", {26.9, 0.7}},
                           {"exponential", "1/0.5/0.5", "thompson", "", {21.0, 1.2}},
                           {"student", "1/-1", "robust-ucb", "theory", {291.6, 4.1}},
                           {"student", "1/-1", "robust-ucb", "0.1", {19.8, 0.6}}}) {
    const auto bandit = find_family("arms")->make({{"law", test.law}, {"means", test.means}}).bandit;
    std::vector<Setting> settings;
    if (*test.constant != 0) settings.emplace_back("constant", test.constant);
    std::vector<double> regret;
    for (int i = 0; i < 300; ++i)
      regret.push_back(
          play(*bandit, test.learner, settings, Stream(11).child(i), {.length = 1000, .checkpoints = {1000}})
              .value(0, 0));
    EXPECT_NEAR(mean(regret), test.known.regret, 4 * std::hypot(standard_error(regret), test.known.error))
        << test.law << " " << test.learner << " " << test.constant;
  }
}

}  // namespace
}  // namespace bellwether::bandits
