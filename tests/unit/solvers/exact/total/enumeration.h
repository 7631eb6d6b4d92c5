#pragma once

#include <cmath>
#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <vector>

#include <Eigen/LU>

#include "mdp/graph/induced_chain.h"
#include "solvers/exact/total/total_reward.h"

namespace bellwether::test {

// The independent route: every deterministic policy, its chain solved densely, the best value kept. A policy's value
// is infinite where its chain meets a recurrent class with an average reward that is not zero.

inline double absolute_infinity() { return std::numeric_limits<double>::infinity(); }

/// Value of one policy in the caller's sign; NaN where it is not defined. `must_reach`: missing the goal is worth
/// `missing`.
inline Eigen::VectorXd policy_value(const solvers::Problem& problem, const mdp::Policy& policy, bool must_reach) {
  const bool reach = problem.criterion == solvers::Criterion::kReach;
  const mdp::MarkovChain chain = mdp::induced_chain(problem.model, policy);
  const int n = chain.num_states();
  std::vector<char> target(static_cast<std::size_t>(n), 0);
  for (const std::int32_t s : problem.target) target[static_cast<std::size_t>(s)] = 1;
  Eigen::MatrixXd p = Eigen::MatrixXd::Zero(n, n);
  Eigen::VectorXd r = Eigen::VectorXd::Zero(n);
  for (int s = 0; s < n; ++s) {
    if (target[static_cast<std::size_t>(s)]) {
      p(s, s) = 1;
      continue;
    }
    r[s] = reach ? 0 : chain.reward[static_cast<std::size_t>(s)];
    for (std::int64_t i = chain.row_begin[static_cast<std::size_t>(s)];
         i < chain.row_begin[static_cast<std::size_t>(s) + 1]; ++i)
      p(s, chain.successor[static_cast<std::size_t>(i)]) += chain.probability[static_cast<std::size_t>(i)];
  }
  // Paths by the closure of the graph; recurrent: everything reachable leads back.
  std::vector<std::vector<char>> path(static_cast<std::size_t>(n), std::vector<char>(static_cast<std::size_t>(n), 0));
  const auto at = [&](int i, int j) -> char& { return path[static_cast<std::size_t>(i)][static_cast<std::size_t>(j)]; };
  for (int i = 0; i < n; ++i)
    for (int j = 0; j < n; ++j) at(i, j) = p(i, j) > 0 || i == j;
  for (int k = 0; k < n; ++k)
    for (int i = 0; i < n; ++i)
      for (int j = 0; j < n; ++j) at(i, j) = at(i, j) || (at(i, k) && at(k, j));
  Eigen::VectorXd terminal = Eigen::VectorXd::Zero(n);
  std::vector<char> recurrent(static_cast<std::size_t>(n), 1);
  for (int s = 0; s < n; ++s)
    for (int t = 0; t < n; ++t)
      if (at(s, t) && !at(t, s)) recurrent[static_cast<std::size_t>(s)] = 0;
  const double missing = problem.maximise() ? -absolute_infinity() : absolute_infinity();
  for (int s = 0; s < n; ++s) {
    if (!recurrent[static_cast<std::size_t>(s)]) continue;
    if (target[static_cast<std::size_t>(s)]) {
      terminal[s] = reach ? 1 : 0;
      continue;
    }
    if (must_reach) {
      terminal[s] = missing;
      continue;
    }
    // Stationary distribution of the class by averaging powers of the lazy chain.
    Eigen::MatrixXd lazy = (p + Eigen::MatrixXd::Identity(n, n)) / 2;
    for (int k = 0; k < 14; ++k) lazy = lazy * lazy;
    const double gain = lazy.row(s).dot(r);
    bool rewarded = false;
    for (int t = 0; t < n; ++t) rewarded = rewarded || (at(s, t) && r[t] != 0);
    if (!rewarded) continue;
    terminal[s] = gain > 1e-9 ? absolute_infinity() : (gain < -1e-9 ? -absolute_infinity() : std::nan(""));
  }
  Eigen::VectorXd value(n);
  Eigen::MatrixXd a = Eigen::MatrixXd::Identity(n, n);
  Eigen::VectorXd b(n);
  std::vector<double> special(static_cast<std::size_t>(n), 0);
  for (int s = 0; s < n; ++s) {
    bool plus = false, minus = false, undefined = false;
    for (int t = 0; t < n; ++t) {
      if (!at(s, t) || !recurrent[static_cast<std::size_t>(t)]) continue;
      plus = plus || terminal[t] == absolute_infinity();
      minus = minus || terminal[t] == -absolute_infinity();
      undefined = undefined || std::isnan(terminal[t]);
    }
    if (undefined || (plus && minus))
      special[static_cast<std::size_t>(s)] = std::nan("");
    else if (plus)
      special[static_cast<std::size_t>(s)] = absolute_infinity();
    else if (minus)
      special[static_cast<std::size_t>(s)] = -absolute_infinity();
  }
  for (int s = 0; s < n; ++s) {
    if (recurrent[static_cast<std::size_t>(s)] || special[static_cast<std::size_t>(s)] != 0) {
      b[s] = std::isfinite(terminal[s]) ? terminal[s] : 0;
      continue;
    }
    a.row(s) -= p.row(s);
    b[s] = r[s];
  }
  value = a.fullPivLu().solve(b);
  for (int s = 0; s < n; ++s)
    if (special[static_cast<std::size_t>(s)] != 0) value[s] = special[static_cast<std::size_t>(s)];
  return value;
}

template <class Visit>
void for_each_policy(const mdp::TabularMdp& model, Visit&& visit) {
  std::vector<std::int32_t> choice(static_cast<std::size_t>(model.num_states()), 0);
  while (true) {
    visit(mdp::Policy::deterministic(choice));
    int s = 0;
    for (; s < model.num_states(); ++s) {
      if (++choice[static_cast<std::size_t>(s)] < model.num_choices(s)) break;
      choice[static_cast<std::size_t>(s)] = 0;
    }
    if (s == model.num_states()) return;
  }
}

/// The best value over deterministic policies; no value where some policy's is undefined.
inline std::optional<Eigen::VectorXd> best_value(const solvers::Problem& problem, bool must_reach) {
  const double sign = problem.sign();
  Eigen::VectorXd best = Eigen::VectorXd::Constant(problem.model.num_states(), -absolute_infinity());
  bool defined = true;
  for_each_policy(problem.model, [&](const mdp::Policy& policy) {
    const Eigen::VectorXd v = policy_value(problem, policy, must_reach);
    for (Eigen::Index s = 0; s < v.size(); ++s) {
      if (std::isnan(v[s]))
        defined = false;
      else
        best[s] = std::max(best[s], sign * v[s]);
    }
  });
  if (!defined) return std::nullopt;
  return sign * best;
}

using Planner = std::function<solvers::Solution(const solvers::Problem&, const solvers::TotalOptions&,
                                                const solvers::SolveOptions&)>;
struct NamedPlanner {
  const char* name;
  Planner solve;
};

inline std::vector<NamedPlanner> planners() {
  using namespace solvers;
  return {
      {"interval",
       [](const Problem& p, const TotalOptions& o, const SolveOptions& r) { return interval_iteration(p, {o}, r); }},
      {"optimistic", [](const Problem& p, const TotalOptions& o,
                        const SolveOptions& r) { return optimistic_value_iteration(p, {o}, r); }},
      {"topological", [](const Problem& p, const TotalOptions& o,
                         const SolveOptions& r) { return total_topological_value_iteration(p, {o}, r); }},
      {"policy", [](const Problem& p, const TotalOptions& o,
                    const SolveOptions& r) { return total_policy_iteration(p, {o}, r); }},
      {"auto", [](const Problem& p, const TotalOptions& o, const SolveOptions& r) { return total_auto(p, {o}, r); }},
      {"auto, sweeps first", [](const Problem& p, const TotalOptions& o, const SolveOptions& r) {
         return total_auto(p, {o, 0, 30}, r);
       }}};
}

}  // namespace bellwether::test
