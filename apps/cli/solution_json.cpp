#include <algorithm>
#include <cmath>
#include <cstdint>

#include "apps/cli/json_writer.h"
#include "apps/cli/policy_json.h"
#include "apps/cli/solution_output.h"

namespace bellwether::cli {
namespace {

void write_vector(JsonWriter& json, std::string_view name, const Eigen::VectorXd& values) {
  if (values.size() == 0) return;
  json.key(name).begin_array();
  for (const double x : values) json.value(x);
  json.end_array();
}

void write_policy(JsonWriter& json, const Answer& answer) {
  const solvers::Problem& problem = answer.question->problem;
  const solvers::Solution& solution = answer.solution;
  if (!solution.stages.empty()) {
    json.key("policy").begin_array();
    for (std::size_t h = 0; h < solution.stages.size(); ++h) {
      write_policy_row(json, problem.stages.empty() ? problem.model : problem.stages[h], solution.stages[h]);
    }
    json.end_array();
  } else if (!solution.policy.empty()) {
    json.key("policy");
    write_policy_row(json, problem.model, solution.policy);
  }
}

/// Whether some of the policy is given as probabilities of choices.
bool draws(const solvers::Solution& solution) {
  const auto random = [](const mdp::Policy& policy) { return !policy.empty() && !policy.is_deterministic(); };
  return random(solution.policy) || std::ranges::any_of(solution.stages, random);
}

/// [state, action] of every choice, in the order of the model.
void write_choices(JsonWriter& json, const mdp::TabularMdp& model) {
  json.begin_array();
  for (int s = 0; s < model.num_states(); ++s)
    for (std::int64_t c = model.first_choice(s); c < model.first_choice(s + 1); ++c)
      json.begin_array().value(s).value(model.action(c)).end_array();
  json.end_array();
}

/// What numbers by choice belong to, where there are such numbers.
void write_choices(JsonWriter& json, const Answer& answer) {
  if (!draws(answer.solution) && !(answer.addition && answer.addition->has_lists_by_choice())) return;
  const solvers::Problem& problem = answer.question->problem;
  json.key("choice_list");
  if (problem.stages.empty()) {
    write_choices(json, problem.model);
    return;
  }
  json.begin_array();
  for (const mdp::TabularMdp& stage : problem.stages) write_choices(json, stage);
  json.end_array();
}

void write_names(JsonWriter& json, std::string_view key, const std::vector<std::string>& names) {
  if (names.empty()) return;
  json.key(key).begin_array();
  for (const std::string& name : names) json.value(name);
  json.end_array();
}

void write_exact(JsonWriter& json, const ExactAnswer& exact) {
  json.key("exact").begin_object();
  json.member("value", exact.value).member("statement", exact.statement);
  write_names(json, "values", exact.values);
  json.end_object();
}

}  // namespace

void write_json(const Answer& answer, const std::function<void(std::string_view)>& out) {
  const solvers::Problem& problem = answer.question->problem;
  const solvers::Solution& solution = answer.solution;
  const mdp::TabularMdp& model = problem.model;
  JsonWriter json(out);
  json.begin_object();
  json.member("status", to_string(solution.status));
  json.member("algorithm", solution.algorithm);
  json.member("criterion", to_string(problem.criterion));
  json.member("direction", problem.maximise() ? "maximise" : "minimise");
  if (problem.criterion == solvers::Criterion::kFinite) json.member("horizon", problem.horizon);
  if (problem.criterion == solvers::Criterion::kDiscounted || problem.discount < 1)
    json.member("discount", problem.discount);
  json.member("states", model.num_states());
  json.member("choices", model.num_choices());
  json.member("transitions", model.num_transitions());
  if (solution.value.size() > 0) json.member("value", initial_value(answer));
  write_vector(json, "values", solution.value);
  write_policy(json, answer);
  json.member("gap", solution.gap);
  write_vector(json, "lower", solution.lower);
  write_vector(json, "upper", solution.upper);
  write_vector(json, "bias", solution.bias);
  json.member("iterations", solution.iterations);
  json.member("transitions_read", solution.transitions_read);
  json.key("seconds").begin_object();
  json.member("load", answer.load_seconds).member("solve", answer.solve_seconds).end_object();
  if (!solution.note.empty()) json.member("note", solution.note);
  if (answer.addition) answer.addition->write_json(json);
  if (answer.exact) write_exact(json, *answer.exact);
  write_choices(json, answer);
  write_names(json, "state_names", model.data().state_names);
  write_names(json, "actions", model.data().action_names);
  json.end_object().finish();
}

}  // namespace bellwether::cli
