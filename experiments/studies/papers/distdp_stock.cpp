#include <algorithm>
#include <cmath>
#include <functional>
#include <utility>

#include <fmt/format.h>

#include "experiments/studies/papers/models.h"
#include "experiments/studies/papers/papers.h"
#include "experiments/studies/series.h"
#include "mdp/instances/garnet.h"
#include "mdp/tabular_mdp_builder.h"
#include "solvers/risk/discounted_tail.h"
#include "solvers/risk/static_risk.h"
#include "solvers/risk/stock_tree.h"

namespace bellwether::studies {
namespace {

/// The distribution function of a return.
Findings law_of(const char* name, const solvers::Law& law) {
  Series series{.name = name, .look = Look::kSteps};
  double sum = 0;
  for (std::size_t i = 0; i < law.atom.size(); ++i) {
    series.x.push_back(law.atom[i]);
    series.y.push_back(std::min(1.0, sum += law.weight[i]));
  }
  series.x.push_back(-5);
  series.y.push_back(1);
  return {.series = {std::move(series)},
          .numbers = {{name, short_number(solvers::mean(law)), short_number(std::sqrt(solvers::variance(law))),
                       short_number(solvers::conditional_value_at_risk(law, 0.2)),
                       short_number(solvers::conditional_value_at_risk(law, 0.02)), short_number(law.atom.front())}}};
}

std::vector<Piece> laws() {
  return {[](const Observer&) { return law_of("made for the mean", corridor_law(1, 0)); },
          [](const Observer&) { return law_of("made for the worst 20 %", corridor_law(0.2, 0.999)); },
          [](const Observer&) { return law_of("made for the worst 2 %", corridor_law(0.02, 0.999)); },
          [](const Observer&) { return Findings{.notes = {kCorridor}}; }};
}

// --- A gamble, stage after stage -------------------------------------------------------------------------------------

constexpr double kLose = 0.4, kLevel = 0.5;

/// One state: pay nothing, or lose 1 with probability .4 and win 2 otherwise.
solvers::Problem gamble(int stages) {
  mdp::TabularMdpBuilder builder(1);
  builder.add_choice(0, 0, {{0, 1.0}});
  builder.add_choice(0, {{0, kLose, -1}, {0, 1 - kLose, 2}});
  return {.model = std::move(builder).build(), .criterion = solvers::Criterion::kFinite, .horizon = stages};
}

/// The return of so many gambles: 2 for each that was won, less 1 for each that was lost.
solvers::Law gambles(int count) {
  std::vector<std::pair<double, double>> atoms;
  double ways = 1;
  for (int won = 0; won <= count; ++won) {
    atoms.emplace_back(3 * won - count, ways * std::pow(1 - kLose, won) * std::pow(kLose, count - won));
    ways *= static_cast<double>(count - won) / (won + 1);
  }
  return solvers::make_law(std::move(atoms));
}

/// With one state a policy that does not look at its earnings is a number of gambles.
Findings by_stages(const Observer& observer) {
  Series best{.name = "looks at what was earned", .look = Look::kMarked},
      blind{.name = "looks at the stage alone", .look = Look::kMarked},
      neutral{.name = "best for the mean", .look = Look::kMarked};
  Findings out;
  double without = 0;
  for (int stages = 1; stages <= 12; ++stages) {
    const solvers::RiskSolution answer = solvers::plan_for_conditional_value_at_risk(
        gamble(stages), kLevel, {}, {.tolerance = 1e-9, .observer = observer});
    if (answer.status == Status::kStoppedByCaller) return {};
    without = std::max(without, solvers::conditional_value_at_risk(gambles(stages), kLevel));
    const double all = solvers::conditional_value_at_risk(gambles(stages), kLevel);
    for (Series* series : {&best, &blind, &neutral}) series->x.push_back(stages);
    best.y.push_back(answer.value);
    blind.y.push_back(without);
    neutral.y.push_back(all);
    if (stages <= 4 || stages == 12)
      out.numbers.push_back({fmt::format("{}", stages), short_number(answer.value), short_number(without),
                             short_number(all), short_number(answer.parameter)});
  }
  out.series = {std::move(best), std::move(blind), std::move(neutral)};
  out.notes = {
      "a stage pays nothing, or loses 1 with probability 0.4 and wins 2 otherwise; tail mean of the worse half"};
  return out;
}

// --- A set point -----------------------------------------------------------------------------------------------------

constexpr double kSetPoint = 5;

/// 5 x 5 cells, 12 moves. Every cell of the rim but the start's corner pays 1 on arrival with probability one half; the
/// middle column pays 2 and takes 3 one time in five.
solvers::Problem coins() {
  constexpr int kSide = 5;
  mdp::TabularMdpBuilder builder(kSide * kSide);
  for (int s = 0; s < kSide * kSide; ++s) {
    for (const auto& [down, right] :
         {std::pair{0, 0}, std::pair{-1, 0}, std::pair{0, 1}, std::pair{1, 0}, std::pair{0, -1}}) {
      const int row = std::clamp(s / kSide + down, 0, kSide - 1), column = std::clamp(s % kSide + right, 0, kSide - 1);
      const int to = row * kSide + column;
      if (to == s) {
        builder.add_choice(s, {{to, 1.0, 0}});
      } else if (column == kSide / 2) {
        builder.add_choice(s, {{to, 0.8, 2}, {to, 0.2, -3}});
      } else if (to != 0 && (row == 0 || column == 0 || row == kSide - 1 || column == kSide - 1)) {
        builder.add_choice(s, {{to, 0.5, 1}, {to, 0.5, 0}});
      } else {
        builder.add_choice(s, {{to, 1.0, 0}});
      }
    }
  }
  builder.start_in(0);
  return {.model = std::move(builder).build(), .criterion = solvers::Criterion::kFinite, .horizon = 12};
}

Findings set_point(const char* name, const std::function<double(double)>& utility) {
  const solvers::StockTree tree(coins(), {});
  solvers::StockPolicy policy;
  (void)tree.maximise(utility, &policy);
  const solvers::Law law = tree.law(policy);
  Series series{.name = name, .look = Look::kSteps};
  double sum = 0, exactly = 0, enough = 0, squares = 0;
  for (std::size_t i = 0; i < law.atom.size(); ++i) {
    series.x.push_back(law.atom[i]);
    series.y.push_back(std::min(1.0, sum += law.weight[i]));
    const double off = law.atom[i] - kSetPoint;
    squares += law.weight[i] * off * off;
    if (std::abs(off) < 0.5) exactly += law.weight[i];
    if (off > -0.5) enough += law.weight[i];
  }
  return {.series = {std::move(series)},
          .numbers = {{name, short_number(solvers::mean(law)), short_number(exactly), short_number(enough),
                       short_number(squares)}}};
}

std::vector<Piece> set_points() {
  return {
      [](const Observer&) { return set_point("the mean", [](double x) { return x; }); },
      [](const Observer&) { return set_point("at least 5", [](double x) { return x > kSetPoint - 0.5 ? 1 : 0; }); },
      [](const Observer&) {
        return set_point("close to 5", [](double x) { return -(x - kSetPoint) * (x - kSetPoint); });
      },
      [](const Observer&) {
        return Findings{.notes = {"5 x 5 cells, 12 moves: the rim pays 1 half of the time, the middle column pays 2 "
                                  "and takes 3 one time in five; staying pays nothing"}};
      }};
}

// --- Error of a grid -------------------------------------------------------------------------------------------------

/// The interval that a grid of stocks proves, against its step.
Findings by_step(const Observer& observer) {
  const double discount = 0.9;
  const solvers::Problem problem{.model = mdp::random_dense({.states = 3, .actions = 2, .seed = 2}).model,
                                 .discount = discount};
  Series gap{.name = "upper less lower bound", .look = Look::kMarked}, theory{.name = "2 step / (1 - discount)"};
  theory.formula = "2 step / (1 - discount)";
  theory.of = gap.name;
  Findings out;
  for (const int points : {51, 101, 201, 401, 801, 1601, 3201}) {
    const solvers::DiscountedTailSolution answer =
        solvers::plan_for_discounted_tail(problem, 0.3, {.points = points}, {.tolerance = 1e-12, .observer = observer});
    if (answer.status == Status::kStoppedByCaller) return {};
    gap.x.push_back(answer.policy.step);
    gap.at.push_back(points);
    gap.y.push_back(answer.gap);
    theory.x.push_back(answer.policy.step);
    theory.at.push_back(points);
    theory.y.push_back(2 * answer.policy.step / (1 - discount));
    out.numbers.push_back({fmt::format("{}", points), short_number(answer.policy.step), short_number(answer.lower),
                           short_number(answer.upper), short_number(answer.gap)});
  }
  out.series = {std::move(gap), std::move(theory)};
  out.notes = {"a drawn model, 3 states, 2 choices, discount 0.9; mean of the worst 30 % of the discounted return"};
  return out;
}

}  // namespace

std::vector<Study> distdp_stock_studies() {
  return {{.paper = "distdp-stock",
           .name = "gamble",
           .title = "What it is worth to remember what was earned",
           .summary = "the tail mean of a repeated gamble, with the stock and without",
           .x = {.name = "stages"},
           .y = {.name = "mean of the worse half of the returns"},
           .heading = {"stages", "with the stock", "without", "best for the mean", "budget b"},
           .pieces = [] { return std::vector<Piece>{by_stages}; }},
          {.paper = "distdp-stock",
           .name = "set-point",
           .title = "One model, three aims: much, enough, just so",
           .summary = "laws of what is collected in a field of coins by policies for the mean, a target, a set point",
           .x = {.name = "total x"},
           .y = {.name = "probability of a total of at most x"},
           .heading = {"aim", "mean", "P(total = 5)", "P(total >= 5)", "E (total - 5)^2"},
           .pieces = set_points},
          {.paper = "distdp-stock",
           .name = "laws",
           .title = "Three policies and the laws of their returns",
           .summary = "distribution functions of the return of policies made for the mean and for two tails",
           .x = {.name = "return x"},
           .y = {.name = "probability of a return of at most x", .logarithmic = true},
           .heading = {"policy", "mean", "standard deviation", "worst 20 %", "worst 2 %", "worst"},
           .pieces = laws},
          {.paper = "distdp-stock",
           .name = "grid",
           .title = "A grid of stocks for ever: proven error against its step",
           .summary = "the interval around the best tail mean of a discounted return closes in proportion to the step",
           .x = {.name = "step of the grid", .logarithmic = true},
           .y = {.name = "proven error", .logarithmic = true},
           .at = "points",
           .heading = {"points", "step", "lower", "upper", "error"},
           .pieces = [] { return std::vector<Piece>{by_step}; }}};
}

}  // namespace bellwether::studies
