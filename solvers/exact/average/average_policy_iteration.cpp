#include "solvers/exact/average/average_policy_iteration.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <unordered_set>
#include <utility>

#include "core/errors.h"
#include "core/rounding.h"
#include "mdp/evaluate/gain_and_bias.h"
#include "mdp/graph/quotient.h"
#include "mdp/operators.h"
#include "solvers/exact/average/component_gains.h"

namespace bellwether::solvers {
namespace {

std::span<const double> view(const Eigen::VectorXd& v) { return {v.data(), static_cast<std::size_t>(v.size())}; }

/// Gain first, bias second: a state changes its choice when another leads to a larger gain, or to the same gain and a
/// larger bias. Everything times the sign of the direction.
class Howard {
 public:
  Howard(const Problem& problem, double margin, std::vector<std::int64_t> choice)
      : problem_(problem), model_(problem.model), margin_(margin), choice_(std::move(choice)) {}

  /// False once `keep_going` said no: the evaluation stays that of the policy before, if there was one.
  bool evaluate(const std::function<bool()>& keep_going) {
    mdp::MarkovChain chain = mdp::induced_chain(model_, mdp::policy_from_choices(model_, choice_));
    auto found = average::evaluated(std::move(chain), keep_going);
    if (!found) return false;
    at_ = *std::move(found);
    return true;
  }

  /// False when no state wants another choice, or when the policy comes round again or its equations break down: then
  /// rounding, not improvement, moves it.
  bool improve() {
    if (!at_.gain.allFinite() || !at_.bias.allFinite()) return false;
    double size = at_.bias.cwiseAbs().maxCoeff();
    for (const double r : model_.reward()) size = std::max(size, std::abs(r));
    const double bias_margin = margin_ * size;
    // Gains of transient states carry the rounding of biases that may be far larger.
    const double gain_margin = margin_ * at_.gain.cwiseAbs().maxCoeff() + kRoundings * kUnitRoundoff * size;
    return change(gain_margin, bias_margin) && met_.insert(fingerprint()).second;
  }

  /// What the proof may start from.
  Eigen::VectorXd bias() const {
    return at_.bias.size() > 0 && at_.bias.allFinite() ? at_.bias : Eigen::VectorXd::Zero(model_.num_states()).eval();
  }

 private:
  static constexpr double kRoundings = 64;

  std::uint64_t fingerprint() const {  // FNV-1a
    std::uint64_t hash = 0xcbf29ce484222325U;
    for (const std::int64_t c : choice_) hash = (hash ^ static_cast<std::uint64_t>(c)) * 0x100000001b3U;
    return hash;
  }

  double gain_of(std::int64_t c) const {
    return problem_.sign() * expectation_(model_.successors(c), model_.probabilities(c), view(at_.gain));
  }
  double bias_of(std::int64_t c) const {
    return problem_.sign() *
           (model_.reward(c) + expectation_(model_.successors(c), model_.probabilities(c), view(at_.bias)));
  }

  bool change(double gain_margin, double bias_margin) {
    const auto any = [](std::int64_t, std::int64_t) { return true; };
    const auto as_gainful = [&](std::int64_t c, std::int64_t mine) {
      return gain_of(c) >= gain_of(mine) - gain_margin;
    };
    // States whose gain improves come first: only when there is none may the bias decide, as the theorem wants it.
    return switch_choices([&](std::int64_t c) { return gain_of(c); }, gain_margin, any) ||
           switch_choices([&](std::int64_t c) { return bias_of(c); }, bias_margin, as_gainful);
  }

  /// Moves each state to the choice of largest score among those that `allowed(choice, present one)` admits, if that
  /// beats the present one by more than `margin`. Whether any state moved.
  template <class Score, class Allowed>
  bool switch_choices(const Score& score, double margin, const Allowed& allowed) {
    bool changed = false;
    for (int s = 0; s < model_.num_states(); ++s) {
      std::int64_t& mine = choice_[static_cast<std::size_t>(s)];
      std::int64_t best = mine;
      double best_score = score(mine) + margin;
      for (std::int64_t c = model_.first_choice(s); c < model_.first_choice(s + 1); ++c) {
        const double reached = score(c);
        if (reached <= best_score || !allowed(c, mine)) continue;
        best_score = reached;
        best = c;
      }
      changed = changed || best != mine;
      mine = best;
    }
    return changed;
  }

  const Problem& problem_;
  const mdp::TabularMdp& model_;
  const double margin_;
  mdp::Expectation expectation_ = {};
  std::vector<std::int64_t> choice_;
  mdp::GainAndBias at_;
  std::unordered_set<std::uint64_t> met_;
};

/// The best immediate reward of each state.
std::vector<std::int64_t> myopic_choices(const Problem& problem) {
  std::vector<std::int64_t> choice;
  for (int s = 0; s < problem.model.num_states(); ++s) {
    std::int64_t best = problem.model.first_choice(s);
    for (std::int64_t c = best + 1; c < problem.model.first_choice(s + 1); ++c)
      if (problem.sign() * problem.model.reward(c) > problem.sign() * problem.model.reward(best)) best = c;
    choice.push_back(best);
  }
  return choice;
}

}  // namespace

Solution average_policy_iteration_from(const Problem& problem, std::vector<std::int64_t> choice,
                                       const AveragePolicyIterationOptions& options, const SolveOptions& run) {
  Howard howard(problem, options.margin, std::move(choice));
  Status ended = Status::kConverged;
  TraceRecorder trace;
  std::int64_t iterations = 0, read = 0;
  TraceRow row;
  const auto wanted = [&] {
    if (ended != Status::kStoppedByCaller && run.observer && !run.observer(row)) ended = Status::kStoppedByCaller;
    return ended != Status::kStoppedByCaller;
  };
  const std::function<bool()> keep_going = run.observer ? std::function<bool()>(wanted) : nullptr;
  while (howard.evaluate(keep_going)) {
    read += 2 * problem.model.num_transitions();
    row = {.iteration = ++iterations, .work = read};
    trace.record(row);
    if (iterations >= run.max_iterations) ended = Status::kBudgetExhausted;
    if (!wanted() || ended != Status::kConverged || !howard.improve()) break;
  }
  const mdp::ReverseTransitions reverse(problem.model);
  const mdp::EndComponents components = mdp::maximal_end_components(problem.model, reverse);
  const Eigen::VectorXd h = howard.bias();
  const average::ComponentGains gains = average::backup_bounds(problem, components, view(h));
  const SolveOptions rest{.tolerance = run.tolerance / 4, .observer = run.observer};
  Solution solution =
      average::solution_of(problem, average::choose_components(problem, reverse, components, gains, rest), h, run);
  // The proof may play something else, as good, of another bias; or rounding may have eaten this one.
  solution.bias =
      solution.policy.empty() ? Eigen::VectorXd() : average::bias_of(problem.model, solution.policy, keep_going);
  solution.algorithm = "policy-iteration";
  solution.iterations = iterations;
  solution.transitions_read += read;
  solution.trace = trace.take();
  if (solution.status != Status::kConverged && ended != Status::kConverged) solution.status = ended;
  return solution;
}

Solution average_policy_iteration(const Problem& problem, const AveragePolicyIterationOptions& options,
                                  const SolveOptions& run) {
  require_valid(problem);
  bellwether::require_valid("policy-iteration", options);
  if (problem.criterion != Criterion::kAverage)
    throw InvalidOption("policy-iteration: this one solves average-reward problems only");
  return average_policy_iteration_from(problem, myopic_choices(problem), options, run);
}

}  // namespace bellwether::solvers
