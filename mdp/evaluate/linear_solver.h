#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include <Eigen/Core>

namespace bellwether::mdp {

/// A square sparse matrix by rows.
struct SparseRows {
  std::vector<std::int64_t> row_begin{0};
  std::vector<std::int32_t> column;
  std::vector<double> entry;

  int size() const { return static_cast<int>(row_begin.size()) - 1; }
};

/// Approximate solutions of A x = b for many b: dense LU for small or full matrices, sparse LU up to a thousand
/// unknowns, beyond that BiCGSTAB scaled by the diagonal; where it stalls, BiCGSTAB with an incomplete LU, then (up to
/// 50,000 unknowns) the sparse LU after all. Nothing is proven here.
class LinearSolver {
 public:
  explicit LinearSolver(const SparseRows& matrix);
  ~LinearSolver();
  LinearSolver(LinearSolver&&) noexcept;
  LinearSolver& operator=(LinearSolver&&) noexcept;

  Eigen::VectorXd solve(const Eigen::VectorXd& b);

  /// Goes on with a more robust method; false when there is none left.
  bool strengthen();

 private:
  struct Factors;
  std::unique_ptr<Factors> factors_;
};

}  // namespace bellwether::mdp
