#pragma once

#include <vector>

#include "core/stream.h"
#include "mdp/robust/robust_mdp.h"
#include "solvers/lp/linear_program.h"

namespace bellwether::mdp::test {

// Independent answers: linear programs for sets that are polytopes, long double for balls that are round.

/// A row under test.
struct TestRow {
  std::vector<double> p, z, w, lower, upper;
  std::vector<std::vector<double>> cost;

  std::size_t size() const { return p.size(); }
};

/// Up to `most` outcomes: ties among values, zeros among probabilities (unless `positive`), values of any scale.
TestRow random_row(Stream& stream, int most, bool positive);

/// A radius for the row: zero, tiny, moderate, at a corner of the set, saturating or huge.
double random_radius(Stream& stream, const TestRow& row);

/// min q.z by Clp.
double lp_value(SetKind kind, const TestRow& row, double k);

/// min q.z + price * distance: by Clp for L1 and total variation, in long double for KL and chi-square.
long double paid_value(SetKind kind, const TestRow& row, double price);

/// The least u with q_a.z_a <= u for all rows and distances that sum to at most k, by Clp.
double lp_game_value(SetKind kind, const std::vector<TestRow>& rows, double k);

/// min over budgets of sum weight_a q_a.z_a by Clp.
double lp_policy_value(SetKind kind, const std::vector<TestRow>& rows, const std::vector<double>& weight, double k);

/// min q.z for L2, KL and chi-square in long double.
long double round_value(SetKind kind, const TestRow& row, long double k);

/// The distance of q from the row's p.
long double distance(SetKind kind, const TestRow& row, const std::vector<double>& q);

}  // namespace bellwether::mdp::test
