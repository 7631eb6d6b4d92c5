#include "solvers/online/generative/empirical_model.h"

#include <algorithm>
#include <cassert>
#include <utility>

#include "mdp/operators.h"
#include "solvers/exact/discounted/discounted_auto.h"
#include "solvers/exact/discounted/policy_iteration.h"

namespace bellwether::online {
namespace {

/// What was drawn at least once makes a row.
mdp::TabularMdp model_of(const GenerativeWorld& world, std::span<const std::int64_t> counts, std::int64_t samples,
                         std::span<const double> rewards) {
  std::vector<std::int64_t> begin{0};
  std::vector<std::int32_t> successor;
  std::vector<double> probability;
  begin.reserve(world.choice_begin.size());
  successor.reserve(counts.size());
  probability.reserve(counts.size());
  for (std::size_t c = 0; c + 1 < world.choice_begin.size(); ++c) {
    for (auto i = static_cast<std::size_t>(world.choice_begin[c]);
         i < static_cast<std::size_t>(world.choice_begin[c + 1]); ++i) {
      if (counts[i] == 0) continue;
      successor.push_back(world.successor[i]);
      probability.push_back(static_cast<double>(counts[i]) / static_cast<double>(samples));
    }
    begin.push_back(static_cast<std::int64_t>(successor.size()));
  }
  // The world and the caller's rewards outlive the plan, which is all that this model is for.
  mdp::ModelData data;
  data.state_begin = {world.state_begin, nullptr};
  data.choice_begin = std::move(begin);
  data.successor = std::move(successor);
  data.probability = std::move(probability);
  data.rewards = {{.name = "reward", .expected = {rewards, nullptr}, .by_transition = {}}};
  return mdp::TabularMdp(std::move(data));
}

}  // namespace

EmpiricalModel::EmpiricalModel(const GenerativeWorld& world)
    : world_(world), counts_(world.successor.size()), policy_(static_cast<std::size_t>(world.num_states())) {}

void EmpiricalModel::draw(SampleSource& source, std::int64_t rounds) {
  for (std::int64_t c = 0; c < world_.num_choices(); ++c) {
    const auto first = static_cast<std::size_t>(world_.choice_begin[static_cast<std::size_t>(c)]);
    source.count(c, rounds, std::span(counts_).subspan(first));
  }
  samples_ += rounds;
}

bool EmpiricalModel::plan(std::span<const double> rewards, std::span<double> q,
                          const std::function<bool()>& keep_going) {
  assert(samples_ > 0);
  const solvers::Problem problem{.model = model_of(world_, counts_, samples_, rewards),
                                 .criterion = solvers::Criterion::kDiscounted,
                                 .discount = world_.discount};
  solvers::SolveOptions options{.tolerance = 1e-11 / (1 - world_.discount)};
  const bool small = world_.num_states() <= kMostStatesForLu;  // over before anybody could be asked
  if (keep_going && !small) options.observer = [&](const TraceRow&) { return keep_going(); };
  const solvers::Solution solution = small ? solvers::policy_iteration_from(problem, policy_, {}, options)
                                           : solvers::discounted_auto(problem, options);
  if (solution.status == Status::kStoppedByCaller) return false;
  policy_.assign(solution.policy.choices().begin(), solution.policy.choices().end());
  const std::span<const double> value(solution.value.data(), static_cast<std::size_t>(solution.value.size()));
  const mdp::Expectation expectation;
  for (std::int64_t c = 0; c < world_.num_choices(); ++c)
    q[static_cast<std::size_t>(c)] =
        rewards[static_cast<std::size_t>(c)] +
        world_.discount * expectation(problem.model.successors(c), problem.model.probabilities(c), value);
  return true;
}

}  // namespace bellwether::online
