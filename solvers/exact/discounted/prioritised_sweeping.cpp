#include "solvers/exact/discounted/prioritised_sweeping.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <queue>
#include <span>
#include <utility>
#include <vector>

#include "mdp/graph/reverse_transitions.h"
#include "solvers/exact/discounted/run.h"
#include "solvers/exact/discounted/sweeps.h"

namespace bellwether::solvers {
namespace {

using namespace discounted;

struct Predecessor {
  std::int32_t state;
  float weight;  // max_a P(s | state, a), rounded up: it orders the work and bounds nothing that is reported
};

/// Who can move into a state, and how surely.
class Predecessors {
 public:
  explicit Predecessors(const mdp::TabularMdp& model) {
    const mdp::ReverseTransitions reverse(model);
    begin_.push_back(0);
    for (int s = 0; s < model.num_states(); ++s) {
      const auto choices = reverse.choices_into(s);
      for (std::size_t i = 0; i < choices.size(); ++i) {
        if (i > 0 && choices[i] == choices[i - 1]) continue;  // counted with the first of equal entries
        add(reverse.state_of(choices[i]), chance_of(model, choices[i], s));
      }
      begin_.push_back(static_cast<std::int64_t>(list_.size()));
    }
  }

  std::span<const Predecessor> of(int s) const {
    const auto i = static_cast<std::size_t>(s);
    return {list_.data() + begin_[i], list_.data() + begin_[i + 1]};
  }

 private:
  static double chance_of(const mdp::TabularMdp& model, std::int64_t choice, int s) {
    double sum = 0;
    const auto successors = model.successors(choice);
    for (std::size_t i = 0; i < successors.size(); ++i) sum += successors[i] == s ? model.probabilities(choice)[i] : 0;
    return sum;
  }

  void add(std::int32_t state, double chance) {
    const auto weight = static_cast<float>(chance * (1 + 1e-6));
    const bool known = static_cast<std::int64_t>(list_.size()) > begin_.back() && list_.back().state == state;
    if (known) {
      list_.back().weight = std::max(list_.back().weight, weight);  // choices of a state are neighbours
    } else {
      list_.push_back({state, weight});
    }
  }

  std::vector<std::int64_t> begin_;
  std::vector<Predecessor> list_;
};

/// A max-heap of states. Raising a priority adds an entry; the older ones are stale and skipped when they surface.
class WorkList {
 public:
  explicit WorkList(int states) : priority_(static_cast<std::size_t>(states), 0.0) {}

  void reset(const Eigen::VectorXd& v, const Eigen::VectorXd& backed_up) {
    std::vector<Entry> entries;
    for (int s = 0; s < static_cast<int>(priority_.size()); ++s) {
      priority_[static_cast<std::size_t>(s)] = std::abs(backed_up[s] - v[s]);
      if (priority_[static_cast<std::size_t>(s)] > 0) entries.emplace_back(priority_[static_cast<std::size_t>(s)], s);
    }
    heap_ = Heap(std::less<Entry>(), std::move(entries));
  }

  void raise(std::int32_t s, double by, double threshold) {
    double& priority = priority_[static_cast<std::size_t>(s)];
    const bool waits = priority > threshold;
    priority += by;
    // A state that waits already surfaces soon enough unless its priority has doubled: the heap stays small.
    if (priority > threshold && (!waits || priority > 2 * (priority - by))) heap_.emplace(priority, s);
  }

  /// The state to back up next, or -1 when all priorities are at most `threshold`.
  std::int32_t pop(double threshold) {
    while (!heap_.empty()) {
      const auto [priority, s] = heap_.top();
      if (priority <= threshold) return -1;
      heap_.pop();
      if (priority_[static_cast<std::size_t>(s)] <= threshold) continue;  // done since, under an older entry
      priority_[static_cast<std::size_t>(s)] = 0;
      return s;
    }
    return -1;
  }

 private:
  using Entry = std::pair<double, std::int32_t>;
  using Heap = std::priority_queue<Entry>;
  std::vector<double> priority_;
  Heap heap_;
};

/// Backs up states until every residual bound is at most `threshold`, eight times S backups at most.
bool back_up_by_priority(Run& run, const Predecessors& predecessors, double threshold, WorkList& work,
                         Eigen::VectorXd& v) {
  const Problem& problem = run.problem();
  const std::int64_t most = std::int64_t{8} * problem.model.num_states();
  const auto begin = problem.model.choice_begin();
  return with_choose(problem, [&](const auto& choose) {
    for (std::int64_t backups = 0; backups < most; ++backups) {
      const std::int32_t s = work.pop(threshold);
      if (s < 0) break;
      const double value = mdp::backup_state(problem.model, problem.discount, view(v), mdp::Expectation{}, choose, s);
      const double change = std::abs(value - v[s]);
      v[s] = value;
      for (const Predecessor& p : predecessors.of(s)) {
        work.raise(p.state, problem.discount * static_cast<double>(p.weight) * change, threshold);
      }
      const auto first = static_cast<std::size_t>(problem.model.first_choice(s));
      const auto last = static_cast<std::size_t>(problem.model.first_choice(s + 1));
      if (!run.read(begin[last] - begin[first])) return false;
    }
    return true;
  });
}

}  // namespace

Solution prioritised_sweeping(const Problem& problem, const PrioritisedSweepingOptions& options,
                              const SolveOptions& run_options) {
  bellwether::require_valid("prioritised-sweeping", options);
  Run run("prioritised-sweeping", problem, run_options);
  const Predecessors predecessors(problem.model);
  WorkList work(problem.model.num_states());
  Eigen::VectorXd v = Eigen::VectorXd::Zero(problem.model.num_states()), backed_up(v.size());
  mdp::Change change = jacobi_sweep(problem, view(v), view(backed_up));
  run.read(problem.model.num_transitions());
  while (run.more()) {
    work.reset(v, backed_up);
    if (!back_up_by_priority(run, predecessors, options.shrink * change.residual(), work, v)) break;
    change = jacobi_sweep(problem, view(v), view(backed_up));
    run.read(problem.model.num_transitions());
    run.finish_iteration(macqueen_bound(run.error(), change), change.residual(), backed_up);
  }
  return run.solution(v);
}

}  // namespace bellwether::solvers
