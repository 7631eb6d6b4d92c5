// Functions drawn from a Gaussian process: intervals that hold them everywhere, and the regret that follows.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <Eigen/Core>
#include <fmt/format.h>

#include "bandits/arms/family.h"
#include "bandits/arms/process.h"
#include "bandits/kernel.h"
#include "bandits/linear/gaussian_process.h"
#include "bandits/trial.h"
#include "proofs_checks/bandits/linear_claims.h"
#include "proofs_checks/bounds/bandits_linear.h"
#include "proofs_checks/shares.h"

namespace bellwether::claims {
namespace {

using bandits::FunctionBandit;
using bandits::GaussianProcess;

constexpr const char* kPage = "docs/papers/linear-bandits.md";
constexpr double kDelta = 0.05, kLengthscale = 0.2;
constexpr int kPoints = 60;

/// A function of its own for every run: the theorem is about draws of the function too.
std::shared_ptr<const FunctionBandit> drawn_function(std::int64_t run) {
  const auto made =
      bandits::find_family("process-arms")->make({{"seed", std::to_string(run)}, {"arms", std::to_string(kPoints)}});
  return std::dynamic_pointer_cast<const FunctionBandit>(made.bandit);
}

GaussianProcess prior_of(const FunctionBandit& bandit) {
  const auto points = bandit.points();
  const auto n = static_cast<Eigen::Index>(points.size());
  Eigen::MatrixXd covariance(n, n);
  for (std::size_t a = 0; a < points.size(); ++a)
    for (std::size_t b = 0; b < points.size(); ++b)
      covariance(static_cast<Eigen::Index>(a), static_cast<Eigen::Index>(b)) =
          bandits::radial_kernel(points.subspan(a, 1), points.subspan(b, 1), kLengthscale);
  return {covariance, bandit.sigma() * bandit.sigma()};
}

// --- Intervals -------------------------------------------------------------------------------------------------------

/// max over points of |f - mean| / deviation.
double farthest(const FunctionBandit& bandit, const GaussianProcess& process) {
  double most = 0;
  for (int i = 0; i < kPoints; ++i)
    most = std::max(most, std::abs(bandit.means()[static_cast<std::size_t>(i)] - process.mean()[i]) /
                              std::sqrt(std::max(process.variance(i), 1e-12)));
  return most;
}

/// Runs of GP-UCB in which the function left mean +- factor sqrt(beta_t) deviation at some point in some round.
Measurement outside_intervals(const Effort& effort, double factor) {
  const std::int64_t runs = effort.pick(60, 600), rounds = 300;
  std::int64_t violated = 0;
  double closest = 0;
  for (std::int64_t run = 0; run < runs; ++run) {
    const auto bandit = drawn_function(run);
    const auto agent = bandits::make_agent(*bandit, "gp-ucb", {{"delta", fmt::format("{}", kDelta)}}, rounds,
                                           effort.run(run).child("agent"));
    const auto game = bandit->start(rounds, effort.run(run).child("game"));
    GaussianProcess process = prior_of(*bandit);
    double largest = 0;
    for (std::int64_t t = 1; t <= rounds; ++t) {
      largest = std::max(largest,
                         farthest(*bandit, process) / (factor * std::sqrt(bounds::process_beta(kPoints, t, kDelta))));
      const int arm = agent->choose(game->next());
      const double reward = game->play(arm).reward;
      agent->learn({.round = t, .arm = arm, .reward = reward});
      process.add(arm, reward);
    }
    violated += largest > 1 ? 1 : 0;
    closest = std::max(closest, largest);
  }
  return never(violated, runs, kDelta,
               fmt::format("runs in which some point was outside; largest distance / width {:.3g}", closest));
}

Claim interval_claim() {
  return {.id = "gp-ucb-intervals",
          .family = "bandits",
          .statement =
              "The function is inside mean +- sqrt(beta_t) deviation at all points in all rounds, with probability "
              "1 - delta",
          .page = kPage,
          .theorem = "Srinivas, Krause, Kakade and Seeger 2010, Lemma 5.1",
          .kind = Kind::kNever,
          .measure = [](const Effort& effort) { return outside_intervals(effort, 1); },
          .controls = {{"narrow", "a third of the width",
                        [](const Effort& effort) { return outside_intervals(effort, 1.0 / 3); }}}};
}

// --- Regret ----------------------------------------------------------------------------------------------------------

/// What T observations can tell of the function, at most: e / (e - 1) times what points taken by largest variance do,
/// since information is submodular (Nemhauser, Wolsey and Fisher 1978).
double most_information(const FunctionBandit& bandit, std::int64_t rounds) {
  GaussianProcess process = prior_of(bandit);
  double told = 0;
  for (std::int64_t t = 0; t < rounds; ++t) {
    const Eigen::VectorXd variances = process.covariance().diagonal();
    Eigen::Index point = 0;
    const double most = variances.maxCoeff(&point);
    told += std::log1p(most / (bandit.sigma() * bandit.sigma())) / 2;
    process.add(static_cast<int>(point), 0);
  }
  return told / (1 - std::exp(-1));
}

Measurement process_regret(const Effort& effort, bool learns) {
  const std::int64_t rounds = 2500;
  const auto first = drawn_function(0);  // points and kernel are those of all
  const double bound = bounds::process_regret(rounds, bounds::process_beta(kPoints, rounds, kDelta),
                                              most_information(*first, rounds), first->sigma());
  Shares shares{.on = fmt::format("{} points, {} rounds, bound {:.0f}", kPoints, rounds, bound)};
  for (std::int64_t run = 0; run < effort.pick(16, 100); ++run) {
    const auto bandit = drawn_function(run);
    const auto [least, most] = std::ranges::minmax(bandit->means());
    double regret = static_cast<double>(rounds) * (most - least);  // of the worst point for ever
    if (learns)
      regret = bandits::play(*bandit, "gp-ucb", {{"delta", fmt::format("{}", kDelta)}}, effort.run(run),
                             {.length = rounds, .checkpoints = {rounds}})
                   .value(0, 0);
    shares.of_bound.push_back(regret / bound);
  }
  return never_above({shares}, kDelta);
}

Claim regret_claim() {
  return {.id = "gp-ucb-regret",
          .family = "bandits",
          .statement = "Regret of GP-UCB <= sqrt(8 T beta_T gamma_T / ln(1 + sigma^-2)), with probability 1 - delta",
          .page = kPage,
          .theorem = "Srinivas, Krause, Kakade and Seeger 2010, Theorem 1",
          .kind = Kind::kNever,
          .measure = [](const Effort& effort) { return process_regret(effort, true); },
          .controls = {{"worst-point", "plays the worst point for ever",
                        [](const Effort& effort) { return process_regret(effort, false); }}}};
}

}  // namespace

std::vector<Claim> process_claims() { return {interval_claim(), regret_claim()}; }

}  // namespace bellwether::claims
