#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <memory>
#include <utility>

#include <fmt/format.h>

#include "core/rate_fit.h"
#include "experiments/studies/papers/papers.h"
#include "experiments/studies/series.h"
#include "mdp/evaluate/discounted.h"
#include "mdp/instances/approximation.h"
#include "mdp/operators.h"
#include "proofs_checks/bounds/temporal_difference.h"
#include "proofs_checks/linear/tasks.h"
#include "solvers/linear/fitted_q.h"
#include "solvers/linear/least_squares.h"
#include "solvers/linear/policy_iteration.h"
#include "solvers/linear/temporal_difference.h"

namespace bellwether::studies {
namespace {

using solvers::PredictionPlay;
using solvers::PredictionTask;
using solvers::Predictor;
using solvers::TdMethod;

constexpr int kSeeds = 10;

// --- Error against samples -------------------------------------------------------------------------------------------

constexpr int kFirstPower = 8, kLastPower = 17;
constexpr double kWalkDiscount = 0.9;

PredictionTask walk(int groups, double discount) {
  return claims::named_prediction("random-walk",
                                  {{"groups", fmt::format("{}", groups)}, {"discount", fmt::format("{}", discount)}});
}

struct Method {
  const char* name;
  std::function<std::unique_ptr<Predictor>(const PredictionTask&)> make;
};

std::vector<Method> methods() {
  const auto td = [](const solvers::TdOptions& options) {
    return [=](const PredictionTask& task) {
      return std::make_unique<solvers::TemporalDifference>(task.start(), task.discount(), options);
    };
  };
  const auto gradient = [](TdMethod method) {
    return [=](const PredictionTask& task) {
      const solvers::GradientTdOptions options{.step = 0.5, .ratio = 1, .delay = 1000, .decay = 0.6};
      return std::make_unique<solvers::GradientTd>(method, task.start(), task.discount(), options);
    };
  };
  return {{"TD(0), steps 0.1", td({.step = 0.1})},
          {"TD(0), steps 0.1, averaged", td({.step = 0.1, .average = "tail"})},
          {"TDC", gradient(TdMethod::kTdc)},
          {"GTD2", gradient(TdMethod::kGtd2)},
          {"LSPE", [](const auto& task) { return std::make_unique<solvers::Lspe>(task.start(), task.discount()); }},
          {"LSTD", [](const auto& task) { return std::make_unique<solvers::Lstd>(task.start(), task.discount()); }}};
}

Findings told(Series series) {
  Findings out;
  out.numbers = {{series.name, short_number(series.y.front()), short_number(series.y.back()),
                  fmt::format("{:.2f}", power_line(series.x, series.y).slope)}};
  out.series.push_back(std::move(series));
  return out;
}

PredictionPlay play_of(const PredictionTask& task, int seed) {
  return {task, Stream(static_cast<std::uint64_t>(seed)), PredictionPlay::Order::kIndependent};
}

Findings by_samples(const Method& method, const Observer& observer) {
  const PredictionTask task = walk(5, kWalkDiscount);
  Series series{.name = method.name, .look = Look::kMarked};
  for (int power = kFirstPower; power <= kLastPower; ++power) series.x.push_back(std::exp2(power));
  series.y.assign(series.x.size(), 0);
  for (int seed = 0; seed < kSeeds; ++seed) {
    const auto predictor = method.make(task);
    PredictionPlay play = play_of(task, seed);
    double done = 0;
    for (std::size_t i = 0; i < series.x.size(); ++i) {
      for (; done < series.x[i]; ++done) predictor->learn(play.step());
      series.y[i] += claims::distance_from_fixed_point(task, predictor->weights()) / kSeeds;
      if (!observer({})) return {};
    }
  }
  return told(std::move(series));
}

/// The theorem's own averages: steps 1 / sqrt(T), a run for each T, with what it promises.
Findings by_theorem(const Observer& observer) {
  const PredictionTask task = walk(5, kWalkDiscount);
  constexpr const char* kName = "TD(0), steps 1/sqrt(T), all averaged";
  Series series{.name = kName, .look = Look::kMarked},
      bound{.name = "its bound", .formula = "sqrt((|w*|^2 + 2 s) / (sqrt(T) (1 - g)))", .of = kName};
  double noise = 0;  // of updates at the fixed point
  PredictionPlay long_play = play_of(task, kSeeds);
  constexpr int kNoiseSteps = 200'000;
  for (int t = 0; t < kNoiseSteps; ++t) {
    const solvers::FeatureStep step = long_play.step();
    const double error = step.reward + (kWalkDiscount * step.to - step.from).dot(task.fixed_point());
    noise += error * error * step.from.squaredNorm() / kNoiseSteps;
  }
  for (int power = 13; power <= kLastPower; ++power) {  // the theorem begins at (8 / (1 - g))^2 = 6400
    const double steps = std::exp2(power);
    double mean = 0;
    for (int seed = 0; seed < kSeeds; ++seed) {
      solvers::TemporalDifference td(task.start(), kWalkDiscount, {.step = 1 / std::sqrt(steps), .average = "all"});
      PredictionPlay play = play_of(task, seed);
      for (double done = 0; done < steps; ++done) td.learn(play.step());
      mean += claims::distance_from_fixed_point(task, td.weights()) / kSeeds;
      if (!observer({})) return {};
    }
    series.x.push_back(steps);
    series.y.push_back(mean);
    bound.x.push_back(steps);
    bound.y.push_back(std::sqrt(bounds::averaged_td_error(task.fixed_point().norm(), noise, kWalkDiscount, steps)));
  }
  Findings out = told(std::move(series));
  out.series.push_back(std::move(bound));
  return out;
}

std::vector<Piece> samples() {
  std::vector<Piece> all;
  for (const Method& method : methods())
    all.emplace_back([=](const Observer& observer) { return by_samples(method, observer); });
  all.emplace_back(by_theorem);
  all.emplace_back([](const Observer&) {
    return Findings{
        .notes = {fmt::format("random-walk, 19 states in 5 groups, discount {:g}, independent states; means "
                              "of {}; the last row begins at 8192",
                              kWalkDiscount, kSeeds)}};
  });
  return all;
}

// --- The star --------------------------------------------------------------------------------------------------------

Findings on_the_star(const char* name, TdMethod method, double step, double second, const Observer& observer) {
  const PredictionTask star = claims::named_prediction("baird-star");
  solvers::TdWeights weights{star.start(), Eigen::VectorXd::Zero(star.start().size())};
  Series series{.name = name};
  std::int64_t done = 0;
  for (double at = 1; at <= 100'000; at *= 1.25) {
    for (; done < static_cast<std::int64_t>(at); ++done)
      solvers::expected_update(method, star.moments(), step, second, weights);
    if (!observer({}) || weights.w.lpNorm<Eigen::Infinity>() > 1e9) break;
    series.x.push_back(static_cast<double>(done));
    series.y.push_back(std::sqrt(solvers::projected_bellman_error(star.moments(), weights.w)));
  }
  Findings out;
  out.numbers = {{name, short_number(series.y.front()), short_number(series.y.back()),
                  short_number(weights.w.lpNorm<Eigen::Infinity>()), fmt::format("{}", done)}};
  out.series.push_back(std::move(series));
  return out;
}

std::vector<Piece> star() {
  return {
      [](const Observer& observer) { return on_the_star("TD(0), steps 0.01", TdMethod::kTd, 0.01, 0, observer); },
      [](const Observer& observer) {
        return on_the_star("GTD2, steps 0.05 and 0.5", TdMethod::kGtd2, 0.05, 0.5, observer);
      },
      [](const Observer& observer) {
        return on_the_star("TDC, steps 0.05 and 0.5", TdMethod::kTdc, 0.05, 0.5, observer);
      },
      [](const Observer&) {
        return Findings{.notes = {"baird-star, discount 0.99; expected updates, every state alike; TD until a weight "
                                  "passes 10^9"}};
      }};
}

// --- Traces ----------------------------------------------------------------------------------------------------------

constexpr int kEpisodes = 10, kWalks = 100;

/// |V_w - V|, root mean square over states of the walk, mean over episodes and walks (Sutton and Barto 2018, figure
/// 12.6): online TD(lambda).
Findings by_lambda(double step, const Observer& observer) {
  const PredictionTask task = walk(19, 0.95);
  Series series{.name = fmt::format("steps {:g}", step), .look = Look::kMarked};
  for (const double lambda : {0.0, 0.2, 0.4, 0.6, 0.7, 0.8, 0.9, 0.95, 1.0}) {
    double mean = 0;
    for (int seed = 0; seed < kWalks; ++seed) {
      solvers::TemporalDifference td(task.start(), task.discount(), {.step = step, .lambda = lambda});
      PredictionPlay play(task, Stream(static_cast<std::uint64_t>(seed)));
      for (int episode = 0; episode < kEpisodes; ++episode) {
        bool last = false;
        while (!last) {
          const solvers::FeatureStep seen = play.step();
          td.learn(seen);
          last = seen.last;
        }
        const Eigen::VectorXd off = td.weights() - task.values().segment(1, 19);
        mean += std::sqrt(off.squaredNorm() / 19) / (kEpisodes * kWalks);
      }
    }
    if (!observer({})) return {};
    series.x.push_back(lambda);
    series.y.push_back(std::min(mean, 1.0));  // beyond: diverged
  }
  Findings out;
  const auto best = std::ranges::min_element(series.y) - series.y.begin();
  out.numbers = {{series.name, short_number(series.y.front()), short_number(series.y[static_cast<std::size_t>(best)]),
                  fmt::format("{:g}", series.x[static_cast<std::size_t>(best)]), short_number(series.y.back())}};
  out.series.push_back(std::move(series));
  return out;
}

std::vector<Piece> traces() {
  std::vector<Piece> all;
  for (const double step : {0.1, 0.2, 0.4, 0.8})
    all.emplace_back([=](const Observer& observer) { return by_lambda(step, observer); });
  all.emplace_back([](const Observer&) {
    return Findings{.notes = {fmt::format("random-walk, 19 states, discount 0.95, tables; mean over the first {} "
                                          "episodes and {} walks; errors above 1 are drawn as 1",
                                          kEpisodes, kWalks)}};
  });
  return all;
}

// --- Policies from batches -------------------------------------------------------------------------------------------

using Policy = std::vector<std::int32_t>;

Findings by_batch(const char* name, bool table, bool iterate_policies, const Observer& observer) {
  const mdp::FeaturedInstance chain = mdp::lspi_chain();
  const mdp::TabularMdp& model = chain.instance.model;
  const double discount = chain.instance.question.discount;
  const mdp::FeatureMap features = table ? mdp::one_hot(model.num_choices()) : *chain.approximation.choices;
  const auto learnt = [&](const solvers::SampleBatch& batch) -> Policy {
    if (iterate_policies) return solvers::lspi(model.state_begin(), features, batch, discount).policy;
    return solvers::fitted_q(model.state_begin(), features, batch, discount).policy;
  };
  std::vector<double> best(static_cast<std::size_t>(model.num_states()), 0.0), next = best;
  for (int sweep = 0; sweep < 400; ++sweep) {  // 0.9^400 / 0.1: below rounding
    mdp::backup(model, discount, best, next, mdp::Expectation{}, mdp::Largest{});
    best.swap(next);
  }
  const Eigen::Map<const Eigen::VectorXd> optimum(best.data(), model.num_states());
  Series series{.name = name, .look = Look::kMarked};
  for (const std::int64_t count : {250, 500, 1000, 2000, 5000, 10'000, 20'000}) {
    double loss = 0;
    for (int seed = 0; seed < kSeeds; ++seed) {
      const solvers::SampleBatch batch = solvers::drawn_batch(model, count, Stream(static_cast<std::uint64_t>(seed)));
      const mdp::PolicyChain played(model, mdp::Policy::deterministic(learnt(batch)));
      loss += (optimum - mdp::evaluate_discounted(played, discount).value).mean() / kSeeds;
      if (!observer({})) return {};
    }
    series.x.push_back(static_cast<double>(count));
    series.y.push_back(loss);
  }
  Findings out;
  out.numbers = {{name, short_number(series.y[1]), short_number(series.y[4]), short_number(series.y[6])}};
  out.series.push_back(std::move(series));
  return out;
}

std::vector<Piece> batches() {
  return {[](const Observer& observer) { return by_batch("LSPI, bumps", false, true, observer); },
          [](const Observer& observer) { return by_batch("fitted Q, bumps", false, false, observer); },
          [](const Observer& observer) { return by_batch("LSPI, table", true, true, observer); },
          [](const Observer&) {
            return Findings{.notes = {fmt::format("lspi-chain, 50 states, discount 0.9; choices of samples drawn "
                                                  "uniformly; means of {} batches",
                                                  kSeeds)}};
          }};
}

}  // namespace

std::vector<Study> linear_function_approximation_studies() {
  constexpr const char* kPaper = "linear-function-approximation";
  return {
      {.paper = kPaper,
       .name = "samples",
       .title = "Policy evaluation by linear functions: error against samples",
       .summary = "constant steps stop at their noise, averages and least squares go on at the rate of one over the "
                  "root",
       .x = {.name = "samples", .logarithmic = true},
       .y = {.name = "distance from the fixed point, |Phi (w - w*)|_D", .logarithmic = true},
       .heading = {"method", "first error", "last error", "slope"},
       .pieces = samples},
      {.paper = kPaper,
       .name = "star",
       .title = "Baird's star: TD diverges, gradient methods do not",
       .summary = "expected updates off policy: weights of TD(0) grow without bound",
       .x = {.name = "expected updates", .logarithmic = true},
       .y = {.name = "root of the projected Bellman error", .logarithmic = true},
       .heading = {"method", "error after 1 update", "at the end", "largest weight", "updates"},
       .pieces = star},
      {.paper = kPaper,
       .name = "traces",
       .title = "TD(lambda) on a random walk of 19 states",
       .summary = "errors of the first episodes fall and rise again with lambda",
       .x = {.name = "lambda"},
       .y = {.name = "root mean square error, mean of 10 episodes"},
       .heading = {"step size", "lambda = 0", "least", "at lambda", "lambda = 1"},
       .pieces = traces},
      {.paper = kPaper,
       .name = "batches",
       .title = "LSPI and fitted Q iteration on the chain of 50 states",
       .summary =
           "five thousand samples are enough; where all choices are sampled alike the table needs fewer than bumps",
       .x = {.name = "samples", .logarithmic = true},
       .y = {.name = "mean loss of the policy, V* - V"},
       .heading = {"method", "loss at 500", "at 5000", "at 20000"},
       .pieces = batches}};
}

}  // namespace bellwether::studies
