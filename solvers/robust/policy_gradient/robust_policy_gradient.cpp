#include "solvers/robust/policy_gradient/robust_policy_gradient.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <utility>
#include <vector>

#include "core/projections.h"
#include "solvers/abandonable.h"
#include "solvers/mirror/policy_values.h"
#include "solvers/robust/fixed_nature/fixed_nature.h"
#include "solvers/robust/policy_gradient/set_projection.h"
#include "solvers/robust/run.h"

namespace bellwether::solvers {
namespace robust {
namespace {

constexpr int kMostAnswers = 60;  // of nature's policy iteration, which needs a handful
constexpr double kInfinity = std::numeric_limits<double>::infinity();

using KeepGoing = std::function<bool()>;

/// play(), or nothing once `keep_going` said no: the linear solves of a large model cannot be interrupted.
std::optional<PlayedPair> play_or_stop(const RobustProblem& problem, const NatureRows& rows,
                                       std::span<const double> weights, std::span<const double> start,
                                       const KeepGoing& keep_going) {
  constexpr int kAtOnce = 500;  // states: some 50 ms at most
  if (!keep_going || problem.model.num_states() <= kAtOnce) return play(problem, rows, weights, start);
  return abandonable([problem, rows, weights = std::vector(weights.begin(), weights.end()),
                      start = std::vector(start.begin(), start.end())] { return play(problem, rows, weights, start); },
                     keep_going);
}

}  // namespace

double reward_range(const mdp::RobustMdp& model) {
  const auto by_transition = model.transition_reward();
  const auto rewards = by_transition.empty() ? model.nominal().reward() : by_transition;
  if (rewards.empty()) return 1;
  const auto [low, high] = std::ranges::minmax_element(rewards);
  const double range = *high - *low;
  return range > 0 && std::isfinite(range) ? range : 1;
}

PlayedPair play(const RobustProblem& problem, const NatureRows& rows, std::span<const double> weights,
                std::span<const double> start) {
  const mdp::TabularMdp model = frozen(problem.model, rows);
  mirror::PolicyValues values(model, problem.discount, weights);
  PlayedPair pair;
  pair.value = values.value();
  pair.visits = values.visits(start);
  pair.q = mirror::choice_values(model, problem.discount, pair.value);
  return pair;
}

mirror::Table policy_gradient(const RobustProblem& problem, const PlayedPair& pair) {
  mirror::Table gradient = pair.q;
  for (int s = 0; s < problem.model.num_states(); ++s)
    for (double& g : mirror::of_state(problem.model.nominal(), gradient, s))
      g *= pair.visits[static_cast<std::size_t>(s)];
  return gradient;
}

std::vector<double> nature_gradient(const RobustProblem& problem, const PlayedPair& pair, const NatureRows& rows,
                                    std::span<const double> weights) {
  const mdp::TabularMdp& model = problem.model.nominal();
  const auto by_transition = problem.model.transition_reward();
  std::vector<double> gradient(rows.probability.size());
  for (int s = 0; s < model.num_states(); ++s) {
    for (std::int64_t c = model.first_choice(s); c < model.first_choice(s + 1); ++c) {
      const double weight = pair.visits[static_cast<std::size_t>(s)] * weights[static_cast<std::size_t>(c)];
      const auto successor = rows.successors(c);
      const std::size_t listed = model.successors(c).size();
      const auto first = static_cast<std::size_t>(model.choice_begin()[static_cast<std::size_t>(c)]);
      for (std::size_t i = 0; i < successor.size(); ++i) {
        const double reward = by_transition.empty() || i >= listed ? model.reward(c) : by_transition[first + i];
        gradient[static_cast<std::size_t>(rows.begin[static_cast<std::size_t>(c)]) + i] =
            weight * (reward + problem.discount * pair.value[successor[i]]);
      }
    }
  }
  return gradient;
}

double answer_accuracy(Operator& op, const Decision& decision, std::span<const double> v) {
  std::vector<double> next(v.size());
  const mdp::Change change = op.evaluate(decision, v, next);
  const double most = op.problem().aim() == mdp::NatureAim::kLowest ? -change.low : change.high;
  return std::max(0.0, most) / (1 - op.problem().discount);
}

NatureRows exact_answer(Operator& op, std::span<const double> weights, std::span<const double> start, double accuracy,
                        Eigen::VectorXd& v, const KeepGoing& keep_going) {
  const Decision decision{.choice = {}, .weight = {weights.begin(), weights.end()}};
  NatureRows rows;
  double last = kInfinity;
  for (int k = 0; k < kMostAnswers; ++k) {
    rows = op.respond(decision, view(std::as_const(v)), true);
    if (op.broken_off()) break;
    std::optional<PlayedPair> pair = play_or_stop(op.problem(), rows, weights, start, keep_going);
    if (!pair) break;
    v.swap(pair->value);
    const double now = answer_accuracy(op, decision, view(std::as_const(v)));
    // Values move one way from the first solve on; once they no longer get closer, what is left is rounding.
    if (now <= accuracy || (k > 0 && now >= 0.5 * last) || (keep_going && !keep_going())) break;
    last = now;
  }
  return rows;
}

NatureRows gradient_answer(Operator& op, std::span<const double> weights, std::span<const double> start,
                           double accuracy, double eta, int steps, const NatureRows& reference, NatureRows rows,
                           Eigen::VectorXd& v, const KeepGoing& keep_going) {
  const Decision decision{.choice = {}, .weight = {weights.begin(), weights.end()}};
  const double towards = op.problem().aim() == mdp::NatureAim::kLowest ? -eta : eta;
  for (int k = 0;; ++k) {
    const std::optional<PlayedPair> pair = play_or_stop(op.problem(), rows, weights, start, keep_going);
    if (!pair) return rows;
    v = pair->value;
    if (k == steps || (keep_going && !keep_going()) ||
        answer_accuracy(op, decision, view(std::as_const(v))) <= accuracy)
      return rows;
    const std::vector<double> gradient = nature_gradient(op.problem(), *pair, rows, weights);
    const std::vector<double> before = rows.probability;
    for (std::size_t i = 0; i < gradient.size(); ++i) rows.probability[i] += towards * gradient[i];
    project_rows(op.problem().model, reference, rows);
    if (rows.probability == before) return rows;
  }
}

namespace {

mirror::Table first_policy(const mdp::TabularMdp& model, const std::vector<double>& first) {
  if (first.empty()) return mirror::uniform_weights(model);
  mdp::Policy::randomised(first).require_fits(model);
  return first;
}

/// The outer loop: what it knows, and what it asks.
class DoubleLoop {
 public:
  DoubleLoop(const RobustProblem& problem, const RobustPolicyGradientOptions& options, const SolveOptions& run)
      : problem_(checked("robust-policy-gradient", problem, run, Criterion::kDiscounted)),
        options_(options),
        run_(run),
        op_(problem_),
        range_(reward_range(problem_.model)),
        start_(mirror::start_distribution(problem_.model.nominal(), options.start)),
        weights_(first_policy(problem_.model.nominal(), options.first)),
        v_(Eigen::VectorXd::Zero(problem_.model.num_states())),
        best_weights_(weights_),
        sign_(problem_.maximise() ? 1 : -1) {
    if (run.observer) op_.ask([this] { return ask(); });
    if (options.inner == "gradient" && !options.answer) {
      require_projectable(problem_.model);
      reference_ = rows_ = nominal_rows(problem_.model);
    }
  }

