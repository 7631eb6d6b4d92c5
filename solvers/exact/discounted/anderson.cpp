#include "solvers/exact/discounted/anderson.h"

#include <algorithm>
#include <utility>

#include <Eigen/Cholesky>
#include <fmt/format.h>

#include "core/text.h"
#include "solvers/exact/discounted/run.h"
#include "solvers/exact/discounted/sweeps.h"

namespace bellwether::solvers {
namespace {

using namespace discounted;

/// A vector, its backup and what separates them.
struct Point {
  Eigen::VectorXd v, backup;
  mdp::Change change;
};

Point evaluate(Run& run, Eigen::VectorXd v) {
  Point point{.v = std::move(v), .backup = {}, .change = {}};
  point.backup.resize(point.v.size());
  point.change = jacobi_sweep(run.problem(), view(point.v), view(point.backup));
  run.read(run.problem().model.num_transitions());
  return point;
}

/// The last differences of residuals f = Tv - v and of backups, and the extrapolation they give.
class Memory {
 public:
  Memory(Eigen::Index size, int most) : residuals_(size, most), backups_(size, most) {}

  void add(const Point& from, const Point& to) {
    const Eigen::Index column = added_++ % residuals_.cols();
    residuals_.col(column) = (to.backup - to.v) - (from.backup - from.v);
    backups_.col(column) = to.backup - from.backup;
  }

  /// Tv - dG theta with theta = argmin |f - dF theta|^2 + regularisation * |theta|^2 (relative to the largest column).
  Eigen::VectorXd extrapolate(const Point& at, double regularisation) const {
    const Eigen::Index used = std::min<Eigen::Index>(added_, residuals_.cols());
    const auto dF = residuals_.leftCols(used);
    Eigen::MatrixXd normal = dF.transpose() * dF;
    const double scale = normal.diagonal().maxCoeff();
    if (!(scale > 0)) return at.backup;
    normal.diagonal().array() += regularisation * scale;
    const Eigen::VectorXd theta = normal.ldlt().solve(dF.transpose() * (at.backup - at.v));
    return at.backup - backups_.leftCols(used) * theta;
  }

  bool empty() const { return added_ == 0; }

 private:
  Eigen::MatrixXd residuals_, backups_;
  Eigen::Index added_ = 0;
};

}  // namespace

Solution anderson(const Problem& problem, const AndersonOptions& options, const SolveOptions& run_options) {
  bellwether::require_valid("anderson", options);
  Run run("anderson", problem, run_options);
  const int states = problem.model.num_states();
  if (!run.more()) return run.solution(Eigen::VectorXd::Zero(states));
  Memory memory(states, options.memory);
  Point at = evaluate(run, Eigen::VectorXd::Zero(states));
  std::int64_t accepted = 0, rejected = 0, in_a_row = 0, pause = 0;
  while (run.more()) {
    run.finish_iteration(macqueen_bound(run.error(), at.change), at.change.residual(), at.backup);
    if (!run.more()) break;
    Point next;
    bool take = false;
    if (!memory.empty() && pause-- <= 0) {
      next = evaluate(run, memory.extrapolate(at, options.regularisation));
      take = next.change.residual() <= problem.discount * at.change.residual();
      ++(take ? accepted : rejected);
      // Where extrapolation does not work (long cycles, say) a rejection a step would double the cost.
      in_a_row = take ? 0 : std::min<std::int64_t>(in_a_row + 1, 16);
      pause = in_a_row > 1 ? in_a_row : 0;
    }
    if (!take) next = evaluate(run, at.backup);
    memory.add(at, next);
    at = std::move(next);
  }
  run.add_note(fmt::format("{} {} accepted, {} rejected.", counted(accepted, "extrapolation"),
                           accepted == 1 ? "was" : "were", rejected));
  return run.solution(at.backup);
}

}  // namespace bellwether::solvers
