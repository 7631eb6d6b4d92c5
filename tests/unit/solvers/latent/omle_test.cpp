#include "solvers/latent/learning/omle.h"

#include <cmath>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/errors.h"
#include "mdp/latent/instances.h"

namespace bellwether::solvers {
namespace {

std::vector<mdp::LatentMdp> locks(int actions, int length) {
  std::vector<mdp::LatentMdp> models;
  int count = 1;
  for (int i = 0; i < length; ++i) count *= actions;
  for (int code = 0; code < count; ++code) {
    std::vector<int> secret;
    for (int i = 0, rest = code; i < length; ++i, rest /= actions) secret.push_back(rest % actions);
    models.push_back(mdp::combination_lock(actions, secret));
  }
  return models;
}

TEST(Omle, KeepsTheTruthAndFindsTheSecret) {
  const auto models = locks(2, 2);
  int left = 0, found = 0;
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    const OmleRun run = omle(models, static_cast<int>(seed % 4), 3, 400, .05, Stream(seed));
    left += run.truth_left ? 1 : 0;
    found += run.found_after > 0 ? 1 : 0;
    EXPECT_EQ(run.in_the_set.front(), 4);
    EXPECT_EQ(run.regret.size(), 400U);
  }
  EXPECT_LE(left, 5);
  EXPECT_EQ(found, 100);
}

// A play of a wrong secret survives with probability 1 / M, and only then shows that it does not pay: each wrong model
// before the right one costs M episodes on average, and each of them loses 1 / M.
TEST(Omle, PaysForEverySecretBeforeTheRightOne) {
  const auto models = locks(3, 2);
  EXPECT_EQ(omle(models, 0, 3, 2000, .05, Stream(1)).regret.back(), 0);
  double sum = 0, squares = 0;
  constexpr int kRuns = 200;
  for (std::uint64_t seed = 0; seed < kRuns; ++seed) {
    const double regret = omle(models, 8, 3, 300, .05, Stream(seed)).regret.back();
    sum += regret, squares += regret * regret;
  }
  const double mean = sum / kRuns, error = std::sqrt((squares / kRuns - mean * mean) / kRuns);
  EXPECT_NEAR(mean, 8, 4 * error);
}

TEST(Omle, NamesBadInput) {
  const auto models = locks(2, 2);
  EXPECT_THROW(omle(models, 4, 3, 10, .05, Stream(0)), InvalidOption);
  EXPECT_THROW(omle(models, 0, 3, 10, 1.5, Stream(0)), InvalidOption);
  const std::vector<mdp::LatentMdp> mixed = {models[0], mdp::random_latent(Stream(1))};
  EXPECT_THROW(omle(mixed, 0, 3, 10, .05, Stream(0)), InvalidModel);
}

}  // namespace
}  // namespace bellwether::solvers