  RobustSolution run() {
    while (!done_ && iterations_ < std::min(options_.iterations, run_.max_iterations)) iterate();
    return solution();
  }

 private:
  void answer() {
    const double discount = problem_.discount;
    const double accuracy = options_.accuracy * range_ * std::pow(discount, static_cast<double>(iterations_));
    if (options_.answer) {
      rows_ = options_.answer(op_, {.choice = {}, .weight = weights_}, view(std::as_const(v_)));
    } else if (options_.inner == "gradient") {
      rows_ = gradient_answer(op_, weights_, start_, accuracy, options_.inner_eta / range_, options_.inner_steps,
                              reference_, std::move(rows_), v_, keep_going());
    } else {
      rows_ = exact_answer(op_, weights_, start_, accuracy, v_, keep_going());
    }
  }

  void iterate() {
    answer();
    if (stopped_) return;
    const std::optional<PlayedPair> pair = play_or_stop(problem_, rows_, weights_, start_, keep_going());
    if (!pair) return;
    v_ = pair->value;
    work_ += 6 * op_.work();
    double objective = 0;
    for (std::size_t s = 0; s < start_.size(); ++s) objective += start_[s] * v_[static_cast<Eigen::Index>(s)];
    if (!std::isfinite(objective)) {
      done_ = trouble_ = true;
      return;
    }
    const double accuracy = answer_accuracy(op_, {.choice = {}, .weight = weights_}, view(std::as_const(v_)));
    if (stopped_) return;
    // What the policy is sure of: a rough answer of nature must not make a policy look good.
    const double sure = objective - sign_ * (problem_.adversarial() ? accuracy : 0);
    if (iterations_ == 0 || sign_ * sure > sign_ * best_) {
      best_ = sure;
      best_weights_ = weights_;
      best_v_ = v_;
    }
    if (options_.watch) options_.watch({iterations_, weights_, v_, objective, best_, accuracy});
    note_progress(accuracy);
    if (!done_) step(policy_gradient(problem_, *pair));
  }

  /// V* lies within (largest change of Tv towards the better) / (1 - discount) of v, and the policy's value within
  /// `accuracy`.
  void note_progress(double accuracy) {
    std::vector<double> next(static_cast<std::size_t>(v_.size()));
    const mdp::Change change = op_.sweep(view(std::as_const(v_)), next);
    if (stopped_) return;
    const double better = std::max(0.0, sign_ > 0 ? change.high : -change.low) / (1 - problem_.discount);
    const double gap = better + accuracy;
    ++iterations_;
    row_ = {.iteration = iterations_, .gap = kInfinity, .residual = change.residual(), .work = work_};
    if (gap / 2 <= run_.tolerance && gap <= certify_below_) {
      prove(weights_, v_);
      row_.gap = proof_->gap;
      done_ = proof_->gap <= run_.tolerance;
      certify_below_ = gap / 2;
    }
    trace_.record(row_);
    ask();
  }

