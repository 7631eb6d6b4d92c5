#include "solvers/mirror/dynamic_policy_gradient.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "core/errors.h"
#include "solvers/abandonable.h"
#include "solvers/mirror/finite_certificate.h"
#include "solvers/mirror/policy_values.h"

namespace bellwether::solvers {
namespace {

using namespace mirror;

const Problem& checked(std::string_view algorithm, const Problem& problem) {
  if (problem.criterion != Criterion::kFinite)
    throw InvalidOption(fmt::format("{}: solves finite-horizon problems only", algorithm));
  require_valid(problem);
  return problem;
}

/// Logits and probabilities of all stages, and what every loop does with them.
class StageRun {
 public:
  StageRun(std::string_view algorithm, const Problem& problem, const SolveOptions& run, const StageWatch& watch)
      : problem_(checked(algorithm, problem)), unit_(problem), run_(run), watch_(watch) {
    solution_.algorithm = algorithm;
    for (int h = 0; h < unit_.horizon(); ++h) {
      weights_.push_back(uniform_weights(unit_.stage(h)));
      logits_.push_back(logarithms(weights_.back()));
    }
  }

  const UnitProblem& unit() const { return unit_; }
  const std::vector<Table>& weights() const { return weights_; }
  void show(int stage, std::int64_t step) const {
    if (watch_) watch_({stage, step, weights_});
  }

  void ascend(int h, double eta, const Table& gradient) {
    const auto i = static_cast<std::size_t>(h);
    for (std::size_t c = 0; c < gradient.size(); ++c) logits_[i][c] += eta * gradient[c];
    normalise_logits(unit_.stage(h), logits_[i]);
    weights_[i] = probabilities(logits_[i]);
  }

  /// Ends a step that read so many transitions and left the largest absolute entry `residual` in the gradient. False
  /// when the run is over.
  bool finish_step(std::int64_t transitions, double residual) {
    solution_.transitions_read += transitions;
    const TraceRow row{.iteration = ++solution_.iterations, .residual = residual, .work = solution_.transitions_read};
    trace_.record(row);
    if (run_.observer && !run_.observer(row)) otherwise_ = Status::kStoppedByCaller;
    return otherwise_ == Status::kBudgetExhausted && more();
  }
  bool more() const { return solution_.iterations < run_.max_iterations; }

  Solution solution() {
    mdp::StagePolicy policy;
    for (int h = 0; h < unit_.horizon(); ++h)
      policy.push_back(played(unit_.stage(h), weights_[static_cast<std::size_t>(h)]));
    certify(std::move(policy));
    solution_.trace = trace_.take();
    return std::move(solution_);
  }

 private:
  /// A long proof is given up once the caller says stop.
  void certify(mdp::StagePolicy policy) {
    constexpr std::int64_t kLong = 20'000'000;  // transitions, some tenths of a second
    if (!run_.observer || certificate_work(problem_) < kLong)
      return certify_stages(problem_, std::move(policy), run_.tolerance, otherwise_, solution_);
    std::optional<Solution> proven;
    if (otherwise_ != Status::kStoppedByCaller) {
      const TraceRow row{.iteration = solution_.iterations, .work = solution_.transitions_read};
      proven = abandonable(
          [problem = problem_, policy, tolerance = run_.tolerance, otherwise = otherwise_, solution = solution_] {
            Solution result = solution;
            certify_stages(problem, policy, tolerance, otherwise, result);
            return result;
          },
          [&] { return run_.observer(row); });
    }
    if (proven)
      solution_ = std::move(*proven);
    else
      bound_by_rewards(problem_, std::move(policy), solution_);
  }

