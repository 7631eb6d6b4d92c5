#include "solvers/latent/registry.h"

#include <algorithm>
#include <string>

#include <fmt/format.h>

#include "core/text.h"
#include "mdp/latent/belief_model.h"
#include "solvers/latent/alpha_vectors.h"
#include "solvers/latent/belief_tree.h"
#include "solvers/latent/hsvi.h"
#include "solvers/latent/simple_policies.h"
#include "solvers/planner_table.h"

namespace bellwether::solvers {
namespace {

template <class Options, LatentSolution (*Planner)(const LatentProblem&, const Options&, const SolveOptions&)>
LatentRow row(std::string_view name, std::vector<Criterion> criteria, std::string_view page, std::string_view summary) {
  return planner_row<LatentRow, Options, Planner>(name, std::move(criteria), page, summary);
}

std::vector<LatentRow> make_table() {
  using enum Criterion;
  constexpr std::string_view kLatent = "docs/papers/latent-mdps.md", kPomdp = "docs/papers/pomdps.md";
  const std::vector<Criterion> both = {kDiscounted, kFinite}, finite = {kFinite};
  return {
      row<LatentAutoOptions, latent_auto>("auto", both, kPomdp,
                                          "the belief tree or exact vectors while they are few, else HSVI"),
      row<HsviOptions, hsvi>("hsvi", both, kPomdp, "searches where the proven bounds lie furthest apart"),
      row<BeliefTreeOptions, belief_tree>("belief-tree", finite, kLatent, "all beliefs that can be reached, exact"),
      row<AlphaVectorsOptions, alpha_vectors>("alpha-vectors", both, kPomdp,
                                              "exact at every belief, by incremental pruning"),
      row<MemorylessOptions, memoryless>("memoryless", both, kLatent,
                                         "the best policy that forgets all but the last "
                                         "observation"),
      row<OpenLoopOptions, open_loop>("open-loop", finite, kLatent, "the best fixed sequence of actions"),
  };
}

}  // namespace

std::span<const LatentRow> latent_table() {
  static const std::vector<LatentRow> rows = make_table();
  return rows;
}

const LatentRow& find_latent(std::string_view name, Criterion criterion) {
  return find_planner_row(
      latent_table(), name, [&](const LatentRow& row) { return row.solves(criterion); }, "",
      fmt::format("problems of the criterion {} with hidden states", to_string(criterion)));
}

namespace {

/// With how many vectors of one cell and stage exact vectors are the better choice at a horizon too long for the tree;
/// 0: never. Envelopes of cells with two places cost n log n. With more places every vector costs a linear program, so
/// that only a few pay, and only where a search, whose trials grow in number and in length with the horizon, is slow.
int worthwhile_vectors(const LatentProblem& problem) {
  constexpr int kOfTwoPlaces = 2000, kOfMorePlaces = 20, kLongForSearch = 1000;
  constexpr std::int64_t kNodes = 5'000'000;  // vectors of all stages are kept
  const mdp::BeliefModel model(problem.model, problem.sign());
  const int most = model.largest_cell() <= 2 ? kOfTwoPlaces : problem.horizon > kLongForSearch ? kOfMorePlaces : 0;
  const std::int64_t sets = std::int64_t{problem.horizon} * model.num_cells();
  return static_cast<int>(std::min<std::int64_t>(most, kNodes / sets));
}

}  // namespace

LatentSolution latent_auto(const LatentProblem& problem, const LatentAutoOptions&, const SolveOptions& run) {
  require_valid(problem);
  constexpr std::int64_t kSmall = 100'000;
  std::string why = "chosen by auto";
  if (problem.criterion == Criterion::kFinite) {
    if (problem.horizon > kSmall) {
      why += fmt::format(": the horizon is longer than {}", grouped(kSmall));
    } else {
      const std::int64_t most = std::min(kSmall, run.max_iterations);
      LatentSolution tree = belief_tree(problem, {.most_beliefs = most}, run);
      const bool all = tree.vectors < most && tree.status != Status::kStoppedByCaller;
      if (tree.status != Status::kBudgetExhausted) {
        tree.note =
            why + (all ? ": few beliefs can be reached; " : ": the belief tree while it is small; ") + tree.note;
        return tree;
      }
      why += fmt::format(": more than {} beliefs can be reached, counted stage by stage", grouped(most));
    }
    if (const int most = worthwhile_vectors(problem); most > 0) {
      LatentSolution exact = alpha_vectors(problem, {.most_vectors = most}, run);
      if (exact.status != Status::kBudgetExhausted) {
        exact.note = why + ", but few vectors say what they are worth; " + exact.note;
        return exact;
      }
      why += fmt::format(", and more than {}", counted(most, "vector"));
    }
  }
  LatentSolution solution = hsvi(problem, {}, run);
  solution.note = why + "; " + solution.note;
  return solution;
}

}  // namespace bellwether::solvers
