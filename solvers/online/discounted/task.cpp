#include "solvers/online/discounted/task.h"

#include <cstddef>
#include <numeric>
#include <utility>

#include <Eigen/LU>
#include <fmt/format.h>

#include "core/errors.h"
#include "core/text.h"
#include "solvers/exact/discounted/policy_iteration.h"
#include "solvers/online/discount.h"
#include "solvers/online/reward_range.h"

namespace bellwether::online {
namespace {

std::size_t index(std::int64_t i) { return static_cast<std::size_t>(i); }

const mdp::TabularMdp& checked(const mdp::TabularMdp& model) {
  if (model.num_states() <= DiscountedTask::kMostStates) return model;
  throw InvalidModel(
      fmt::format("the model has {} states; the exact regret of episodes that end by chance is computed up to {}",
                  grouped(model.num_states()), grouped(DiscountedTask::kMostStates)));
}

}  // namespace

DiscountedTask::DiscountedTask(const mdp::TabularMdp& model, double discount, mdp::LinearStructure linear)
    : linear_(std::move(linear)),
      discount_(checked_discount(discount)),
      per_range_(reward_range(model).factor()),
      simulator_(with_unit_rewards(checked(model))),
      initial_(model.initial()) {
  mdp::require_fit(linear_, model.num_choices());
  const auto solution = solvers::policy_iteration(
      {.model = this->model(), .criterion = solvers::Criterion::kDiscounted, .discount = discount});
  optimum_ = (1 - discount) * std::inner_product(initial_.begin(), initial_.end(), solution.value.begin(), 0.0);
}

// The occupancy of states solves nu = (1 - gamma) nu_0 + gamma P_pi^T nu.
std::vector<double> DiscountedTask::occupancy(std::span<const double> policy) const {
  const mdp::TabularMdp& model = this->model();
  const int states = model.num_states();
  Eigen::MatrixXd system = Eigen::MatrixXd::Identity(states, states);
  for (int s = 0; s < states; ++s)
    for (std::int64_t c = model.first_choice(s); c < model.first_choice(s + 1); ++c)
      for (std::size_t i = 0; i < model.successors(c).size(); ++i)
        system(model.successors(c)[i], s) -= discount_ * policy[index(c)] * model.probabilities(c)[i];
  const Eigen::VectorXd nu =
      system.partialPivLu().solve((1 - discount_) * Eigen::Map<const Eigen::VectorXd>(initial_.data(), states));
  std::vector<double> mass(policy.size());
  for (int s = 0; s < states; ++s)
    for (std::int64_t c = model.first_choice(s); c < model.first_choice(s + 1); ++c)
      mass[index(c)] = nu[s] * policy[index(c)];
  return mass;
}

}  // namespace bellwether::online
