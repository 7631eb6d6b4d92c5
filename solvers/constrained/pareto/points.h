#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace bellwether::solvers {

// Sets of vectors of objectives, all to be maximised (docs/papers/c-morl.md, "What is said of a front").

using Objectives = std::vector<double>;

/// a is at least b in every objective and above it in one.
bool dominates(std::span<const double> a, std::span<const double> b);

/// Indices of the points that no other dominates, ascending; of equal points the first.
std::vector<std::size_t> non_dominated(std::span<const Objectives> points);

/// Volume of what the points dominate above the reference; points that do not exceed it in every objective add nothing.
/// Exact, by slicing along the last objective: n^(m-1) log n at the worst.
double hypervolume(std::span<const Objectives> points, std::span<const double> reference);

/// (1 / (n - 1)) times the sum, over objectives and neighbours in its order, of the squared distance; 0 below two
/// points. Depends on the units of the objectives.
double sparsity(std::span<const Objectives> points);

/// Mean over the weights of the best weighted sum.
double expected_utility(std::span<const Objectives> points, std::span<const std::vector<double>> weights);

/// All weights k / divisions with non-negative whole numbers k that sum to `divisions`.
std::vector<std::vector<double>> weight_grid(int objectives, int divisions);

/// How far apart the neighbours of each point are, summed over objectives and divided by their range; infinite at the
/// ends of an objective, nothing for an objective without range.
std::vector<double> crowding_distance(std::span<const Objectives> points);

}  // namespace bellwether::solvers
