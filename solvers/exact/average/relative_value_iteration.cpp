#include "solvers/exact/average/relative_value_iteration.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>
#include <vector>

#include "core/errors.h"
#include "core/rounding.h"
#include "mdp/operators.h"
#include "solvers/exact/discounted/rounding_bounds.h"

namespace bellwether::solvers {
namespace {

/// Two numbers that enclose the optimal gain of every state and the gain of the greedy policy.
struct GainInterval {
  double low = 0, high = 0;
  double width() const { return high - low; }
};

class RelativeSweeps {
 public:
  RelativeSweeps(const Problem& problem, const RelativeValueIterationOptions& options)
      : problem_(problem),
        step_(options.step),
        v_(static_cast<std::size_t>(problem.model.num_states()), 0.0),
        next_(v_) {
    std::int64_t longest = 0;
    for (std::int64_t c = 0; c < problem.model.num_choices(); ++c) {
      longest = std::max(longest, static_cast<std::int64_t>(problem.model.successors(c).size()));
      largest_reward_ = std::max(largest_reward_, std::abs(problem.model.reward(c)));
    }
    const auto [least, most] = std::minmax_element(problem.model.reward().begin(), problem.model.reward().end());
    least_reward_ = round_down(*least);  // a reward stands for a number within half a unit in the last place
    most_reward_ = round_up(*most);
    share_ = discounted::row_error(longest);
  }

  /// One backup and the interval it proves.
  GainInterval sweep() {
    const mdp::Change change =
        problem_.maximise()
            ? mdp::backup_with_change(problem_.model, 1.0, v_, next_, mdp::Expectation{}, mdp::Largest{})
            : mdp::backup_with_change(problem_.model, 1.0, v_, next_, mdp::Expectation{}, mdp::Smallest{});
    // One computed backup is within share * (|r| + |v|) of the true one; the difference rounds once more.
    rounding_ = round_up((share_ + 4 * kUnitRoundoff) * (largest_reward_ + change.largest) + discounted::kUnderflow);
    // Written so that overflow (NaN) leaves the bounds of the rewards.
    GainInterval gain = rewards();
    const double low = round_down(change.low - rounding_), high = round_up(change.high + rounding_);
    if (low > gain.low) gain.low = low;
    if (high < gain.high) gain.high = high;
    return gain;
  }

  /// v <- v + tau (Tv - v), shifted so that state 0 keeps 0.
  void move() {
    const double shift = v_[0] + step_ * (next_[0] - v_[0]);
    parallel_for(problem_.model.num_states(), problem_.model.num_states(), [&](std::int64_t begin, std::int64_t end) {
      for (auto s = static_cast<std::size_t>(begin); s < static_cast<std::size_t>(end); ++s) {
        v_[s] = v_[s] + step_ * (next_[s] - v_[s]) - shift;
      }
    });
  }

  /// The choices that gave the last sweep its values: lowest index among equals.
  mdp::Policy greedy() const {
    const mdp::TabularMdp& model = problem_.model;
    const mdp::Expectation expectation;
    std::vector<std::int32_t> choice(v_.size(), 0);
    for (int s = 0; s < model.num_states(); ++s) {
      for (int k = 0; k < model.num_choices(s); ++k) {
        const std::int64_t c = model.first_choice(s) + k;
        const double q = model.reward(c) + expectation(model.successors(c), model.probabilities(c), v_);
        if (q == next_[static_cast<std::size_t>(s)]) {
          choice[static_cast<std::size_t>(s)] = k;
          break;
        }
      }
    }
    return mdp::Policy::deterministic(std::move(choice));
  }

  /// What is known before any sweep: no gain lies outside the rewards.
  GainInterval rewards() const { return {least_reward_, most_reward_}; }

  double rounding() const { return rounding_; }
  const std::vector<double>& values() const { return v_; }

 private:
  const Problem& problem_;
  double step_, share_ = 0, largest_reward_ = 0, least_reward_ = 0, most_reward_ = 0, rounding_ = 0;
  std::vector<double> v_, next_;
};

void finish(const Problem& problem, const RelativeSweeps& sweeps, const GainInterval& gain, Solution& solution) {
  const int states = problem.model.num_states();
  const double middle = 0.5 * gain.low + 0.5 * gain.high;
  solution.value = Eigen::VectorXd::Constant(states, middle);
  solution.lower = Eigen::VectorXd::Constant(states, gain.low);
  solution.upper = Eigen::VectorXd::Constant(states, gain.high);
  solution.gap = round_up(std::max(gain.high - middle, middle - gain.low));
  solution.residual = gain.width();
  solution.policy = sweeps.greedy();
  const Eigen::Map<const Eigen::VectorXd> bias(sweeps.values().data(), states);
  if (bias.allFinite()) solution.bias = bias;
}

}  // namespace

Solution relative_value_iteration(const Problem& problem, const RelativeValueIterationOptions& options,
                                  const SolveOptions& run) {
  require_valid(problem);
  bellwether::require_valid("relative-value-iteration", options);
  if (problem.criterion != Criterion::kAverage) {
    throw InvalidOption("relative-value-iteration: solves average-reward problems only");
  }
  Solution solution{.status = Status::kBudgetExhausted, .algorithm = "relative-value-iteration"};
  RelativeSweeps sweeps(problem, options);
  TraceRecorder trace;
  GainInterval gain = sweeps.rewards();
  double best = std::numeric_limits<double>::infinity();  // width, when last it had shrunk by a thousandth
  std::int64_t best_at = 0;
  bool patience_spent = false;
  while (solution.iterations < run.max_iterations) {
    gain = sweeps.sweep();
    solution.transitions_read += problem.model.num_transitions();
    const TraceRow row{.iteration = ++solution.iterations,
                       .gap = 0.5 * gain.width(),
                       .residual = gain.width(),
                       .work = solution.transitions_read};
    trace.record(row);
    if (0.5 * gain.width() <= run.tolerance * (1 - 0x1p-40)) {
      solution.status = Status::kConverged;
    } else if (gain.width() <= 8 * sweeps.rounding()) {
      solution.status = Status::kRoundingLimited;
    } else if (run.observer && !run.observer(row)) {
      solution.status = Status::kStoppedByCaller;
    } else if (gain.width() < best * 0.999) {
      best = gain.width();
      best_at = solution.iterations;
    } else if (solution.iterations - best_at >= options.patience + 50 * std::int64_t{problem.model.num_states()}) {
      patience_spent = true;
      solution.note =
          "the bounds on the gain stopped closing: the optimal gain differs between states (auto solves that), or play "
          "is periodic and 'step' is too close to 1";
    }
    if (solution.status != Status::kBudgetExhausted || patience_spent) break;
    // The greedy policy belongs to the values of the last sweep, so these stay when there is no other.
    if (solution.iterations < run.max_iterations) sweeps.move();
  }
  finish(problem, sweeps, gain, solution);
  solution.trace = trace.take();
  return solution;
}

}  // namespace bellwether::solvers
