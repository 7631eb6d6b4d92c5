#include "solvers/mirror/mdpo.h"

#include <utility>

#include <fmt/format.h>

#include "experiments/studies/papers/models.h"
#include "experiments/studies/papers/papers.h"
#include "experiments/studies/series.h"
#include "solvers/exact/discounted/policy_iteration.h"

namespace bellwether::studies {
namespace {

constexpr int kPolicies = 200;

/// The mean error along MDPO with so many inner steps; 0: the closed form.
Findings run(int inner_steps, const Observer& observer) {
  const solvers::Problem problem = small_garnet();
  const Eigen::VectorXd best = solvers::policy_iteration(problem, {}, {.tolerance = 1e-12}).value;
  Series series{.name = inner_steps == 0   ? "closed form"
                        : inner_steps == 1 ? "1 inner step"
                                           : fmt::format("{} inner steps", inner_steps)};
  solvers::MdpoOptions options{.rule = {.inner_steps = inner_steps, .t = 1}, .iterations = kPolicies + 1};
  options.watch = [&](const solvers::Iterate& at) {
    series.x.push_back(static_cast<double>(at.iteration));
    series.y.push_back((best - at.value).mean());
  };
  solvers::mdpo(problem, options, {.tolerance = 0, .observer = observer});
  if (series.x.size() < kPolicies + 1) return {};  // stopped
  Findings out;
  out.numbers.push_back(
      {series.name, settled_text(series.x, series.y, 0.1), short_number(series.y[100]), short_number(series.y.back())});
  out.series.push_back(std::move(series));
  return out;
}

std::vector<Piece> pieces() {
  std::vector<Piece> all;
  for (const int m : {1, 2, 5, 10, 50, 0}) all.emplace_back([m](const Observer& observer) { return run(m, observer); });
  all.emplace_back([](const Observer&) {
    return Findings{
        .notes = {"Garnet: 20 states, 4 choices, 3 successors, seed 1, discount 0.9; t = 1, exact advantages"}};
  });
  return all;
}

}  // namespace

std::vector<Study> mdpo_studies() {
  return {
      {.paper = "mdpo",
       .name = "inner-steps",
       .title = "MDPO by the number of inner steps",
       .summary = "mean error after each policy: one inner step is a policy gradient, many are the natural gradient",
       .x = {.name = "policies k"},
       .y = {.name = "mean error over states, V* - V_k", .logarithmic = true},
       .heading = {"inner problem", "k for error 0.1", "error at 100", "error at 200"},
       .pieces = pieces}};
}

}  // namespace bellwether::studies
