#include "solvers/latent/registry.h"

#include <algorithm>
#include <string>

#include <fmt/format.h>

#include "core/errors.h"
#include "core/text.h"
#include "solvers/latent/alpha_vectors.h"
#include "solvers/latent/belief_tree.h"
#include "solvers/latent/hsvi.h"
#include "solvers/latent/simple_policies.h"

namespace bellwether::solvers {
namespace {

template <class Options, LatentSolution (*Planner)(const LatentProblem&, const Options&, const SolveOptions&)>
LatentRow row(std::string_view name, std::vector<Criterion> criteria, std::string_view page, std::string_view summary) {
  return {.name = name,
          .criteria = std::move(criteria),
          .summary = summary,
          .page = page,
          .options = [] { return option_rows<Options>(); },
          .run =
              [](const LatentProblem& problem, const std::vector<Setting>& settings, const SolveOptions& run) {
                Options options;
                apply_settings("solve", options, settings);
                return Planner(problem, options, run);
              }};
}

std::vector<LatentRow> make_table() {
  using enum Criterion;
  constexpr std::string_view kLatent = "docs/papers/latent-mdps.md", kPomdp = "docs/papers/pomdps.md";
  const std::vector<Criterion> both = {kDiscounted, kFinite}, finite = {kFinite};
  return {
      row<LatentAutoOptions, latent_auto>("auto", both, kPomdp, "the belief tree while it is small, else HSVI"),
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

bool LatentRow::solves(Criterion criterion) const {
  return std::find(criteria.begin(), criteria.end(), criterion) != criteria.end();
}

std::span<const LatentRow> latent_table() {
  static const std::vector<LatentRow> rows = make_table();
  return rows;
}

const LatentRow& find_latent(std::string_view name, Criterion criterion) {
  std::vector<std::string> all, fitting;
  bool known = false;
  for (const LatentRow& candidate : latent_table()) {
    if (candidate.name == name && candidate.solves(criterion)) return candidate;
    known = known || candidate.name == name;
    all.emplace_back(candidate.name);
    if (candidate.solves(criterion)) fitting.emplace_back(candidate.name);
  }
  if (known) {
    throw InvalidOption(fmt::format("algorithm '{}' does not solve problems of the criterion {} with hidden states{}",
                                    name, to_string(criterion),
                                    fitting.empty() ? "" : "; these do: " + join_names(fitting)));
  }
  const auto near = nearest_name(name, all);
  throw InvalidOption(fmt::format("no algorithm for problems with hidden states is named '{}'{}", name,
                                  near ? fmt::format("; did you mean '{}'?", *near) : "; there is " + join_names(all)));
}

LatentSolution latent_auto(const LatentProblem& problem, const LatentAutoOptions&, const SolveOptions& run) {
  require_valid(problem);
  constexpr std::int64_t kSmall = 100'000;
  std::string why = "chosen by auto";
  if (problem.criterion == Criterion::kFinite) {
    LatentSolution tree = belief_tree(problem, {.most_beliefs = kSmall}, run);
    if (tree.status != Status::kBudgetExhausted) {
      tree.note = why + ": few beliefs can be reached; " + tree.note;
      return tree;
    }
    why += fmt::format(": more than {} beliefs can be reached", grouped(kSmall));
  }
  LatentSolution solution = hsvi(problem, {}, run);
  solution.note = why + "; " + solution.note;
  return solution;
}

}  // namespace bellwether::solvers
