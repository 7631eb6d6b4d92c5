#include "proofs_checks/planning/models.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <stdexcept>
#include <utility>

#include <fmt/format.h>

#include "mdp/instances/deep_sea.h"
#include "mdp/instances/garnet.h"
#include "mdp/instances/riverswim.h"
#include "solvers/exact/discounted/policy_iteration.h"

namespace bellwether::claims {
namespace {

solvers::Problem discounted_problem(mdp::TabularMdp model, double discount) {
  return {.model = std::move(model), .criterion = solvers::Criterion::kDiscounted, .discount = discount};
}

/// The same model with rewards r - 1.
mdp::TabularMdp with_losses(const mdp::TabularMdp& model) {
  std::vector<double> reward(model.reward().begin(), model.reward().end());
  for (double& r : reward) r -= 1;
  return model.with_expected_rewards(std::move(reward));
}

}  // namespace

mdp::TabularMdp drawn_garnet(int states, int actions, int successors, Stream& stream) {
  return mdp::garnet({.states = states,
                      .actions = actions,
                      .successors = successors,
                      .seed = static_cast<std::int64_t>(stream.below(1'000'000'000))})
      .model;
}

std::vector<Case> discounted_cases(const Effort& effort) {
  std::vector<Case> cases;
  cases.push_back({"riverswim", discounted_problem(mdp::riverswim().model, 0.95)});
  cases.push_back({"deep-sea", discounted_problem(mdp::deep_sea({.size = 6}).model, 0.9)});
  Stream stream = effort.stream.child("models");
  const int scale = effort.pick(1, 5);
  for (const double discount : {0.5, 0.9, 0.99, 0.999}) {
    for (int i = 0; i < effort.pick(2, 10); ++i) {
      const mdp::TabularMdp garnet = drawn_garnet(15 * scale, 3, 4, stream);
      // Every second one with rewards on [-1, 0]: bounds that are safe on one side of zero only must show.
      cases.push_back({fmt::format("garnet {} ({})", i, discount),
                       discounted_problem(i % 2 == 0 ? garnet : with_losses(garnet), discount)});
    }
  }
  return cases;
}

mdp::Policy drawn_policy(const mdp::TabularMdp& model, Stream& stream) {
  std::vector<std::int32_t> choice(static_cast<std::size_t>(model.num_states()));
  for (int s = 0; s < model.num_states(); ++s) {
    choice[static_cast<std::size_t>(s)] =
        static_cast<std::int32_t>(stream.below(static_cast<std::uint64_t>(model.num_choices(s))));
  }
  return mdp::Policy::deterministic(std::move(choice));
}

mdp::Policy drawn_randomised_policy(const mdp::TabularMdp& model, Stream& stream) {
  std::vector<double> weight(static_cast<std::size_t>(model.num_choices()));
  for (int s = 0; s < model.num_states(); ++s) {
    double sum = 0;
    for (std::int64_t c = model.first_choice(s); c < model.first_choice(s + 1); ++c)
      sum += weight[static_cast<std::size_t>(c)] = 0.01 + stream.uniform();
    for (std::int64_t c = model.first_choice(s); c < model.first_choice(s + 1); ++c)
      weight[static_cast<std::size_t>(c)] /= sum;
  }
  return mdp::Policy::randomised(std::move(weight));
}

std::vector<double> drawn_values(int size, double scale, Stream& stream) {
  std::vector<double> values(static_cast<std::size_t>(size));
  for (double& v : values) v = scale * (2 * stream.uniform() - 1);
  return values;
}

double distance(std::span<const double> a, std::span<const double> b) {
  double largest = 0;
  for (std::size_t i = 0; i < a.size(); ++i) largest = std::max(largest, std::abs(a[i] - b[i]));
  return largest;
}

double norm(std::span<const double> v) {
  double largest = 0;
  for (const double x : v) largest = std::max(largest, std::abs(x));
  return largest;
}

Truth::Truth(const Case& on) {
  const solvers::Solution solution = solvers::policy_iteration(on.problem, {}, {.tolerance = 1e-12});
  value.assign(solution.value.begin(), solution.value.end());
  error = solution.gap;
  // Whatever is compared with a wide truth holds.
  if (!(error <= 1e-9 * (1 + norm(value))))
    throw std::runtime_error(fmt::format("V* is known to {} only on {}", error, on.name));
}

}  // namespace bellwether::claims
