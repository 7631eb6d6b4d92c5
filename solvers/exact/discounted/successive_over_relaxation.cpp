#include "solvers/exact/discounted/successive_over_relaxation.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "solvers/exact/discounted/in_place.h"
#include "solvers/exact/discounted/run.h"

namespace bellwether::solvers {
namespace {

using namespace discounted;

/// 1 / (1 - discount min_a P(s|s,a)), rounded down so that no coefficient of the update is negative.
std::vector<double> safe_factors(const Problem& problem) {
  const mdp::TabularMdp& model = problem.model;
  std::vector<double> omega(static_cast<std::size_t>(model.num_states()));
  for (int s = 0; s < model.num_states(); ++s) {
    double least = 1;
    for (std::int64_t c = model.first_choice(s); c < model.first_choice(s + 1); ++c) {
      double stay = 0;
      for (std::size_t i = 0; i < model.successors(c).size(); ++i) {
        if (model.successors(c)[i] == s) stay += model.probabilities(c)[i];
      }
      least = std::min(least, stay);
    }
    omega[static_cast<std::size_t>(s)] = std::max(1.0, (1 - 0x1p-48) / (1 - problem.discount * least));
  }
  return omega;
}

/// Says when sweeps with a bold factor no longer close in: the change must halve within the time a contraction by
/// `discount` needs, and never be ten times the least one seen.
class BoldnessGuard {
 public:
  explicit BoldnessGuard(double discount)
      : patience_(discount > 0.5 ? 10 + static_cast<std::int64_t>(std::log(2.0) / -std::log(discount)) : 10) {}

  bool has_failed(double residual) {
    ++since_;
    if (residual < 0.5 * least_) {
      least_ = residual;
      since_ = 0;
    }
    return since_ > patience_ || !(residual <= 10 * least_);
  }

 private:
  std::int64_t patience_, since_ = 0;
  double least_ = std::numeric_limits<double>::infinity();
};

}  // namespace

Solution successive_over_relaxation(const Problem& problem, const SuccessiveOverRelaxationOptions& options,
                                    const SolveOptions& run_options) {
  bellwether::require_valid("successive-over-relaxation", options);
  Run run("successive-over-relaxation", problem, run_options);
  const SweepOrder order = sweep_order(options.order);
  std::vector<double> safe = safe_factors(problem);
  std::vector<double> omega = options.omega > 0 ? std::vector<double>(safe.size(), options.omega) : safe;
  bool bold = false;
  for (std::size_t s = 0; s < safe.size(); ++s) bold = bold || omega[s] > safe[s];
  BoldnessGuard guard(problem.discount);
  Eigen::VectorXd v = Eigen::VectorXd::Zero(problem.model.num_states()), backed_up(v.size());
  OccasionalCheck check;
  mdp::Change change;
  const auto relax = [&](int s, double old, double best) {
    return old + omega[static_cast<std::size_t>(s)] * (best - old);
  };
  while (run.more() && in_place_sweep(run, order, v, relax, change)) {
    if (bold && guard.has_failed(change.residual())) {
      run.add_note(
          fmt::format("Sweeps with omega {} stopped closing in after {}; the run went on with the safe factor.",
                      options.omega, run.iterations()));
      omega = safe;
      bold = false;
      if (!v.allFinite()) v.setZero();
    }
    if (bold || (options.omega > 0 && options.omega < 1)) {
      // Outside the range from 1 to the safe factor the sweep's own change bounds nothing; a plain backup does.
      change = jacobi_sweep(problem, view(v), view(backed_up));
      run.read(problem.model.num_transitions());
      run.finish_iteration(macqueen_bound(run.error(), change), change.residual(), backed_up);
    } else {
      check.finish_iteration(run, change, v);
    }
  }
  return run.solution(v);
}

}  // namespace bellwether::solvers
