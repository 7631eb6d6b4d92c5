#include "solvers/robust/policy_gradient/set_projection.h"

#include <cmath>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/errors.h"
#include "core/projections.h"
#include "core/stream.h"
#include "proofs_checks/robust_papers/models.h"

namespace bellwether::solvers::robust {
namespace {

std::vector<double> drawn_distribution(std::size_t n, Stream& stream, bool zeros = false) {
  std::vector<double> p(n);
  double sum = 0;
  for (double& x : p) sum += x = zeros && stream.below(3) == 0 ? 0 : 0.01 + stream.uniform();
  for (double& x : p) x /= sum == 0 ? 1 : sum;
  if (sum == 0) p[0] = 1;
  return p;
}

double l1(const std::vector<double>& a, const std::vector<double>& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += std::abs(a[i] - b[i]);
  return sum;
}

/// q is the projection of x exactly when (x - q).(y - q) <= 0 for all y of the set: random members and p itself.
template <class Project>
void expect_nearest(const std::vector<double>& p, const std::vector<double>& x, Stream& stream,
                    const Project& project) {
  const std::vector<double> q = project(x);
  double sum = 0;
  for (const double e : q) {
    EXPECT_GE(e, -1e-15);
    sum += e;
  }
  EXPECT_NEAR(sum, 1, 1e-12);
  for (int trial = 0; trial < 30; ++trial) {
    std::vector<double> y = p;
    for (std::size_t i = 0; i < y.size(); ++i) y[i] += trial == 0 ? 0 : 2 * stream.uniform() - 1;
    if (trial > 0) y = project(y);
    double inner = 0;
    for (std::size_t i = 0; i < q.size(); ++i) inner += (x[i] - q[i]) * (y[i] - q[i]);
    EXPECT_LE(inner, 1e-10);
  }
}

TEST(SetProjection, MeetsTheOptimalityConditionAndTheBudget) {
  Stream stream(11);
  for (int trial = 0; trial < 300; ++trial) {
    const auto n = static_cast<std::size_t>(1 + stream.below(7));
    const std::vector<double> p = drawn_distribution(n, stream, trial % 2 == 0);
    std::vector<double> x(n);
    for (double& e : x) e = 3 * (2 * stream.uniform() - 1);
    const double k = trial % 5 == 0 ? 0 : 1.5 * stream.uniform();
    const auto with = [&](auto&& f) {
      return [&, f](std::vector<double> y) {
        f(y);
        return y;
      };
    };
    const auto ball = with([&](std::vector<double>& y) { project_l1(p, k, y); });
    EXPECT_LE(l1(ball(x), p), k + 1e-12);
    expect_nearest(p, x, stream, ball);
    const auto round = with([&](std::vector<double>& y) { project_l2(p, k, y); });
    double square = 0;
    const std::vector<double> q = round(x);
    for (std::size_t i = 0; i < n; ++i) square += (q[i] - p[i]) * (q[i] - p[i]);
    EXPECT_LE(std::sqrt(square), k + 1e-12);
    expect_nearest(p, x, stream, round);
    std::vector<double> low(n), high(n);
    for (std::size_t i = 0; i < n; ++i) {
      low[i] = std::max(0.0, p[i] - k);
      high[i] = std::min(1.0, p[i] + k);
    }
    expect_nearest(p, x, stream, with([&](std::vector<double>& y) { project_box(low, high, y); }));
    expect_nearest(p, x, stream, with([&](std::vector<double>& y) { project_contamination(p, std::min(1.0, k), y); }));
  }
}

// The members of a ball are all of the simplex within reach: what is left outside must be farther than the projection.
TEST(SetProjection, ReachesTheWholeBall) {
  Stream stream(12);
  for (int trial = 0; trial < 100; ++trial) {
    const std::vector<double> p = drawn_distribution(5, stream);
    std::vector<double> x(5);
    for (double& e : x) e = 2 * stream.uniform() - 0.5;
    std::vector<double> q = x;
    project_l1(p, 0.6, q);
    for (int i = 0; i < 50; ++i) {
      // A member made without projections: towards a random distribution as far as the budget goes.
      std::vector<double> y = drawn_distribution(5, stream, true);
      const double t = std::min(1.0, 0.6 / std::max(l1(y, p), 1e-12));
      double inner = 0;
      for (std::size_t e = 0; e < 5; ++e) inner += (x[e] - q[e]) * (p[e] + t * (y[e] - p[e]) - q[e]);
      EXPECT_LE(inner, 1e-10);
    }
  }
}

TEST(SetProjection, SharesABudgetBetweenRows) {
  Stream stream(13);
  for (int trial = 0; trial < 60; ++trial) {
    const std::vector<std::int64_t> begin = {0, 3, 4, 8};
    std::vector<double> p, x(8);
    for (const std::size_t n : {3, 1, 4})
      for (const double e : drawn_distribution(n, stream, true)) p.push_back(e);
    for (double& e : x) e = 2 * stream.uniform() - 0.5;
    const double k = stream.uniform();
    std::vector<double> q = x;
    project_l1_together(p, begin, k, q);
    EXPECT_LE(l1(q, p), k + 1e-9);
    for (int i = 0; i < 40; ++i) {
      std::vector<double> y;
      for (const std::size_t n : {3, 1, 4})
        for (const double e : drawn_distribution(n, stream, true)) y.push_back(e);
      const double t = std::min(1.0, k / std::max(l1(y, p), 1e-12));
      double inner = 0;
      for (std::size_t e = 0; e < 8; ++e) inner += (x[e] - q[e]) * (p[e] + t * (y[e] - p[e]) - q[e]);
      EXPECT_LE(inner, 1e-8);
    }
  }
  // One row alone: the same as the ball by choice.
  const std::vector<std::int64_t> one = {0, 4};
  const std::vector<double> p = {0.1, 0.2, 0.3, 0.4};
  std::vector<double> together = {0.9, -0.3, 0.5, 0.1}, alone = together;
  project_l1_together(p, one, 0.5, together);
  project_l1(p, 0.5, alone);
  for (std::size_t i = 0; i < 4; ++i) EXPECT_NEAR(together[i], alone[i], 1e-12);
}

TEST(SetProjection, KeepsParametersInTheirBallAboveTheFloor) {
  const std::vector<double> centre = {0.7, 0.6};
  std::vector<double> x = {-3, 0.9};
  project_l1_parameters(centre, 0.05, 1, x);
  EXPECT_GE(x[0], 0.05);
  EXPECT_LE(std::abs(x[0] - 0.7) + std::abs(x[1] - 0.6), 1 + 1e-12);
  EXPECT_NEAR(x[0], 0.05, 1e-12);
  EXPECT_NEAR(x[1], 0.9, 1e-12);
  std::vector<double> far = {2.7, 1.6};
  project_l1_parameters(centre, 0.05, 1, far);
  EXPECT_NEAR(far[0], 1.7, 1e-12);  // soft thresholds: 2 - 1 and 1 - 1
  EXPECT_NEAR(far[1], 0.6, 1e-12);
}

TEST(SetProjection, NamesSetsItCannotProjectOn) {
  Stream stream(14);
  const mdp::RobustMdp kl(claims::drawn_cost_garnet(3, 2, 2, stream), {.kind = mdp::SetKind::kKl, .radius = {0.1}});
  EXPECT_THAT([&] { require_projectable(kl); }, ::testing::ThrowsMessage<InvalidOption>(::testing::HasSubstr("'kl'")));
}

}  // namespace
}  // namespace bellwether::solvers::robust
