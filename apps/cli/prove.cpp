#include "apps/cli/prove.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "apps/cli/interrupt.h"
#include "core/text.h"
#include "solvers/abandonable.h"
#include "solvers/exact/rational/certify_rational.h"
#include "solvers/exact/rational/finite_part.h"
#include "solvers/exact/total/total_reward.h"

namespace bellwether::cli {

namespace {

/// The proof of the states with finite values, put back among the others.
solvers::RationalSolution prove_finite_part(const solvers::Problem& problem, const solvers::Solution& solved,
                                            const solvers::RationalOptions& options, std::vector<std::string>& texts) {
  const solvers::FinitePart part = solvers::finite_part(problem, solved);
  solvers::RationalSolution proven = solvers::certify_rational(part.problem, part.policy, options);
  solvers::Solution whole = solved;
  if (proven.solution.status != Status::kConverged) {
    whole.status = proven.solution.status;
    whole.note = std::move(proven.solution.note);
    proven.solution = std::move(whole);
    return proven;
  }
  whole.status = Status::kConverged;
  whole.gap = proven.solution.gap;
  whole.lower = whole.upper = solved.value;  // of the infinite states; a planner stopped early brings no bounds
  std::vector<std::int32_t> choice(solved.policy.choices().begin(), solved.policy.choices().end());
  for (Eigen::Index s = 0; s < solved.value.size(); ++s) texts.push_back(solved.value[s] > 0 ? "inf" : "-inf");
  for (std::size_t i = 0; i < part.state.size(); ++i) {
    const auto local = static_cast<Eigen::Index>(i);
    const std::int32_t s = part.state[i];
    whole.value[s] = proven.solution.value[local];
    whole.lower[s] = proven.solution.lower[local];
    whole.upper[s] = proven.solution.upper[local];
    texts[static_cast<std::size_t>(s)] = proven.exact.text(static_cast<int>(i));
    if (std::binary_search(problem.target.begin(), problem.target.end(), s)) continue;  // nothing is played there
    // Choices that may lead to an infinite value were left out, so a place is that among the others.
    choice[static_cast<std::size_t>(s)] = part.original_choice[static_cast<std::size_t>(
        part.problem.model.first_choice(static_cast<int>(i)) + proven.solution.policy.choices()[i])];
  }
  whole.policy = mdp::Policy::deterministic(std::move(choice));
  whole.residual = 0;
  const auto infinite = solved.value.size() - static_cast<Eigen::Index>(part.state.size());
  whole.note = fmt::format(
      "{} Infinite values ({}) are as the planner decided them, by the graph of the model and the signs of its "
      "gains.",
      proven.solution.note, counted(infinite, "state"));
  proven.solution = std::move(whole);
  return proven;
}

struct Proof {
  solvers::RationalSolution proven;
  std::vector<std::string> texts;  ///< of all states, when some are infinite
};

/// Owns what it needs, so that it may be left behind.
struct Prover {
  solvers::Problem problem;
  solvers::Solution solved;
  solvers::RationalOptions options;
  bool infinite;

  Proof operator()() const {
    Proof out;
    out.proven = infinite ? prove_finite_part(problem, solved, options, out.texts)
                          : solvers::certify_rational(problem, solved.policy, options);
    return out;
  }
};

void note_unfinished(solvers::Solution& solution) {
  if (solution.status != Status::kNumericalTrouble) solution.status = Status::kStoppedByCaller;
  solution.note += fmt::format(
      "{}Stopped before the exact proof was finished: {}.", solution.note.empty() ? "" : " ",
      solution.lower.size() > 0 ? "the bounds are those of floating-point arithmetic, and hold" : "nothing is proven");
}

}  // namespace

void prove_exactly(Answer& answer, const std::string& must_reach_goal) {
  const solvers::Problem& problem = answer.question->problem;
  solvers::RationalOptions options;
  options.proper_only = solvers::must_reach_goal(problem, {.must_reach_goal = must_reach_goal});
  // Elsewhere an infinite value is an overflow, and a number to the proof.
  const bool infinite = problem.criterion == solvers::Criterion::kTotal && answer.solution.value.array().isInf().any();
  std::optional<Proof> proof = solvers::abandonable(Prover{problem, answer.solution, options, infinite},
                                                    [] { return !InterruptGuard::requested(); });
  if (!proof) return note_unfinished(answer.solution);
  solvers::RationalSolution& proven = proof->proven;
  const solvers::Solution before = std::exchange(answer.solution, std::move(proven.solution));
  answer.solution.algorithm = before.algorithm;
  answer.solution.iterations = before.iterations;
  answer.solution.transitions_read = before.transitions_read;
  if (answer.solution.status != Status::kConverged) return;  // the note says what the exact analysis found
  std::string statement = std::exchange(answer.solution.note, before.note);
  ExactAnswer exact{.value = {}, .values = {}, .statement = std::move(statement)};
  for (int s = 0; !infinite && s < proven.exact.size(); ++s) exact.values.push_back(proven.exact.text(s));
  if (infinite) exact.values = std::move(proof->texts);
  // The expectation over several states is a sum the caller can form; a single start has its fraction.
  const std::vector<double> initial = problem.model.initial();
  const auto start = std::find(initial.begin(), initial.end(), 1.0);
  if (start != initial.end()) exact.value = exact.values[static_cast<std::size_t>(start - initial.begin())];
  answer.exact = std::move(exact);
}

}  // namespace bellwether::cli
