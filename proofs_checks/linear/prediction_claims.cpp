// Fixed points of TD, and how fast samples lead there.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/rate_fit.h"
#include "proofs_checks/bounds/temporal_difference.h"
#include "proofs_checks/linear/claims.h"
#include "proofs_checks/linear/tasks.h"
#include "solvers/linear/least_squares.h"
#include "solvers/linear/temporal_difference.h"

namespace bellwether::claims {
namespace {

using solvers::PredictionPlay;
using solvers::PredictionTask;

// --- How far the fixed point is from the values ----------------------------------------------------------------------

/// |Phi w_L - V| over the bound.
double share_of_bound(const PredictionTask& task, double lambda) {
  const solvers::FeatureChain& chain = task.chain();
  const auto error = [&](const Eigen::VectorXd& w) {
    return solvers::weighted_norm(chain, chain.features * w - task.values());
  };
  return error(solvers::td_fixed_point(solvers::td_moments(chain, lambda))) /
         (bounds::td_error_factor(chain.discount, lambda) * error(solvers::nearest_weights(chain, task.values())));
}

Measurement on_policy_shares(const Effort& effort) {
  const std::int64_t chains = effort.pick(200, 5000);
  double worst = 0;
  for (std::int64_t i = 0; i < chains; ++i) {
    const PredictionTask task = drawn_prediction(effort.run(i), false,
                                                 i % 3 == 0   ? 0.5
                                                 : i % 3 == 1 ? 0.9
                                                              : 0.99,
                                                 1 + static_cast<int>(i % 5));
    for (const double lambda : {0.0, 0.5, 0.9, 1.0}) worst = std::max(worst, share_of_bound(task, lambda));
  }
  return {.measured = worst, .bound = 1 + 1e-9, .replicates = chains, .detail = "largest share of the bound"};
}

Measurement off_policy_share(const Effort&) {
  const double share = kolter_singular_share(0.99, 0.001) + 0.005;
  return {.measured = share_of_bound(named_prediction("kolter", {{"share", fmt::format("{:.17g}", share)}}), 0),
          .bound = 1 + 1e-9,
          .detail = "share of the bound"};
}

Claim fixed_point_bound() {
  return {
      .id = "td-fixed-point-bound",
      .family = "linear",
      .statement = "On policy the fixed point of TD(lambda) errs by at most 1 / sqrt(1 - k^2) times the least error",
      .page = kLinearPage,
      .theorem = "Tsitsiklis and Van Roy 1997, Theorem 1; its constant with Pythagoras",
      .kind = Kind::kBelow,
      .measure = on_policy_shares,
      .controls = {{"off-policy", "plays of another policy: the two states of Kolter", off_policy_share}}};
}

// --- Rates -----------------------------------------------------------------------------------------------------------

using Maker = std::unique_ptr<solvers::Predictor> (*)(const PredictionTask&);

/// What is measured.
struct Run {
  Maker make = nullptr;
  PredictionPlay::Order order = PredictionPlay::Order::kTrajectory;
  bool off_policy = false;
  bool ratios = true;        ///< whether the learner is told them
  std::int64_t first = 500;  ///< steps before the first look
};

/// Slopes of log |Phi w_n - Phi w*|_D against log n, of `runs` tasks, each the mean of several plays.
std::vector<double> slopes(const Effort& effort, const Run& how) {
  constexpr int kDoublings = 6, kPlays = 30;
  std::vector<double> out;
  for (int run = 0; run < effort.pick(16, 60); ++run) {
    const Stream stream = effort.run(run);
    const PredictionTask task = drawn_prediction(stream, how.off_policy, 0.8, 3);
    std::vector<double> x(kDoublings), y(kDoublings, 0.0);
    for (int play_index = 0; play_index < kPlays; ++play_index) {
      PredictionPlay play(task, stream.child("play").child(static_cast<std::uint64_t>(play_index)), how.order);
      const auto predictor = how.make(task);
      std::int64_t done = 0;
      for (std::size_t i = 0; i < x.size(); ++i) {
        const std::int64_t until = how.first << i;
        for (; done < until; ++done) {
          solvers::FeatureStep step = play.step();
          if (!how.ratios) step.ratio = 1;
          predictor->learn(step);
        }
        x[i] = static_cast<double>(until);
        y[i] += std::pow(distance_from_fixed_point(task, predictor->weights()), 2) / kPlays;
      }
    }
    for (double& square : y) square = std::sqrt(square);
    out.push_back(power_line(x, y).slope);
  }
  return out;
}

std::unique_ptr<solvers::Predictor> lstd(const PredictionTask& task) {
  return std::make_unique<solvers::Lstd>(task.start(), task.discount());
}

Claim lstd_rate() {
  const auto measured = [](const Effort& effort, bool ratios) {
    return slope_within(slopes(effort, {.make = lstd, .off_policy = true, .ratios = ratios}), -0.65, -0.35,
                        "log error against log steps, off policy");
  };
  return {.id = "lstd-rate",
          .family = "linear",
          .statement = "LSTD comes to the fixed point of TD at the rate n^-1/2, off policy too",
          .page = kLinearPage,
          .theorem = "Boyan 2002; the central limit theorem for A and b",
          .kind = Kind::kRate,
          .measure = [=](const Effort& effort) { return measured(effort, true); },
          .controls = {{"unweighted", "takes steps of behaviour for steps of the target",
                        [=](const Effort& effort) { return measured(effort, false); }}}};
}

template <bool Averaged>
std::unique_ptr<solvers::Predictor> constant_steps(const PredictionTask& task) {
  return std::make_unique<solvers::TemporalDifference>(
      task.start(), task.discount(), solvers::TdOptions{.step = 0.4, .average = Averaged ? "tail" : "none"});
}

Claim averaged_rate() {
  const auto measured = [](const Effort& effort, Maker make) {
    return slope_within(slopes(effort, {.make = make, .order = PredictionPlay::Order::kIndependent, .first = 2000}),
                        -0.65, -0.35, "log error against log steps");
  };
  return {.id = "averaged-td-rate",
          .family = "linear",
          .statement =
              "Averages of TD with constant steps from independent states come to the fixed point at the rate n^-1/2",
          .page = kLinearPage,
          .theorem = "Lakshminarayanan and Szepesvari 2018, Theorem 1",
          .kind = Kind::kRate,
          .measure = [=](const Effort& effort) { return measured(effort, constant_steps<true>); },
          .controls = {{"last", "reports the last weights in place of averages",
                        [=](const Effort& effort) { return measured(effort, constant_steps<false>); }}}};
}

// --- The bound of averaged TD ----------------------------------------------------------------------------------------

/// E |g(w*)|^2 for independent steps, from a long play.
double noise_at_fixed_point(const PredictionTask& task, const Stream& stream) {
  PredictionPlay play(task, stream, PredictionPlay::Order::kIndependent);
  double sum = 0;
  constexpr int kSteps = 20'000;
  for (int t = 0; t < kSteps; ++t) {
    const solvers::FeatureStep step = play.step();
    const double error =
        step.reward + task.discount() * step.to.dot(task.fixed_point()) - step.from.dot(task.fixed_point());
    sum += error * error * step.from.squaredNorm() / kSteps;
  }
  return sum;
}

Measurement averaged_shares(const Effort& effort, double power) {
  constexpr double kDiscount = 0.5;
  constexpr std::int64_t kSteps = 40'000;  // at least (8 / (1 - g))^2 = 256
  std::vector<double> shares;
  for (std::int64_t run = 0; run < effort.pick(20, 200); ++run) {
    const Stream stream = effort.run(run);
    const PredictionTask task = drawn_prediction(stream, false, kDiscount, 3);
    solvers::TemporalDifference td(task.start(), kDiscount,
                                   {.step = std::pow(static_cast<double>(kSteps), -power), .average = "all"});
    PredictionPlay play(task, stream.child("play"), PredictionPlay::Order::kIndependent);
    for (std::int64_t t = 0; t < kSteps; ++t) td.learn(play.step());
    const double bound =
        bounds::averaged_td_error((task.start() - task.fixed_point()).norm(),
                                  noise_at_fixed_point(task, stream.child("noise")), kDiscount, kSteps);
    shares.push_back(std::pow(distance_from_fixed_point(task, td.weights()), 2) / bound);
  }
  return mean_against(shares, 1, "mean squared error over the bound");
}

Claim averaged_bound() {
  return {.id = "averaged-td-bound",
          .family = "linear",
          .statement =
              "Averaged TD with steps 1 / sqrt(T) from independent states: E|V_T - V_w*|^2 is at most "
              "(|w* - w_0|^2 + 2 s) / (sqrt(T) (1 - g))",
          .page = kLinearPage,
          .theorem = "Bhandari, Russo and Singal 2018, Theorem 2(a)",
          .kind = Kind::kBelow,
          .measure = [](const Effort& effort) { return averaged_shares(effort, 0.5); },
          .controls = {{"timid", "steps of 1 / T", [](const Effort& effort) { return averaged_shares(effort, 1); }}}};
}

}  // namespace

std::vector<Claim> fixed_point_claims() {
  return {fixed_point_bound(), lstd_rate(), averaged_rate(), averaged_bound()};
}

}  // namespace bellwether::claims
