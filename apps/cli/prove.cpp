#include "apps/cli/prove.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "solvers/exact/rational/certify_rational.h"

namespace bellwether::cli {

void prove_exactly(Answer& answer) {
  const solvers::Problem& problem = answer.question->problem;
  solvers::RationalSolution proven = solvers::certify_rational(problem, answer.solution.policy);
  const solvers::Solution before = std::exchange(answer.solution, std::move(proven.solution));
  answer.solution.algorithm = before.algorithm;
  answer.solution.iterations = before.iterations;
  answer.solution.transitions_read = before.transitions_read;
  if (answer.solution.status != Status::kConverged) return;  // the note says what the exact analysis found
  std::string statement = std::exchange(answer.solution.note, before.note);
  ExactAnswer exact{.value = {}, .values = {}, .statement = std::move(statement)};
  for (int s = 0; s < proven.exact.size(); ++s) exact.values.push_back(proven.exact.text(s));
  // The expectation over several states is a sum the caller can form; a single start has its fraction.
  const std::vector<double> initial = problem.model.initial();
  const auto start = std::find(initial.begin(), initial.end(), 1.0);
  if (start != initial.end()) exact.value = exact.values[static_cast<std::size_t>(start - initial.begin())];
  answer.exact = std::move(exact);
}

}  // namespace bellwether::cli
