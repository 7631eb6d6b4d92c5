#pragma once

#include <cstdint>
#include <functional>
#include <string_view>

#include <Eigen/SparseCore>

namespace bellwether::solvers::discounted {

enum class Preconditioner { kNone, kJacobi, kIncompleteLu };

/// "none", "jacobi" or "ilut".
Preconditioner preconditioner(std::string_view name);

struct KrylovSettings {
  bool gmres = false;  ///< else BiCGSTAB
  Preconditioner preconditioner = Preconditioner::kNone;
  double relative_residual = 0.1;  ///< in the Euclidean norm
  std::int64_t most = 1000;        ///< steps
  int restart = 30;                ///< GMRES
};

struct KrylovResult {
  Eigen::VectorXd x;
  bool improved = false;  ///< |b - Ax| is finite and smaller than |b| in the sup-norm
};

/// Solves Ax = b from x = 0. After every slice of steps `read` is told how many products with A were made; it returns
/// false to end early.
KrylovResult solve_krylov(const Eigen::SparseMatrix<double, Eigen::RowMajor>& system, const Eigen::VectorXd& b,
                          const KrylovSettings& settings, const std::function<bool(std::int64_t)>& read);

}  // namespace bellwether::solvers::discounted
