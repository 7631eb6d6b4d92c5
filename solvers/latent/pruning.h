#pragma once

#include <cstdint>
#include <functional>
#include <vector>

namespace bellwether::solvers::latent {

/// A vector of values over the places of a cell, and how it was made.
struct Candidate {
  std::vector<double> value;
  std::int32_t choice = 0;
  std::vector<std::int32_t> next = {};
};

/// Keeps those that are largest at some belief, ties once: with one place the largest, with two the upper envelope,
/// with more pointwise comparison and then linear programs (Lark's filter, in the form of White 1991). What is dropped
/// lies below a mixture of what is kept: the returned number is the most by which it may not, proven from the mixture
/// itself, whatever the linear programs' tolerance. `tolerance`: a vector that would cost more is kept.
/// Cost: n log n with two places; else n^2 comparisons at worst, and n linear programs with as many rows as are kept.
/// `keep_going`, if there is one, is asked on the way; once it said no the set and the number mean nothing.
double prune(std::vector<Candidate>& set, double tolerance, const std::function<bool()>& keep_going = nullptr);

/// sum <- all sums of one of `sum` and one of `added` (both pruned; the links of the second follow those of the first),
/// pruned; returns what that lost. With two places the envelopes are merged edge by edge, else all sums are made.
/// `keep_going` as above.
double add_pruned(std::vector<Candidate>& sum, const std::vector<Candidate>& added, double tolerance,
                  const std::function<bool()>& keep_going = nullptr);

}  // namespace bellwether::solvers::latent
