#pragma once

#include <functional>
#include <optional>
#include <utility>
#include <vector>

#include <gmpxx.h>

#include "core/stream.h"
#include "mdp/tabular_mdp.h"
#include "mdp/tabular_mdp_builder.h"
#include "solvers/problem.h"

namespace bellwether::solvers::rational {

// The slow routes that the exact engine is compared with: dense elimination, and all policies one by one.

using DenseMatrix = std::vector<std::vector<mpz_class>>;

/// Fraction-free elimination (Bareiss): x = numerator / determinant, nothing when singular.
inline std::optional<std::vector<mpq_class>> bareiss(DenseMatrix a, const std::vector<mpz_class>& b) {
  const std::size_t n = b.size();
  for (std::size_t i = 0; i < n; ++i) a[i].push_back(b[i]);
  mpz_class previous = 1;
  for (std::size_t k = 0; k < n; ++k) {
    std::size_t pivot = k;
    while (pivot < n && a[pivot][k] == 0) ++pivot;
    if (pivot == n) return std::nullopt;
    std::swap(a[pivot], a[k]);
    for (std::size_t i = 0; i < n; ++i) {
      if (i == k) continue;
      for (std::size_t j = k + 1; j <= n; ++j) a[i][j] = (a[k][k] * a[i][j] - a[i][k] * a[k][j]) / previous;
      a[i][k] = 0;
    }
    previous = a[k][k];
    for (std::size_t i = 0; i < k; ++i) a[i][i] = previous;
  }
  std::vector<mpq_class> x;
  for (std::size_t i = 0; i < n; ++i) {
    x.emplace_back(a[i][n], a[i][i]);
    x.back().canonicalize();
  }
  return x;
}

/// Dense elimination over the rationals for systems given by rationals.
inline std::vector<mpq_class> solve_dense(const std::vector<std::vector<mpq_class>>& a,
                                          const std::vector<mpq_class>& b) {
  DenseMatrix integers;
  std::vector<mpz_class> rhs;
  for (std::size_t i = 0; i < b.size(); ++i) {
    mpz_class common = b[i].get_den();
    for (const auto& entry : a[i]) common = lcm(common, entry.get_den());
    integers.emplace_back();
    for (const auto& entry : a[i]) integers.back().emplace_back(entry.get_num() * (common / entry.get_den()));
    rhs.emplace_back(b[i].get_num() * (common / b[i].get_den()));
  }
  return bareiss(std::move(integers), rhs).value();
}

/// A random model whose numbers are exact in binary: probabilities in sixteenths, rewards in quarters.
inline mdp::TabularMdp random_dyadic_model(int states, int choices, int branching, Stream draws,
                                           double lowest_reward = -2) {
  mdp::TabularMdpBuilder builder(states);
  for (int s = 0; s < states; ++s)
    for (int c = 0; c < choices; ++c) {
      std::vector<mdp::Entry> row;
      int left = 16;
      for (int j = 0; j < branching && left > 0; ++j) {
        const int part = j + 1 == branching ? left : static_cast<int>(draws.below(left + 1));
        if (part > 0) row.push_back({static_cast<int>(draws.below(states)), part / 16.0});
        left -= part;
      }
      builder.add_choice(s, lowest_reward + static_cast<double>(draws.below(17)) / 4, row);
    }
  return std::move(builder).build();
}

/// Calls `visit` with every deterministic policy (local choice of each state).
inline void for_each_policy(const mdp::TabularMdp& model,
                            const std::function<void(const std::vector<std::int32_t>&)>& visit) {
  std::vector<std::int32_t> policy(model.num_states(), 0);
  for (;;) {
    visit(policy);
    int s = 0;
    while (s < model.num_states() && ++policy[s] == model.num_choices(s)) policy[s++] = 0;
    if (s == model.num_states()) return;
  }
}

/// The transition matrix of a policy, its numbers taken as the doubles are.
inline std::vector<std::vector<mpq_class>> chain_of(const mdp::TabularMdp& model,
                                                    const std::vector<std::int32_t>& policy) {
  std::vector<std::vector<mpq_class>> p(model.num_states(), std::vector<mpq_class>(model.num_states(), 0));
  for (int s = 0; s < model.num_states(); ++s) {
    const auto choice = model.first_choice(s) + policy[s];
    const auto next = model.successors(choice);
    for (std::size_t k = 0; k < next.size(); ++k) p[s][next[k]] += mpq_class(model.probabilities(choice)[k]);
  }
  return p;
}

/// reach[s][t]: t can be reached from s (or s = t).
inline std::vector<std::vector<char>> closure(const std::vector<std::vector<mpq_class>>& p) {
  const std::size_t n = p.size();
  std::vector<std::vector<char>> reach(n, std::vector<char>(n, false));
  for (std::size_t s = 0; s < n; ++s)
    for (std::size_t t = 0; t < n; ++t) reach[s][t] = s == t || p[s][t] != 0;
  for (std::size_t k = 0; k < n; ++k)
    for (std::size_t s = 0; s < n; ++s)
      for (std::size_t t = 0; t < n; ++t) reach[s][t] = reach[s][t] || (reach[s][k] && reach[k][t]);
  return reach;
}

}  // namespace bellwether::solvers::rational
