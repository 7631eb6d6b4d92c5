#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "core/options.h"
#include "solvers/latent/problem.h"
#include "solvers/latent/solution.h"

namespace bellwether::solvers {

/// One planner for hidden states: what the command line and the generated lists know of it.
struct LatentRow {
  std::string_view name;  ///< "hsvi"
  std::vector<Criterion> criteria;
  std::string_view summary;
  std::string_view page;
  std::vector<OptionRow> (*options)();
  /// InvalidOption when a setting is unknown or inadmissible.
  LatentSolution (*run)(const LatentProblem& problem, const std::vector<Setting>& settings, const SolveOptions& run);

  bool solves(Criterion criterion) const;
};

/// All of them, `auto` first.
std::span<const LatentRow> latent_table();

/// The planner of that name for the criterion. InvalidOption, with what was probably meant, when there is none.
const LatentRow& find_latent(std::string_view name, Criterion criterion);

struct LatentAutoOptions {};
template <class Field>
void describe(LatentAutoOptions&, Field&&) {}

/// Finite horizon: the belief tree while it stays small, which is exact; otherwise HSVI. The note says which.
LatentSolution latent_auto(const LatentProblem& problem, const LatentAutoOptions& options = {},
                           const SolveOptions& run = {});

}  // namespace bellwether::solvers
