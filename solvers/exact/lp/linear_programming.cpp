#include "solvers/exact/lp/linear_programming.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/errors.h"
#include "core/text.h"
#include "solvers/exact/average/average_policy_iteration.h"
#include "solvers/exact/average/multichain_value_iteration.h"
#include "solvers/exact/discounted/policy_iteration.h"
#include "solvers/exact/discounted/units.h"
#include "solvers/exact/discounted/value_iteration.h"
#include "solvers/lp/linear_program.h"

namespace bellwether::solvers {
namespace {

using lp::kInfinity;

constexpr int kMostStates = 20'000;
constexpr std::int64_t kMostTransitions = 500'000;

void require_size(const mdp::TabularMdp& model) {
  if (linear_program_fits(model)) return;
  throw InvalidOption(
      fmt::format("linear-programming: the model has {} states and {} transitions, at most {} and {} are possible; "
                  "choose auto",
                  model.num_states(), model.num_transitions(), kMostStates, kMostTransitions));
}

/// How often each choice is taken: x in recurrent states; y, of the average reward alone, on the way there.
struct Frequencies {
  std::vector<double> x, y;
  double optimum = 0;  ///< of the program, in the problem's units: the sum of all values or gains
  lp::LpStatus status = lp::LpStatus::kTrouble;
  std::int64_t iterations = 0;
};

/// Rewards are the problem's in units of about one, to be maximised. Both forms of both criteria.
class Programs {
 public:
  Programs(const Problem& problem, const LinearProgrammingOptions& options, const SolveOptions& run)
      : problem_(problem), model_(problem.model), units_(problem), options_{.method = options.method} {
    if (!run.observer) return;
    options_.keep_going = [observer = run.observer](std::int64_t iteration) {
      return observer(TraceRow{.iteration = iteration});
    };
  }

  /// min sum v(s) s.t. v(s) - discount sum p v >= r for every choice. The multipliers of the rows are x.
  Frequencies discounted_primal() const {
    lp::LinearProgram program;
    for_each_choice([&](int, std::int64_t c) { program.add_row(units_.reward(model_.reward(c)), kInfinity); });
    add_value_columns(program, problem_.discount, 1.0);
    return from_rows(lp::solve(program, options_), false);
  }

  /// max sum r x s.t. sum_a x(s', a) - discount sum p(s' | s, a) x(s, a) = 1, x >= 0.
  Frequencies discounted_dual() const {
    lp::LinearProgram program;
    for (int s = 0; s < model_.num_states(); ++s) program.add_row(1, 1);
    for_each_choice([&](int s, std::int64_t c) {
      program.add_column(-units_.reward(model_.reward(c)), 0, kInfinity);
      add_flow(program, s, c, problem_.discount, 0);
    });
    return from_columns(lp::solve(program, options_), false);
  }

  /// min sum g(s) s.t. g(s) - sum p g >= 0 and g(s) + h(s) - sum p h >= r. The multipliers are y and x.
  Frequencies average_primal() const {
    lp::LinearProgram program;
    const auto choices = static_cast<int>(model_.num_choices());
    for_each_choice([&](int, std::int64_t c) { program.add_row(units_.reward(model_.reward(c)), kInfinity); });
    for (int c = 0; c < choices; ++c) program.add_row(0, kInfinity);
    for (int s = 0; s < model_.num_states(); ++s) {
      program.add_column(1, -kInfinity, kInfinity);  // g(s)
      for (std::int64_t c = model_.first_choice(s); c < model_.first_choice(s + 1); ++c)
        program.add_entry(static_cast<int>(c), 1);
      add_state_entries(program, s, 1, choices);
    }
    add_value_columns(program, 1, 0.0);  // h(s)
    return from_rows(lp::solve(program, options_), true);
  }

