#include "solvers/constrained/pareto/pareto_value_iteration.h"

#include <algorithm>
#include <span>
#include <utility>

#include <fmt/format.h>

#include "core/errors.h"
#include "mdp/evaluate/policy_chain.h"

namespace bellwether::solvers {
namespace {

/// A vector and where it came from: the choice and the number of the vector at the successor.
struct Reached {
  Objectives value;
  std::int32_t choice = 0;
  std::size_t after = 0;
};

/// Best in the first objective first; then one pass against those kept suffices.
std::vector<Reached> pruned(std::vector<Reached> all) {
  std::stable_sort(all.begin(), all.end(), [](const Reached& a, const Reached& b) { return a.value > b.value; });
  std::vector<Reached> kept;
  for (Reached& candidate : all) {
    const bool covered = std::any_of(kept.begin(), kept.end(), [&](const Reached& other) {
      return other.value == candidate.value || dominates(other.value, candidate.value);
    });
    if (!covered) kept.push_back(std::move(candidate));
  }
  return kept;
}

void require_deterministic(const mdp::TabularMdp& model, int stage) {
  for (int s = 0; s < model.num_states(); ++s) {
    for (std::int64_t c = model.first_choice(s); c < model.first_choice(s + 1); ++c) {
      if (model.successors(c).size() == 1) continue;
      throw InvalidModel(
          fmt::format("pareto-value-iteration: stage {}, state {}, action {} has {} successors, must have one", stage,
                      model.state_name(s), model.action_name(model.action(c)), model.successors(c).size()));
    }
  }
}

int first_state(const mdp::TabularMdp& model) {
  const std::vector<double> initial = model.initial();
  const auto starts = std::count_if(initial.begin(), initial.end(), [](double p) { return p > 0; });
  if (starts != 1)
    throw InvalidModel(fmt::format("pareto-value-iteration: the play begins in {} states, must begin in one", starts));
  return static_cast<int>(std::find_if(initial.begin(), initial.end(), [](double p) { return p > 0; }) -
                          initial.begin());
}

}  // namespace

std::vector<ParetoPlan> pareto_value_iteration(const MultiObjectiveProblem& problem,
                                               const ParetoValueIterationOptions& options) {
  bellwether::require_valid("pareto-value-iteration", options);
  require_valid(problem);
  const Problem& question = problem.question;
  if (question.criterion != Criterion::kFinite) {
    throw InvalidOption(
        fmt::format("pareto-value-iteration: the criterion is {}, must be finite", to_string(question.criterion)));
  }
  require_valid(question);
  const int start = first_state(question.model), horizon = question.horizon;
  const auto states = static_cast<std::size_t>(question.model.num_states());
  const auto model_at = [&](int h) -> const mdp::TabularMdp& {
    return question.stages.empty() ? question.model : question.stages[static_cast<std::size_t>(h)];
  };
  std::vector<std::vector<std::vector<Reached>>> sets(static_cast<std::size_t>(horizon) + 1);
  sets.back().assign(states, {{.value = Objectives(problem.objectives.size(), 0.0)}});
  for (int h = horizon - 1; h >= 0; --h) {
    const mdp::TabularMdp& model = model_at(h);
    require_deterministic(model, h);
    std::vector<std::span<const double>> columns;
    for (const std::string& name : problem.objectives) columns.push_back(mdp::column_values(model, name));
    auto& here = sets[static_cast<std::size_t>(h)];
    const auto& next = sets[static_cast<std::size_t>(h) + 1];
    here.resize(states);
    std::int64_t points = 0;
    for (int s = 0; s < model.num_states(); ++s) {
      std::vector<Reached> all;
      for (std::int64_t c = model.first_choice(s); c < model.first_choice(s + 1); ++c) {
        const auto& after = next[static_cast<std::size_t>(model.successors(c)[0])];
        for (std::size_t j = 0; j < after.size(); ++j) {
          Reached reached{.value = {}, .choice = static_cast<std::int32_t>(c - model.first_choice(s)), .after = j};
          for (std::size_t k = 0; k < columns.size(); ++k)
            reached.value.push_back(columns[k][static_cast<std::size_t>(c)] + question.discount * after[j].value[k]);
          all.push_back(std::move(reached));
        }
      }
      here[static_cast<std::size_t>(s)] = pruned(std::move(all));
      points += static_cast<std::int64_t>(here[static_cast<std::size_t>(s)].size());
    }
    if (points > options.most_points) {
      throw InvalidOption(fmt::format("pareto-value-iteration: stage {} holds {} points, 'most_points' is {}", h,
                                      points, options.most_points));
    }
  }
  std::vector<ParetoPlan> plans;
  const auto& first = sets.front()[static_cast<std::size_t>(start)];
  for (std::size_t j = 0; j < first.size(); ++j) {
    ParetoPlan plan{.value = first[j].value, .choices = {}};
    int s = start;
    std::size_t at = j;
    for (int h = 0; h < horizon; ++h) {
      const Reached& step = sets[static_cast<std::size_t>(h)][static_cast<std::size_t>(s)][at];
      plan.choices.push_back(step.choice);
      at = step.after;
      s = model_at(h).successors(model_at(h).first_choice(s) + step.choice)[0];
    }
    plans.push_back(std::move(plan));
  }
  std::reverse(plans.begin(), plans.end());  // by the first objective, ascending
  return plans;
}

}  // namespace bellwether::solvers