  const Problem& problem_;
  UnitProblem unit_;
  const SolveOptions& run_;
  const StageWatch& watch_;
  std::vector<Table> logits_, weights_;
  Solution solution_;
  TraceRecorder trace_;
  Status otherwise_ = Status::kBudgetExhausted;
};

double largest(const Table& x) {
  double most = 0;
  for (const double value : x) most = std::max(most, std::abs(value));
  return most;
}

double dynamic_step(const UnitProblem& unit, double given, int h) {
  return given > 0 ? given : 1 / (2 * longest_return(unit.discount(), unit.horizon() - h));
}

double simultaneous_step(const UnitProblem& unit, double given) {
  const double H = unit.horizon();
  return given > 0 ? given : 1 / (5 * H * H * std::sqrt(H));
}

/// All transitions of all stages.
std::int64_t transitions(const UnitProblem& unit) {
  std::int64_t sum = 0;
  for (int h = 0; h < unit.horizon(); ++h) sum += unit.stage(h).num_transitions();
  return sum;
}

/// V_h of the policy of stage h, its choices being worth q.
Eigen::VectorXd state_values(const mdp::TabularMdp& model, const Table& q, const Table& weights) {
  Eigen::VectorXd v = Eigen::VectorXd::Zero(model.num_states());
  for (int s = 0; s < model.num_states(); ++s)
    for (std::int64_t c = model.first_choice(s); c < model.first_choice(s + 1); ++c)
      v[s] += weights[static_cast<std::size_t>(c)] * q[static_cast<std::size_t>(c)];
  return v;
}

void sample_stage_by_stage(StageRun& work, const SampledPolicyGradientOptions& options, const std::vector<double>& mu,
                           const Stream& stream) {
  const UnitProblem& unit = work.unit();
  const std::vector<mdp::Simulator> simulators = stage_simulators(unit);
  Eigen::VectorXd later = Eigen::VectorXd::Zero(unit.model().num_states());
  for (int h = unit.horizon() - 1; h >= 0; --h) {
    const auto i = static_cast<std::size_t>(h);
    const Table q = choice_values(unit.stage(h), unit.discount(), later);
    const double eta = dynamic_step(unit, options.eta, h);
    work.show(h, 0);
    for (std::int64_t n = 1; n <= options.steps && work.more(); ++n) {
      const Eigen::VectorXd own = state_values(unit.stage(h), q, work.weights()[i]);
      const Table gradient = sampled_stage_gradient(unit, simulators, h, work.weights(), mu, options.batch,
                                                    options.baseline ? &own : nullptr,
                                                    stream.child(i).child(static_cast<std::uint64_t>(n)));
      work.ascend(h, eta, gradient);
      work.show(h, n);
      if (!work.finish_step(options.batch * (unit.horizon() - h), largest(gradient))) return;
    }
    later = state_values(unit.stage(h), q, work.weights()[i]);
  }
}

void sample_all_stages(StageRun& work, const SampledPolicyGradientOptions& options, const std::vector<double>& mu,
                       const Stream& stream) {
  const UnitProblem& unit = work.unit();
  const std::vector<mdp::Simulator> simulators = stage_simulators(unit);
  const double eta = simultaneous_step(unit, options.eta);
  work.show(-1, 0);
  for (std::int64_t n = 1; n <= options.steps && work.more(); ++n) {
    const auto values = options.baseline ? stage_values(unit, work.weights()) : std::vector<Eigen::VectorXd>{};
    const std::vector<Table> gradient =
        sampled_joint_gradient(unit, simulators, work.weights(), mu, options.batch,
                               options.baseline ? &values : nullptr, stream.child(static_cast<std::uint64_t>(n)));
    double residual = 0;
    for (int h = 0; h < unit.horizon(); ++h) {
      work.ascend(h, eta, gradient[static_cast<std::size_t>(h)]);
      residual = std::max(residual, largest(gradient[static_cast<std::size_t>(h)]));
    }
    work.show(-1, n);
    if (!work.finish_step(options.batch * unit.horizon(), residual)) return;
  }
}

}  // namespace

Solution dynamic_policy_gradient(const Problem& problem, const DynamicPolicyGradientOptions& options,
                                 const SolveOptions& run) {
  bellwether::require_valid("dynamic-policy-gradient", options);
  StageRun work("dynamic-policy-gradient", problem, run, options.watch);
  const UnitProblem& unit = work.unit();
  const std::vector<double> mu = start_distribution(unit.model(), options.start);
  Eigen::VectorXd later = Eigen::VectorXd::Zero(unit.model().num_states());
  for (int h = unit.horizon() - 1; h >= 0; --h) {
    const mdp::TabularMdp& model = unit.stage(h);
    const Table q = choice_values(model, unit.discount(), later);
    const double eta = dynamic_step(unit, options.eta, h);
    work.show(h, 0);
    for (std::int64_t n = 1; n <= options.steps && work.more(); ++n) {
      const Table gradient = bandit_gradient(model, mu, q, work.weights()[static_cast<std::size_t>(h)]);
      work.ascend(h, eta, gradient);
      work.show(h, n);
      if (!work.finish_step(n == 1 ? model.num_transitions() : 0, largest(gradient))) return work.solution();
    }
    later = state_values(model, q, work.weights()[static_cast<std::size_t>(h)]);
  }
  return work.solution();
}

Solution simultaneous_policy_gradient(const Problem& problem, const SimultaneousPolicyGradientOptions& options,
                                      const SolveOptions& run) {
  bellwether::require_valid("simultaneous-policy-gradient", options);
  StageRun work("simultaneous-policy-gradient", problem, run, options.watch);
  if (options.ignore_time && !problem.stages.empty())
    throw InvalidOption("simultaneous-policy-gradient: 'ignore_time' needs stages that are all the same");
  const UnitProblem& unit = work.unit();
  const std::vector<double> mu = start_distribution(unit.model(), options.start);
  const double eta = simultaneous_step(unit, options.eta);
  work.show(-1, 0);
  for (std::int64_t n = 1; n <= options.steps && work.more(); ++n) {
    std::vector<Table> gradient = stage_gradient(unit, work.weights(), mu).gradient;
    if (options.ignore_time) {
      for (std::size_t h = 1; h < gradient.size(); ++h)
        for (std::size_t c = 0; c < gradient[0].size(); ++c) gradient[0][c] += gradient[h][c];
      std::fill(gradient.begin() + 1, gradient.end(), Table(gradient[0]));
    }
    double residual = 0;
    for (int h = 0; h < unit.horizon(); ++h) {
      work.ascend(h, eta, gradient[static_cast<std::size_t>(h)]);
      residual = std::max(residual, largest(gradient[static_cast<std::size_t>(h)]));
    }
    work.show(-1, n);
    if (!work.finish_step(2 * transitions(unit), residual)) break;
  }
  return work.solution();
}

Solution sampled_policy_gradient(const Problem& problem, const SampledPolicyGradientOptions& options,
                                 const Stream& stream, const SolveOptions& run) {
  bellwether::require_valid("sampled-policy-gradient", options);
  StageRun work("sampled-policy-gradient", problem, run, options.watch);
  const std::vector<double> mu = start_distribution(work.unit().model(), options.start);
  if (options.dynamic) {
    sample_stage_by_stage(work, options, mu, stream);
  } else {
    sample_all_stages(work, options, mu, stream);
  }
  return work.solution();
}

}  // namespace bellwether::solvers
