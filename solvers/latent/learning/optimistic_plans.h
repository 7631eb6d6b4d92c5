#pragma once

#include <functional>
#include <span>
#include <vector>

#include "solvers/latent/learning/histories.h"

namespace bellwether::solvers {

/// A policy and the value that its plan promises: at most 1.
struct HistoryPlan {
  HistoryPolicy policy;
  double promised = 0;
};

/// The backup of one context: what choice k in state s is worth, when alpha[s'] is what the next states are.
using ContextBackup = std::function<double(int m, int s, int k, std::span<const double> alpha)>;

/// Alpha of a context from its rows and rewards: R + P alpha. The exact planner uses it.
ContextBackup plain_backup(const LatentTables& model);

/// Backward over all histories, with the weights of the model on the way down: each takes the choice with the largest
/// sum over m of b_m alpha_m, and carries the whole vector alpha up. Histories of weight 0 in every context take choice
/// 0 and `unseen` for alpha. Exact for plain_backup; docs/papers/lmdp-horizon-free.md. Cost: (SA)^horizon M.
HistoryPlan plan_by_weights(const LatentTables& model, int horizon, const ContextBackup& backup, double unseen);

/// The policy with the largest sum over m, s of w_m nu_m(s) alpha_m(s) for backups that are monotone in alpha: exact up
/// to `tolerance`, by the sets of undominated vectors alpha of each state and stage (a vector that none exceeds
/// anywhere cannot be left out, whatever the weights). `promised` includes the tolerance.
HistoryPlan plan_by_vectors(const LatentTables& model, int horizon, const ContextBackup& backup, double tolerance);

/// The bonus of MVP for latent models (Zhou, Wang and Du 2023):
///   max{ 4 sqrt(support Var iota / n), floor_factor S iota / n }, all times `factor`.
/// `law` is the empirical row. floor_factor is 16 in the paper: then law . alpha + bonus is monotone in alpha.
double mvp_bonus(std::span<const double> law, std::span<const double> alpha, double n, double iota, double factor = 1,
                 double floor_factor = 16);

/// The largest law . alpha over laws in the box |p - law| <= 2 sqrt(law iota / n) + 5 iota / n (widths times `factor`).
double best_in_box(std::span<const double> law, std::span<const double> alpha, double n, double iota,
                   double factor = 1);

}  // namespace bellwether::solvers
