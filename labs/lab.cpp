#include "labs/lab.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "core/errors.h"
#include "core/text.h"

#include "labs/exams.h"

namespace bellwether::labs {
namespace {

constexpr std::uint64_t kLabs = 0x6c616273;  // the root of all instances: changing it changes everybody's

}  // namespace

std::span<const Lab> lab_table() {
  static const std::array<Lab, 4> table = {{
      {.name = "value-iteration",
       .summary = "one Bellman backup: it contracts, breaks ties, stops at terminal states",
       .file = "value_iteration.cpp",
       .symbol = "backup",
       .task = "Fill in one Bellman backup: the value of a state and the action that attains it.",
       .checks = {"backup", "terminal", "ties", "contraction", "optimum"},
       .exam = value_iteration_exam},
      {.name = "q-learning",
       .summary = "one update of Q-learning: the right entry, the right target, the right rate",
       .file = "q_learning.cpp",
       .symbol = "q_update",
       .task = "Fill in one update of Q-learning: what a single step teaches about one state and action.",
       .checks = {"update", "terminal", "error"},
       .exam = q_learning_exam},
      {.name = "ucb",
       .summary = "the index of a bandit's arm: explore just enough",
       .file = "ucb.cpp",
       .symbol = "ucb_index",
       .task = "Fill in the index of UCB: the mean of an arm and a bonus for what is not known yet.",
       .checks = {"index", "first pulls", "regret"},
       .exam = ucb_exam},
      {.name = "ucbvi",
       .summary = "optimistic value iteration (UCBVI-CH): bonus and backward induction",
       .file = "ucbvi.cpp",
       .symbol = "optimistic_value",
       .task = "Fill in the optimistic value of UCBVI-CH: what was seen, what comes after, and the bonus.",
       .checks = {"value", "optimism", "regret"},
       .exam = ucbvi_exam},
  }};
  return table;
}

const Lab& find_lab(std::string_view name) {
  std::vector<std::string> names;
  for (const Lab& lab : lab_table()) {
    if (lab.name == name) return lab;
    names.emplace_back(lab.name);
  }
  const std::string near = did_you_mean(name, names);
  throw InvalidOption(
      fmt::format("there is no lab '{}'{}", name, near.empty() ? "; the labs are " + join_names(names) : near));
}

std::unique_ptr<Exam> exam_of(const Lab& lab, std::string_view student) {
  return lab.exam(Stream(kLabs).child(lab.name).child(student));
}

}  // namespace bellwether::labs
