#pragma once

#include <span>
#include <vector>

#include <Eigen/SparseCore>

namespace bellwether::bandits {

using SparseRows = Eigen::SparseMatrix<double, Eigen::RowMajor>;

/// One system (A + shift I) x = rhs to be solved with this relaxation, from x = 0.
struct SorJob {
  double shift = 0, omega = 1;
  std::span<const double> rhs = {};
};

/// Successive over-relaxation on a family of sparse systems that differ in their diagonals:
///   r = b - A x,   x += (D / omega + L)^-1 r,
/// until |r| < tolerance |b|. Several jobs are advanced at once, row by row, so that the chain of one does not wait for
/// itself; each does the arithmetic that it would do alone. r is carried along, r' = ((1/omega - 1) D - U) dx for the
/// step dx, and computed anew from x before a job is said to be done.
class SorSolver {
 public:
  /// Square, with a positive diagonal; `most` iterations at the most. InvalidOption otherwise.
  SorSolver(const SparseRows& a, double tolerance, int most);

  int size() const { return static_cast<int>(diagonal_.size()); }
  int most() const { return most_; }

  /// Iterations of every job, `most` when the tolerance was not reached. Solutions, when asked for, one after the
  /// other.
  void solve(std::span<const SorJob> jobs, std::span<int> iterations, std::vector<double>* solutions = nullptr) const;

 private:
  class Lanes;

  double tolerance_;
  int most_;
  std::vector<double> diagonal_;
  // Off the diagonal, row by row: below it and above it.
  std::vector<int> lower_begin_, lower_column_, upper_begin_, upper_column_;
  std::vector<double> lower_value_, upper_value_;
};

/// 5-point Laplacian of the inner points of a square, side by side: 4 on the diagonal, -1 for each neighbour.
SparseRows laplacian(int side);
/// Largest |eigenvalue| of I - D^-1 A for the Laplacian with its diagonal shifted: 4 cos(pi / (side + 1)) / (4 +
/// shift).
double laplacian_jacobi_radius(int side, double shift);

/// Young 1954, for consistently ordered A with real Jacobi eigenvalues, the largest beta < 1: the spectral radius of
/// the iteration, ((omega beta + sqrt(omega^2 beta^2 - 4 (omega - 1))) / 2)^2 below the best omega, omega - 1 from
/// there on.
double sor_radius(double omega, double beta);
/// 1 + (beta / (1 + sqrt(1 - beta^2)))^2.
double best_omega(double beta);

}  // namespace bellwether::bandits
