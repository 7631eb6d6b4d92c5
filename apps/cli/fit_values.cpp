#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "apps/cli/command.h"
#include "apps/cli/fit.h"
#include "apps/cli/interrupt.h"
#include "apps/cli/json_writer.h"
#include "apps/cli/policy_file.h"
#include "apps/cli/terminal.h"
#include "core/errors.h"
#include "core/text.h"
#include "solvers/linear/exact.h"
#include "solvers/linear/prediction_task.h"
#include "solvers/linear/predictors.h"

namespace bellwether::cli {
namespace {

using solvers::PredictionTask;

/// A linear function, with what is known of it.
struct Fitted {
  std::string name;  ///< "lstd", or what it is of the exact answers
  double lambda = 0;
  Eigen::VectorXd weights = {};
  double value = 0;  ///< at the start
  solvers::PredictionError error = {};
  bool is_answer = false;  ///< exact, from the model
  bool is_nearest = false;
};

/// What was asked, in one place for text and JSON.
struct Prediction {
  std::string policy, behaviour;  ///< as typed
  std::int64_t steps = 0;         ///< done
  bool stopped = false;
  int rank = 0;
  double stability = 0, value = 0;
  std::vector<Fitted> rows = {};  ///< exact answers first
};

mdp::Policy policy_of(const FitTask& task, const std::string& typed) {
  const mdp::TabularMdp& model = task.file.model;
  if (typed == "uniform") return mdp::Policy::uniform(model);
  if (typed != "optimal") return read_policy(model, typed);
  return exact_optimum(task, maximisation(task)).policy;
}

/// The mean over the initial law; nothing is earned in states where an episode is over.
double at_start(const mdp::TabularMdp& model, const Eigen::VectorXd& values) {
  const std::vector<double> initial = model.initial();
  const std::vector<char> ends = solvers::end_states(model);
  double sum = 0;
  for (std::size_t s = 0; s < initial.size(); ++s)
    if (ends[s] == 0 && initial[s] > 0) sum += initial[s] * values[static_cast<Eigen::Index>(s)];
  return sum;
}

Fitted fitted(const mdp::TabularMdp& model, const PredictionTask& task, std::string name, double lambda,
              Eigen::VectorXd weights) {
  Fitted row{.name = std::move(name), .lambda = lambda, .weights = std::move(weights)};
  row.value = at_start(model, task.chain().features * row.weights);
  row.error = solvers::prediction_error(task, lambda, row.weights);
  return row;
}

/// The nearest function, and the fixed points that the methods seek.
void add_answers(const mdp::TabularMdp& model, const PredictionTask& task,
                 const std::vector<std::pair<std::string, solvers::MadePredictor>>& made, Prediction& out) {
  const auto add = [&](std::string name, double lambda, Eigen::VectorXd weights) {
    out.rows.push_back(fitted(model, task, std::move(name), lambda, std::move(weights)));
    out.rows.back().is_answer = true;
  };
  add("nearest to the values", 0, solvers::nearest_weights(task.chain(), task.values()));
  out.rows.back().is_nearest = true;
  std::vector<double> seen;
  for (const auto& [name, method] : made) {
    if (std::find(seen.begin(), seen.end(), method.lambda) != seen.end()) continue;
    seen.push_back(method.lambda);
    add(fmt::format("fixed point of TD({:g})", method.lambda), method.lambda,
        solvers::td_fixed_point(solvers::td_moments(task.chain(), method.lambda)));
  }
}

/// Every method sees the same steps. False when somebody asked to stop.
bool learn(const PredictionTask& task, std::uint64_t seed, std::int64_t steps,
           std::vector<std::pair<std::string, solvers::MadePredictor>>& made, std::int64_t& done) {
  constexpr std::int64_t kBetweenLooks = 1 << 10;
  const InterruptGuard guard;
  StatusLine line;
  solvers::PredictionPlay play(task, Stream(seed).child("play"));
  for (done = 0; done < steps; ++done) {
    if (done % kBetweenLooks == 0 && !go_on(line, done, steps, "step")) return false;
    const solvers::FeatureStep step = play.step();
    for (auto& [name, method] : made) method.predictor->learn(step);
  }
  return true;
}

Prediction predict(const Arguments& arguments, const FitTask& task) {
  const mdp::TabularMdp& model = task.file.model;
  Prediction out{.policy = *arguments.text("policy"), .behaviour = arguments.text("behaviour").value_or("")};
  const mdp::Policy target = policy_of(task, out.policy);
  const mdp::Policy behaviour = out.behaviour.empty() ? target : policy_of(task, out.behaviour);
  std::optional<PredictionTask> prediction;
  try {
    prediction.emplace(model, target, behaviour, solvers::state_features(model, target, task.features()),
                       task.discount);
  } catch (const InvalidModel& error) {
    throw InvalidModel(fmt::format("{}: {}", task.path, error.what()));
  }
  std::vector<std::pair<std::string, solvers::MadePredictor>> made;
  for (const std::string& method : task.methods) {
    const solvers::PredictorRow& row = solvers::find_predictor(method);
    made.emplace_back(method, row.make(*prediction, settings_for(task, row.options())));
  }
  out.rank = solvers::feature_rank(prediction->chain());
  out.stability = solvers::stability(prediction->moments());
  out.value = at_start(model, prediction->values());
  add_answers(model, *prediction, made, out);
  const std::int64_t steps = arguments.whole_number("steps", between(1, 1e12)).value_or(100'000);
  out.stopped = !learn(*prediction, task.seed, steps, made, out.steps);
  for (auto& [name, method] : made)
    out.rows.push_back(fitted(model, *prediction, name, method.lambda, method.predictor->weights()));
  return out;
}

constexpr double kRounding = 1e-12;
std::string off(double error, double scale) {
  if (!std::isfinite(error)) return "diverged";
  return error <= kRounding * scale ? "0" : fmt::format("{:.3g}", error);
}

std::string number(double x) { return std::isfinite(x) ? fmt::format("{:.6g}", x) : "-"; }

std::string errors_text(const Prediction& found, bool unique) {
  std::vector<std::string> heading{"", "value", "off the values", "off its fixed point"};
  std::vector<bool> right{false, true, true, true};
  if (unique) heading.emplace_back("its weights off"), right.push_back(true);
  Table table(std::move(heading), std::move(right));
  const double scale = 1 + std::abs(found.value);
  table.add(unique ? std::vector<std::string>{"(values of the policy)", number(found.value), "0", "-", "-"}
                   : std::vector<std::string>{"(values of the policy)", number(found.value), "0", "-"});
  for (const Fitted& row : found.rows) {
    const double value = std::isfinite(row.error.from_values) ? row.value : std::nan("");
    std::vector<std::string> cells{row.name, number(value), off(row.error.from_values, scale),
                                   row.is_nearest ? "-" : off(row.error.from_fixed_point, scale)};
    if (unique) cells.push_back(row.is_nearest ? "-" : off(row.error.weights, 1 + row.error.fixed_point.norm()));
    table.add(std::move(cells));
  }
  return table.text(2);
}

std::string weights_text(const Prediction& found) {
  constexpr Eigen::Index kMostShown = 8;
  const Eigen::Index d = found.rows.front().weights.size();
  if (d > kMostShown) return fmt::format("  {} weights: --json\n", d);
  std::vector<std::string> heading{"weights"};
  for (Eigen::Index i = 0; i < d; ++i) heading.push_back(fmt::format("{}", i + 1));
  std::vector<bool> right(static_cast<std::size_t>(d) + 1, true);
  right.front() = false;
  Table table(std::move(heading), std::move(right));
  for (const Fitted& row : found.rows) {
    std::vector<std::string> cells{row.name};
    for (const double w : row.weights) cells.push_back(number(w));
    table.add(std::move(cells));
  }
  return table.text(2);
}

std::string text_of(const FitTask& task, const Prediction& found) {
  const int d = task.features().dimension();
  const bool unique = found.rank == d;
  std::string out = fit_heading(task, fmt::format(", of rank {}; of a state: the mean over what the policy plays{}",
                                                  found.rank, unique ? "" : ". Weights are not unique"));
  out += fmt::format(
      "  policy     {}, discounted by {:g}, {}\n", found.policy, task.discount,
      found.behaviour.empty() ? std::string("from its own play") : fmt::format("from a play of: {}", found.behaviour));
  out += fmt::format("  play       {}, seed {}{}\n", grouped(found.steps, "step"), task.seed,
                     found.stopped ? " (stopped)" : "");
  out += found.stability > kRounding
             ? fmt::format("  TD(0)      small steps converge: no eigenvalue of A has a real part below {:.3g}\n",
                           found.stability)
         : found.stability < -kRounding
             ? fmt::format("  TD(0)      steps diverge, however small: an eigenvalue of A has the real part {:.3g}\n",
                           found.stability)
             : std::string("  TD(0)      an eigenvalue of A has the real part 0: nothing is known of its steps\n");
  return out + "\n" + errors_text(found, unique) + "\n" + weights_text(found);
}

/// More steps bring what was learnt nearer to its fixed points.
std::string next_text(const Arguments& arguments, const Prediction& found) {
  constexpr std::int64_t kMore = 10, kMost = 1'000'000'000;
  if (found.stopped || found.steps > kMost / kMore) return {};
  return fmt::format("\nnext: {} fit{}\n", program_name(),
                     arguments.retyped_with("steps", std::to_string(kMore * found.steps), "json"));
}

void write(const FitTask& task, const Prediction& found) {
  JsonWriter json([](std::string_view text) { std::fwrite(text.data(), 1, text.size(), stdout); });
  const auto numbers = [&](std::string_view name, const Eigen::VectorXd& v) {
    json.key(name).begin_array();
    for (const double x : v) json.value(x);
    json.end_array();
  };
  json.begin_object();
  json.member("file", task.path).member("states", task.file.model.num_states()).member("discount", task.discount);
  json.member("policy", found.policy).member("behaviour", found.behaviour.empty() ? found.policy : found.behaviour);
  json.member("steps", found.steps).member("seed", static_cast<std::int64_t>(task.seed));
  json.member("stopped", found.stopped).member("features", task.features().dimension()).member("rank", found.rank);
  json.member("stability", found.stability).member("value", found.value);
  for (const bool answers : {true, false}) {
    json.key(answers ? "answers" : "methods").begin_array();
    for (const Fitted& row : found.rows) {
      if (row.is_answer != answers) continue;
      json.begin_object().member("name", row.name);
      if (!row.is_nearest) json.member("lambda", row.lambda);
      json.member("value", row.value).member("values_error", row.error.from_values);
      if (!answers) {
        json.member("fixed_point_error", row.error.from_fixed_point).member("weights_error", row.error.weights);
        numbers("fixed_point", row.error.fixed_point);
      }
      numbers("weights", row.weights);
      json.end_object();
    }
    json.end_array();
  }
  json.end_object().finish();
}

}  // namespace

int fit_values(const Arguments& arguments, const FitTask& task) {
  const Prediction found = predict(arguments, task);
  if (arguments.has("json"))
    write(task, found);
  else
    fmt::print("{}{}", text_of(task, found), next_text(arguments, found));
  return found.stopped ? kNotMet : kSuccess;
}

}  // namespace bellwether::cli
