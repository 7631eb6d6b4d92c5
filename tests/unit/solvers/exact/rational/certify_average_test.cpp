#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "solvers/exact/rational/certify_rational.h"
#include "tests/unit/solvers/exact/rational/dense_reference.h"

namespace bellwether::solvers::rational {
namespace {

mdp::Policy policy(std::vector<std::int32_t> choices) { return mdp::Policy::deterministic(std::move(choices)); }

// Gains by stationary distributions and absorption probabilities.
std::vector<mpq_class> gains_of(const mdp::TabularMdp& model, const std::vector<std::int32_t>& choices) {
  const int n = model.num_states();
  const auto p = chain_of(model, choices);
  const auto reach = closure(p);
  std::vector<std::vector<mpq_class>> a(n, std::vector<mpq_class>(n, 0));
  std::vector<mpq_class> b(n, 0);
  for (int s = 0; s < n; ++s) {
    bool recurrent = true;
    for (int t = 0; t < n; ++t) recurrent = recurrent && (!reach[s][t] || reach[t][s]);
    a[s][s] = 1;
    if (!recurrent) {
      for (int t = 0; t < n; ++t) a[s][t] -= p[s][t];
      continue;
    }
    std::vector<int> members;
    for (int t = 0; t < n; ++t)
      if (reach[s][t]) members.push_back(t);
    std::vector<std::vector<mpq_class>> balance(members.size(), std::vector<mpq_class>(members.size()));
    std::vector<mpq_class> one(members.size(), 0);
    one[0] = 1;
    for (std::size_t i = 0; i < members.size(); ++i)
      for (std::size_t j = 0; j < members.size(); ++j)
        balance[i][j] = i == 0 ? mpq_class(1) : mpq_class((i == j ? 1 : 0) - p[members[j]][members[i]]);
    const auto mu = solve_dense(balance, one);
    for (std::size_t i = 0; i < members.size(); ++i)
      b[s] += mu[i] * mpq_class(model.reward(model.first_choice(members[i]) + choices[members[i]]));
  }
  return solve_dense(a, b);
}

TEST(CertifyAverage, AgreesWithAllPoliciesUnichainAndMultichain) {
  int several_gains = 0;
  for (std::uint64_t seed = 0; seed < 150; ++seed) {
    const int n = 5;
    const mdp::TabularMdp model =
        random_dyadic_model(n, 2, 1 + static_cast<int>(seed % 3), Stream(seed).child("average"));
    const bool maximise = seed % 2 == 0;
    std::vector<mpq_class> best;
    for_each_policy(model, [&](const std::vector<std::int32_t>& choices) {
      const auto g = gains_of(model, choices);
      if (best.empty()) best = g;
      for (int s = 0; s < n; ++s) best[s] = maximise ? std::max(best[s], g[s]) : std::min(best[s], g[s]);
    });
    for (int s = 1; s < n; ++s) several_gains += best[s] != best[0] ? 1 : 0;
    for (std::int32_t start : {0, 1}) {
      const RationalSolution got =
          certify_rational({.model = model,
                            .criterion = Criterion::kAverage,
                            .direction = maximise ? Direction::kMaximise : Direction::kMinimise},
                           policy(std::vector<std::int32_t>(n, start)));
      const std::vector<std::int32_t> found(got.solution.policy.choices().begin(), got.solution.policy.choices().end());
      const auto attained = gains_of(model, found);
      for (int s = 0; s < n; ++s) {
        EXPECT_EQ(got.exact.text(s), best[s].get_str()) << "seed " << seed << ", state " << s;
        EXPECT_EQ(attained[s], best[s]) << "seed " << seed << ", state " << s;
      }
    }
  }
  EXPECT_GT(several_gains, 20);
}

TEST(CertifyAverage, BiasSolvesItsEquation) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const int n = 12;
    const mdp::TabularMdp model = random_dyadic_model(n, 2, 3, Stream(seed).child("bias"));
    const RationalSolution got =
        certify_rational({.model = model, .criterion = Criterion::kAverage}, policy(std::vector<std::int32_t>(n, 0)));
    const std::vector<std::int32_t> found(got.solution.policy.choices().begin(), got.solution.policy.choices().end());
    const auto p = chain_of(model, found);
    for (int s = 0; s < n; ++s) {
      mpq_class right = model.reward(model.first_choice(s) + found[s]);
      for (int t = 0; t < n; ++t) right += p[s][t] * mpq_class(got.exact_bias.text(t));
      EXPECT_EQ(mpq_class(got.exact.text(s)) + mpq_class(got.exact_bias.text(s)), right) << "seed " << seed;
      EXPECT_NEAR(got.solution.bias[s], mpq_class(got.exact_bias.text(s)).get_d(), 1e-12);
    }
  }
}

// Bias alone decides among policies of equal gain: both loops pay 1 a step, one way there pays 1/3 more.
TEST(CertifyAverage, TransientRewardsDecideAmongEqualGains) {
  mdp::TabularMdpBuilder builder(2);
  builder.add_choice(0, 0.0, {{1, 1.0}});
  builder.add_choice(0, 1.0 / 3, {{1, 1.0}});
  builder.add_choice(1, 1.0, {{1, 1.0}});
  const RationalSolution got =
      certify_rational({.model = std::move(builder).build(), .criterion = Criterion::kAverage}, policy({0, 0}));
  EXPECT_EQ(got.exact.text(0), "1");
  EXPECT_THAT(got.solution.policy.choices(), testing::ElementsAre(1, 0));
  EXPECT_EQ(got.exact_bias.text(0), "-2/3");
  EXPECT_EQ(got.exact_bias.text(1), "0");
}

}  // namespace
}  // namespace bellwether::solvers::rational
