// Where expected updates diverge, where they do not, and what GTD2 descends.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include <Eigen/LU>
#include <fmt/format.h>

#include "core/sampling.h"
#include "proofs_checks/bounds/temporal_difference.h"
#include "proofs_checks/linear/claims.h"
#include "proofs_checks/linear/tasks.h"

namespace bellwether::claims {
namespace {

using solvers::PredictionTask;
using solvers::TdMethod;

/// The weights after so many expected updates, or as soon as one is larger than a million.
solvers::TdWeights updated(const PredictionTask& task, TdMethod method, double step, double second,
                           std::int64_t updates) {
  solvers::TdWeights weights{task.start(), Eigen::VectorXd::Zero(task.start().size())};
  for (std::int64_t t = 0; t < updates && weights.w.lpNorm<Eigen::Infinity>() <= 1e6; ++t)
    solvers::expected_update(method, task.moments(), step, second, weights);
  return weights;
}

// --- The threshold of two states -------------------------------------------------------------------------------------

/// Of discounts on both sides of the threshold, how many end where it does not say.
Measurement wrong_sides(double (*threshold)(double)) {
  std::int64_t wrong = 0, trials = 0;
  for (const double share : {0.1, 0.3, 0.5, 0.7, 0.9}) {
    for (const double off : {-0.02, -0.005, 0.005, 0.02}) {
      const double discount = bounds::two_state_threshold(share) + off;
      if (discount >= 1) continue;
      const PredictionTask task =
          named_prediction("tsitsiklis-van-roy",
                           {{"discount", fmt::format("{:.17g}", discount)}, {"share", fmt::format("{:.17g}", share)}});
      const bool grows = std::abs(updated(task, TdMethod::kTd, 0.1, 0, 20'000).w[0]) > 1;
      wrong += grows != (discount > threshold(share)) ? 1 : 0;
      ++trials;
    }
  }
  return never(wrong, trials, 0, "sides of the threshold");
}

Claim threshold_claim() {
  return {.id = "td-divergence-threshold",
          .family = "linear",
          .statement =
              "On two states expected steps of TD diverge for discounts above (4 - 3 p) / (4 - 2 p) and for no others",
          .page = kLinearPage,
          .theorem = "Tsitsiklis and Van Roy 1996, section 3",
          .kind = Kind::kNever,
          .measure = [](const Effort&) { return wrong_sides(bounds::two_state_threshold); },
          .controls = {{"on-policy", "as if plays were those of the target: never",
                        [](const Effort&) { return wrong_sides([](double) { return 1.0; }); }}}};
}

// --- The star --------------------------------------------------------------------------------------------------------

Measurement largest_star_error(const std::vector<TdMethod>& methods) {
  const PredictionTask star = named_prediction("baird-star");
  double worst = 0;
  for (const TdMethod method : methods)
    worst =
        std::max(worst, solvers::projected_bellman_error(star.moments(), updated(star, method, 0.05, 0.5, 100'000).w));
  return {.measured = worst, .bound = 1e-3, .detail = "projected Bellman error after 100,000 expected updates"};
}

Claim star_settles() {
  return {.id = "gradient-td-star",
          .family = "linear",
          .statement = "On Baird's star GTD2 and TDC bring the projected Bellman error below 0.001",
          .page = kLinearPage,
          .theorem = "Sutton et al. 2009, Theorems 1 and 2",
          .kind = Kind::kBelow,
          .measure =
              [](const Effort&) {
                return largest_star_error({TdMethod::kGtd2, TdMethod::kTdc});
              },
          .controls = {{"td", "steps of TD(0)", [](const Effort&) { return largest_star_error({TdMethod::kTd}); }}}};
}

Measurement largest_star_weight(TdMethod method) {
  const PredictionTask star = named_prediction("baird-star");
  return {.measured = updated(star, method, 0.01, 0.1, 20'000).w.lpNorm<Eigen::Infinity>(),
          .bound = 1e6,
          .detail = "largest weight within 20,000 expected updates"};
}

Claim star_diverges() {
  return {.id = "td-star-divergence",
          .family = "linear",
          .statement = "On Baird's star weights of TD(0) pass a million within 20,000 expected updates of step 0.01",
          .page = kLinearPage,
          .theorem = "Baird 1995",
          .kind = Kind::kAbove,
          .measure = [](const Effort&) { return largest_star_weight(TdMethod::kTd); },
          .controls = {{"tdc", "corrected steps", [](const Effort&) { return largest_star_weight(TdMethod::kTdc); }}}};
}

// --- The gradient ----------------------------------------------------------------------------------------------------

/// What one expected update of `method` adds to w, u being where it settles.
Eigen::VectorXd settled_direction(TdMethod method, const solvers::TdMoments& moments, const Eigen::VectorXd& w) {
  solvers::TdWeights weights{w, moments.c.partialPivLu().solve(moments.b - moments.a * w)};
  solvers::expected_update(method, moments, 1, 0, weights);
  return weights.w - w;
}

/// The largest difference between such directions and minus half the slope of the projected Bellman error, by central
/// differences, relative to the slope.
Measurement gradient_gap(const Effort& effort, const std::vector<TdMethod>& methods) {
  double worst = 0;
  const std::int64_t tasks = effort.pick(50, 1000);
  for (std::int64_t i = 0; i < tasks; ++i) {
    const PredictionTask task = drawn_prediction(effort.run(i), true, 0.9, 4);
    Stream draws = effort.run(i).child("weights");
    Eigen::VectorXd w(4), slope(4);
    for (double& x : w) x = sample_normal(draws);
    for (int k = 0; k < 4; ++k) {
      const Eigen::VectorXd step = 1e-3 * Eigen::VectorXd::Unit(4, k);
      slope[k] = -(solvers::projected_bellman_error(task.moments(), w + step) -
                   solvers::projected_bellman_error(task.moments(), w - step)) /
                 (4 * 1e-3);
    }
    for (const TdMethod method : methods)
      worst = std::max(worst, (settled_direction(method, task.moments(), w) - slope).norm() / slope.norm());
  }
  return {.measured = worst, .bound = 1e-7, .replicates = tasks, .detail = "largest relative difference"};
}

Claim gradient_claim() {
  return {
      .id = "gradient-td-direction",
      .family = "linear",
      .statement =
          "Expected steps of GTD2 and TDC with u settled are minus half the gradient of the projected Bellman error",
      .page = kLinearPage,
      .theorem = "Sutton et al. 2009, section 4",
      .kind = Kind::kEqual,
      .measure =
          [](const Effort& effort) {
            return gradient_gap(effort, {TdMethod::kGtd2, TdMethod::kTdc});
          },
      .controls = {{"td", "expected steps of TD(0)",
                    [](const Effort& effort) { return gradient_gap(effort, {TdMethod::kTd}); }}}};
}

}  // namespace

std::vector<Claim> stability_claims() { return {threshold_claim(), star_diverges(), star_settles(), gradient_claim()}; }

}  // namespace bellwether::claims
