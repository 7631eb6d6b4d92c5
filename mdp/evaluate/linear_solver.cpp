#include "mdp/evaluate/linear_solver.h"

#include <limits>
#include <optional>

#include <Eigen/IterativeLinearSolvers>
#include <Eigen/LU>
#include <Eigen/SparseCore>
#include <Eigen/SparseLU>
#include <fmt/format.h>

#include "core/errors.h"

namespace bellwether::mdp {
namespace {

constexpr int kDenseUpTo = 100;
constexpr int kFullUpTo = 3000;
constexpr int kDirectUpTo = 1000;
constexpr int kRescueUpTo = 50'000;

using ByRow = Eigen::SparseMatrix<double, Eigen::RowMajor, int>;
using ByColumn = Eigen::SparseMatrix<double, Eigen::ColMajor, int>;

ByRow sparse_matrix(const SparseRows& rows) {
  if (rows.row_begin.back() > std::numeric_limits<int>::max()) {
    throw InvalidModel(fmt::format("a linear system with {} entries exceeds the 32-bit indices of the sparse solvers",
                                   rows.row_begin.back()));
  }
  const std::vector<int> begin(rows.row_begin.begin(), rows.row_begin.end());
  return Eigen::Map<const ByRow>(rows.size(), rows.size(), begin.back(), begin.data(), rows.column.data(),
                                 rows.entry.data());
}

bool factor_densely(const SparseRows& rows) {
  const std::int64_t n = rows.size();
  return n <= kDenseUpTo || (n <= kFullUpTo && 8 * rows.row_begin.back() > n * n);
}

/// What is tried on large systems, in this order.
enum class Method { kScaled, kIncomplete, kDirect, kNone };

}  // namespace

struct LinearSolver::Factors {
  std::optional<Eigen::PartialPivLU<Eigen::MatrixXd>> dense;
  ByRow matrix;  // the iterative solvers keep a reference to it
  Method method = Method::kScaled;
  std::optional<Eigen::BiCGSTAB<ByRow, Eigen::DiagonalPreconditioner<double>>> scaled;
  std::optional<Eigen::BiCGSTAB<ByRow, Eigen::IncompleteLUT<double>>> incomplete;
  std::optional<Eigen::SparseLU<ByColumn, Eigen::COLAMDOrdering<int>>> direct;

  /// Sets the present method up once.
  void prepare() {
    if (method == Method::kScaled && !scaled) {
      iterate(scaled.emplace());
    } else if (method == Method::kIncomplete && !incomplete) {
      incomplete.emplace();
      incomplete->preconditioner().setDroptol(1e-3);
      incomplete->preconditioner().setFillfactor(5);
      iterate(*incomplete);
    } else if (method == Method::kDirect && !direct) {
      const ByColumn columns = matrix;
      direct.emplace().compute(columns);
    }
  }

  template <class Krylov>
  void iterate(Krylov& krylov) const {
    krylov.setTolerance(1e-12);
    krylov.setMaxIterations(1000);
    krylov.compute(matrix);
  }

  /// The callers refine what comes out, so a rough answer will do.
  template <class Krylov>
  static bool try_krylov(Krylov& krylov, const Eigen::VectorXd& b, Eigen::VectorXd& x) {
    if (krylov.info() != Eigen::Success) return false;
    x = krylov.solve(b);
    return x.allFinite() && krylov.error() < 1e-6;
  }

  bool attempt(const Eigen::VectorXd& b, Eigen::VectorXd& x) {
    if (method == Method::kScaled) return try_krylov(*scaled, b, x);
    if (method == Method::kIncomplete) return try_krylov(*incomplete, b, x);
    if (direct->info() != Eigen::Success) return false;
    x = direct->solve(b);
    return true;
  }

  void next_method() {
    if (method == Method::kScaled) {
      method = Method::kIncomplete;
    } else {
      method = method == Method::kIncomplete && matrix.rows() <= kRescueUpTo ? Method::kDirect : Method::kNone;
    }
  }
};

LinearSolver::LinearSolver(const SparseRows& matrix) : factors_(std::make_unique<Factors>()) {
  factors_->matrix = sparse_matrix(matrix);
  if (factor_densely(matrix)) factors_->dense.emplace(Eigen::MatrixXd(factors_->matrix));
  if (matrix.size() <= kDirectUpTo) factors_->method = Method::kDirect;
}

LinearSolver::~LinearSolver() = default;
LinearSolver::LinearSolver(LinearSolver&&) noexcept = default;
LinearSolver& LinearSolver::operator=(LinearSolver&&) noexcept = default;

Eigen::VectorXd LinearSolver::solve(const Eigen::VectorXd& b) {
  Factors& f = *factors_;
  if (b.isZero(0)) return b;
  if (f.dense) return f.dense->solve(b);
  Eigen::VectorXd x;
  for (; f.method != Method::kNone; f.next_method()) {
    f.prepare();
    if (f.attempt(b, x)) return x;
  }
  return Eigen::VectorXd::Constant(b.size(), std::numeric_limits<double>::quiet_NaN());
}

bool LinearSolver::strengthen() {
  if (factors_->dense || factors_->method == Method::kDirect || factors_->method == Method::kNone) return false;
  factors_->next_method();
  return factors_->method != Method::kNone;
}

}  // namespace bellwether::mdp
