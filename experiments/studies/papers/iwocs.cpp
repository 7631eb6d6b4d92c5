#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <utility>

#include <fmt/format.h>

#include "experiments/studies/papers/papers.h"
#include "experiments/studies/series.h"
#include "mdp/evaluate/discounted.h"
#include "proofs_checks/robust_papers/models.h"
#include "solvers/exact/discounted/policy_iteration.h"
#include "solvers/robust/evaluation.h"
#include "solvers/robust/fixed_nature/fixed_nature.h"
#include "solvers/robust/robust_policy_iteration.h"
#include "solvers/robust/worst_case_search/worst_case_search.h"

namespace bellwether::studies {
namespace {

using namespace solvers;

// --- The windy walk --------------------------------------------------------------------------------------------------

constexpr double kWalkDiscount = 0.95;

std::vector<double> winds() {
  std::vector<double> all;
  for (int i = 0; i <= 10; ++i) all.push_back(0.05 * i);
  return all;
}

std::vector<mdp::TabularMdp> walks() {
  std::vector<mdp::TabularMdp> all;
  for (const double wind : winds()) all.push_back(claims::windy_walk(wind));
  return all;
}

/// Nature picks a wind anew at every step and for every choice.
RobustProblem any_wind_anywhere() {
  const std::vector<mdp::TabularMdp> members = walks();
  const mdp::TabularMdp& widest = members.back();
  mdp::Ambiguity set{.kind = mdp::SetKind::kScenarios};
  for (const mdp::TabularMdp& member : members) {
    std::vector<double> scenario;
    for (std::int64_t c = 0; c < widest.num_choices(); ++c) {
      for (const std::int32_t to : widest.successors(c)) {
        const auto own = member.successors(c);
        const auto at = std::find(own.begin(), own.end(), to);
        scenario.push_back(at == own.end() ? 0 : member.probabilities(c)[static_cast<std::size_t>(at - own.begin())]);
      }
    }
    set.scenarios.push_back(std::move(scenario));
  }
  return {.model = mdp::RobustMdp(widest, std::move(set)), .discount = kWalkDiscount};
}

double worth(const mdp::TabularMdp& model, const mdp::Policy& policy) {
  return mdp::evaluate_discounted(mdp::PolicyChain(model, policy), kWalkDiscount).expected(model.initial());
}

/// What a plan earns at each wind.
Findings plan(std::string name, const mdp::Policy& policy, std::string models) {
  Series series{.name = std::move(name), .x = winds(), .look = Look::kMarked};
  for (const mdp::TabularMdp& walk : walks()) series.y.push_back(worth(walk, policy));
  Findings out;
  out.numbers = {{series.name, short_number(series.y.front()), short_number(series.y.back()),
                  short_number(*std::ranges::min_element(series.y)), std::move(models)}};
  out.series.push_back(std::move(series));
  return out;
}

mdp::Policy best_at(double wind) {
  return policy_iteration({.model = claims::windy_walk(wind), .discount = kWalkDiscount}).policy;
}

Findings searched() {
  const SearchResult got = worst_case_search(walks(), kWalkDiscount, Direction::kMaximise);
  return plan("worst-case search", got.policy, fmt::format("{}", got.models.size()));
}

Findings dynamic(const Observer& observer) {
  const RobustProblem problem = any_wind_anywhere();
  const RobustSolution got = partial_policy_iteration(problem, {}, {.observer = observer});
  Findings out = plan("wind may change at every step", got.policy, "-");
  out.series.front().look = Look::kPoints;  // the plan of the search as a rule, whose line it would hide
  double sure = 0;
  for (Eigen::Index s = 0; s < got.value.size(); ++s)
    sure += problem.model.nominal().initial()[static_cast<std::size_t>(s)] * got.value[s];
  out.notes = {fmt::format("a wind that may change at every step leaves {} guaranteed", short_number(sure))};
  return out;
}

Findings best_each() {
  Series series{.name = "best plan for each wind", .x = winds(), .look = Look::kPoints};
  for (const double wind : winds()) series.y.push_back(worth(claims::windy_walk(wind), best_at(wind)));
  return {.series = {std::move(series)}};
}

std::vector<Piece> walk() {
  return {[](const Observer&) { return plan("planned for no wind", best_at(0), "1"); },
          [](const Observer&) { return searched(); }, dynamic, [](const Observer&) { return best_each(); },
          [](const Observer&) {
            return Findings{.notes = {"5 x 7 cells, a swamp below, eleven winds from 0 to 0.5, discount 0.95, from the "
                                      "start cell"}};
          }};
}

// --- Gaps ------------------------------------------------------------------------------------------------------------

constexpr int kModels = 30, kMostSolved = 10;

/// Upper less lower bound after 1, 2, ... models; a search that ended keeps its last gap.
using Gaps = std::vector<double>;

Gaps gaps_of(const SearchResult& found) {
  Gaps gaps;
  double lower = -std::numeric_limits<double>::infinity(), upper = -lower;
  for (const SearchStep& step : found.steps) {
    lower = std::max(lower, step.lower);
    upper = std::min(upper, step.upper);
    gaps.push_back(std::max(upper - lower, 1e-10));
  }
  gaps.resize(kMostSolved, gaps.back());
  return gaps;
}

RobustProblem ball(std::uint64_t seed) {
  Stream stream(seed);
  const auto states = static_cast<int>(6 + stream.below(15));
  return {.model = mdp::RobustMdp(claims::drawn_reward_garnet(states, 3, states, stream),
                                  {.kind = mdp::SetKind::kL1, .radius = {0.5}}),
          .discount = 0.9};
}

SearchResult search_ball(std::uint64_t seed, bool everywhere) {
  const RobustProblem problem = ball(seed);
  const mdp::TabularMdp& nominal = problem.model.nominal();
  const SearchSettings settings{
      .first = problem.nominal(), .start = {}, .rectangular = true, .most_models = kMostSolved};
  return search_worst_case(settings, [&](const mdp::Policy& policy) -> WorstModel {
    RobustSolution worst = evaluate_robust(problem, policy, {{.worst_case = "all"}}, {.tolerance = 1e-11});
    NatureRows& rows = worst.worst_case;
    for (int s = 0; !everywhere && s < nominal.num_states(); ++s) {
      for (std::int64_t c = nominal.first_choice(s); c < nominal.first_choice(s + 1); ++c) {
        if (policy.probability(nominal, s, c) > 0) continue;
        std::ranges::copy(nominal.probabilities(c), rows.probability.begin() + rows.begin[static_cast<std::size_t>(c)]);
      }
    }
    return {robust::frozen(problem.model, rows), worst.value.mean(), worst.gap};
  });
}

/// Two directions from one model, eleven steps each.
SearchResult search_family(std::uint64_t seed, bool) {
  Stream stream(seed);
  const auto states = static_cast<int>(6 + stream.below(15));
  const auto draw = [&] { return claims::drawn_reward_garnet(states, 3, states, stream); };
  const mdp::TabularMdp centre = draw(), one = draw(), other = draw();
  std::vector<mdp::TabularMdp> members;
  for (const mdp::TabularMdp* end : {&one, &other})
    for (int i = 0; i <= 10; ++i) members.push_back(mixture(centre, *end, 0.1 * i));
  return worst_case_search(members, 0.9, Direction::kMaximise);
}

Findings gaps_with(const char* name, SearchResult (*search)(std::uint64_t, bool), bool everywhere,
                   const Observer& observer) {
  Series series{.name = name, .y = Gaps(kMostSolved, 0), .look = Look::kMarked};
  int closed = 0;
  std::size_t most = 0;
  for (std::uint64_t seed = 0; seed < kModels; ++seed) {
    const SearchResult found = search(seed, everywhere);
    if (!observer({})) return {};
    closed += found.status == Status::kConverged ? 1 : 0;
    most = std::max(most, found.models.size());
    const Gaps gaps = gaps_of(found);
    for (std::size_t i = 0; i < gaps.size(); ++i) series.y[i] += gaps[i] / kModels;
  }
  for (int i = 1; i <= kMostSolved; ++i) series.x.push_back(i);
  Findings out;
  out.numbers = {{series.name, short_number(series.y.front()), short_number(series.y.back()),
                  fmt::format("{} of {}", closed, kModels), fmt::format("{}", most)}};
  out.series.push_back(std::move(series));
  return out;
}

std::vector<Piece> gaps() {
  const auto piece = [](const char* name, SearchResult (*search)(std::uint64_t, bool), bool everywhere) {
    return [=](const Observer& observer) { return gaps_with(name, search, everywhere, observer); };
  };
  return {piece("L1 balls, worst rows everywhere", search_ball, true),
          piece("L1 balls, nominal rows where the plan does not go", search_ball, false),
          piece("families of 22 models", search_family, true), [](const Observer&) {
            return Findings{.notes = {"Garnets, 6 to 20 states, 3 choices, discount 0.9, L1 radius 0.5; families: two "
                                      "directions from one model; means of 30"}};
          }};
}

}  // namespace

std::vector<Study> iwocs_studies() {
  return {{.paper = "iwocs",
           .name = "walk",
           .title = "A windy walk: what each plan earns at each wind",
           .summary = "the plan found by the search for the worst wind against plans for no wind and for any wind",
           .x = {.name = "strength of the wind"},
           .y = {.name = "discounted value from the start"},
           .heading = {"plan", "value without wind", "at wind 0.5", "at its worst", "models solved"},
           .pieces = walk},
          {.paper = "iwocs",
           .name = "gaps",
           .title = "Worst-case search: proven gap against models solved",
           .summary = "the search closes with nature's worst rows at every choice and stalls with copied ones",
           .x = {.name = "models solved"},
           .y = {.name = "upper less lower bound", .logarithmic = true},
           .heading = {"sets and answers", "gap after 1 model", "at the end", "closed", "most models"},
           .pieces = gaps}};
}

}  // namespace bellwether::studies
