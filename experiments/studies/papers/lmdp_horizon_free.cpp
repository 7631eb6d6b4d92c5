#include <cmath>
#include <cstdint>
#include <functional>
#include <utility>

#include <fmt/format.h>

#include "experiments/studies/papers/papers.h"
#include "experiments/studies/series.h"
#include "mdp/latent/instances.h"
#include "mdp/latent/lower_bound.h"
#include "proofs_checks/bounds/latent.h"
#include "solvers/latent/learning/hindsight.h"
#include "solvers/latent/learning/optimistic_plans.h"

namespace bellwether::studies {
namespace {

using solvers::HindsightOptions;
using solvers::HindsightRun;

constexpr int kModels = 10;      // that most studies average over
constexpr int kManyModels = 30;  // where one in many decides

/// One of the models that a study averages over.
mdp::LatentMdp drawn(int which, int states, int horizon, double certainty = 0) {
  return mdp::random_latent(
      Stream(1).child("model").child(static_cast<std::uint64_t>(which)),
      {.contexts = 2, .states = states, .horizon = horizon, .reward_density = .4, .certainty = certainty});
}

/// What runs on all models came to, on average.
struct Average {
  std::vector<double> regret;
  double replans = 0, low = 0;  ///< low: plans that promise less than the optimum
};

Average average(const std::function<mdp::LatentMdp(int)>& model, int horizon, std::span<const std::int64_t> checkpoints,
                const HindsightOptions& options, const Observer& observer, int models = kModels) {
  Average mean{.regret = std::vector<double>(checkpoints.size(), 0.0)};
  for (int i = 0; i < models; ++i) {
    if (!observer({.iteration = i})) return mean;
    const HindsightRun run = solvers::learn_with_hindsight(model(i), horizon, checkpoints, options,
                                                           Stream(2).child(static_cast<std::uint64_t>(i)));
    for (std::size_t k = 0; k < checkpoints.size(); ++k) mean.regret[k] += run.regret[k] / models;
    mean.replans += static_cast<double>(run.replans) / models;
    for (const double promised : run.promised) mean.low += promised < run.optimum - 1e-9 ? 1.0 / models : 0;
  }
  return mean;
}

/// 50, 100, 200, ... doubled until the last.
std::vector<std::int64_t> doubling(std::int64_t last) {
  std::vector<std::int64_t> checkpoints;
  for (; last >= 50; last /= 2) checkpoints.insert(checkpoints.begin(), last);
  return checkpoints;
}

std::vector<double> as_numbers(std::span<const std::int64_t> whole) { return {whole.begin(), whole.end()}; }

// --- Regret by constant ----------------------------------------------------------------------------------------------

Findings by_constant(const char* constant, const Observer& observer) {
  const std::vector<std::int64_t> checkpoints = doubling(40'000);
  const Average mean =
      average([](int i) { return drawn(i, 3, 4); }, 4, checkpoints, {.learner = "mvp", .constant = constant}, observer);
  const std::string name = fmt::format("c = {}", constant[0] == 't' ? "1" : constant);
  const auto regret = [&](std::size_t from_last) { return mean.regret[mean.regret.size() - 1 - from_last]; };
  Findings out;
  out.series = {{.name = name, .x = as_numbers(checkpoints), .y = mean.regret, .look = Look::kMarked}};
  out.numbers = {{name, short_number(regret(3)), short_number(regret(2)), short_number(regret(1)),
                  short_number(regret(0)), fmt::format("{:.2f}", std::log(regret(0) / regret(3)) / std::log(8.0)),
                  fmt::format("{:.0f}", mean.replans), short_number(mean.low)}};
  return out;
}

std::vector<Piece> constants() {
  std::vector<Piece> all;
  for (const char* constant : {"theory", "0.1", "0.03", "0.01"})
    all.emplace_back([=](const Observer& observer) { return by_constant(constant, observer); });
  all.emplace_back([](const Observer&) {
    return Findings{.notes = {fmt::format(
                        "two contexts, 3 states, 2 choices, 4 steps, weights known; means of {} models", kModels)}};
  });
  return all;
}

// --- Ways to be optimistic -------------------------------------------------------------------------------------------

Findings by_learner(const char* learner, const char* name, const Observer& observer) {
  const std::vector<std::int64_t> checkpoints = doubling(25'600);
  const Average mean = average([](int i) { return drawn(i, 2, 3); }, 3, checkpoints,
                               {.learner = learner, .constant = "practical"}, observer, kManyModels);
  Findings out;
  out.series = {{.name = name, .x = as_numbers(checkpoints), .y = mean.regret, .look = Look::kMarked}};
  out.numbers = {{name, short_number(mean.regret[mean.regret.size() - 4]), short_number(mean.regret.back()),
                  fmt::format("{:.0f}", mean.replans), short_number(mean.low)}};
  return out;
}

std::vector<Piece> learners() {
  std::vector<Piece> all;
  const std::pair<const char*, const char*> table[] = {{"mvp", "mvp: values"},
                                                       {"bb-rect", "bb-rect: Bernstein boxes"},
                                                       {"l-ucrl", "l-ucrl: Hoeffding"},
                                                       {"greedy", "greedy: none"}};
  for (const auto& [learner, name] : table)
    all.emplace_back(
        [learner = learner, name = name](const Observer& observer) { return by_learner(learner, name, observer); });
  all.emplace_back([](const Observer&) {
    return Findings{.notes = {fmt::format("two contexts, 2 states, 2 choices, 3 steps; c = 0.03; means of {} models",
                                          kManyModels)}};
  });
  return all;
}

// --- The horizon -----------------------------------------------------------------------------------------------------

Findings by_horizon(const char* learner, const Observer& observer) {
  constexpr int kSteps = 4;
  const auto model = [](int i) { return mdp::with_rest(drawn(i, 2, kSteps), kSteps); };
  const std::vector<std::int64_t> checkpoints = {10'000};
  Series series{.name = learner, .look = Look::kMarked};
  for (const int horizon : {4, 8, 16, 32, 64}) {
    series.x.push_back(horizon);
    series.y.push_back(
        average(model, horizon, checkpoints, {.learner = learner, .constant = "practical"}, observer).regret.back());
    if (!observer({.iteration = horizon})) return {};
  }
  Findings out;
  out.numbers = {{learner, short_number(series.y[0]), short_number(series.y[2]), short_number(series.y[4]),
                  fmt::format("{:.2f}", series.y[4] / series.y[0])}};
  out.series = {std::move(series)};
  return out;
}

std::vector<Piece> horizons() {
  std::vector<Piece> all;
  for (const char* learner : {"mvp", "l-ucrl"})
    all.emplace_back([=](const Observer& observer) { return by_horizon(learner, observer); });
  all.emplace_back([](const Observer&) {
    return Findings{.notes = {fmt::format("two contexts, 2 states, 2 choices, 4 steps of play and then rest, 10,000 "
                                          "episodes, c = 0.03; means of {} models",
                                          kModels)}};
  });
  return all;
}

// --- The variance ----------------------------------------------------------------------------------------------------

Findings by_certainty(double certainty, const Observer& observer) {
  constexpr int kSteps = 4;
  const std::vector<std::int64_t> checkpoints = doubling(40'000);
  const auto model = [=](int i) { return drawn(i, 3, kSteps, certainty); };
  double variance = 0;
  for (int i = 0; i < kModels; ++i) {
    const solvers::LatentTables truth(model(i));
    const solvers::HistoryPlan best = solvers::plan_by_weights(truth, kSteps, solvers::plain_backup(truth), 0.0);
    variance += solvers::variance_of(truth, best.policy) / kModels;
  }
  const Average mean = average(model, kSteps, checkpoints, {.learner = "mvp", .constant = "practical"}, observer);
  const std::string name = fmt::format("{:g} % sure", 100 * certainty);
  return {.series = {{.name = name, .x = as_numbers(checkpoints), .y = mean.regret, .look = Look::kMarked}},
          .numbers = {{name, short_number(variance), short_number(mean.regret[mean.regret.size() - 4]),
                       short_number(mean.regret.back())}}};
}

std::vector<Piece> certainties() {
  std::vector<Piece> all;
  for (const double certainty : {0.0, .5, .9, 1.0})
    all.emplace_back([=](const Observer& observer) { return by_certainty(certainty, observer); });
  all.emplace_back([](const Observer&) {
    return Findings{
        .notes = {fmt::format("a share of each row goes to one successor; two contexts, 3 states, 2 choices, "
                              "4 steps, c = 0.03; means of {} models",
                              kModels)}};
  });
  return all;
}

// --- The lower bound -------------------------------------------------------------------------------------------------

constexpr std::int64_t kHardEpisodes = 20'000;
constexpr int kMembers = 20;
constexpr const char* kHardConstant = "0.001";

Findings by_contexts(const char* learner, const Observer& observer) {
  Series series{.name = learner, .look = Look::kMarked};
  Findings out;
  for (const int contexts : {1, 2, 4, 8, 16}) {
    mdp::LatentHardShape shape{.contexts = contexts};
    shape.advantage = mdp::hardest_advantage(shape, static_cast<double>(kHardEpisodes));
    double mean = 0;
    for (int i = 0; i < kMembers; ++i) {
      const Stream stream = Stream(3).child(static_cast<std::uint64_t>(contexts)).child(static_cast<std::uint64_t>(i));
      const std::vector<std::int64_t> checkpoints = {kHardEpisodes};
      if (!observer({.iteration = i})) return {};
      mean += solvers::learn_with_hindsight(mdp::drawn_latent_hard(shape, stream.child("member")), shape.steps(),
                                            checkpoints, {.learner = learner, .constant = kHardConstant}, stream)
                  .regret.back() /
              kMembers;
    }
    const double scale = std::sqrt(shape.variance * contexts * shape.num_arms() * kHardEpisodes);
    series.x.push_back(contexts);
    series.y.push_back(mean);
    out.numbers.push_back({learner, fmt::format("{}", contexts), short_number(shape.advantage), short_number(mean),
                           short_number(mean / scale)});
  }
  out.series = {std::move(series)};
  return out;
}

Findings floor_of_contexts() {
  Series bound{.name = "no learner is below",
               .formula = "2 sqrt(V) eps K (1 - 1/N - sqrt(K c ln(1/(1-4 eps^2)) / (M N)) / 2), c = 1 + (M-1)/K",
               .of = "mvp",
               .from_below = true};
  for (const int contexts : {1, 2, 4, 8, 16}) {
    mdp::LatentHardShape shape{.contexts = contexts};
    shape.advantage = mdp::hardest_advantage(shape, static_cast<double>(kHardEpisodes));
    bound.x.push_back(contexts);
    bound.y.push_back(bounds::latent_regret_floor(contexts, shape.num_arms(), shape.advantage, shape.variance,
                                                  static_cast<double>(kHardEpisodes)));
  }
  return {.series = {std::move(bound)},
          .notes = {fmt::format("lower-bound family: 4 leaves, 2 actions, N = 8 arms a context, V = 1/4, {} episodes, "
                                "epsilon hardest for them, c = {}; means of {} members",
                                kHardEpisodes, kHardConstant, kMembers)}};
}

std::vector<Piece> contexts() {
  std::vector<Piece> all;
  for (const char* learner : {"mvp", "l-ucrl"})
    all.emplace_back([=](const Observer& observer) { return by_contexts(learner, observer); });
  all.emplace_back([](const Observer&) { return floor_of_contexts(); });
  return all;
}

}  // namespace

std::vector<Study> lmdp_horizon_free_studies() {
  const Axis regret{.name = "regret", .logarithmic = true}, episodes{.name = "episodes", .logarithmic = true};
  return {{.paper = "lmdp-horizon-free",
           .name = "constants",
           .title = "MVP on a latent model: regret by the factor on the bonus",
           .summary = "theory's constants have hardly begun to learn when scaled ones are done; the last column counts "
                      "plans that promise too little",
           .x = episodes,
           .y = regret,
           .heading = {"factor", "regret at 5,000", "10,000", "20,000", "40,000", "slope", "plans", "low promises"},
           .pieces = constants,
           .slow = true},
          {.paper = "lmdp-horizon-free",
           .name = "learners",
           .title = "Four ways to plan from estimates",
           .summary =
               "value bonuses, Bernstein boxes, Hoeffding bonuses and none; greed loses for ever on one model in many",
           .x = episodes,
           .y = regret,
           .heading = {"learner", "regret at 3,200", "25,600", "plans", "low promises"},
           .pieces = learners,
           .slow = true},
          {.paper = "lmdp-horizon-free",
           .name = "horizon",
           .title = "The same play, followed by rest",
           .summary = "regret against the horizon while what can be earned stays the same",
           .x = {.name = "horizon H", .logarithmic = true},
           .y = regret,
           .heading = {"learner", "regret at H = 4", "16", "64", "64 over 4"},
           .pieces = horizons,
           .slow = true},
          {.paper = "lmdp-horizon-free",
           .name = "variance",
           .title = "MVP when rows are nearly sure",
           .summary = "regret with a share of each row moved to one successor",
           .x = episodes,
           .y = regret,
           .heading = {"rows", "variance of the best return", "regret at 5,000", "40,000"},
           .pieces = certainties,
           .slow = true},
          {.paper = "lmdp-horizon-free",
           .name = "lower-bound",
           .title = "The lower-bound family: every learner pays for every context",
           .summary = "mean regret over random members against the number of contexts, with what none can avoid",
           .x = {.name = "contexts M", .logarithmic = true},
           .y = regret,
           .heading = {"learner", "M", "epsilon", "mean regret", "over sqrt(V M N K)"},
           .pieces = contexts,
           .slow = true}};
}

}  // namespace bellwether::studies
