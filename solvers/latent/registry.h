#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "core/options.h"
#include "solvers/latent/problem.h"
#include "solvers/latent/solution.h"
#include "solvers/planner_row.h"

namespace bellwether::solvers {

using LatentRow = PlannerRow<LatentProblem, LatentSolution>;

/// All of them, `auto` first.
std::span<const LatentRow> latent_table();

/// The planner of that name for the criterion. InvalidOption, with what was probably meant, when there is none.
const LatentRow& find_latent(std::string_view name, Criterion criterion);

struct LatentAutoOptions {};
template <class Field>
void describe(LatentAutoOptions&, Field&&) {}

/// Finite horizon: the belief tree while it stays small, which is exact; then exact alpha vectors while they stay few,
/// as they may at the longest horizons; otherwise HSVI. The note says which.
LatentSolution latent_auto(const LatentProblem& problem, const LatentAutoOptions& options = {},
                           const SolveOptions& run = {});

}  // namespace bellwether::solvers
