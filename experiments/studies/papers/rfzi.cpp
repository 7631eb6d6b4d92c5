#include "solvers/robust/regularised/rfzi.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "core/rate_fit.h"
#include "experiments/studies/papers/papers.h"
#include "experiments/studies/series.h"
#include "mdp/evaluate/discounted.h"
#include "proofs_checks/robust_papers/models.h"

namespace bellwether::studies {
namespace {

using solvers::RfziOptions;
using solvers::RfziResult;

constexpr double kDiscount = 0.9;
constexpr int kSeeds = 20;

/// Fitted iteration; beta = 0 is fitted Q iteration.
RfziResult fitted(double beta, std::int64_t samples, std::uint64_t seed) {
  RfziOptions options;
  options.beta = beta;
  options.iterations = 150;
  const mdp::TabularMdp row = claims::slippery_row();
  return solvers::rfzi(row, kDiscount, solvers::draw_offline(row, samples, Stream(seed)), options);
}

// --- Error against data ----------------------------------------------------------------------------------------------

constexpr double kBeta = 2;

Findings error_of(const char* name, double beta, const Observer& observer) {
  const RfziResult truth = solvers::z_fixed_point(claims::slippery_row(), kDiscount, kBeta);
  Series series{.name = name, .look = Look::kMarked};
  for (int power = 8; power <= 16; ++power) {
    double mean = 0;
    for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
      mean += (fitted(beta, std::int64_t{1} << power, seed).value - truth.value).lpNorm<Eigen::Infinity>() / kSeeds;
      if (!observer({})) return {};
    }
    series.x.push_back(std::pow(2, power));
    series.y.push_back(mean);
  }
  Findings out;
  out.numbers = {{series.name, short_number(series.y.front()), short_number(series.y.back()),
                  fmt::format("{:.3f}", power_line(series.x, series.y).slope)}};
  if (beta > 0) {
    Series rate{.name = "rate", .x = series.x, .formula = "c / sqrt(N), c the least above", .of = series.name};
    double c = 0;
    for (std::size_t i = 0; i < series.x.size(); ++i) c = std::max(c, series.y[i] * std::sqrt(series.x[i]));
    for (const double n : rate.x) rate.y.push_back(c / std::sqrt(n));
    out.series = {std::move(series), std::move(rate)};
  } else {
    out.series.push_back(std::move(series));
  }
  return out;
}

std::vector<Piece> samples() {
  return {
      [](const Observer& observer) { return error_of("averages of Z", kBeta, observer); },
      [](const Observer& observer) { return error_of("averages of log Z", 0, observer); },
      [](const Observer&) {
        return Findings{.notes = {"ten states in a row, choices drawn uniformly, discount 0.9, beta 2; means of 20"}};
      }};
}

// --- Plans in models that are not the one of the data ----------------------------------------------------------------

Findings perturbed_with(double beta, const Observer& observer) {
  Series series{.name = beta > 0 ? fmt::format("RFZI, beta {:g}", beta) : "fitted Q iteration", .look = Look::kMarked};
  for (int i = 0; i <= 10; ++i) series.x.push_back(0.04 * i);
  series.y.assign(series.x.size(), 0);
  for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
    const RfziResult got = fitted(beta, 4000, seed);
    if (!observer({})) return {};
    for (std::size_t i = 0; i < series.x.size(); ++i) {
      const mdp::PolicyChain chain(claims::slippery_row(series.x[i]), got.policy);
      series.y[i] += mdp::evaluate_discounted(chain, kDiscount).value.mean() / kSeeds;
    }
  }
  Findings out;
  out.numbers = {
      {series.name, short_number(series.y.front()), short_number(series.y[5]), short_number(series.y.back())}};
  out.series.push_back(std::move(series));
  return out;
}

std::vector<Piece> perturbed() {
  std::vector<Piece> all;
  for (const double beta : {0.0, 1.0, 4.0})
    all.emplace_back([=](const Observer& observer) { return perturbed_with(beta, observer); });
  all.emplace_back([](const Observer&) {
    return Findings{.notes = {"ten states in a row, uniform start, 4000 samples without the additional slip; means of "
                              "20 plans"}};
  });
  return all;
}

}  // namespace

std::vector<Study> rfzi_studies() {
  return {{.paper = "rfzi",
           .name = "samples",
           .title = "Robust fitted Z iteration: error against data",
           .summary = "averages of Z converge as 1 / sqrt(N); averages of its logarithm keep a bias",
           .x = {.name = "samples N", .logarithmic = true},
           .y = {.name = "|V_N - V*|, largest over states", .logarithmic = true},
           .heading = {"averaged", "error at 256", "at 65536", "slope"},
           .pieces = samples},
          {.paper = "rfzi",
           .name = "perturbed",
           .title = "Plans from data in models that slip more than the data said",
           .summary = "plans of fitted Q iteration lose more than those that feared for the next state",
           .x = {.name = "additional probability to slip back"},
           .y = {.name = "value, mean over states"},
           .heading = {"method", "value at 0", "at 0.2", "at 0.4"},
           .pieces = perturbed}};
}

}  // namespace bellwether::studies
