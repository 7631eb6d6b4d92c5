#include "mdp/robust/sets_from_data.h"

#include <cmath>
#include <functional>
#include <limits>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/alias_table.h"
#include "core/errors.h"
#include "mdp/tabular_mdp_builder.h"

namespace bellwether::mdp {
namespace {

using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

TabularMdp coin_and_die() {
  TabularMdpBuilder builder(4);
  builder.add_choice(0, 0.0, {{0, 0.5}, {1, 0.5}});
  builder.add_choice(0, 1.0, {{0, 0.1}, {1, 0.2}, {2, 0.3}, {3, 0.4}});
  for (int s = 1; s < 4; ++s) builder.add_choice(s, 0.0, {{s, 1.0}});
  return std::move(builder).build();
}

TEST(Weissman, RadiusIsThatOfTheTheorem) {
  // sqrt(2 / 100 log((2^3 - 2) 5 / .1)), by hand.
  EXPECT_NEAR(weissman_radius(100, 3, 5, 0.1), std::sqrt(0.02 * std::log(300.0)), 1e-15);
  EXPECT_EQ(weissman_radius(100, 1, 5, 0.1), 0);
  EXPECT_EQ(weissman_radius(0, 3, 5, 0.1), 2);
  EXPECT_EQ(weissman_radius(1, 3000, 5, 0.1), 2) << "the diameter of the simplex, and 2^3000 must not overflow";
  EXPECT_NEAR(hoeffding_radius(100, 3, 5, 0.1), std::sqrt(std::log(300.0) / 200), 1e-15);
}

TEST(SetsFromData, EveryRowHasTheRadiusOfItsSamples) {
  const TabularMdp model = coin_and_die();
  const std::vector<double> samples = {50, 200, 0, 7, 7};
  // Delta is shared by the two rows that have more than one outcome.
  const auto l1 = radii_from_samples(model, SetKind::kL1, Support::kSuccessors, samples, 0.1);
  EXPECT_NEAR(l1[0], std::sqrt(2.0 / 50 * std::log(2 * 2 / 0.1)), 1e-15);
  EXPECT_NEAR(l1[1], std::sqrt(2.0 / 200 * std::log(14 * 2 / 0.1)), 1e-15);
  EXPECT_EQ(l1[2], 0) << "one outcome needs no data";
  const auto tv = radii_from_samples(model, SetKind::kTotalVariation, Support::kSuccessors, samples, 0.1);
  EXPECT_EQ(tv[1], l1[1] / 2);
  const auto linf = radii_from_samples(model, SetKind::kLinf, Support::kSuccessors, samples, 0.1);
  EXPECT_NEAR(linf[0], std::sqrt(std::log(2 * 2 * 2 / 0.1) / 100), 1e-15);
  EXPECT_NEAR(linf[1], std::sqrt(std::log(2 * 2 * 4 / 0.1) / 400), 1e-15);
  // On all states every row has four outcomes, and five rows share delta.
  const auto all = radii_from_samples(model, SetKind::kL1, Support::kAll, samples, 0.1);
  EXPECT_NEAR(all[0], std::sqrt(2.0 / 50 * std::log(14 * 5 / 0.1)), 1e-15);
  EXPECT_EQ(all[2], 2) << "never sampled: anything";
  // Rows that are known have no share.
  const std::vector<double> known = {50, INFINITY, INFINITY, INFINITY, INFINITY};
  const auto one = radii_from_samples(model, SetKind::kL1, Support::kAll, known, 0.1);
  EXPECT_NEAR(one[0], std::sqrt(2.0 / 50 * std::log(14 / 0.1)), 1e-15);
  EXPECT_EQ(one[1], 0);
  const std::vector<double> all_known(5, INFINITY);
  EXPECT_EQ(radii_from_samples(model, SetKind::kLinf, Support::kAll, all_known, 0.1), std::vector<double>(5, 0));
}

TEST(Weissman, BallsHoldTheTruthAtLeastAsOftenAsPromised) {
  const TabularMdp model = coin_and_die();
  int missed = 0;
  for (std::uint64_t run = 0; run < 400; ++run) {
    Stream stream(run);
    std::vector<double> count(static_cast<std::size_t>(model.num_transitions()), 0);
    for (std::int64_t c = 0; c < model.num_choices(); ++c) {
      const AliasTable draw(model.probabilities(c));
      for (int i = 0; i < 50; ++i)
        count[static_cast<std::size_t>(model.choice_begin()[c]) + static_cast<std::size_t>(draw.sample(stream))] += 1;
    }
    const RobustMdp robust = weissman_balls(model, count, 0.2);
    bool inside = true;
    for (std::int64_t c = 0; c < model.num_choices(); ++c) {
      double away = 0;
      for (std::size_t i = 0; i < model.probabilities(c).size(); ++i)
        away += std::abs(robust.nominal().probabilities(c)[i] - model.probabilities(c)[i]);
      inside = inside && away <= robust.radius(c) + 1e-15;
    }
    missed += inside ? 0 : 1;
  }
  EXPECT_LE(missed, 80) << "delta is 0.2";
}

TEST(Weissman, UnseenChoicesKeepTheirRowAndEverySetHoldsAll) {
  const TabularMdp model = coin_and_die();
  const std::vector<double> count(static_cast<std::size_t>(model.num_transitions()), 0);
  const RobustMdp robust = weissman_balls(model, count, 0.1);
  EXPECT_EQ(robust.radius(1), 2);
  EXPECT_EQ(robust.radius(2), 0) << "one outcome needs no data";
  EXPECT_EQ(robust.nominal().probabilities(1)[3], 0.4);
}

TEST(Credible, CentreIsThePosteriorMeanAndTheRadiusItsQuantile) {
  const TabularMdp model = coin_and_die();
  std::vector<double> count(static_cast<std::size_t>(model.num_transitions()), 0);
  count[0] = 30;
  count[1] = 10;
  const double delta = 0.5;  // a tenth for each of the five rows
  const RobustMdp robust = credible_balls(model, count, 1, delta, 20'000, Stream(1));
  EXPECT_NEAR(robust.nominal().probabilities(0)[0], 31.0 / 42, 1e-15);
  // |p - mean|_1 = 2 |beta - mean| for Beta(31, 11): its 90 % quantile by an independent sum over a grid.
  double mass = 0, inside = 0;
  const double k = robust.radius(0), mean = 31.0 / 42;
  for (int i = 1; i < 200'000; ++i) {
    const double x = i / 200'000.0, density = std::exp(30 * std::log(x) + 10 * std::log1p(-x));
    mass += density;
    if (2 * std::abs(x - mean) <= k) inside += density;
  }
  EXPECT_NEAR(inside / mass, 0.9, 0.01);
  EXPECT_EQ(robust.radius(2), 0);
  EXPECT_EQ(credible_balls(model, count, 1, delta, 1000, Stream(7)).radius(0),
            credible_balls(model, count, 1, delta, 1000, Stream(7)).radius(0));
}

/// The posterior probability that a coin, Beta(a, b), lies further than `away` from `centre`, by a sum over a grid.
double beyond(double a, double b, double centre, double away) {
  double mass = 0, outside = 0;
  for (int i = 1; i < 400'000; ++i) {
    const double x = i / 400'000.0, density = std::exp((a - 1) * std::log(x) + (b - 1) * std::log1p(-x) + a + b);
    mass += density;
    if (std::abs(x - centre) > away) outside += density;
  }
  return outside / mass;
}

TEST(Credible, RadiiLeaveLittleMoreThanTheirShareOutside) {
  const TabularMdp model = coin_and_die();
  constexpr double kKnown = std::numeric_limits<double>::infinity();
  std::vector<double> samples(static_cast<std::size_t>(model.num_choices()), kKnown);
  samples[0] = 40;
  const double p = model.probabilities(0)[0], a = 1 + 40 * p, b = 1 + 40 * (1 - p);
  const auto radius = [&](SetKind kind, double delta) {
    return credible_radii(model, kind, samples, 1, delta, Stream(1))[0];
  };
  // Of all known rows but one nothing is shared: the tail has mass delta, of which 20 draws of 50 are kept in hand.
  for (const double delta : {0.2, 0.01}) {
    const double k = radius(SetKind::kL1, delta), outside = beyond(a, b, p, k / 2);
    EXPECT_LE(outside, delta);
    EXPECT_GE(outside, 0.15 * delta);
  }
  // All distances between coins are functions of |x - p|; the draws are the same.
  const double k = radius(SetKind::kL1, 0.1) / 2;
  EXPECT_NEAR(radius(SetKind::kTotalVariation, 0.1), k, 1e-14);
  EXPECT_NEAR(radius(SetKind::kLinf, 0.1), k, 1e-14);
  EXPECT_NEAR(radius(SetKind::kL2, 0.1), std::sqrt(2.0) * k, 1e-14);
  EXPECT_NEAR(radius(SetKind::kChiSquare, 0.1), k * k / p + k * k / (1 - p), 1e-14);
  const auto kl = [&](double x) { return x * std::log(x / p) + (1 - x) * std::log((1 - x) / (1 - p)); };
  EXPECT_NEAR(radius(SetKind::kKl, 0.1), std::max(kl(p + k), kl(p - k)), 0.2 * kl(p + k));
  EXPECT_EQ(credible_radii(model, SetKind::kL1, samples, 1, 0.1, Stream(1))[1], 0) << "a row that is known";
  // More rows share delta, and a strong prior pulls the posterior to the middle.
  std::vector<double> all(samples.size(), 40);
  EXPECT_GT(credible_radii(model, SetKind::kL1, all, 1, 0.1, Stream(1))[0], radius(SetKind::kL1, 0.1));
  EXPECT_EQ(credible_radii(model, SetKind::kL1, all, 1, 0.1, Stream(1))[2], 0) << "one outcome needs no data";
  EXPECT_NEAR(credible_radii(model, SetKind::kL1, all, 1e7, 0.1, Stream(1))[1], 0.4, 0.01) << "of (.1, .2, .3, .4)";
}

// Draws of all rows count, or a model of many rows with few draws each would never ask.
TEST(Credible, DrawingAsksAndEndsWithoutRadii) {
  TabularMdpBuilder builder(200);
  for (int s = 0; s < 200; ++s) builder.add_choice(s, 0.0, {{s, 0.5}, {(s + 1) % 200, 0.5}});
  const TabularMdp model = std::move(builder).build();
  const std::vector<double> samples(200, 40);
  const auto radii = [&](const std::function<bool()>& keep_going) {
    return credible_radii(model, SetKind::kL1, samples, 1, 0.5, Stream(1), keep_going);
  };
  int all = 0;
  EXPECT_EQ(radii([&] { return ++all, true; }), radii(nullptr));
  EXPECT_GE(all, 10) << "eight million probabilities";
  for (const int most : {1, 3}) {
    int asked = 0;
    EXPECT_TRUE(radii([&] { return ++asked < most; }).empty());
    EXPECT_EQ(asked, most) << "nobody is asked after a no";
  }
}

TEST(SetsFromData, NameWhatIsWrong) {
  const TabularMdp model = coin_and_die();
  std::vector<double> count(static_cast<std::size_t>(model.num_transitions()), 1);
  EXPECT_THAT([&] { weissman_balls(model, count, 0); }, ThrowsMessage<InvalidOption>(HasSubstr("'delta' is 0")));
  EXPECT_THAT([&] { credible_balls(model, count, 0, 0.1, 1000, Stream(1)); },
              ThrowsMessage<InvalidOption>(HasSubstr("'prior' is 0")));
  EXPECT_THAT([&] { credible_balls(model, count, 1, 0.1, 49, Stream(1)); },
              ThrowsMessage<InvalidOption>(HasSubstr("'draws' is 49, must be at least 50")));
  const std::vector<double> few(3, 1), negative = {1, 1, -2, 1, 1};
  EXPECT_THAT([&] { radii_from_samples(model, SetKind::kKl, Support::kAll, negative, 0.1); },
              ThrowsMessage<InvalidOption>(HasSubstr("no radius is known for sets of the kind kl")));
  EXPECT_THAT([&] { radii_from_samples(model, SetKind::kL1, Support::kAll, few, 0.1); },
              ThrowsMessage<InvalidModel>(HasSubstr("there are 3 numbers of samples, must be 5")));
  EXPECT_THAT([&] { radii_from_samples(model, SetKind::kL1, Support::kAll, negative, 0.1); },
              ThrowsMessage<InvalidModel>(HasSubstr("choice 2 has -2 samples")));
  const std::vector<double> some(static_cast<std::size_t>(model.num_choices()), 1);
  EXPECT_THAT([&] { credible_radii(model, SetKind::kWasserstein, some, 1, 0.1, Stream(1)); },
              ThrowsMessage<InvalidOption>(HasSubstr("no credible radius for sets of the kind wasserstein")));
  EXPECT_THAT([&] { credible_radii(model, SetKind::kKl, some, 0, 0.1, Stream(1)); },
              ThrowsMessage<InvalidOption>(HasSubstr("'prior' is 0")));
  EXPECT_THAT([&] { credible_radii(model, SetKind::kKl, some, 1, 1e-7, Stream(1)); },
              ThrowsMessage<InvalidOption>(HasSubstr("uncertain rows need")));
  EXPECT_THAT([&] { radii_from_samples(model, SetKind::kL1, Support::kAll, negative, 1); },
              ThrowsMessage<InvalidOption>(HasSubstr("'delta' is 1")));
  count[2] = -1;
  EXPECT_THAT([&] { weissman_balls(model, count, 0.1); }, ThrowsMessage<InvalidModel>(HasSubstr("count 2 is -1")));
  count.pop_back();
  EXPECT_THAT([&] { weissman_balls(model, count, 0.1); }, ThrowsMessage<InvalidModel>(HasSubstr("there are 8 counts")));
}

}  // namespace
}  // namespace bellwether::mdp
