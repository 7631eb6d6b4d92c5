#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include <Eigen/Core>

#include "mdp/operators.h"
#include "solvers/problem.h"

namespace bellwether::solvers::discounted {

// The Bellman operator of a discounted problem, in the forms its solvers need. T takes the best choice of each state in
// the problem's direction.

using Choices = std::vector<std::int32_t>;  ///< one choice a state, counted within the state

inline std::span<const double> view(const Eigen::VectorXd& v) { return {v.data(), static_cast<std::size_t>(v.size())}; }
inline std::span<double> view(Eigen::VectorXd& v) { return {v.data(), static_cast<std::size_t>(v.size())}; }

/// Calls f with mdp::Largest or mdp::Smallest, whichever the direction asks for.
template <class F>
decltype(auto) with_choose(const Problem& problem, F&& f) {
  return problem.maximise() ? f(mdp::Largest{}) : f(mdp::Smallest{});
}

/// Every choice of the state is a self-loop.
bool cannot_be_left(const mdp::TabularMdp& model, int s);

/// out = Tv.
mdp::Change jacobi_sweep(const Problem& problem, std::span<const double> v, std::span<double> out);

/// out = Tv, and the best choice of each state: the lowest index among equals.
mdp::Change greedy_sweep(const Problem& problem, std::span<const double> v, std::span<double> out, Choices& choice);

/// out = Tv; choices change only where the best one beats the present one by more than `margin`, so that ties (exact,
/// or made by rounding) never make a policy wander.
mdp::Change keeping_sweep(const Problem& problem, std::span<const double> v, std::span<double> out, double margin,
                          Choices& choice);

}  // namespace bellwether::solvers::discounted