  /// max sum r x s.t. x balances, and x and y together leave each state one unit more often than y comes there.
  Frequencies average_dual() const {
    lp::LinearProgram program;
    const int states = model_.num_states();
    for (int s = 0; s < states; ++s) program.add_row(0, 0);
    for (int s = 0; s < states; ++s) program.add_row(1, 1);
    for_each_choice([&](int s, std::int64_t c) {
      program.add_column(-units_.reward(model_.reward(c)), 0, kInfinity);
      add_flow(program, s, c, 1, 0);
      program.add_entry(states + s, 1);
    });
    for_each_choice([&](int s, std::int64_t c) {
      program.add_column(0, 0, kInfinity);
      add_flow(program, s, c, 1, states);
    });
    return from_columns(lp::solve(program, options_), true);
  }

 private:
  template <class Visit>
  void for_each_choice(const Visit& visit) const {
    for (int s = 0; s < model_.num_states(); ++s)
      for (std::int64_t c = model_.first_choice(s); c < model_.first_choice(s + 1); ++c) visit(s, c);
  }

  /// Column s of I - discount * P, in rows first_row + choice.
  void add_state_entries(lp::LinearProgram& program, int s, double discount, int first_row) const {
    for (std::int64_t c = model_.first_choice(s); c < model_.first_choice(s + 1); ++c)
      program.add_entry(first_row + static_cast<int>(c), 1);
    if (into_.empty()) transpose();
    for (const auto& [choice, probability] : into_[static_cast<std::size_t>(s)])
      program.add_entry(first_row + static_cast<int>(choice), -discount * probability);
  }

  void add_value_columns(lp::LinearProgram& program, double discount, double cost) const {
    for (int s = 0; s < model_.num_states(); ++s) {
      program.add_column(cost, -kInfinity, kInfinity);
      add_state_entries(program, s, discount, 0);
    }
  }

  /// The last column leaves s once and arrives at the successors, in rows first_row + state.
  void add_flow(lp::LinearProgram& program, int s, std::int64_t c, double discount, int first_row) const {
    program.add_entry(first_row + s, 1);
    for (std::size_t k = 0; k < model_.successors(c).size(); ++k)
      program.add_entry(first_row + model_.successors(c)[k], -discount * model_.probabilities(c)[k]);
  }

  void transpose() const {
    into_.resize(static_cast<std::size_t>(model_.num_states()));
    for_each_choice([&](int, std::int64_t c) {
      for (std::size_t k = 0; k < model_.successors(c).size(); ++k)
        into_[static_cast<std::size_t>(model_.successors(c)[k])].emplace_back(c, model_.probabilities(c)[k]);
    });
  }

  Frequencies from_rows(const lp::LpResult& result, bool both) const {
    return split(result, result.row_dual, result.objective, both);
  }
  Frequencies from_columns(const lp::LpResult& result, bool both) const {
    return split(result, result.x, -result.objective, both);
  }
  Frequencies split(const lp::LpResult& result, const std::vector<double>& all, double optimum, bool both) const {
    Frequencies out;
    out.status = result.status;
    out.optimum = problem_.sign() * units_.problem_length(optimum);
    out.iterations = result.iterations;
    const auto choices = static_cast<std::ptrdiff_t>(model_.num_choices());
    out.x.assign(all.begin(), all.begin() + choices);
    if (both) out.y.assign(all.begin() + choices, all.begin() + 2 * choices);
    return out;
  }

