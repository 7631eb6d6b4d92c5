#include "solvers/exact/total/chain_system.h"

#include <limits>
#include <optional>
#include <utility>

#include <Eigen/IterativeLinearSolvers>
#include <Eigen/LU>
#include <Eigen/SparseCore>
#include <Eigen/SparseLU>

#include "solvers/abandonable.h"

namespace bellwether::solvers::total {
namespace {

constexpr int kDenseUpTo = 80;
constexpr int kDirectUpTo = 3000;
constexpr int kAtOnce = 500;  // a factorisation takes some 50 ms at most

using Sparse = Eigen::SparseMatrix<double, Eigen::ColMajor, int>;
using SparseByRow = Eigen::SparseMatrix<double, Eigen::RowMajor, int>;

template <class Visit>
void for_each_inner(const ReducedModel& m, const Range& range, std::span<const std::int64_t> rows, Visit&& visit) {
  for (int i = 0; i < range.size(); ++i) {
    const auto c = static_cast<std::size_t>(rows[static_cast<std::size_t>(i)]);
    for (std::int64_t k = m.row_begin[c]; k < m.row_begin[c + 1]; ++k) {
      const int j = m.next[static_cast<std::size_t>(k)] - range.begin;
      if (j >= 0) visit(i, j, m.weight[static_cast<std::size_t>(k)]);
    }
  }
}

}  // namespace

struct ChainSystem::Solver {
  std::optional<Eigen::PartialPivLU<Eigen::MatrixXd>> dense;
  std::optional<Eigen::SparseLU<Sparse, Eigen::COLAMDOrdering<int>>> direct;
  SparseByRow matrix;  // the iterative solver keeps a reference to it
  std::optional<Eigen::BiCGSTAB<SparseByRow, Eigen::IncompleteLUT<double>>> krylov;
  bool ready = true;

  void factorise_direct() {
    krylov.reset();
    direct.emplace();
    const Sparse columns = matrix;
    direct->compute(columns);
    ready = direct->info() == Eigen::Success;
  }

  void factorise() {
    if (matrix.rows() <= kDirectUpTo) {
      factorise_direct();
      return;
    }
    krylov.emplace();
    krylov->preconditioner().setDroptol(1e-4);
    krylov->preconditioner().setFillfactor(10);
    krylov->setTolerance(1e-14);
    krylov->setMaxIterations(1000);
    krylov->compute(matrix);
    if (krylov->info() != Eigen::Success) factorise_direct();
  }

  Eigen::VectorXd solve(const Eigen::VectorXd& b) {
    if (krylov) {
      Eigen::VectorXd x = krylov->solve(b);
      // Refinement follows, so a rough answer will do; where the method stalls, pay for the factorisation.
      if (x.allFinite() && krylov->error() < 1e-8) return x;
      factorise_direct();
      if (!ready) return x;
    }
    return direct->solve(b);
  }
};

ChainSystem::ChainSystem(const ReducedModel& m, const Range& range, std::span<const std::int64_t> rows,
                         std::function<bool()> keep_going)
    : solver_(std::make_shared<Solver>()), keep_going_(std::move(keep_going)) {
  const int n = range.size();
  if (n <= kDenseUpTo) {
    Eigen::MatrixXd a = Eigen::MatrixXd::Identity(n, n);
    for_each_inner(m, range, rows, [&](int i, int j, double w) { a(i, j) -= w; });
    solver_->dense.emplace(a);
    return;
  }
  std::vector<Eigen::Triplet<double>> entries;
  for (int i = 0; i < n; ++i) entries.emplace_back(i, i, 1.0);
  for_each_inner(m, range, rows, [&](int i, int j, double w) { entries.emplace_back(i, j, -w); });
  solver_->matrix.resize(n, n);
  solver_->matrix.setFromTriplets(entries.begin(), entries.end());
  if (!keep_going_ || n <= kAtOnce) {
    solver_->factorise();
  } else if (!run_abandonable([solver = solver_] { solver->factorise(); }, keep_going_)) {
    solver_.reset();
  }
}

ChainSystem::~ChainSystem() = default;
ChainSystem::ChainSystem(ChainSystem&&) noexcept = default;
ChainSystem& ChainSystem::operator=(ChainSystem&&) noexcept = default;

bool ChainSystem::ready() const { return solver_ && solver_->ready; }

Eigen::VectorXd ChainSystem::solve(const Eigen::VectorXd& b) {
  if (solver_ && solver_->dense) return solver_->dense->solve(b);
  if (solver_ && (!keep_going_ || b.size() <= kAtOnce)) return solver_->solve(b);
  std::optional<Eigen::VectorXd> x;
  if (solver_) x = abandonable([solver = solver_, b] { return solver->solve(b); }, keep_going_);
  if (x) return *std::move(x);
  solver_.reset();
  return Eigen::VectorXd::Constant(b.size(), std::numeric_limits<double>::quiet_NaN());
}

}  // namespace bellwether::solvers::total
