// Linear programs on what was seen: optimism, feasibility, safety, and how fast limits are learnt.
#include <algorithm>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "proofs_checks/constrained_regret/claims.h"
#include "proofs_checks/constrained_regret/tasks.h"
#include "solvers/online/constrained/program_learners.h"

namespace bellwether::claims {
namespace {

using online::ConstrainedRow;

constexpr const char* kPage = "docs/papers/constrained-regret.md";
constexpr const char* kFamily = "constrained-regret";
constexpr double kDelta = .05;

/// Counts the runs of a learner for which `broken` is positive.
template <class Broken>
Measurement runs_that(const Effort& effort, std::string_view learner, const std::string& constant,
                      std::int64_t episodes, Broken&& broken) {
  const int runs = effort.pick(6, 60);
  std::int64_t violated = 0, most = 0;
  for (int k = 0; k < runs; ++k) {
    const auto task = budget_task(effort.run(k).child("model"), 3, 2, 3);
    const std::int64_t count = broken(played(task, learner, constant, effort.run(k), episodes).last);
    violated += count > 0;
    most = std::max(most, count);
  }
  return never(violated, runs, kDelta, fmt::format("{} episodes in the worst run", most));
}

std::int64_t broken_optimism(const ConstrainedRow& row) { return row.broken_optimism; }
std::int64_t infeasible(const ConstrainedRow& row) { return row.baseline; }

Claim optimism_claim() {
  return {.id = "opt-lp-optimism",
          .family = kFamily,
          .statement = "The program of OptLP is worth the optimum under the limits or more in every episode",
          .page = kPage,
          .theorem = "Efroni, Mannor and Pirotta 2020, optimism of OptCMDP-bonus",
          .kind = Kind::kNever,
          .measure = [](const Effort& e) { return runs_that(e, "opt-lp", "theory", 150, broken_optimism); },
          .controls = {{"no-bonus", "takes the empirical model for the true one",
                        [](const Effort& e) { return runs_that(e, "opt-lp", "0", 150, broken_optimism); }}}};
}

Claim interval_optimism_claim() {
  return {.id = "opt-cmdp-optimism",
          .family = kFamily,
          .statement = "The program of OptCMDP is worth the optimum under the limits or more in every episode",
          .page = kPage,
          .theorem = "Efroni, Mannor and Pirotta 2020, optimism of OptCMDP",
          .kind = Kind::kNever,
          .measure = [](const Effort& e) { return runs_that(e, "opt-cmdp", "theory", 100, broken_optimism); },
          .controls = {{"no-intervals", "takes the empirical model for the true one", [](const Effort& e) {
                          return runs_that(e, "opt-cmdp", "0", 100, [](const ConstrainedRow& row) {
                            return row.broken_optimism + row.baseline;
                          });
                        }}}};
}

Claim feasible_claim() {
  return {.id = "optimistic-programs-feasible",
          .family = kFamily,
          .statement = "Where the limits can be kept to, the programs of OptLP and OptCMDP have a solution",
          .page = kPage,
          .theorem = "Efroni, Mannor and Pirotta 2020: the true optimum is feasible for both",
          .kind = Kind::kNever,
          .measure =
              [](const Effort& e) {
                Measurement first = runs_that(e, "opt-lp", "theory", 100, infeasible);
                const Measurement second = runs_that(e, "opt-cmdp", "theory", 100, infeasible);
                return second.measured > first.measured ? second : first;
              },
          .controls = {{"pessimistic-costs", "adds the bonus to the costs, as OptPess-LP does",
                        [](const Effort& e) { return runs_that(e, "opt-pess-lp", "theory", 100, infeasible); }}}};
}

Measurement over_limit(const Effort& effort, double cost_bonus, bool intervals) {
  const int runs = effort.pick(6, 60);
  constexpr std::int64_t kEpisodes = 600;
  std::int64_t violated = 0, own = 0;
  for (int k = 0; k < runs; ++k) {
    const auto task = budget_task(effort.run(k).child("model"), 3, 2, 3);
    const auto world = world_of(task, kEpisodes);
    const online::ProgramLearnerOptions options{.constant = "practical"};
    const auto agent = intervals ? online::make_dope(world, options, effort.run(k))
                                 : online::make_opt_pess_lp_with(world, options, cost_bonus);
    const ConstrainedRow row = played(task, *agent, effort.run(k), kEpisodes).last;
    violated += row.violating > 0;
    own += row.own;
  }
  return never(violated, runs, kDelta,
               fmt::format("{:.3g} of the episodes not the baseline's",
                           static_cast<double>(own) / static_cast<double>(runs * kEpisodes)));
}

Claim safety_claim(bool intervals) {
  return {.id = intervals ? "dope-keeps-to-limits" : "opt-pess-lp-keeps-to-limits",
          .family = kFamily,
          .statement = intervals ? "DOPE breaks a limit in no episode while its intervals hold"
                                 : "OptPess-LP breaks a limit in no episode while its bonus is large enough",
          .page = kPage,
          .theorem = intervals ? "Bura et al. 2022, Theorem 1" : "Liu et al. 2021, Theorem 3",
          .kind = Kind::kNever,
          .measure = [=](const Effort& e) { return over_limit(e, 1, intervals); },
          .controls = {{"no-cost-bonus", "takes the bonus away from the costs, not from the rewards",
                        [](const Effort& e) { return over_limit(e, 0, false); }}}};
}

/// Slopes of ln hard violation against ln episodes over the last decade of a run.
Measurement hard_slopes(const Effort& effort, std::string_view learner, const std::string& constant) {
  constexpr std::int64_t kEpisodes = 20'000;
  std::vector<double> slopes;
  for (int k = 0; k < effort.pick(24, 60); ++k) {
    const auto task = budget_task(effort.run(k).child("model"), 4, 2, 4);
    const auto run = played(task, learner, constant, effort.run(k), kEpisodes);
    std::vector<double> x, y;
    for (const ConstrainedRow& row : run.rows) {
      if (row.episodes < kEpisodes / 10 || !(row.largest_hard() > 0)) continue;
      x.push_back(static_cast<double>(row.episodes));
      y.push_back(row.largest_hard());
    }
    if (x.size() > 5) slopes.push_back(log_slope(x, y));
  }
  return slope_within(slopes, 0, .75, "growth of the hard violation over the last decade");
}

Claim slope_claim() {
  return {.id = "opt-lp-hard-violation-slope",
          .family = kFamily,
          .statement = "OptLP's violation, without credit for room, grows nearer to the root than to the episodes",
          .page = kPage,
          .theorem = "the order sqrt K of Efroni, Mannor and Pirotta 2020; a scaled run, slope below 3/4",
          .kind = Kind::kRate,
          .measure = [](const Effort& e) { return hard_slopes(e, "opt-lp", "practical"); },
          .controls = {{"no-limits", "looks for the best policy without limits",
                        [](const Effort& e) { return hard_slopes(e, "bpi-ucb", "practical"); }}}};
}

}  // namespace

std::vector<Claim> limit_program_claims() {
  return {optimism_claim(),    interval_optimism_claim(), feasible_claim(),
          safety_claim(false), safety_claim(true),        slope_claim()};
}

std::vector<Claim> constrained_regret_claims() {
  std::vector<Claim> table = limit_program_claims();
  for (auto& part : {limit_bound_claims(), step_mixture_claims()}) table.insert(table.end(), part.begin(), part.end());
  return table;
}

}  // namespace bellwether::claims
