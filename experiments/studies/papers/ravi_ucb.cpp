#include <cmath>
#include <cstdint>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "experiments/studies/papers/papers.h"
#include "experiments/studies/series.h"
#include "mdp/instances/linear.h"
#include "mdp/instances/riverswim.h"
#include "solvers/online/discounted/run.h"

namespace bellwether::studies {
namespace {

using online::EpochRun, online::RaviUcbOptions;

constexpr double kDiscount = 0.9;
constexpr std::int64_t kSeeds = 10, kLast = 300;

/// What is played, and how often.
struct Stage {
  mdp::NamedInstance made;
  std::int64_t epochs = 3000, seeds = kSeeds;
};

/// Mean regret of some seeds as a series, with its numbers; `bound` adds that of the run's own bonuses.
Findings played(const Stage& stage, std::string name, const RaviUcbOptions& learner, bool bound,
                const Observer& observer) {
  const auto K = static_cast<std::size_t>(stage.epochs);
  Series series{.name = std::move(name), .x = counting(K), .y = std::vector<double>(K, 0.0)};
  const online::DiscountedTask task(stage.made.model, kDiscount, stage.made.linear);
  double limit = 0;
  std::int64_t broken = 0;
  for (std::int64_t seed = 0; seed < stage.seeds; ++seed) {
    const auto agent = online::make_ravi_ucb(task, stage.epochs, learner);
    const EpochRun run = online::run_epochs(
        task, *agent, {.epochs = stage.epochs, .observer = [&](std::int64_t) { return observer({}); }},
        Stream(static_cast<std::uint64_t>(seed)));
    if (run.regret.size() < K) return {};
    for (std::size_t k = 0; k < K; ++k) series.y[k] += run.regret[k] / static_cast<double>(stage.seeds);
    broken += run.broken_bonuses.back();
    limit = online::ravi_regret_bound(run, kDiscount, 2, agent->eta());
  }
  for (double& x : series.x) ++x;
  const auto last = static_cast<std::size_t>(kLast);
  const double slope = std::log(series.y[K - 1] / series.y[K / 2 - 1]) / std::log(2.0);
  Findings out;
  out.numbers = {
      {series.name, short_number(series.y.back()),
       short_number((series.y[K - 1] - series.y[K - 1 - last]) / static_cast<double>(kLast) / task.optimum()),
       short_number(slope),
       short_number(static_cast<double>(broken) / static_cast<double>(stage.seeds * stage.epochs))}};
  if (bound) out.numbers.front().push_back(short_number(limit));
  out.series.push_back(thinned(std::move(series), spread(K)));
  return out;
}

Piece piece(const Stage& stage, std::string name, RaviUcbOptions learner, bool bound = false) {
  return [=](const Observer& observer) { return played(stage, name, learner, bound, observer); };
}

/// One learner after the other, by the rule and the step.
std::vector<Piece> by_step(const Stage& stage) {
  std::vector<Piece> pieces;
  for (const int factor : {1, 10, 100})
    pieces.push_back(piece(stage, fmt::format("RAVI-UCB, bonus 0.1, step x {}", factor),
                           {.constant = "practical", .eta_factor = static_cast<double>(factor)}));
  pieces.push_back(piece(stage, "RAVI-UCB, bonus of theory, step x 10", {.eta_factor = 10}));
  pieces.push_back(piece(stage, "one backup, greedy, bonus 0.1", {.constant = "practical", .rule = "greedy"}));
  pieces.push_back(piece(stage, "value iteration, bonus 0.1", {.constant = "practical", .rule = "full"}));
  return pieces;
}

std::vector<Piece> riverswim() {
  auto pieces = by_step({.made = mdp::riverswim({.states = 5})});
  pieces.push_back([](const Observer&) {
    return Findings{.notes = {"RiverSwim, 5 states, discount 0.9, epochs of 10 steps on average; means of 10 streams"}};
  });
  return pieces;
}

std::vector<Piece> mixture() {
  const auto made = mdp::linear_mixture({.states = 10, .actions = 3, .dimension = 4, .successors = 10, .seed = 1});
  std::vector<Piece> pieces;
  for (const char* constant : {"1", "0.1", "0.01"}) {
    pieces.push_back(piece({.made = made}, fmt::format("four kernels known, bonus {}", constant),
                           {.constant = constant, .eta_factor = 100, .knowledge = "mixture"}));
    pieces.push_back(
        piece({.made = made}, fmt::format("counts, bonus {}", constant), {.constant = constant, .eta_factor = 100}));
  }
  pieces.push_back([kept = made.linear.mixture](const Observer&) {
    return Findings{
        .notes = {fmt::format("a mixture of {} kernels, 10 states, 3 choices, discount 0.9, a hundred times "
                              "the step of theory; means of 10 streams",
                              kept->dimension())}};
  });
  return pieces;
}

std::vector<Piece> known() {
  std::vector<Piece> pieces;
  const Stage stage{.made = mdp::riverswim({.states = 5}), .seeds = 1};
  for (const int factor : {1, 10, 100})
    pieces.push_back(piece(stage, fmt::format("step x {}", factor),
                           {.eta_factor = static_cast<double>(factor), .knowledge = "model"}, true));
  pieces.push_back([](const Observer&) {
    return Findings{
        .notes = {"RiverSwim, 5 states, discount 0.9: what regularised backups cost where the model is known"}};
  });
  return pieces;
}

}  // namespace

std::vector<Study> ravi_ucb_studies() {
  const Axis epochs{.name = "epochs", .logarithmic = true}, regret{.name = "cumulative regret", .logarithmic = true};
  const std::vector<std::string> heading{"learner", "regret", "loss of the last 300 epochs / optimum",
                                         "slope of the second half", "share of epochs with a broken bonus"};
  std::vector<std::string> with_bound = heading;
  with_bound.emplace_back("bound");
  return {{.paper = "ravi-ucb",
           .name = "riverswim",
           .title = "RAVI-UCB on RiverSwim: one backup an epoch",
           .summary = "steps of one, ten and a hundred times theory's, against greedy backups and planning to the end",
           .x = epochs,
           .y = regret,
           .heading = heading,
           .pieces = riverswim},
          {.paper = "ravi-ucb",
           .name = "mixture",
           .title = "RAVI-UCB on a linear mixture: known kernels against counts",
           .summary = "value-targeted regression on four kernels and frequencies of 300 transitions, by the bonus",
           .x = epochs,
           .y = regret,
           .heading = heading,
           .pieces = mixture},
          {.paper = "ravi-ucb",
           .name = "known-model",
           .title = "Regularised backups of a known model",
           .summary = "regret without anything to learn, against the bound of each step size",
           .x = epochs,
           .y = regret,
           .heading = with_bound,
           .pieces = known}};
}

}  // namespace bellwether::studies
