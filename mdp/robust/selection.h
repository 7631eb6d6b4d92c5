#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace bellwether::mdp::robust {

// Nature's answers that need no more than a threshold among the values of a row: found by selection, not by sorting.
// Throughout, p are probabilities (zeros allowed), z values, both of one length, and nature minimises q.z. Functions
// that take `q` fill it with the distribution that attains the minimum when it is not null.

/// A value with a weight.
struct Atom {
  double value, weight;
};

/// The smallest value a in `atoms` such that the values above a weigh at most `mass`. Reorders the atoms. Expected
/// linear time. There must be an atom.
double threshold_from_top(std::span<Atom> atoms, double mass);

/// Least value of a row.
double least(std::span<const double> z);

/// Moves `mass` from the largest values to the least one: L1 balls (mass k / 2) and total variation (mass k).
/// `hint` is the index of an outcome whose value was the threshold last time, or negative; it is tried first and
/// replaced. One pass when it still is; selection otherwise.
double worst_by_transport(std::span<const double> p, std::span<const double> z, double mass, std::int32_t& hint,
                          std::vector<double>* q = nullptr);

/// lower <= q <= upper, sum q = 1; sum of lower <= 1 <= sum of upper up to rounding.
double worst_in_intervals(std::span<const double> lower, std::span<const double> upper, std::span<const double> z,
                          std::vector<double>* q = nullptr);

/// |q - p| <= k in every entry.
double worst_in_box(std::span<const double> p, std::span<const double> z, double k, std::vector<double>* q = nullptr);

/// (1 - k) p + k q', q' arbitrary.
double worst_contamination(std::span<const double> p, std::span<const double> z, double k,
                           std::vector<double>* q = nullptr);

}  // namespace bellwether::mdp::robust
