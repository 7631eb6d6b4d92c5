#include "solvers/latent/pruning.h"

#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/sampling.h"
#include "core/stream.h"
#include "mdp/latent/belief_model.h"

namespace bellwether::solvers::latent {
namespace {

double best(const std::vector<Candidate>& set, const std::vector<double>& belief) {
  double top = -1e300;
  for (const Candidate& c : set) top = std::max(top, mdp::dot(c.value, belief));
  return top;
}

std::vector<double> random_belief(Stream& stream, std::size_t d) {
  std::vector<double> b(d);
  for (double& x : b) x = sample_exponential(stream);
  const double sum = mdp::mass(b);
  for (double& x : b) x /= sum;
  return b;
}

// Points of a sphere are all needed, points inside it are not.
TEST(Prune, KeepsExactlyWhatIsBestSomewhere) {
  for (const std::size_t d : {std::size_t{1}, std::size_t{2}, std::size_t{3}, std::size_t{4}}) {
    Stream stream(d);
    std::vector<Candidate> set;
    for (int i = 0; i < 60; ++i) {
      Candidate c{.value = random_belief(stream, d), .choice = i};
      double norm = 0;
      for (const double x : c.value) norm += x * x;
      for (double& x : c.value) x /= std::sqrt(norm) * (i % 2 == 0 ? 1.0 : 1.3);
      set.push_back(c);
    }
    std::vector<Candidate> kept = set;
    EXPECT_LE(prune(kept, 1e-12), 1e-12);
    EXPECT_EQ(kept.size(), d == 1 ? 1U : 30U) << d;
    for (int i = 0; i < 500; ++i) {
      const auto b = random_belief(stream, d);
      EXPECT_NEAR(best(kept, b), best(set, b), 1e-12);
    }
  }
}

TEST(Prune, DropsWhatOnlyAMixtureDominates) {
  std::vector<Candidate> set = {
      {.value = {1, 0, 0}}, {.value = {0, 1, 0}}, {.value = {0, 0, 1}}, {.value = {.3, .3, .3}}};
  EXPECT_LE(prune(set, 1e-12), 0);
  EXPECT_EQ(set.size(), 3U);
  set = {{.value = {1, 0}}, {.value = {0, 1}}, {.value = {.49, .49}}, {.value = {.5, .5}}};
  prune(set, 1e-12);
  EXPECT_EQ(set.size(), 2U);
  set = {{.value = {1, 0}}, {.value = {0, 1}}, {.value = {.51, .51}}};
  prune(set, 1e-12);
  EXPECT_EQ(set.size(), 3U);
}

TEST(Prune, KeepsOneOfEqualsAtAnyScale) {
  for (const double scale : {1e-6, 1.0, 1e6}) {
    std::vector<Candidate> set(5, {.value = {scale, 2 * scale, 3 * scale}});
    prune(set, 0);
    EXPECT_EQ(set.size(), 1U);
    set = {{.value = {scale, 0, 0}},
           {.value = {0, scale, 0}},
           {.value = {0, 0, scale}},
           {.value = {.5 * scale, .5 * scale, 0}},
           {.value = {.34 * scale, .34 * scale, .34 * scale}}};
    prune(set, 1e-12 * scale);
    EXPECT_EQ(set.size(), 4U) << scale;
  }
}

TEST(Prune, AsksBetweenComparisonsAndPrograms) {
  Stream stream(4);
  std::vector<Candidate> set;
  for (int i = 0; i < 40; ++i) set.push_back({.value = random_belief(stream, 3), .choice = i});
  std::vector<Candidate> heard = set;
  int asked = 0;
  prune(heard, 1e-12, [&] { return ++asked, true; });
  EXPECT_GT(asked, 40 + static_cast<int>(heard.size())) << "each is compared, each that is kept was a program's";
  for (const int most : {1, 40, 41, 45}) {
    std::vector<Candidate> stopped = set;
    asked = 0;
    prune(stopped, 1e-12, [&] { return ++asked < most; });
    EXPECT_EQ(asked, most);
    std::vector<Candidate> sum = set;
    asked = 0;
    add_pruned(sum, set, 1e-12, [&] { return ++asked < most; });
    EXPECT_EQ(asked, most);
  }
}

}  // namespace
}  // namespace bellwether::solvers::latent
