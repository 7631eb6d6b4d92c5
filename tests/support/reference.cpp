#include "tests/support/reference.h"

#include <algorithm>
#include <cstdint>

#include <Eigen/LU>

namespace bellwether::test {
namespace {

using Real = long double;
using Matrix = Eigen::Matrix<Real, Eigen::Dynamic, Eigen::Dynamic>;
using Vector = Eigen::Matrix<Real, Eigen::Dynamic, 1>;

/// r + discount * sum of p v / sum of p.
template <class Values>
Real choice_value(const mdp::TabularMdp& model, double discount, std::int64_t c, const Values& v) {
  Real sum = 0, total = 0;
  for (std::size_t i = 0; i < model.successors(c).size(); ++i) {
    const Real p = model.probabilities(c)[i];
    sum += p * v[model.successors(c)[i]];
    total += p;
  }
  return model.reward(c) + static_cast<Real>(discount) * sum / total;
}

Vector evaluate(const solvers::Problem& problem, const mdp::Policy& policy) {
  const mdp::TabularMdp& model = problem.model;
  Matrix system = Matrix::Identity(model.num_states(), model.num_states());
  Vector reward = Vector::Zero(model.num_states());
  for (int s = 0; s < model.num_states(); ++s) {
    for (std::int64_t c = model.first_choice(s); c < model.first_choice(s + 1); ++c) {
      const Real weight = policy.probability(model, s, c);
      if (weight == 0) continue;
      Real total = 0;
      for (const double p : model.probabilities(c)) total += p;
      reward[s] += weight * model.reward(c);
      for (std::size_t i = 0; i < model.successors(c).size(); ++i) {
        system(s, model.successors(c)[i]) -=
            static_cast<Real>(problem.discount) * weight * model.probabilities(c)[i] / total;
      }
    }
  }
  const Eigen::PartialPivLU<Matrix> factors(system);
  Vector value = factors.solve(reward);
  return value + factors.solve(reward - system * value);  // one refinement step
}

std::vector<Real> to_vector(const Vector& v) { return {v.data(), v.data() + v.size()}; }

}  // namespace

std::vector<long double> reference_policy_values(const solvers::Problem& problem, const mdp::Policy& policy) {
  return to_vector(evaluate(problem, policy));
}

std::vector<long double> reference_values(const solvers::Problem& problem) {
  const mdp::TabularMdp& model = problem.model;
  std::vector<std::int32_t> choice(static_cast<std::size_t>(model.num_states()), 0);
  const Real sign = problem.sign();
  for (;;) {
    const Vector value = evaluate(problem, mdp::Policy::deterministic(choice));
    const Real scale = std::max<Real>(value.cwiseAbs().maxCoeff(), 1e-300L);
    bool changed = false;
    for (int s = 0; s < model.num_states(); ++s) {
      std::int32_t& played = choice[static_cast<std::size_t>(s)];
      for (int k = 0; k < model.num_choices(s); ++k) {
        const Real gain = sign * (choice_value(model, problem.discount, model.first_choice(s) + k, value) -
                                  choice_value(model, problem.discount, model.first_choice(s) + played, value));
        if (gain > 1e-16L * scale) {
          played = k;
          changed = true;
        }
      }
    }
    if (!changed) return to_vector(value);
  }
}

std::vector<long double> reference_finite_values(const solvers::Problem& problem) {
  std::vector<Real> value(static_cast<std::size_t>(problem.model.num_states()), 0);
  for (int h = problem.horizon - 1; h >= 0; --h) {
    const mdp::TabularMdp& model = problem.stages.empty() ? problem.model : problem.stages[static_cast<std::size_t>(h)];
    std::vector<Real> next(value.size());
    for (int s = 0; s < model.num_states(); ++s) {
      Real best = choice_value(model, problem.discount, model.first_choice(s), value);
      for (std::int64_t c = model.first_choice(s) + 1; c < model.first_choice(s + 1); ++c) {
        const Real q = choice_value(model, problem.discount, c, value);
        best = problem.maximise() ? std::max(best, q) : std::min(best, q);
      }
      next[static_cast<std::size_t>(s)] = best;
    }
    value = std::move(next);
  }
  return value;
}

}  // namespace bellwether::test
