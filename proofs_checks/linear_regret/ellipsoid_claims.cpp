// What holds of regularised least squares whoever plays: ellipsoids that hold theta, potentials, doublings.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <span>
#include <vector>

#include <fmt/format.h>

#include "core/ridge.h"
#include "core/sampling.h"
#include "mdp/instances/linear.h"
#include "mdp/simulate/simulator.h"
#include "proofs_checks/linear_regret/claims.h"
#include "proofs_checks/linear_regret/tasks.h"
#include "solvers/online/episodic/run.h"
#include "solvers/online/linear/mixture_features.h"
#include "solvers/online/linear/radius.h"

namespace bellwether::claims {
namespace {

constexpr const char* kPage = "docs/papers/linear-regret.md";
constexpr double kDelta = 0.05;

// --- The ellipsoid of value-targeted regression ----------------------------------------------------------------------

/// The largest |theta^ - theta| in the norm of Sigma, over all steps of a run in which choices are drawn and targets
/// are the least favourable there are: values 0 or H, drawn anew for every step.
double largest_distance(const mdp::NamedInstance& instance, std::int64_t episodes, double lambda, Stream stream) {
  const online::EpisodicTask task = linear_task(instance);
  const online::MixtureFeatures features(online::world_of(task, episodes));
  const auto d = static_cast<std::size_t>(features.dimension());
  Eigen::VectorXd theta =
      Eigen::Map<const Eigen::VectorXd>(instance.linear.mixture_theta.front().data(), features.dimension());
  theta *= features.parameter_bound(1);
  Ridge ridge(features.dimension(), lambda);
  std::vector<double> v(static_cast<std::size_t>(task.num_states())), x(d);
  double largest = 0;
  for (std::int64_t t = 0; t < episodes * task.horizon(); ++t) {
    for (double& y : v) y = sample_bernoulli(stream, 0.5) ? task.horizon() : 0;
    const auto c = static_cast<std::int64_t>(stream.below(static_cast<std::uint64_t>(task.num_choices())));
    const std::int32_t next = task.simulator(0).draw_next(c, stream);
    features.expected(c, v.data(), x);
    ridge.add(x, v[static_cast<std::size_t>(next)]);
    const Eigen::VectorXd off = ridge.theta() - theta;
    largest = std::max(largest, std::sqrt(off.dot(ridge.precision() * off)));
  }
  return largest;
}

Measurement outside(const Effort& effort, double factor) {
  const std::int64_t runs = effort.pick(40, 400), episodes = effort.pick(300, 2000);
  std::int64_t left = 0;
  double closest = 0;
  for (std::int64_t i = 0; i < runs; ++i) {
    const auto instance =
        mdp::linear_mixture({.states = 8, .actions = 3, .dimension = 4, .successors = 4, .horizon = 5, .seed = i});
    const double scale = std::max(1.0, instance.linear.mixture->norm_bound());
    const double radius =
        factor * online::vtr_radius(
                     {.dimension = 4, .horizon = 5, .episodes = static_cast<double>(episodes), .delta = 2 * kDelta}, 1,
                     scale, 1);
    const double distance = largest_distance(instance, episodes, 1, effort.run(i));
    if (distance > radius) ++left;
    closest = std::max(closest, distance / radius);
  }
  return never(left, runs, kDelta,
               fmt::format("runs that left the ellipsoid; largest distance / radius {:.3g}", closest));
}

Claim ellipsoid_claim() {
  return {.id = "vtr-ellipsoid",
          .family = "linear-regret",
          .statement = "theta stays in the ellipsoid of UCRL-VTR at all steps, with probability 1 - delta",
          .page = kPage,
          .theorem = "Abbasi-Yadkori, Pal and Szepesvari 2011, Theorem 2; Jia et al. 2020",
          .kind = Kind::kNever,
          .measure = [](const Effort& effort) { return outside(effort, 1); },
          .controls = {{"tenth", "a tenth of the radius", [](const Effort& effort) { return outside(effort, 0.1); }}}};
}

// --- The elliptical potential, doublings -----------------------------------------------------------------------------

/// Unit vectors: drawn ones, or the least known direction every time.
std::vector<double> direction(const Ridge& ridge, bool least_known, Stream& stream) {
  std::vector<double> best(static_cast<std::size_t>(ridge.dimension()));
  double worst = -1;
  for (int i = 0; i < (least_known ? 30 : 1); ++i) {
    std::vector<double> x(best.size());
    double square = 0;
    for (double& y : x) {
      y = sample_normal(stream);
      square += y * y;
    }
    for (double& y : x) y /= std::sqrt(square);
    if (ridge.squared_norm(x) <= worst) continue;
    worst = ridge.squared_norm(x);
    best = x;
  }
  return best;
}

struct Potential {
  double sum = 0, doublings = 0;  ///< shares of their bounds
};

Potential potential(int dimension, std::int64_t steps, double lambda, bool learning, double growth, bool least_known,
                    Stream stream) {
  Ridge ridge(dimension, lambda);
  const Ridge start = ridge;
  LazySwitch doubled(growth);
  Potential found;
  for (std::int64_t t = 0; t < steps; ++t) {
    const std::vector<double> x = direction(ridge, least_known, stream);
    found.sum += std::min(1.0, (learning ? ridge : start).squared_norm(x));
    ridge.add(x, 0);
    if (doubled.due(ridge.log_det_growth())) ++found.doublings;
  }
  const auto n = static_cast<double>(steps);
  found.sum /= bounds::elliptical_potential(dimension, n, 1, lambda);
  found.doublings /= bounds::determinant_doublings(dimension, n, 1, lambda);
  return found;
}

Measurement shares(const Effort& effort, bool learning, double growth, double Potential::*which) {
  double worst = 0;
  std::int64_t runs = 0;
  for (const int d : {1, 3, 10}) {
    for (const double lambda : {0.01, 1.0}) {
      for (const bool least_known : {false, true}) {
        const auto found =
            potential(d, effort.pick(1000, 20'000), lambda, learning, growth, least_known, effort.run(runs));
        worst = std::max(worst, found.*which);
        ++runs;
      }
    }
  }
  return {.measured = worst, .bound = 1, .replicates = runs, .detail = "largest share of the bound"};
}

Claim potential_claim() {
  return {
      .id = "elliptical-potential",
      .family = "linear-regret",
      .statement = "The sum of min{1, |x_t|^2} in the norms of Sigma_{t-1}^-1 is at most 2 d ln(1 + n / (d lambda))",
      .page = kPage,
      .theorem = "Abbasi-Yadkori, Pal and Szepesvari 2011, Lemma 11",
      .kind = Kind::kBelow,
      .measure = [](const Effort& effort) { return shares(effort, true, 2, &Potential::sum); },
      .controls = {{"frozen", "measures every vector by the first Sigma",
                    [](const Effort& effort) { return shares(effort, false, 2, &Potential::sum); }}}};
}

Claim doublings_claim() {
  return {.id = "determinant-doublings",
          .family = "linear-regret",
          .statement = "det Sigma doubles at most (d / ln 2) ln(1 + n / (d lambda)) times",
          .page = kPage,
          .theorem = "Abbasi-Yadkori, Pal and Szepesvari 2011, section 5.1",
          .kind = Kind::kBelow,
          .measure = [](const Effort& effort) { return shares(effort, true, 2, &Potential::doublings); },
          .controls = {{"impatient", "switches at growth by a tenth",
                        [](const Effort& effort) { return shares(effort, true, 1.1, &Potential::doublings); }}}};
}

}  // namespace

std::vector<Claim> ellipsoid_claims_of_mixtures() { return {ellipsoid_claim(), potential_claim(), doublings_claim()}; }

}  // namespace bellwether::claims
