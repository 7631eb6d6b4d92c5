#include "solvers/online/generative/task.h"

#include <cmath>
#include <utility>

#include "core/errors.h"
#include "mdp/operators.h"
#include "solvers/exact/discounted/discounted_auto.h"
#include "solvers/online/discount.h"
#include "solvers/online/reward_range.h"

namespace bellwether::online {
namespace {

solvers::Solution solve(const mdp::TabularMdp& model, double discount) {
  double largest = 0;
  for (const double r : model.reward()) largest = std::max(largest, std::abs(r));
  const double scale = largest / (1 - discount);
  solvers::Solution solution =
      solvers::discounted_auto({.model = model, .criterion = solvers::Criterion::kDiscounted, .discount = discount},
                               {.tolerance = 1e-13 * scale});
  if (!(solution.gap <= 1e-7 * scale))
    throw InvalidModel("the optimal values of this model could not be computed: " + solution.note);
  return solution;
}

}  // namespace

GenerativeTask::GenerativeTask(const mdp::TabularMdp& model, double discount, mdp::LinearStructure linear)
    : model_(model),
      linear_(std::move(linear)),
      discount_(checked_discount(discount)),
      low_(reward_range(model).shift()),
      per_range_(reward_range(model).factor()),
      simulator_(with_unit_rewards(model)) {
  mdp::require_fit(linear_, model.num_choices());
  const solvers::Solution solution = solve(model, discount);
  optimal_.assign(solution.value.begin(), solution.value.end());
  gap_ = solution.gap;
  const mdp::Expectation expectation;
  for (std::int64_t c = 0; c < model.num_choices(); ++c)
    optimal_q_.push_back(model.reward(c) +
                         discount * expectation(model.successors(c), model.probabilities(c), optimal_));
}

}  // namespace bellwether::online
