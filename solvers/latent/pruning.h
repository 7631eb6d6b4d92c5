#pragma once

#include <cstdint>
#include <vector>

namespace bellwether::solvers::latent {

/// A vector of values over the places of a cell, and how it was made.
struct Candidate {
  std::vector<double> value;
  std::int32_t choice = 0;
  std::vector<std::int32_t> next = {};
};

/// Keeps those that are largest at some belief, ties once: by pointwise comparison; then with one place that is all,
/// with two the upper envelope, with more linear programs (Lark's filter, in the form of White 1991). What is dropped
/// lies below a mixture of what is kept: the returned number is the most by which it may not, proven from the mixture
/// itself, whatever the linear programs' tolerance. `tolerance`: a vector that would cost more is kept.
/// Cost: n^2 comparisons at worst, and n linear programs with as many rows as vectors are kept.
double prune(std::vector<Candidate>& set, double tolerance);

/// Only the pointwise comparison; nothing is lost.
void drop_dominated(std::vector<Candidate>& set);

}  // namespace bellwether::solvers::latent
