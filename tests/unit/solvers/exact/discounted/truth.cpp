#include "tests/unit/solvers/exact/discounted/truth.h"

#include <cmath>
#include <limits>

#include <Eigen/LU>

namespace bellwether::test {
namespace {

using LongMatrix = Eigen::Matrix<long double, Eigen::Dynamic, Eigen::Dynamic>;

long double read(double x, long double share) {
  if (x == 0) return 0;
  const double next =
      std::nextafter(x, share > 0 ? std::numeric_limits<double>::infinity() : -std::numeric_limits<double>::infinity());
  return x + std::abs(share) * (static_cast<long double>(next) - x) / 2;
}

long double look_ahead(const solvers::Problem& problem, std::int64_t choice, const LongVector& v,
                       const Reading& reading) {
  long double sum = 0, total = 0;
  for (std::size_t i = 0; i < problem.model.successors(choice).size(); ++i) {
    const long double p = problem.model.probabilities(choice)[i];
    sum += p * v[problem.model.successors(choice)[i]];
    total += p;
  }
  return read(problem.model.reward(choice), reading.reward) + read(problem.discount, reading.discount) * sum / total;
}

}  // namespace

LongVector policy_values(const solvers::Problem& problem, const std::vector<std::int32_t>& choice,
                         const Reading& reading) {
  const int states = problem.model.num_states();
  LongMatrix system = LongMatrix::Identity(states, states);
  LongVector reward(states);
  for (int s = 0; s < states; ++s) {
    const std::int64_t c = problem.model.first_choice(s) + choice[static_cast<std::size_t>(s)];
    long double total = 0;
    for (const double p : problem.model.probabilities(c)) total += p;
    for (std::size_t i = 0; i < problem.model.successors(c).size(); ++i) {
      system(s, problem.model.successors(c)[i]) -=
          read(problem.discount, reading.discount) * (problem.model.probabilities(c)[i] / total);
    }
    reward[s] = read(problem.model.reward(c), reading.reward);
  }
  const Eigen::PartialPivLU<LongMatrix> factors(system);
  LongVector v = factors.solve(reward);
  v += factors.solve(LongVector(reward - system * v));
  return v;
}

LongVector randomised_policy_values(const solvers::Problem& problem, const std::vector<double>& weight) {
  const int states = problem.model.num_states();
  LongMatrix system = LongMatrix::Identity(states, states);
  LongVector reward = LongVector::Zero(states);
  for (int s = 0; s < states; ++s) {
    const std::int64_t first = problem.model.first_choice(s), last = problem.model.first_choice(s + 1);
    long double whole = 0;
    for (std::int64_t c = first; c < last; ++c) whole += weight[static_cast<std::size_t>(c)];
    for (std::int64_t c = first; c < last; ++c) {
      const long double share = weight[static_cast<std::size_t>(c)] / whole;
      long double total = 0;
      for (const double p : problem.model.probabilities(c)) total += p;
      for (std::size_t i = 0; i < problem.model.successors(c).size(); ++i) {
        const long double p = problem.model.probabilities(c)[i] / total;
        system(s, problem.model.successors(c)[i]) -= problem.discount * share * p;
      }
      reward[s] += share * problem.model.reward(c);
    }
  }
  return Eigen::PartialPivLU<LongMatrix>(system).solve(reward);
}

LongVector optimal_values(const solvers::Problem& problem, const Reading& reading) {
  std::vector<std::int32_t> choice(static_cast<std::size_t>(problem.model.num_states()), 0);
  for (;;) {
    const LongVector v = policy_values(problem, choice, reading);
    const long double margin = 1e-17L * (1 + v.lpNorm<Eigen::Infinity>());
    bool changed = false;
    for (int s = 0; s < problem.model.num_states(); ++s) {
      const std::int64_t first = problem.model.first_choice(s);
      const long double kept = look_ahead(problem, first + choice[static_cast<std::size_t>(s)], v, reading);
      for (std::int64_t c = first; c < problem.model.first_choice(s + 1); ++c) {
        const long double gain = problem.sign() * (look_ahead(problem, c, v, reading) - kept);
        if (gain <= margin) continue;
        choice[static_cast<std::size_t>(s)] = static_cast<std::int32_t>(c - first);
        changed = true;
        break;
      }
    }
    if (!changed) return v;
  }
}

}  // namespace bellwether::test
