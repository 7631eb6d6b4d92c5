#include "solvers/online/generative/vwls_mdvi.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "experiments/studies/papers/papers.h"
#include "experiments/studies/series.h"
#include "mdp/evaluate/discounted.h"
#include "mdp/instances/garnet.h"
#include "mdp/instances/linear_hard.h"
#include "proofs_checks/linear_regret/heteroscedastic.h"
#include "solvers/online/generative/run.h"

namespace bellwether::studies {
namespace {

using online::CoreSet, online::GenerativeTask, online::LeastSquaresMdvi, online::SampleSource;

constexpr double kDiscount = 0.9;

/// Largest V* - V^pi, pi greedy in the scores.
double policy_loss(const GenerativeTask& task, const LeastSquaresMdvi& run) {
  const auto begin = task.model().state_begin();
  const auto scores = run.scores();
  std::vector<std::int32_t> greedy;
  for (std::size_t s = 0; s + 1 < begin.size(); ++s)
    greedy.push_back(static_cast<std::int32_t>(
        std::max_element(scores.begin() + begin[s], scores.begin() + begin[s + 1]) - scores.begin() - begin[s]));
  const auto value =
      mdp::evaluate_discounted(mdp::PolicyChain(task.model(), mdp::Policy::deterministic(greedy)), kDiscount);
  double worst = 0;
  for (int s = 0; s < task.num_states(); ++s) worst = std::max(worst, task.optimal_value(s) - value.value[s]);
  return worst;
}

void iterate(const GenerativeTask& task, LeastSquaresMdvi& run, SampleSource& source, int iterations,
             std::int64_t samples) {
  const auto world = online::world_of(task, samples);
  for (int k = 0; k < iterations; ++k)
    run.advance(sampled_backups(world, source, run.core().choices(), run.values(), samples));
}

// --- The instance of the paper ---------------------------------------------------------------------------------------

enum class Weights { kNone, kOptimal, kEstimated };

/// The variance of V* after each choice.
std::vector<double> true_variance(const GenerativeTask& task) {
  std::vector<double> out;
  for (std::int64_t c = 0; c < task.num_choices(); ++c) {
    double mean = 0, square = 0;
    for (std::size_t k = 0; k < task.model().successors(c).size(); ++k) {
      const double v = task.optimal_value(task.model().successors(c)[k]), p = task.model().probabilities(c)[k];
      mean += p * v;
      square += p * v * v;
    }
    out.push_back(square - mean * mean);
  }
  return out;
}

struct Solved {
  LeastSquaresMdvi run;
  double drawn = 0;  ///< samples of the iterations and, where f is estimated, of both values of each pair
};

Solved solved(const GenerativeTask& task, Weights weights, std::int64_t samples, const Stream& stream) {
  constexpr int kIterations = 120, kFirst = 24;
  constexpr std::int64_t kPairs = 5000;
  const Eigen::MatrixXd phi = task.linear().features->matrix();
  const auto begin = task.model().state_begin();
  std::vector<double> f(static_cast<std::size_t>(task.num_choices()), 1.0);
  SampleSource source(task.simulator(), stream);
  int left = kIterations;
  double drawn = 0;
  if (weights == Weights::kOptimal) f = online::variance_weights(true_variance(task), 1 / (1 - kDiscount));
  if (weights == Weights::kEstimated) {
    LeastSquaresMdvi first(begin, CoreSet(phi, f), kDiscount);
    iterate(task, first, source, kFirst, samples);
    const Eigen::VectorXd variance =
        first.core().predict(online::sampled_variances(source, first.core().choices(), first.values(), kPairs));
    f = online::variance_weights({variance.data(), f.size()}, 1 / (1 - kDiscount));
    left -= kFirst;
    drawn += static_cast<double>(first.core().choices().size()) * static_cast<double>(kFirst * samples + 2 * kPairs);
  }
  LeastSquaresMdvi run(begin, CoreSet(phi, f), kDiscount);
  iterate(task, run, source, left, samples);
  drawn += static_cast<double>(run.core().choices().size()) * static_cast<double>(left * samples);
  return {std::move(run), drawn};
}

Findings by_samples(Weights weights, const char* name, const Observer& observer) {
  constexpr std::int64_t kModels = 30;
  Series errors{.name = fmt::format("error of values, {}", name), .look = Look::kMarked},
      losses{.name = fmt::format("loss of the policy / V*, {}", name), .look = Look::kMarked};
  Findings out;
  std::size_t core = 0;
  for (const std::int64_t samples : {100, 1000, 10'000}) {
    double error = 0, loss = 0, drawn = 0;
    for (std::int64_t seed = 0; seed < kModels; ++seed) {
      if (!observer({})) return {};
      const auto made = mdp::linear_two_state({.seed = seed});
      const GenerativeTask task(made.model, kDiscount, made.linear);
      const auto found = solved(task, weights, samples, Stream(static_cast<std::uint64_t>(seed)).child("samples"));
      const LeastSquaresMdvi& run = found.run;
      double worst = 0;
      for (int s = 0; s < 2; ++s)
        worst = std::max(worst, std::abs(run.values()[static_cast<std::size_t>(s)] - task.optimal_value(s)));
      error += worst / kModels;
      drawn += found.drawn / kModels;
      loss += policy_loss(task, run) / task.optimal_value(0) / kModels;
      core = std::max(core, run.core().choices().size());
    }
    errors.x.push_back(drawn);
    errors.y.push_back(error);
    losses.y.push_back(loss);
    out.numbers.push_back({name, fmt::format("{}", samples), fmt::format("{:.0f}", drawn), short_number(error),
                           short_number(loss), fmt::format("{}", core)});
  }
  losses.x = errors.x;
  out.series = {std::move(errors), std::move(losses)};
  return out;
}

std::vector<Piece> samples() {
  const auto piece = [](Weights weights, const char* name) {
    return [=](const Observer& observer) { return by_samples(weights, name, observer); };
  };
  return {piece(Weights::kNone, "f = 1"), piece(Weights::kOptimal, "f of V*"),
          piece(Weights::kEstimated, "f estimated"), [](const Observer&) {
            return Findings{
                .notes = {"linear-two-state, discount 0.9, 120 iterations, means of 30 models; f estimated from "
                          "5000 pairs of each core choice after 24 of them, which are counted"}};
          }};
}

// --- Tables ----------------------------------------------------------------------------------------------------------

/// The loss block by block of ten iterations, without the first.
Findings remembering(double alpha, const char* name, const Observer& observer) {
  constexpr std::size_t kBlock = 10, kBlocks = 30, kModels = 10;
  Series series{.name = name, .y = std::vector<double>(kBlocks - 1, 0.0), .look = Look::kMarked};
  for (std::size_t seed = 0; seed < kModels; ++seed) {
    const GenerativeTask task(
        mdp::garnet(
            {.states = 20, .actions = 4, .successors = 4, .reward_density = 1, .seed = static_cast<std::int64_t>(seed)})
            .model,
        kDiscount);
    LeastSquaresMdvi run(task.model().state_begin(), CoreSet(task.num_choices()), alpha);
    SampleSource source(task.simulator(), Stream(seed));
    for (std::size_t k = 0; k < kBlock * kBlocks; ++k) {
      if (!observer({})) return {};
      iterate(task, run, source, 1, 20);
      if (k >= kBlock) series.y[k / kBlock - 1] += policy_loss(task, run) / kBlock / kModels;
    }
  }
  for (std::size_t block = 1; block < kBlocks; ++block) series.x.push_back(static_cast<double>(kBlock * (block + 1)));
  const double late = std::accumulate(series.y.end() - 10, series.y.end(), 0.0) / 10;
  Findings out;
  out.numbers = {{series.name, short_number(series.y.front()), short_number(late)}};
  out.series.push_back(std::move(series));
  return out;
}

std::vector<Piece> tables() {
  const auto piece = [](double alpha, const char* name) {
    return [=](const Observer& observer) { return remembering(alpha, name, observer); };
  };
  return {piece(0, "alpha = 0, sampled value iteration"), piece(0.5, "alpha = 0.5"),
          piece(kDiscount, "alpha = 0.9, the discount"), [](const Observer&) {
            return Findings{
                .notes = {"Garnets of 20 states and 4 choices, 20 samples of each choice an iteration, discount "
                          "0.9; means of 10 models and of ten iterations each"}};
          }};
}

// --- Weights ---------------------------------------------------------------------------------------------------------

Findings compared(const char* name, bool core) {
  constexpr std::int64_t kDraws = 30;
  Series series{.name = name, .look = Look::kPoints};
  double plain = 0, weighted = 0;
  int wins = 0;
  for (std::int64_t i = 0; i < kDraws; ++i) {
    const auto drawn = claims::heteroscedastic(Stream(static_cast<std::uint64_t>(i)));
    const auto error = [&](const std::vector<double>& f) {
      return claims::prediction_error(drawn, core ? CoreSet(drawn.phi, f) : claims::all_rows(drawn, f));
    };
    series.x.push_back(error(drawn.ones));
    series.y.push_back(error(drawn.best));
    plain += series.x.back() / kDraws;
    weighted += series.y.back() / kDraws;
    if (series.y.back() < series.x.back()) ++wins;
  }
  Findings out;
  out.numbers = {{series.name, short_number(plain), short_number(weighted), fmt::format("{} of {}", wins, kDraws)}};
  out.series.push_back(std::move(series));
  return out;
}

std::vector<Piece> weights() {
  return {[](const Observer&) { return compared("one sample a core choice", true); },
          [](const Observer&) { return compared("one sample for each of 200 rows", false); },
          [](const Observer&) {
            return Findings{
                .series = {{.name = "weights change nothing", .x = {0.6, 3.4}, .y = {0.6, 3.4}, .formula = "y = x"}},
                .notes = {"root mean square errors of predictions, computed; six anchors of 30 states, V is 0 "
                          "or 10"}};
          }};
}

}  // namespace

std::vector<Study> vwls_mdvi_studies() {
  return {
      {.paper = "vwls-mdvi",
       .name = "samples",
       .title = "VWLS-MDVI on the two-state linear MDP of its paper",
       .summary = "errors against all samples drawn, without weights, with the right ones and with estimated ones",
       .x = {.name = "samples in all", .logarithmic = true},
       .y = {.name = "mean error", .logarithmic = true},
       .heading = {"weights", "samples of a backup", "samples in all", "error of values", "loss / V*", "largest core"},
       .pieces = samples},
      {.paper = "vwls-mdvi",
       .name = "tables",
       .title = "MDVI in tables: what a memory is worth",
       .summary = "loss of the greedy policy with 20 samples a backup: averaging against none",
       .x = {.name = "iteration"},
       .y = {.name = "mean loss of the policy", .logarithmic = true},
       .heading = {"memory", "loss in iterations 11 to 20", "in the last 100"},
       .pieces = tables},
      {.paper = "vwls-mdvi",
       .name = "weights",
       .title = "What weights buy where variances differ",
       .summary = "errors of weighted against unweighted regression, on a core set and on all rows",
       .x = {.name = "error with f = 1"},
       .y = {.name = "error with f of V"},
       .heading = {"regression on", "f = 1", "f of V", "weights won"},
       .pieces = weights}};
}

}  // namespace bellwether::studies
