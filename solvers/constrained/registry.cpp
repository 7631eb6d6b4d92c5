#include "solvers/constrained/registry.h"

#include <cstdint>
#include <string>

#include <fmt/format.h>

#include "core/text.h"
#include "solvers/constrained/deterministic.h"
#include "solvers/constrained/dual_ascent.h"
#include "solvers/constrained/dual_search.h"
#include "solvers/constrained/first_order/methods.h"
#include "solvers/constrained/occupancy_lp.h"
#include "solvers/planner_table.h"

namespace bellwether::solvers {
namespace {

template <class Options, ConstrainedSolution (*Planner)(const ConstrainedProblem&, const Options&, const SolveOptions&)>
ConstrainedRow row(std::string_view name, std::vector<Criterion> criteria, int most_budgets, std::string_view page,
                   std::string_view summary) {
  auto made = planner_row<ConstrainedRow, Options, Planner>(name, std::move(criteria), page, summary);
  made.most_budgets = most_budgets;
  return made;
}

std::vector<ConstrainedRow> make_table() {
  using enum Criterion;
  constexpr std::string_view kPage = "docs/papers/constrained-mdps.md", kReload = "docs/papers/reload.md";
  const std::vector<Criterion> all = {kDiscounted, kFinite, kAverage}, one = {kDiscounted};
  return {
      row<ConstrainedAutoOptions, constrained_auto>("auto", all, 0, kPage, "looks at the size and picks a planner"),
      row<OccupancyLpOptions, occupancy_lp>("occupancy-lp", all, 0, kPage,
                                            "the linear program over occupancy measures, then proven"),
      row<DualBisectionOptions, dual_bisection>("dual-bisection", all, 1, kPage,
                                                "searches for the multiplier of one budget"),
      row<BundleOptions, bundle>("bundle", all, 0, kPage, "cutting planes in the multipliers, for large models"),
      row<DualAscentOptions, dual_ascent>("dual-ascent", all, 0, kPage,
                                          "subgradient steps of the multipliers, policies averaged"),
      row<DeterministicOptions, deterministic>("deterministic", one, 0, kPage,
                                               "the best policy that never draws, by branch and bound"),
      row<NpgPrimalDualOptions, npg_primal_dual>("npg-primal-dual", one, 0, kPage,
                                                 "natural policy gradient and dual descent, on average"),
      row<PidLagrangianOptions, pid_lagrangian>("pid-lagrangian", one, 0, kPage, "multipliers by a PID controller"),
      row<RpgPdOptions, rpg_pd>("rpg-pd", one, 0, kPage, "regularised: the last iterate settles near the optimum"),
      row<OpgPdOptions, opg_pd>("opg-pd", one, 0, kPage, "optimistic: the last iterate converges"),
      row<ExtraGradientOptions, extra_gradient>("extra-gradient", one, 0, kPage, "a fresh gradient at the half step"),
      row<CrpoOptions, crpo>("crpo", one, 0, kPage, "steps on the reward, or on the cost that is exceeded"),
      row<ReloadOptions, reload>("reload", one, 0, kReload, "optimistic mirror descent-ascent: the last iterate"),
      row<ReloadOccupancyOptions, reload_occupancy>("reload-occupancy", one, 0, kReload,
                                                    "the same on occupancy measures, for small models"),
  };
}

}  // namespace

std::span<const ConstrainedRow> constrained_table() {
  static const std::vector<ConstrainedRow> rows = make_table();
  return rows;
}

const ConstrainedRow& find_constrained(std::string_view name, Criterion criterion, int budgets) {
  return find_planner_row(
      constrained_table(), name, [&](const ConstrainedRow& row) { return row.solves(criterion, budgets); }, "",
      fmt::format("problems of the criterion {} with {}", to_string(criterion), counted(budgets, "budget")));
}

ConstrainedSolution constrained_auto(const ConstrainedProblem& problem, const ConstrainedAutoOptions&,
                                     const SolveOptions& run) {
  require_valid(problem);
  constexpr std::int64_t kMostColumns = 4000;  // a second of Clp
  std::int64_t columns = problem.model.model().num_choices();
  if (problem.criterion == Criterion::kFinite) columns *= problem.horizon;
  if (problem.criterion == Criterion::kAverage) columns *= 2;
  const bool small = columns <= kMostColumns;
  ConstrainedSolution solution = small                        ? occupancy_lp(problem, {}, run)
                                 : problem.num_budgets() == 1 ? dual_bisection(problem, {}, run)
                                                              : bundle(problem, {}, run);
  const std::string why =
      small ? "chosen by auto: the linear program is small"
            : fmt::format("chosen by auto: the linear program would have {} columns", grouped(columns));
  return explained(std::move(solution), why);
}

}  // namespace bellwether::solvers