  KeepGoing keep_going() {
    if (!run_.observer) return nullptr;
    return [this] { return ask(); };
  }

  bool ask() {
    if (!stopped_ && run_.observer && !run_.observer(row_)) done_ = stopped_ = true;
    return !stopped_;
  }

  void step(const mirror::Table& gradient) {
    const double eta = options_.eta / range_ *
                       (options_.rule == "theory" ? 1 / std::sqrt(static_cast<double>(options_.iterations)) : 1);
    constexpr double kLongest = 1e12;  // beyond it the projection is the greedy choice to the last digit
    for (int s = 0; s < problem_.model.num_states(); ++s) {
      const auto own = mirror::of_state(problem_.model.nominal(), weights_, s);
      const auto g = mirror::of_state(problem_.model.nominal(), gradient, s);
      // The projection does not see a constant: without it no digits are lost to the size of the values.
      const double top = sign_ > 0 ? *std::ranges::max_element(g) : *std::ranges::min_element(g);
      for (std::size_t a = 0; a < own.size(); ++a) own[a] += std::max(-kLongest, sign_ * eta * (g[a] - top));
      project_to_simplex(own);
    }
  }

  /// Keeps the tighter proof. Once the caller said stop, values as they are must do: nature's exact answer takes a
  /// linear solve after the other.
  void prove(const mirror::Table& weights, Eigen::VectorXd v) {
    if (!stopped_) exact_answer(op_, weights, start_, 0, v, keep_going());
    const mdp::Policy policy = mirror::played(problem_.model.nominal(), weights);
    std::optional<Certificate> proof =
        finished(op_, stopped_, [&] { return prove_policy(op_, view(std::as_const(v)), policy); });
    if (!proof) {
      note_ = kBoundedByRewards;
      proof = bound_by_rewards(op_, policy);
    }
    if (proof_ && proof->gap >= proof_->gap) return;
    proof_ = std::move(proof);
    proven_at_ = std::move(v);
  }

  RobustSolution solution() {
    // The best iterate is the method's answer; a proof on the way that met the tolerance has nothing to fear from it.
    if (!proof_ || proof_->gap > run_.tolerance) {
      proof_.reset();
      prove(best_weights_, best_v_.size() > 0 ? best_v_ : v_);
    }
    RobustSolution result;
    result.algorithm = "robust-policy-gradient";
    result.note = note_;
    const Certificate& proof = *proof_;
    if (trouble_ || !std::isfinite(proof.gap)) {
      result.status = Status::kNumericalTrouble;
      result.note = "Numbers grew beyond the range of double precision, so nothing is proven; scale the rewards down.";
    } else if (proof.gap <= run_.tolerance) {
      result.status = Status::kConverged;
    } else if (stopped_) {
      result.status = Status::kStoppedByCaller;
    } else if (proof.rounding > run_.tolerance && proof.gap <= 4 * proof.rounding / (1 - problem_.discount)) {
      result.status = Status::kRoundingLimited;
    } else {
      result.status = Status::kBudgetExhausted;
    }
    result.policy = proof.policy;
    result.value = proof.value;
    if (std::isfinite(proof.gap)) {
      result.lower = proof.lower;
      result.upper = proof.upper;
      result.gap = proof.gap;
      if (options_.worst_case != "none") result.worst_case = worst_case();
    }
    result.residual = proof.residual;
    result.iterations = iterations_;
    result.transitions_read = work_;
    result.trace = trace_.take();
    return result;
  }

  NatureRows worst_case() {
    const Decision played = Decision::of(proof_->policy);
    const auto answer = [&] {
      return op_.respond(played, view(std::as_const(proven_at_)), options_.worst_case == "all");
    };
    return finished(op_, stopped_, answer).value_or(NatureRows{});
  }

  const RobustProblem& problem_;
  const RobustPolicyGradientOptions& options_;
  const SolveOptions& run_;
  Operator op_;
  double range_;
  std::vector<double> start_;
  mirror::Table weights_;
  Eigen::VectorXd v_, best_v_, proven_at_;
  mirror::Table best_weights_;
  NatureRows rows_, reference_;
  double sign_, best_ = 0, certify_below_ = kInfinity;
  std::string note_;
  std::int64_t iterations_ = 0, work_ = 0;
  bool done_ = false, stopped_ = false, trouble_ = false;
  std::optional<Certificate> proof_;
  TraceRow row_;
  TraceRecorder trace_;
};

}  // namespace
}  // namespace robust

RobustSolution robust_policy_gradient(const RobustProblem& problem, const RobustPolicyGradientOptions& options,
                                      const SolveOptions& run) {
  bellwether::require_valid("robust-policy-gradient", options);
  return robust::DoubleLoop(problem, options, run).run();
}

}  // namespace bellwether::solvers
