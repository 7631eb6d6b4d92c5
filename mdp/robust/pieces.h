#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

namespace bellwether::mdp::robust {

// The least value of q.z within distance x of p is a convex, non-increasing, piecewise linear function of the budget x
// for all sets that are polytopes. These are its pieces: what the state-wise update and the sets without a simple
// threshold are made of.

/// A stretch of budget over which the value falls at a constant rate.
struct Piece {
  double length, slope;  ///< of budget; fall of the value per unit of it, non-negative
};

/// A piece along which mass moves from one outcome to another.
struct Move {
  double length, slope;
  double mass;  ///< moved when the whole piece is used
  std::int32_t from, to;
};

/// The moves for weighted L1, sum w |q - p| <= x, steepest first. O(n log n).
///
/// The dual is max over l >= 0 of H(l) - l x with mu(l) = min_i z_i + l w_i and H = mu + sum p_i min(z_i - mu, l w_i),
/// concave and piecewise linear. As l falls, donor i joins at the one root of z_i - l w_i = mu(l), and at the corners
/// of mu all that was donated moves on to the next receiver: the kinks of H are the slopes of the value.
std::vector<Move> weighted_l1_moves(std::span<const double> p, std::span<const double> z, std::span<const double> w);

/// The moves for the cost of transport with unit costs `cost(from, to)`, 0 from an outcome to itself. Each outcome
/// sends its mass along the lower convex hull of the points (cost, value). O(n^2 log n).
std::vector<Move> transport_moves(std::span<const double> p, std::span<const double> z,
                                  const std::function<double(std::size_t, std::size_t)>& cost);

/// The value after the budget has been spent along the moves; fills q when it is not null.
double spend(std::span<const double> p, std::span<const double> z, std::span<const Move> moves, double budget,
             std::vector<double>* q = nullptr);

/// The pieces of the value in max |q_i - p_i| <= x. O(n log n).
std::vector<Piece> linf_pieces(std::span<const double> p, std::span<const double> z);

}  // namespace bellwether::mdp::robust
