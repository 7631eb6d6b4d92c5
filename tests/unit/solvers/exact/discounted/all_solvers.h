#pragma once

#include <functional>
#include <ostream>
#include <string>
#include <vector>

#include "solvers/problem.h"
#include "solvers/solution.h"

namespace bellwether::test {

/// A solver with the options it is tried with.
struct SolverCase {
  std::string name;        ///< of the case
  std::string registered;  ///< what Solution::algorithm must say
  std::function<solvers::Solution(const solvers::Problem&, const solvers::SolveOptions&)> solve;
  bool slow = false;  ///< needs very many iterations near discount one

  friend void PrintTo(const SolverCase& c, std::ostream* out) { *out << c.name; }
};

/// Every discounted solver, with each setting of its options that takes another path.
const std::vector<SolverCase>& all_solvers();

/// The solver of one case.
solvers::Solution solve(const std::string& case_name, const solvers::Problem& problem,
                        const solvers::SolveOptions& options = {});

}  // namespace bellwether::test
