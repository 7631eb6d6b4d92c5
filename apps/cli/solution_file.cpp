#include <cmath>
#include <filesystem>
#include <string_view>
#include <system_error>

#include <fmt/format.h>

#include "apps/cli/solution_output.h"
#include "core/errors.h"

namespace bellwether::cli {
namespace {

/// A name as a field of a CSV file.
std::string field(const std::string& name) {
  if (name.find_first_of(",\"\r\n") == std::string::npos) return name;
  std::string quoted = "\"";
  for (const char c : name) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
  return quoted + '"';
}

void append_policy_rows(std::string& text, const Answer& answer, const mdp::TabularMdp& model,
                        const mdp::Policy& policy, int stage) {
  const solvers::Solution& solution = answer.solution;
  const bool values = stage <= 0;
  for (int s = 0; s < model.num_states(); ++s) {
    for (std::int64_t c = model.first_choice(s); c < model.first_choice(s + 1); ++c) {
      const double p = policy.probability(model, s, c);
      if (p == 0) continue;
      if (stage >= 0) text += fmt::format("{},", stage);
      text += fmt::format("{},{}", field(model.state_name(s)), field(model.action_name(model.action(c))));
      if (!policy.is_deterministic()) text += fmt::format(",{}", p);
      if (values) {
        text += std::isnan(solution.value[s]) ? "," : fmt::format(",{}", solution.value[s]);
        text += solution.lower.size() > 0 ? fmt::format(",{},{}\n", solution.lower[s], solution.upper[s]) : ",,\n";
      } else {
        text += ",,,\n";
      }
    }
  }
}

/// `[stage,]state,action[,probability],value,lower,upper`, one row an action played.
std::string csv_text(const Answer& answer) {
  const solvers::Problem& problem = answer.question->problem;
  const solvers::Solution& solution = answer.solution;
  const bool staged = !solution.stages.empty();
  const mdp::Policy& first = staged ? solution.stages.front() : solution.policy;
  std::string text = fmt::format("{}state,action{},value,lower,upper\n", staged ? "stage," : "",
                                 first.is_deterministic() ? "" : ",probability");
  if (first.empty()) return text;  // stopped before there was a policy
  if (staged) {
    for (std::size_t h = 0; h < solution.stages.size(); ++h) {
      append_policy_rows(text, answer, problem.stages.empty() ? problem.model : problem.stages[h], solution.stages[h],
                         static_cast<int>(h));
    }
  } else {
    append_policy_rows(text, answer, problem.model, solution.policy, -1);
  }
  return text;
}

bool is_device(const std::string& path) {
  std::error_code ignored;
  const std::filesystem::file_status status = std::filesystem::status(path, ignored);
  return std::filesystem::exists(status) && !std::filesystem::is_regular_file(status);
}

/// Whether the name asks for JSON, not CSV; InvalidOption when it tells neither.
bool asks_for_json(const std::string& path) {
  std::string_view name = path;
  for (const std::string_view compressed : {".gz", ".xz"})
    if (name.ends_with(compressed)) name.remove_suffix(compressed.size());
  if (name.ends_with(".json")) return true;
  if (name.ends_with(".csv") || is_device(path)) return false;
  throw InvalidOption(
      fmt::format("solve: option --output is '{}'; its extension must be .csv or .json (.gz or .xz may follow)", path));
}

}  // namespace

AnswerFile::AnswerFile(const std::string& path) : json_(asks_for_json(path)), sink_(path) {}

void AnswerFile::save(const Answer& answer) {
  if (json_) {
    write_json(answer, [this](std::string_view text) {
      sink_.buffer() += text;
      sink_.flush_if_large();
    });
  } else {
    const std::string own = answer.addition ? answer.addition->csv() : std::string();
    sink_.buffer() += own.empty() ? csv_text(answer) : own;
  }
  sink_.commit();
}

}  // namespace bellwether::cli
