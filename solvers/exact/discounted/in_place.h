#pragma once

#include <algorithm>
#include <cstdint>
#include <string_view>

#include <Eigen/Core>

#include "mdp/operators.h"
#include "solvers/exact/discounted/run.h"
#include "solvers/exact/discounted/sweeps.h"

namespace bellwether::solvers::discounted {

enum class SweepOrder { kForward, kBackward, kSymmetric };

/// "forward", "backward" or "symmetric".
SweepOrder sweep_order(std::string_view name);

/// One pass in place: v(s) <- v(s) + relax(s) ((Tv)(s) - v(s)) for every state, new values used at once. A symmetric
/// pass goes forward, then backward. Serial: the order is the algorithm. False when the caller stopped the run.
template <class Relax>
bool in_place_sweep(Run& run, SweepOrder order, Eigen::VectorXd& v, const Relax& relax, mdp::Change& change) {
  const Problem& problem = run.problem();
  const mdp::TabularMdp& model = problem.model;
  const int states = model.num_states();
  constexpr int kBlock = 1 << 14;  // states between two reports of work
  change = {};
  const auto pass = [&](bool forward, const auto& choose) {
    for (int done = 0; done < states; done += kBlock) {
      const int end = std::min(states, done + kBlock);
      for (int i = done; i < end; ++i) {
        const int s = forward ? i : states - 1 - i;
        const double old = v[s];
        const double best = mdp::backup_state(model, problem.discount, view(v), mdp::Expectation{}, choose, s);
        v[s] = relax(s, old, best);
        change.add(old, v[s]);
      }
      const std::int64_t a =
          model.choice_begin()[static_cast<std::size_t>(model.first_choice(forward ? done : states - end))];
      const std::int64_t b =
          model.choice_begin()[static_cast<std::size_t>(model.first_choice(forward ? end : states - done))];
      if (!run.read(b - a)) return false;
    }
    return true;
  };
  return with_choose(problem, [&](const auto& choose) {
    if (order != SweepOrder::kBackward && !pass(true, choose)) return false;
    return order == SweepOrder::kForward || pass(false, choose);
  });
}

/// Full Jacobi sweeps at iterations 8, 10, 12, 14, 16, 18, 21, ... (an eighth of the work at most) find out whether
/// MacQueen's bounds close before those of the in-place sweeps do.
class OccasionalCheck {
 public:
  /// Ends the run's iteration with the better of the sweep's own bound and, when it is due, MacQueen's.
  void finish_iteration(Run& run, const mdp::Change& change, const Eigen::VectorXd& v);

 private:
  std::int64_t next_ = 8;
  Eigen::VectorXd backed_up_;
};

}  // namespace bellwether::solvers::discounted
