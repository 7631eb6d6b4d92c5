#include "solvers/exact/discounted/krylov.h"

#include <algorithm>

#include <Eigen/IterativeLinearSolvers>
#include <unsupported/Eigen/IterativeSolvers>

namespace bellwether::solvers::discounted {
namespace {

using Matrix = Eigen::SparseMatrix<double, Eigen::RowMajor>;

/// Steps between two calls of `read`: about 2e7 entries, but enough for a Krylov space to be worth restarting.
std::int64_t slice_length(const Matrix& system, const KrylovSettings& settings) {
  const std::int64_t by_work = 20'000'000 / std::max<std::int64_t>(1, 2 * system.nonZeros());
  return std::clamp<std::int64_t>(by_work, settings.gmres ? settings.restart : 20, settings.most);
}

/// Eigen's default keeps nearly everything, which on random graphs costs more than a factorisation.
template <class Solver>
void limit_fill(Solver& solver) {
  if constexpr (requires { solver.preconditioner().setDroptol(1e-3); }) {
    solver.preconditioner().setDroptol(1e-3);
    solver.preconditioner().setFillfactor(5);
  }
}

template <class Solver>
Eigen::VectorXd run_slices(Solver& solver, const Matrix& system, const Eigen::VectorXd& b,
                           const KrylovSettings& settings, const std::function<bool(std::int64_t)>& read) {
  limit_fill(solver);
  solver.compute(system);
  Eigen::VectorXd x = Eigen::VectorXd::Zero(b.size());
  const std::int64_t slice = slice_length(system, settings);
  const std::int64_t products = settings.gmres ? 1 : 2;
  for (std::int64_t done = 0; done < settings.most;) {
    solver.setTolerance(settings.relative_residual);
    solver.setMaxIterations(std::min(slice, settings.most - done));
    x = solver.solveWithGuess(b, Eigen::VectorXd(x));
    const std::int64_t steps = std::max<std::int64_t>(1, solver.iterations());
    done += steps;
    // Both methods also form the residual they start from.
    if (!read(products * steps + 1) || !(solver.error() > settings.relative_residual)) break;
  }
  return x;
}

template <class Precondition>
Eigen::VectorXd solve_with(const Matrix& system, const Eigen::VectorXd& b, const KrylovSettings& settings,
                           const std::function<bool(std::int64_t)>& read) {
  if (settings.gmres) {
    Eigen::GMRES<Matrix, Precondition> solver;
    solver.set_restart(settings.restart);
    return run_slices(solver, system, b, settings, read);
  }
  Eigen::BiCGSTAB<Matrix, Precondition> solver;
  return run_slices(solver, system, b, settings, read);
}

}  // namespace

Preconditioner preconditioner(std::string_view name) {
  if (name == "jacobi") return Preconditioner::kJacobi;
  return name == "ilut" ? Preconditioner::kIncompleteLu : Preconditioner::kNone;
}

KrylovResult solve_krylov(const Matrix& system, const Eigen::VectorXd& b, const KrylovSettings& settings,
                          const std::function<bool(std::int64_t)>& read) {
  KrylovResult result;
  switch (settings.preconditioner) {
    case Preconditioner::kNone:
      result.x = solve_with<Eigen::IdentityPreconditioner>(system, b, settings, read);
      break;
    case Preconditioner::kJacobi:
      result.x = solve_with<Eigen::DiagonalPreconditioner<double>>(system, b, settings, read);
      break;
    case Preconditioner::kIncompleteLu:
      result.x = solve_with<Eigen::IncompleteLUT<double>>(system, b, settings, read);
      break;
  }
  const Eigen::VectorXd left = b - system * result.x;
  read(1);
  result.improved = left.allFinite() && left.lpNorm<Eigen::Infinity>() < b.lpNorm<Eigen::Infinity>();
  return result;
}

}  // namespace bellwether::solvers::discounted
