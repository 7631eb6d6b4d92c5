#include "solvers/robust/regularised/rfzi.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/errors.h"
#include "core/rate_fit.h"
#include "mdp/tabular_mdp_builder.h"
#include "proofs_checks/robust_papers/models.h"
#include "solvers/exact/discounted/policy_iteration.h"

namespace bellwether::solvers {
namespace {

mdp::TabularMdp chain() { return claims::slippery_row(); }

double error_of(const RfziResult& got, const RfziResult& truth) {
  return (got.value - truth.value).lpNorm<Eigen::Infinity>();
}

TEST(Rfzi, IsExactWithInfiniteData) {
  for (const double beta : {0.1, 1.0, 5.0, 300.0}) {
    RfziOptions options;
    options.beta = beta;
    options.iterations = 400;
    const RfziResult truth = z_fixed_point(chain(), 0.9, beta);
    EXPECT_LE(error_of(rfzi(chain(), 0.9, exact_offline(chain()), options), truth), 1e-10);
    options.features = Eigen::MatrixXd::Identity(20, 20);
    options.ridge = 0;
    // Z spans exp(-beta range): where that exceeds the digits of a double, linear fits cannot tell values apart.
    if (beta <= 1) {
      EXPECT_LE(error_of(rfzi(chain(), 0.9, exact_offline(chain()), options), truth), 1e-9);
    }
  }
}

TEST(Rfzi, WithoutBetaItIsFittedQIteration) {
  RfziOptions options;
  options.beta = 0;
  options.iterations = 400;
  const auto truth = policy_iteration({.model = chain(), .discount = 0.9}, {}, {.tolerance = 1e-12});
  EXPECT_LE((rfzi(chain(), 0.9, exact_offline(chain()), options).value - truth.value).lpNorm<Eigen::Infinity>(), 1e-10);
}

TEST(Rfzi, ErrorFallsAsOneOverTheRootOfTheData) {
  const RfziResult truth = z_fixed_point(chain(), 0.9, 1);
  RfziOptions options;
  options.iterations = 150;
  std::vector<double> counts, errors;
  for (int power = 8; power <= 14; power += 2) {
    double mean = 0;
    for (std::uint64_t seed = 0; seed < 20; ++seed)
      mean += error_of(rfzi(chain(), 0.9, draw_offline(chain(), 1 << power, Stream(seed)), options), truth) / 20;
    counts.push_back(1 << power);
    errors.push_back(mean);
  }
  EXPECT_NEAR(power_line(counts, errors).slope, -0.5, 0.1);
}

TEST(Rfzi, LinearFeaturesThatSpanZAreEnough) {
  // States with the same future share a feature: two groups of choices in a model where rows depend on the group.
  mdp::TabularMdpBuilder builder(4);
  const std::vector<mdp::Entry> good = {{0, 0.4}, {1, 0.3}, {2, 0.2}, {3, 0.1}}, bad = {{0, 0.1}, {3, 0.9}};
  for (int s = 0; s < 4; ++s) {
    builder.add_choice(s, 0.1 * s, good);
    builder.add_choice(s, 1 - 0.2 * s, bad);
  }
  const mdp::TabularMdp model = std::move(builder).build();
  RfziOptions options;
  options.features = Eigen::MatrixXd::Zero(8, 2);
  for (int c = 0; c < 8; ++c) options.features(c, c % 2) = 1;
  const RfziResult truth = z_fixed_point(model, 0.8, 1);
  EXPECT_LE(error_of(rfzi(model, 0.8, exact_offline(model), options), truth), 1e-7);
  // Pooled data are better data: fewer samples a feature than a choice needs.
  double pooled = 0, apart = 0;
  RfziOptions tabular;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const auto data = draw_offline(model, 400, Stream(seed));
    pooled += error_of(rfzi(model, 0.8, data, options), truth);
    apart += error_of(rfzi(model, 0.8, data, tabular), truth);
  }
  EXPECT_LT(pooled, 0.8 * apart);
}

TEST(Rfzi, FitsThatLeaveTheRangeOfValuesAreClipped) {
  // A line through two choices, read off at twenty.
  const std::vector<OfflineSample> two = {{.choice = 0, .next = 0}, {.choice = 1, .next = 9}};
  RfziOptions options;
  options.features = Eigen::MatrixXd::Ones(20, 2);
  for (int c = 0; c < 20; ++c) options.features(c, 1) = c;
  for (const double beta : {0.0, 0.5, 5.0}) {
    options.beta = beta;
    for (const double u : rfzi(chain(), 0.9, two, options).certainty) {
      EXPECT_GE(u, 0) << beta;
      EXPECT_LE(u, 10 * (1 + 1e-12)) << beta;
    }
  }
}

TEST(Rfzi, UnseenChoicesArePessimisticAndNonsenseIsNamed) {
  const std::vector<OfflineSample> little = {{.choice = 0, .next = 0}};
  const RfziResult got = rfzi(chain(), 0.9, little);
  for (std::size_t c = 1; c < 20; ++c) EXPECT_EQ(got.certainty[c], 0);
  EXPECT_NEAR(got.value[0], 3, 1e-6);  // 0.3 for ever, as far as the data tell
  EXPECT_THAT([] { rfzi(chain(), 0.9, std::vector<OfflineSample>{{.choice = 99, .next = 0}}); },
              ::testing::ThrowsMessage<InvalidModel>(::testing::HasSubstr("choice 99")));
  RfziOptions options;
  options.features = Eigen::MatrixXd::Identity(3, 3);
  EXPECT_THROW(rfzi(chain(), 0.9, little, options), InvalidOption);
  EXPECT_THROW(rfzi(chain(), 1, little), InvalidOption);
}

TEST(Rfzi, DataDependOnTheStreamAlone) {
  const auto a = draw_offline(chain(), 1000, Stream(3)), b = draw_offline(chain(), 1000, Stream(3));
  std::vector<double> law(20, 0);
  law[7] = 1;
  for (std::size_t i = 0; i < a.size(); ++i) EXPECT_TRUE(a[i].choice == b[i].choice && a[i].next == b[i].next);
  int slipped = 0;
  for (const OfflineSample& s : draw_offline(chain(), 4000, Stream(4), law)) {
    EXPECT_EQ(s.choice, 7);
    slipped += s.next == 2 ? 1 : 0;  // of state 3
  }
  EXPECT_NEAR(slipped / 4000.0, 0.2, 0.03);
}

}  // namespace
}  // namespace bellwether::solvers
