#include "solvers/exact/total/chain_system.h"

#include <optional>

#include <Eigen/IterativeLinearSolvers>
#include <Eigen/LU>
#include <Eigen/SparseCore>
#include <Eigen/SparseLU>

namespace bellwether::solvers::total {
namespace {

constexpr int kDenseUpTo = 80;
constexpr int kDirectUpTo = 3000;

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
};

ChainSystem::ChainSystem(const ReducedModel& m, const Range& range, std::span<const std::int64_t> rows)
    : solver_(std::make_unique<Solver>()) {
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
  if (n <= kDirectUpTo) {
    solver_->factorise_direct();
    return;
  }
  solver_->krylov.emplace();
  solver_->krylov->preconditioner().setDroptol(1e-4);
  solver_->krylov->preconditioner().setFillfactor(10);
  solver_->krylov->setTolerance(1e-14);
  solver_->krylov->setMaxIterations(1000);
  solver_->krylov->compute(solver_->matrix);
  if (solver_->krylov->info() != Eigen::Success) solver_->factorise_direct();
}

ChainSystem::~ChainSystem() = default;
ChainSystem::ChainSystem(ChainSystem&&) noexcept = default;
ChainSystem& ChainSystem::operator=(ChainSystem&&) noexcept = default;

bool ChainSystem::ready() const { return solver_->ready; }

Eigen::VectorXd ChainSystem::solve(const Eigen::VectorXd& b) {
  if (solver_->dense) return solver_->dense->solve(b);
  if (solver_->krylov) {
    Eigen::VectorXd x = solver_->krylov->solve(b);
    // Refinement follows, so a rough answer will do; where the method stalls, pay for the factorisation.
    if (x.allFinite() && solver_->krylov->error() < 1e-8) return x;
    solver_->factorise_direct();
    if (!solver_->ready) return x;
  }
  return solver_->direct->solve(b);
}

}  // namespace bellwether::solvers::total
