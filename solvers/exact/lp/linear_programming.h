#pragma once

#include <string>

#include "core/options.h"
#include "solvers/problem.h"
#include "solvers/solution.h"

namespace bellwether::solvers {

struct LinearProgrammingOptions {
  std::string form = "primal";
  std::string method = "automatic";
};

template <class Field>
void describe(LinearProgrammingOptions& o, Field&& field) {
  field("form", o.form, one_of({"primal", "dual"}), "values as variables, or how often choices are taken");
  field("method", o.method, one_of({"automatic", "primal", "dual", "barrier"}), "what Clp runs");
}

/// The linear program of a discounted or average-reward problem, by Clp (docs/papers/linear-programming.md). Either
/// form gives frequencies of choices, as variables or as multipliers, and those a policy. Linear programming is right
/// to a tolerance only, so policy iteration starts from that policy and proves the answer; the note says how many steps
/// that took (1: the program's policy was optimal). InvalidOption beyond 20,000 states or 500,000 transitions.
Solution linear_programming(const Problem& problem, const LinearProgrammingOptions& options = {},
                            const SolveOptions& run = {});

/// Whether the model is within those limits.
bool linear_program_fits(const mdp::TabularMdp& model);

}  // namespace bellwether::solvers
