#include "solvers/mirror/mdpo.h"

#include <functional>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "core/statistics.h"
#include "experiments/studies/papers/models.h"
#include "experiments/studies/papers/papers.h"
#include "experiments/studies/series.h"
#include "solvers/exact/discounted/policy_iteration.h"
#include "solvers/mirror/off_policy_mdpo.h"
#include "solvers/mirror/policy_values.h"
#include "solvers/mirror/regularised.h"

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

// --- From plays ------------------------------------------------------------------------------------------------------

constexpr int kSampledPolicies = 100;
constexpr int kSeeds = 10;

/// The mean over seeds and over states of the error after each policy; `play` runs one learner with that watch.
using Play = std::function<void(const solvers::Watch&, const Stream&, const solvers::SolveOptions&)>;
Findings learn(const std::string& name, const Eigen::VectorXd& best, const Play& play, const Observer& observer) {
  std::vector<std::vector<double>> errors;
  for (int seed = 0; seed < kSeeds; ++seed) {
    std::vector<double>& own = errors.emplace_back();
    play([&](const solvers::Iterate& at) { own.push_back((best - at.value).mean()); },
         Stream(1).child(static_cast<std::uint64_t>(seed)), {.tolerance = 0, .observer = observer});
    if (own.size() < kSampledPolicies + 1) return {};  // stopped
  }
  Series series{.name = name, .x = counting(kSampledPolicies + 1), .y = std::vector<double>(kSampledPolicies + 1)};
  std::vector<double> last;
  for (const std::vector<double>& own : errors) {
    for (std::size_t k = 0; k < own.size(); ++k) series.y[k] += own[k] / kSeeds;
    last.push_back(own.back());
  }
  Findings out;
  out.numbers.push_back({name, short_number(series.y[30]),
                         fmt::format("{} +- {}", short_number(mean(last)), short_number(standard_error(last)))});
  out.series.push_back(std::move(series));
  return out;
}

Piece on_policy(const std::string& name, const solvers::UpdateRule& rule) {
  return [=](const Observer& observer) {
    const solvers::Problem problem = small_garnet();
    const Eigen::VectorXd best = solvers::policy_iteration(problem, {}, {.tolerance = 1e-12}).value;
    return learn(
        name, best,
        [&](const solvers::Watch& watch, const Stream& stream, const solvers::SolveOptions& run_options) {
          solvers::sampled_mdpo(
              problem, {.rule = rule, .discounted_visits = false, .iterations = kSampledPolicies + 1, .watch = watch},
              stream, run_options);
        },
        observer);
  };
}

Piece off_policy(const std::string& name, solvers::OffPolicyMdpoOptions options) {
  return [=](const Observer& observer) {
    const solvers::Problem problem = small_garnet();
    const Eigen::VectorXd best = solvers::policy_iteration(problem, {}, {.tolerance = 1e-12}).value;
    return learn(
        name, best,
        [&](const solvers::Watch& watch, const Stream& stream, const solvers::SolveOptions& run_options) {
          solvers::OffPolicyMdpoOptions own = options;
          own.iterations = kSampledPolicies + 1;
          own.watch = watch;
          solvers::off_policy_mdpo(problem, own, stream, run_options);
        },
        observer);
  };
}

std::vector<Piece> sampled_pieces() {
  return {
      on_policy("on-policy, m = 1", {.inner_steps = 1}),
      on_policy("on-policy, m = 10", {.inner_steps = 10}),
      off_policy("off-policy, m = 1", {.rule = {.inner_steps = 1}, .critic_updates = 5}),
      off_policy("off-policy, m = 10", {.rule = {.inner_steps = 10}, .critic_updates = 5}),
      off_policy("off-policy, m = 10, batches of 64, TD(0)",
                 {.rule = {.inner_steps = 10}, .batch = 64, .critic = "td", .critic_updates = 1200}),
      on_policy("PPO-clip, 10 steps", {.update = "ppo-clip"}),
      on_policy("TRPO, radius 0.01", {.update = "trpo"}),
      [](const Observer&) {
        return Findings{
            .notes = {"Garnet: 20 states, 4 choices, 3 successors, seed 1, discount 0.9; 20 plays of 60 steps for each "
                      "policy, t = 1, means of ten seeds +- their standard error"}};
      },
  };
}

// --- With entropy ----------------------------------------------------------------------------------------------------

constexpr double kEntropy = 0.1;

/// |V_lambda* - V_lambda of the policy|, the mean over states, as far as plays allow.
Findings soft(const std::string& name, bool off, int plays, const Observer& observer) {
  const solvers::mirror::UnitProblem unit(small_garnet());
  const solvers::Problem problem{.model = unit.model(), .discount = unit.discount()};
  const Eigen::VectorXd best =
      solvers::soft_value_iteration(problem, {.temperature = kEntropy}, {.tolerance = 1e-10}).solution.value;
  return learn(
      name, Eigen::VectorXd::Zero(best.size()),
      [&](const solvers::Watch& watch, const Stream& stream, const solvers::SolveOptions& run_options) {
        const auto of_soft = [&](const solvers::Iterate& at) {
          const Eigen::VectorXd lost =
              solvers::mirror::PolicyValues(problem.model, problem.discount, at.weights).regularised_value(kEntropy) -
              best;
          watch({at.iteration, at.step, lost, at.unit, at.q, at.weights});
        };
        const solvers::UpdateRule rule{.inner_steps = 0, .schedule = "regularised", .entropy = kEntropy};
        if (off)
          solvers::off_policy_mdpo(problem,
                                   {.rule = rule,
                                    .trajectories = plays,
                                    .critic_updates = 5,
                                    .iterations = kSampledPolicies + 1,
                                    .watch = of_soft},
                                   stream, run_options);
        else
          solvers::sampled_mdpo(problem,
                                {.rule = rule,
                                 .trajectories = plays,
                                 .discounted_visits = false,
                                 .iterations = kSampledPolicies + 1,
                                 .watch = of_soft},
                                stream, run_options);
      },
      observer);
}

std::vector<Piece> soft_pieces() {
  std::vector<Piece> all;
  for (const int plays : {20, 80})
    for (const bool off : {false, true})
      all.emplace_back([=](const Observer& observer) {
        return soft(fmt::format("{}, {} plays a policy", off ? "off-policy" : "on-policy", plays), off, plays,
                    observer);
      });
  all.emplace_back([](const Observer&) {
    return Findings{.notes = {"the same Garnet in unit rewards, lambda = 0.1, t_k = 1 / (lambda (k + 2)), closed form; "
                              "60 steps a play, means of ten seeds +- their standard error"}};
  });
  return all;
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
       .pieces = pieces},
      {.paper = "mdpo",
       .name = "sampled",
       .title = "MDPO from plays, on-policy and from a replay",
       .summary = "mean error after each policy with equal numbers of plays: a replay wastes none of them",
       .x = {.name = "policies k"},
       .y = {.name = "mean error over states, V* - V_k", .logarithmic = true},
       .heading = {"learner", "error at 30", "error at 100"},
       .pieces = sampled_pieces},
      {.paper = "mdpo",
       .name = "soft",
       .title = "Soft MDPO from plays",
       .summary = "mean distance from the soft optimum: with equal numbers of plays a replay comes far nearer",
       .x = {.name = "policies k"},
       .y = {.name = "mean distance from the soft optimum", .logarithmic = true},
       .heading = {"learner", "distance at 30", "distance at 100"},
       .pieces = soft_pieces}};
}

}  // namespace bellwether::studies
