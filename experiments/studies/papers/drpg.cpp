#include <algorithm>
#include <numeric>
#include <utility>

#include <fmt/format.h>

#include "experiments/studies/papers/papers.h"
#include "experiments/studies/series.h"
#include "proofs_checks/robust_papers/models.h"
#include "solvers/robust/policy_gradient/robust_policy_gradient.h"
#include "solvers/robust/robust_policy_iteration.h"

namespace bellwether::studies {
namespace {

using solvers::RobustProblem;

constexpr int kSeeds = 20, kSteps = 200;
constexpr double kSmall = 1e-10;  // gaps are followed down to this

struct Family {
  int states = 5;
  mdp::Rectangular by = mdp::Rectangular::kChoice;
  double step = 0.05;  ///< on costs of [0, 5]

  std::string name() const {
    return fmt::format("{} states{}", states,
                       by == mdp::Rectangular::kState ? fmt::format(", by state, step {:g}", step) : "");
  }
};

/// (J(pi_t) - J*) / J* of one model, t = 0, 1, ...
std::vector<double> gap_of(const Family& family, std::uint64_t seed, const Observer& observer) {
  Stream stream(seed);
  const RobustProblem problem = claims::drawn_robust_garnet(family.states, 6, 3, stream, family.by);
  const double best = solvers::partial_policy_iteration(problem, {}, {.tolerance = 1e-10}).value.mean();
  std::vector<double> gap;
  solvers::RobustPolicyGradientOptions options;
  options.eta = family.step * solvers::robust::reward_range(problem.model);
  options.iterations = kSteps + 1;
  options.watch = [&](const solvers::RobustIterate& at) {
    gap.push_back(std::max((at.objective - best) / best, kSmall));
  };
  solvers::robust_policy_gradient(problem, options, {.tolerance = 0, .observer = observer});
  gap.resize(kSteps + 1, gap.back());
  return gap;
}

Findings gaps_of(const Family& family, const Observer& observer) {
  std::vector<std::vector<double>> all;
  int closed = 0;
  for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
    all.push_back(gap_of(family, seed, observer));
    if (!observer({})) return {};
    closed += all.back().back() <= 1e-6 ? 1 : 0;
  }
  Series mean{.name = family.name()}, high{.name = family.name() + ", 19th of 20"};
  for (std::size_t t = 0; t <= kSteps; ++t) {
    std::vector<double> at;
    for (const auto& gap : all) at.push_back(gap[t]);
    std::ranges::sort(at);
    for (Series* series : {&mean, &high}) series->x.push_back(static_cast<double>(t));
    mean.y.push_back(std::accumulate(at.begin(), at.end(), 0.0) / kSeeds);
    high.y.push_back(at[kSeeds - 2]);
  }
  Findings out;
  out.numbers = {{family.name(), short_number(mean.y[0]), short_number(mean.y[10]), short_number(mean.y[50]),
                  short_number(mean.y.back()), fmt::format("{} of {}", closed, kSeeds)}};
  out.series.push_back(std::move(mean));
  if (family.states == 5 && family.by == mdp::Rectangular::kChoice) out.series.push_back(std::move(high));
  return out;
}

std::vector<Piece> gaps() {
  std::vector<Piece> all;
  for (const Family& family : {Family{.states = 5}, Family{.states = 10}, Family{.states = 15},
                               Family{.states = 5, .by = mdp::Rectangular::kState, .step = 0.01}})
    all.emplace_back([=](const Observer& observer) { return gaps_of(family, observer); });
  all.emplace_back([](const Observer&) {
    return Findings{.notes = {fmt::format("Garnets with 6 choices and 3 successors, costs of transitions in [0, 5], "
                                          "discount 0.95, L1 budgets in [0.1, 0.5]; means of {} models, step 0.05, "
                                          "nature's exact answers",
                                          kSeeds)}};
  });
  return all;
}

}  // namespace

std::vector<Study> drpg_studies() {
  return {{.paper = "drpg",
           .name = "gaps",
           .title = "Policy gradient against nature: relative gap to the robust optimum",
           .summary = "how fast projected gradient steps reach the robust optimum, and how slow the slowest models are",
           .x = {.name = "policy steps t"},
           .y = {.name = "(J_t - J*) / J*, J the robust cost", .logarithmic = true},
           .heading = {"models", "gap at t = 0", "10", "50", "200", "closed to 1e-6"},
           .pieces = gaps}};
}

}  // namespace bellwether::studies
