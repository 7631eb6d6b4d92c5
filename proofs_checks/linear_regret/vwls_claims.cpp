// VWLS-MDVI: what a weighted design promises, backups without noise, errors against samples, what weights buy.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <vector>

#include <Eigen/Core>
#include <fmt/format.h>

#include "core/optimal_design.h"
#include "mdp/instances/garnet.h"
#include "mdp/instances/linear.h"
#include "mdp/instances/linear_hard.h"
#include "proofs_checks/linear_regret/claims.h"
#include "proofs_checks/linear_regret/heteroscedastic.h"
#include "solvers/online/generative/run.h"
#include "solvers/online/generative/vwls_mdvi.h"

namespace bellwether::claims {
namespace {

using online::CoreSet, online::GenerativeTask, online::LeastSquaresMdvi, online::SampleSource;

Claim claim(const char* id, const char* statement, const char* theorem, Kind kind, Measure measure, Control control) {
  return {.id = id,
          .family = "linear-regret",
          .statement = statement,
          .page = "docs/papers/vwls-mdvi.md",
          .theorem = theorem,
          .kind = kind,
          .measure = std::move(measure),
          .controls = {std::move(control)}};
}

std::vector<double> drawn_weights(std::size_t count, Stream stream) {
  std::vector<double> f(count);
  for (double& x : f) x = 1 + 9 * stream.uniform();
  return f;
}

Eigen::MatrixXd two_state_features(std::int64_t seed) {
  return mdp::linear_two_state({.seed = seed}).linear.features->matrix();
}

// --- Designs ---------------------------------------------------------------------------------------------------------

/// d choices drawn until they span.
std::vector<double> some_basis(const Eigen::MatrixXd& phi, Stream& stream) {
  for (;;) {
    std::vector<double> rho(static_cast<std::size_t>(phi.rows()), 0.0);
    Eigen::MatrixXd rows(phi.cols(), phi.cols());
    for (Eigen::Index i = 0; i < phi.cols(); ++i) {
      const std::uint64_t c = stream.below(rho.size());
      rho[c] = 1;
      rows.row(i) = phi.row(static_cast<Eigen::Index>(c));
    }
    if (span_basis(rows).cols() == phi.cols()) return rho;
  }
}

/// The largest of |prediction of noise at c| / (sqrt(2 d) f(c) max over the core of |noise| / f).
Measurement spread_of_noise(const Effort& effort, bool designed) {
  const std::int64_t runs = effort.pick(50, 500);
  double worst = 0;
  for (std::int64_t i = 0; i < runs; ++i) {
    Stream stream = effort.run(i);
    const Eigen::MatrixXd phi = two_state_features(i);
    const auto f = drawn_weights(static_cast<std::size_t>(phi.rows()), stream.child("weights"));
    const CoreSet core = designed ? CoreSet(phi, f) : CoreSet(phi, f, some_basis(phi, stream));
    Eigen::VectorXd noise(static_cast<Eigen::Index>(core.choices().size()));
    double largest = 0;
    for (Eigen::Index j = 0; j < noise.size(); ++j) {
      const double own = f[static_cast<std::size_t>(core.choices()[static_cast<std::size_t>(j)])];
      noise[j] = (stream.uniform() < 0.5 ? -1 : 1) * own;
      largest = std::max(largest, std::abs(noise[j]) / own);
    }
    const Eigen::VectorXd at = core.predict(noise);
    for (Eigen::Index c = 0; c < at.size(); ++c)
      worst =
          std::max(worst, std::abs(at[c]) / (std::sqrt(2.0 * core.rank()) * f[static_cast<std::size_t>(c)] * largest));
  }
  return {.measured = worst, .bound = 1, .replicates = runs, .detail = "largest share of the bound"};
}

// --- Iterations ------------------------------------------------------------------------------------------------------

/// How far v_400 is from V*, backups being exact; `right` is the power of f on the right-hand side of the regression.
Measurement noise_free(const Effort& effort, double alpha_factor, bool consistent) {
  const std::int64_t runs = effort.pick(4, 20);
  double worst = 0;
  for (std::int64_t i = 0; i < runs; ++i) {
    const auto made = mdp::linear_mdp({.states = 12, .actions = 3, .dimension = 4, .seed = i});
    const GenerativeTask task(made.model, 0.9, made.linear);
    const auto world = online::world_of(task, 1);
    const auto f = drawn_weights(static_cast<std::size_t>(task.num_choices()), effort.run(i));
    LeastSquaresMdvi run(world.state_begin, CoreSet(made.linear.features->matrix(), f), alpha_factor * 0.9);
    for (int k = 0; k < 400; ++k) {
      Eigen::VectorXd backups(static_cast<Eigen::Index>(run.core().choices().size()));
      for (Eigen::Index j = 0; j < backups.size(); ++j) {
        const std::int64_t c = run.core().choices()[static_cast<std::size_t>(j)];
        backups[j] = world.mean_reward[static_cast<std::size_t>(c)];
        for (std::size_t s = 0; s < made.model.successors(c).size(); ++s)
          backups[j] += 0.9 * made.model.probabilities(c)[s] *
                        run.values()[static_cast<std::size_t>(made.model.successors(c)[s])];
        if (!consistent) backups[j] /= f[static_cast<std::size_t>(c)];
      }
      run.advance(backups);
    }
    for (int s = 0; s < task.num_states(); ++s)
      worst = std::max(
          worst, std::abs(task.from_unit_value(run.values()[static_cast<std::size_t>(s)]) - task.optimal_value(s)));
  }
  return {.measured = worst, .bound = 1e-8, .replicates = runs, .detail = "largest |v_400 - V*|"};
}

double value_error(const GenerativeTask& task, std::int64_t samples, const Stream& stream) {
  const auto world = online::world_of(task, samples);
  const std::vector<double> f(static_cast<std::size_t>(task.num_choices()), 1.0);
  LeastSquaresMdvi run(world.state_begin, CoreSet(task.linear().features->matrix(), f), task.discount());
  SampleSource source(task.simulator(), stream);
  for (int k = 0; k < 120; ++k)
    run.advance(sampled_backups(world, source, run.core().choices(), run.values(), samples));
  double worst = 0;
  for (int s = 0; s < task.num_states(); ++s)
    worst = std::max(worst, std::abs(run.values()[static_cast<std::size_t>(s)] - task.optimal_value(s)));
  return worst;
}

/// Slope of the log of the mean error over some models in log M.
Measurement slopes(const Effort& effort, bool growing) {
  std::vector<double> found;
  for (std::int64_t i = 0; i < effort.pick(48, 100); ++i) {
    double few = 0, many = 0;
    for (std::int64_t j = 0; j < 20; ++j) {
      const auto made = mdp::linear_two_state({.seed = j});
      const GenerativeTask task(made.model, 0.9, made.linear);
      const Stream stream = effort.run(i).child(static_cast<std::uint64_t>(j));
      few += value_error(task, 20, stream.child("few"));
      many += value_error(task, growing ? 1280 : 20, stream.child("many"));
    }
    found.push_back(std::log(many / few) / std::log(64.0));
  }
  return slope_within(found, -0.6, -0.4, "slope of the log error of v_K in log M, M from 20 to 1280");
}

/// What the memory alpha = gamma loses, less half of what none does at the same samples; the other way round.
Measurement averaging(const Effort& effort, bool reversed) {
  std::vector<double> excess;
  for (std::int64_t i = 0; i < effort.pick(150, 400); ++i) {
    const auto model = mdp::garnet({.states = 20, .actions = 4, .successors = 4, .reward_density = 1, .seed = i}).model;
    const GenerativeTask task(model, 0.9);
    const auto loss = [&](double alpha) {
      const auto agent = make_mdvi(online::world_of(task, 6000), {.iterations = 300, .alpha = alpha}, effort.run(i));
      return run_generative(task, *agent, effort.run(i), {.samples = 6000, .checkpoints = {6000}}).back().policy_loss;
    };
    const double with = loss(0.9), without = loss(0);
    excess.push_back(reversed ? without - with / 2 : with - without / 2);
  }
  return mean_against(excess, 0, "mean of the one loss less half of the other");
}

// --- Variances -------------------------------------------------------------------------------------------------------

Measurement bias(const Effort& effort, double factor) {
  const std::int64_t runs = effort.pick(2000, 20'000);
  const auto made = mdp::linear_mdp({.states = 10, .actions = 2, .dimension = 3, .seed = 1});
  const GenerativeTask task(made.model, 0.9, made.linear);
  SampleSource source(task.simulator(), effort.stream);
  std::vector<double> v(10);
  std::iota(v.begin(), v.end(), 0.0);
  const std::vector<std::int64_t> core{4};
  double sum = 0, square = 0, mean = 0, second = 0;
  for (std::int64_t i = 0; i < runs; ++i) {
    const double estimate = factor * online::sampled_variances(source, core, v, 3)[0];
    sum += estimate;
    square += estimate * estimate;
  }
  for (std::size_t s = 0; s < 10; ++s) {
    mean += made.model.probabilities(4)[s] * v[s];
    second += made.model.probabilities(4)[s] * v[s] * v[s];
  }
  const double n = static_cast<double>(runs), average = sum / n;
  const double deviation = std::sqrt((square / n - average * average) / n);
  return {.measured = std::abs(average - (second - mean * mean)) / deviation,
          .bound = 3.3,
          .replicates = runs,
          .detail = "distance from the variance in standard errors"};
}

Measurement weighted(const Effort& effort, bool reversed) {
  const std::int64_t runs = effort.pick(30, 200);
  std::int64_t worse = 0;
  for (std::int64_t i = 0; i < runs; ++i) {
    const Heteroscedastic drawn = heteroscedastic(effort.run(i));
    std::vector<double> f = drawn.best;
    if (reversed)
      for (double& x : f) x = 1 / x;
    if (prediction_error(drawn, all_rows(drawn, f)) > prediction_error(drawn, all_rows(drawn, drawn.ones))) ++worse;
  }
  return never(worse, runs, 0, "draws on which weights made predictions worse");
}

}  // namespace

std::vector<Claim> vwls_claims() {
  const auto of = [](auto measure, auto... how) {
    return [=](const Effort& effort) { return measure(effort, how...); };
  };
  const char* paper = "Kitamura et al. 2023";
  return {claim("vwls-design", "|prediction of noise| <= sqrt(2 d) f max over the core of |noise| / f, at every choice",
                "Kitamura et al. 2023, weighted Kiefer-Wolfowitz", Kind::kBelow, of(spread_of_noise, true),
                {"some-basis", "d choices that span, not a design", of(spread_of_noise, false)}),
          claim("vwls-noise-free", "Without noise v_k tends to V* for any weights f, at rate gamma", paper,
                Kind::kBelow, of(noise_free, 1.0, true),
                {"notebook", "1/f on one side of the regression, 1/f^2 on the other", of(noise_free, 1.0, false)}),
          claim("mdvi-any-memory", "Without noise v_k tends to V* with a memory of half the discount", paper,
                Kind::kBelow, of(noise_free, 0.5, true),
                {"notebook", "1/f on one side of the regression, 1/f^2 on the other", of(noise_free, 0.5, false)}),
          claim("vwls-slope", "The error of v_K falls with the samples M of a backup as M^-1/2", paper, Kind::kRate,
                of(slopes, true), {"same-samples", "as many samples at both ends", of(slopes, false)}),
          claim("mdvi-averages", "The memory alpha = gamma loses less than half of what alpha = 0 does, on the mean",
                "Kozuno et al. 2022; no theorem for the factor", Kind::kBelow, of(averaging, false),
                {"reversed", "no memory against memory", of(averaging, true)}),
          claim("vwls-variance", "Half the squared difference of two values is an unbiased estimate of their variance",
                paper, Kind::kBelow, of(bias, 1.0), {"whole", "the whole squared difference", of(bias, 2.0)}),
          claim("vwls-weights",
                "Weights of the variance make regressions on all rows no worse (no theorem: f is not the variance)",
                "Gauss and Markov, for f^2 the variance itself", Kind::kNever, of(weighted, false),
                {"reversed", "weights 1 / f", of(weighted, true)})};
}

}  // namespace bellwether::claims
