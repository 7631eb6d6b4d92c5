#pragma once

#include <cstdio>
#include <optional>
#include <string>
#include <vector>

#include "apps/cli/question.h"
#include "solvers/solution.h"

namespace bellwether::cli {

/// What an exact proof adds to an answer.
struct ExactAnswer {
  std::string value;                ///< expected over the initial distribution, "14/17"
  std::vector<std::string> values;  ///< one a state (first stage)
  std::string statement;            ///< a sentence: what was proved, how the numbers were read
};

/// Everything that is said about one run of `solve`.
struct Answer {
  std::string file;
  std::string typed;                 ///< the file name and the options, as they could be typed again
  std::optional<Question> question;  ///< always there once the file is read
  solvers::Solution solution;
  double load_seconds = 0, solve_seconds = 0;
  std::optional<ExactAnswer> exact;
};

/// Expected value over the initial distribution.
double initial_value(const Answer& answer);

/// The action identifier that a deterministic policy plays.
int played_action(const mdp::TabularMdp& model, const mdp::Policy& policy, int state);

/// One JSON object, as docs/guide/command-line.md describes it.
void write_json(const Answer& answer, std::FILE* out);

/// The answer for a reader at the terminal; `all_states` lists every state rather than the first few.
std::string answer_text(const Answer& answer, bool all_states);

/// Saves `[stage,]state,action[,probability],value,lower,upper` as CSV, in one step.
void save_policy(const Answer& answer, const std::string& path);

}  // namespace bellwether::cli
