#include "solvers/exact/discounted/action_elimination.h"

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <limits>
#include <numeric>
#include <vector>

#include <fmt/format.h>

#include "core/text.h"
#include "solvers/exact/discounted/run.h"
#include "solvers/exact/discounted/sweeps.h"

namespace bellwether::solvers {
namespace {

using namespace discounted;

/// The choices still in play, those of each state at the front of its own section.
class Survivors {
 public:
  explicit Survivors(const mdp::TabularMdp& model)
      : choice_(static_cast<std::size_t>(model.num_choices())),
        count_(static_cast<std::size_t>(model.num_states())),
        transitions_(model.num_transitions()),
        choices_(model.num_choices()) {
    std::iota(choice_.begin(), choice_.end(), std::int64_t{0});
    for (int s = 0; s < model.num_states(); ++s) count_[static_cast<std::size_t>(s)] = model.num_choices(s);
  }

  std::int64_t transitions() const { return transitions_; }
  std::int64_t choices() const { return choices_; }

  /// The best q of the survivors; those worse by more than `margin` are dropped. Each state touches its own section, so
  /// states may run in parallel.
  template <class Q>
  double best_and_drop(const Problem& problem, int s, std::int64_t first, double margin, Q&& q) {
    const double sign = problem.sign();
    std::int64_t* alive = choice_.data() + first;
    int& count = count_[static_cast<std::size_t>(s)];
    thread_local std::vector<double> values;
    values.resize(static_cast<std::size_t>(count));
    double best = -std::numeric_limits<double>::infinity();
    for (int i = 0; i < count; ++i) {
      const double x = values[static_cast<std::size_t>(i)] = sign * q(alive[i]);
      best = std::max(best, x);
    }
    int kept = 0;
    for (int i = 0; i < count; ++i) {
      if (values[static_cast<std::size_t>(i)] < best - margin) {
        transitions_ -= static_cast<std::int64_t>(problem.model.successors(alive[i]).size());
        --choices_;
      } else {
        alive[kept++] = alive[i];
      }
    }
    count = kept;
    return sign * best;
  }

 private:
  std::vector<std::int64_t> choice_;
  std::vector<int> count_;
  std::atomic<std::int64_t> transitions_, choices_;  // sums of integers: the order does not matter
};

/// The backup over survivors, in the shape mdp::backup wants.
struct BestSurvivor {
  const Problem* problem;
  Survivors* survivors;
  double margin;

  template <class Q>
  double operator()(int s, std::int64_t first, std::int64_t, Q&& q) const {
    return survivors->best_and_drop(*problem, s, first, margin, q);
  }
};

}  // namespace

Solution action_elimination(const Problem& problem, const ActionEliminationOptions&, const SolveOptions& run_options) {
  Run run("action-elimination", problem, run_options);
  Survivors survivors(problem.model);
  Eigen::VectorXd v = Eigen::VectorXd::Zero(problem.model.num_states()), next(v.size());
  // V* lies in v + [a, b] with b - a <= 2 * gap, so q(c) is off Q*(s, c) by a shift that is the same for all c up to
  // discount * 2 * gap. A choice behind by more cannot be optimal; the gap includes what rounding may add.
  double margin = std::numeric_limits<double>::infinity();
  while (run.more()) {
    const std::int64_t reads = survivors.transitions();
    const mdp::Change change = mdp::backup_with_change(problem.model, problem.discount, view(v), view(next),
                                                       mdp::Expectation{}, BestSurvivor{&problem, &survivors, margin});
    v.swap(next);
    run.read(reads);
    const RunningBound bound = macqueen_bound(run.error(), change);
    run.finish_iteration(bound, change.residual(), v);
    margin = 2 * (problem.discount * bound.gap() + run.error().slack(change.largest)) * (1 + 1e-12);
  }
  run.add_note(fmt::format("{} of {} could not be ruled out.", survivors.choices(),
                           counted(problem.model.num_choices(), "choice")));
  return run.solution(v);
}

}  // namespace bellwether::solvers