  const Problem& problem_;
  const mdp::TabularMdp& model_;
  discounted::Units units_;
  lp::LpOptions options_;
  mutable std::vector<std::vector<std::pair<std::int64_t, double>>> into_;
};

Frequencies solve_program(const Problem& problem, const LinearProgrammingOptions& options, const SolveOptions& run) {
  const Programs programs(problem, options, run);
  const bool primal = options.form == "primal";
  if (problem.criterion == Criterion::kDiscounted)
    return primal ? programs.discounted_primal() : programs.discounted_dual();
  return primal ? programs.average_primal() : programs.average_dual();
}

/// Where x is positive its largest choice, else the largest of y; the first choice where both are zero.
std::vector<std::int64_t> policy_of(const mdp::TabularMdp& model, const Frequencies& frequencies) {
  constexpr double kZero = 1e-12;
  std::vector<std::int64_t> choice;
  for (int s = 0; s < model.num_states(); ++s) {
    const std::int64_t first = model.first_choice(s), last = model.first_choice(s + 1);
    std::int64_t best = first;
    double most = kZero;
    for (const std::vector<double>* frequency : {&frequencies.x, &frequencies.y}) {
      if (frequency->empty() || most > kZero) continue;
      for (std::int64_t c = first; c < last; ++c) {
        if ((*frequency)[static_cast<std::size_t>(c)] <= most) continue;
        most = (*frequency)[static_cast<std::size_t>(c)];
        best = c;
      }
    }
    choice.push_back(best);
  }
  return choice;
}

double largest_reward(const mdp::TabularMdp& model) {
  double largest = 0;
  for (const double r : model.reward()) largest = std::max(largest, std::abs(r));
  return largest;
}

/// What to say when the program's optimum is not the sum of the proven values: it was too badly scaled for Clp.
std::string disagreement(double optimum, const Eigen::VectorXd& value, double largest_reward) {
  constexpr double kTolerated = 1e-5;  // of the size of the values; Clp's own tolerance is 1e-9 an equation
  const double size = value.cwiseAbs().sum() + 1e-3 * largest_reward * static_cast<double>(value.size());
  if (std::abs(optimum - value.sum()) <= kTolerated * size) return "";
  return fmt::format(" Its optimum was {:.9g}, the proven values sum to {:.9g}: the program was solved badly.", optimum,
                     value.sum());
}

/// What can be said when the program was stopped: the bounds of one sweep of value iteration.
Solution after_one_sweep(const Problem& problem, std::int64_t iterations) {
  const SolveOptions one{.max_iterations = 1};
  Solution solution = problem.criterion == Criterion::kDiscounted ? value_iteration(problem, {}, one)
                                                                  : multichain_value_iteration(problem, {}, one);
  solution.status = Status::kStoppedByCaller;
  solution.algorithm = "linear-programming";
  solution.iterations = iterations;
  solution.note = "Stopped before the program was solved; the bounds are those of one sweep of value iteration.";
  return solution;
}

}  // namespace

bool linear_program_fits(const mdp::TabularMdp& model) {
  return model.num_states() <= kMostStates && model.num_transitions() <= kMostTransitions;
}

Solution linear_programming(const Problem& problem, const LinearProgrammingOptions& options, const SolveOptions& run) {
  require_valid(problem);
  bellwether::require_valid("linear-programming", options);
  if (problem.criterion != Criterion::kDiscounted && problem.criterion != Criterion::kAverage)
    throw InvalidOption("linear-programming: solves discounted and average-reward problems only");
  require_size(problem.model);
  const Frequencies frequencies = solve_program(problem, options, run);
  if (frequencies.status == lp::LpStatus::kStopped) return after_one_sweep(problem, frequencies.iterations);
  const std::vector<std::int64_t> choice = policy_of(problem.model, frequencies);
  Solution solution;
  if (problem.criterion == Criterion::kDiscounted) {
    std::vector<std::int32_t> local;
    for (int s = 0; s < problem.model.num_states(); ++s)
      local.push_back(static_cast<std::int32_t>(choice[static_cast<std::size_t>(s)] - problem.model.first_choice(s)));
    solution = policy_iteration_from(problem, std::move(local), {}, run);
  } else {
    solution = average_policy_iteration_from(problem, choice, {}, run);
  }
  const std::string rest = solution.note;
  solution.note = fmt::format(
      "The program was solved ({}) in {}; {} of policy iteration proved its policy.{}{}{}",
      lp::to_string(frequencies.status), counted(frequencies.iterations, "iteration"), solution.iterations,
      disagreement(frequencies.optimum, solution.value, largest_reward(problem.model)), rest.empty() ? "" : " ", rest);
  solution.algorithm = "linear-programming";
  solution.iterations += frequencies.iterations;
  return solution;
}

}  // namespace bellwether::solvers
