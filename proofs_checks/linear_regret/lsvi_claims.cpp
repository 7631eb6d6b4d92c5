// LSVI-UCB under its bound; the inequality behind variance weights.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/ridge.h"
#include "core/sampling.h"
#include "mdp/linear/feature_map.h"
#include "mdp/tabular_mdp_builder.h"
#include "proofs_checks/linear_regret/claims.h"
#include "proofs_checks/linear_regret/tasks.h"
#include "proofs_checks/shares.h"
#include "proofs_checks/tabular_regret/tasks.h"
#include "solvers/online/linear/radius.h"

namespace bellwether::claims {
namespace {

constexpr const char* kPage = "docs/papers/linear-regret.md";
constexpr const char* kFamily = "linear-regret";

// --- The bound of LSVI-UCB -------------------------------------------------------------------------------------------

/// One stage, the first choice pays nothing and the second 1, features (1, 0) and (0, 1): the bound of LSVI-UCB drops
/// below the regret of never learning soonest here.
online::EpisodicTask one_stage() {
  mdp::TabularMdpBuilder builder(1);
  builder.add_choice(0, 0.0, {{0, 1.0}}).add_choice(0, 1.0, {{0, 1.0}});
  return {std::move(builder).build(), 1, {.features = std::make_shared<const mdp::FeatureMap>(mdp::one_hot(2))}};
}

Measurement above_bound(const Effort& effort, bool learning) {
  const online::EpisodicTask task = one_stage();
  constexpr std::int64_t kEpisodes = 500'000;
  const double radius = online::lsvi_radius({.dimension = 2, .horizon = 1, .episodes = kEpisodes, .delta = kDelta}, 1);
  const double bound =
      bounds::lsvi_ucb_regret({.dimension = 2, .horizon = 1, .episodes = kEpisodes, .delta = kDelta}, radius, 1);
  Shares shares{.on = fmt::format("one stage, {} episodes, bound {:.0f}", kEpisodes, bound)};
  for (std::int64_t i = 0; i < effort.pick(4, 20); ++i) {
    Stubborn stubborn(online::world_of(task, kEpisodes));
    shares.of_bound.push_back(
        (learning ? play(task, "lsvi-ucb", with_constant("theory"), kEpisodes, effort.run(i)).last.value_regret
                  : play(task, stubborn, kEpisodes, effort.run(i)).last.value_regret) /
        bound);
  }
  return never_above({shares}, kDelta);
}

Claim bound_claim() {
  return {.id = "lsvi-ucb-regret",
          .family = kFamily,
          .statement = "Regret(K) of lsvi-ucb <= 2 beta H sqrt(2 d K ln(1 + K / (d lambda))) + H sqrt(2 T ln(2/delta))",
          .page = kPage,
          .theorem = "Jin, Yang, Wang and Jordan 2020, Theorem 3.1, with the constants of its steps",
          .kind = Kind::kNever,
          .measure = [](const Effort& effort) { return above_bound(effort, true); },
          .controls = {{"never-learns", "plays the first choice for ever",
                        [](const Effort& effort) { return above_bound(effort, false); }}}};
}

// --- The inequality behind weights -----------------------------------------------------------------------------------

/// |sum of x eps| in the norm of Z^-1 over its bound, the largest over all times: unit vectors x, the one of thirty
/// that is least known every tenth time, and eps = +- 1/2, shifted by `drift`.
double bernstein_share(int dimension, std::int64_t steps, double drift, Stream stream) {
  constexpr double kLambda = 100, kRange = 0.5;
  const bounds::Noise noise{.deviation = 0.5, .range = kRange, .weighted_range = kRange / std::sqrt(kLambda)};
  Ridge ridge(dimension, kLambda);
  Eigen::VectorXd sum = Eigen::VectorXd::Zero(dimension), x = Eigen::VectorXd::Unit(dimension, 0), drawn = x;
  double worst = 0;
  for (std::int64_t k = 1; k <= steps; ++k) {
    double least_known = -1;
    for (int i = 0; i < (k % 10 == 0 ? 30 : 0); ++i) {
      for (double& entry : drawn) entry = std::abs(sample_normal(stream));  // sums of signs would forgive a drift
      drawn.normalize();
      const double norm = ridge.squared_norm({drawn.data(), static_cast<std::size_t>(dimension)});
      if (norm > least_known) x = drawn;
      least_known = std::max(least_known, norm);
    }
    const double epsilon = (stream.uniform() < 0.5 ? -0.5 : 0.5) + drift;
    ridge.add({x.data(), static_cast<std::size_t>(dimension)}, epsilon);
    sum += epsilon * x;
    if (k % 100 == 0)
      worst = std::max(worst, std::sqrt(sum.dot(ridge.theta())) /
                                  bounds::weighted_bernstein(noise, dimension, k, 1, kLambda, kDelta));
  }
  return worst;
}

Measurement bernstein(const Effort& effort, double drift) {
  std::vector<Shares> tasks;
  for (const int dimension : {1, 3}) {
    Shares& shares = tasks.emplace_back(Shares{.on = fmt::format("d = {}", dimension)});
    for (std::int64_t i = 0; i < effort.pick(5, 40); ++i)
      shares.of_bound.push_back(bernstein_share(dimension, 200'000, drift, effort.run(i)));
  }
  return never_above(tasks, kDelta);
}

Claim bernstein_claim() {
  return {.id = "weighted-bernstein",
          .family = kFamily,
          .statement =
              "|sum of x eps|_{Z^-1} <= 12 sqrt(sigma^2 d A1 A2) + 30 rho A2 at all times, |eps| min{1, |x|} <= "
              "rho, with probability 1 - delta",
          .page = kPage,
          .theorem = "Zhou and Gu 2022, Theorem 4.1",
          .kind = Kind::kNever,
          .measure = [](const Effort& effort) { return bernstein(effort, 0); },
          .controls = {
              {"drift", "noise whose mean is a half", [](const Effort& effort) { return bernstein(effort, 0.5); }}}};
}

}  // namespace

std::vector<Claim> lsvi_claims() { return {bound_claim(), bernstein_claim()}; }

}  // namespace bellwether::claims
