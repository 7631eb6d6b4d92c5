#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "apps/cli/command.h"
#include "apps/cli/fit.h"
#include "apps/cli/interrupt.h"
#include "apps/cli/json_writer.h"
#include "apps/cli/number_column.h"
#include "apps/cli/policy_json.h"
#include "apps/cli/status_line.h"
#include "apps/cli/terminal.h"
#include "core/errors.h"
#include "core/text.h"
#include "mdp/evaluate/discounted.h"
#include "mdp/operators.h"
#include "solvers/linear/fitted_q.h"
#include "solvers/linear/policy_iteration.h"

namespace bellwether::cli {
namespace {

/// What a method made of the batch, before it is judged.
struct Learnt {
  std::string ended;  ///< "its policy is greedy for its own values, after 4"
  Status status = Status::kNotRun;
  Eigen::VectorXd weights = {};
  std::vector<std::int32_t> policy = {};
};

/// ... and after. In the units and the direction of the file.
struct Found {
  std::string name;
  Learnt learnt = {};
  double value = 0, error = 0;        ///< of the policy, expected from the initial law; its proven error
  double loss = 0, largest_loss = 0;  ///< against the optimum, there and of the worst state; 0: none can be proven
  double q_error = 0;                 ///< largest |Phi w - Q*|
};

struct Search {
  std::string samples = {};             ///< "10,000 samples of choices drawn uniformly"
  bool exact = false, stopped = false;  ///< infinitely many of them; fewer than were asked for
  mdp::TabularMdp model;                ///< its rewards are maximised
  double sign = 1;
  solvers::Solution optimum = {};
  double value = 0;
  std::vector<Found> rows = {};
};

template <class Options>
Options options_for(const FitTask& task, const std::string& method) {
  Options options;
  apply_settings(method, options, settings_for(task, option_rows<Options>()));
  return options;
}

Learnt learn_lspi(const FitTask& task, const Search& search, const solvers::SampleBatch& batch) {
  auto result = solvers::lspi(search.model.state_begin(), task.features(), batch, task.discount,
                              options_for<solvers::LspiOptions>(task, "lspi"));
  const std::string after = counted(result.iterations, "policy");
  std::string ended = fmt::format("converged: {}", after);
  if (result.cycle > 0)
    ended = fmt::format("{} take turns: {}", counted(result.cycle, "policy"), after);
  else if (result.status == Status::kBudgetExhausted)
    ended = fmt::format("not converged: {}", after);
  else if (result.status == Status::kNumericalTrouble)
    ended = fmt::format("singular: {}", after);
  return {std::move(ended), result.status, std::move(result.weights), std::move(result.policy)};
}

Learnt learn_fitted_q(const FitTask& task, const Search& search, const solvers::SampleBatch& batch) {
  auto result = solvers::fitted_q(search.model.state_begin(), task.features(), batch, task.discount,
                                  options_for<solvers::FittedQOptions>(task, "fitted-q"));
  const std::string how = result.status == Status::kConverged          ? "converged"
                          : result.status == Status::kNumericalTrouble ? "diverged or singular"
                                                                       : "not converged";
  return {fmt::format("{}: {}", how, counted(result.iterations, "fit")), result.status, std::move(result.weights),
          std::move(result.policy)};
}

double expected(std::span<const double> law, const Eigen::VectorXd& values) {
  return Eigen::Map<const Eigen::VectorXd>(law.data(), values.size()).dot(values);
}

double largest_q_error(const FitTask& task, const Search& search, const Eigen::VectorXd& weights) {
  const mdp::TabularMdp& model = search.model;
  const Eigen::VectorXd q = task.features().matrix() * weights;
  const mdp::Expectation expectation;
  const std::span<const double> v(search.optimum.value.data(), static_cast<std::size_t>(model.num_states()));
  double worst = 0;
  for (std::int64_t c = 0; c < model.num_choices(); ++c) {
    const double best = model.reward(c) + task.discount * expectation(model.successors(c), model.probabilities(c), v);
    const double error = std::abs(q[c] - best);
    if (std::isnan(error)) return error;
    worst = std::max(worst, error);
  }
  return worst;
}

Found judged(const FitTask& task, const Search& search, const std::string& name, Learnt learnt) {
  Found row{.name = name, .learnt = std::move(learnt)};
  const auto policy = mdp::Policy::deterministic(row.learnt.policy);
  const mdp::Evaluation own = mdp::evaluate_discounted(mdp::PolicyChain(search.model, policy), task.discount);
  const std::vector<double> initial = search.model.initial();
  row.value = own.expected(initial);
  row.error = own.gap();
  const double proven = search.optimum.gap + own.gap();
  if (const double loss = search.value - row.value; loss > proven) row.loss = loss;
  for (int s = 0; s < search.model.num_states(); ++s)
    if (const double loss = search.optimum.value[s] - own.value[s]; loss > proven)
      row.largest_loss = std::max(row.largest_loss, loss);
  row.q_error = largest_q_error(task, search, row.learnt.weights);
  return row;
}

/// Draws what was asked for, or what was drawn when somebody asked to stop.
solvers::SampleBatch draw(const FitTask& task, Search& search, std::int64_t samples) {
  const InterruptGuard guard;
  StatusLine line;
  std::int64_t drawn = samples;
  auto batch = solvers::drawn_batch(search.model, samples, Stream(task.seed).child("samples"), [&](std::int64_t done) {
    search.stopped = !go_on(line, done, samples, "sample");
    if (search.stopped) drawn = done;
    return !search.stopped;
  });
  search.samples = fmt::format("{} of choices drawn uniformly, seed {}{}", grouped(drawn, "sample"), task.seed,
                               search.stopped ? " (stopped)" : "");
  return batch;
}

solvers::SampleBatch samples_for(const Arguments& arguments, const FitTask& task, Search& search) {
  search.exact = arguments.text("samples") == "exact";
  if (!search.exact) return draw(task, search, arguments.whole_number("samples", between(1, 1e12)).value_or(100'000));
  search.samples = "infinitely many samples of every choice";
  return solvers::exact_batch(search.model);
}

Search search_for(const Arguments& arguments, const FitTask& task) {
  Search search{.model = maximisation(task), .sign = task.file.rewards_are_costs ? -1.0 : 1};
  const solvers::SampleBatch batch = samples_for(arguments, task, search);
  search.optimum = exact_optimum(task, search.model);  // losses below its gap are not told from none
  search.value = expected(search.model.initial(), search.optimum.value);
  for (const std::string& method : task.methods) {
    Learnt learnt = method == "lspi" ? learn_lspi(task, search, batch) : learn_fitted_q(task, search, batch);
    search.rows.push_back(judged(task, search, method, std::move(learnt)));
  }
  return search;
}

std::string text_of(const FitTask& task, const Search& search) {
  std::string out = fit_heading(task, "");
  out += fmt::format("  problem    discounted by {:g}, {}\n", task.discount, search.sign > 0 ? "maximise" : "minimise");
  out += fmt::format("  learnt     from {}\n\n", search.samples);
  Table table({"", "value of its policy", "loss", "largest loss of a state", "largest error of Q", "ended"},
              {false, true, true, true, true, false});
  const auto short_text = [](double x) { return std::isnan(x) ? std::string("-") : fmt::format("{:.3g}", x); };
  table.add({"(optimal)", meaningful(search.sign * search.value, search.optimum.gap), "0", "0", "0", ""});
  for (const Found& row : search.rows)
    table.add({row.name, meaningful(search.sign * row.value, row.error), short_text(row.loss),
               short_text(row.largest_loss), short_text(row.q_error), row.learnt.ended});
  return out + table.text(2);
}

/// What infinitely many samples would say; after them, what a play tells of the best policy's values.
std::string next_text(const Arguments& arguments, const FitTask& task, const Search& search) {
  if (search.stopped) return {};
  std::string words = arguments.retyped_with("samples", "exact", "seed");
  if (search.exact) {
    words = fmt::format(" {}", shell_word(task.path));
    for (const char* option : {"discount", "format"})
      if (const auto typed = arguments.text(option)) words += fmt::format(" --{} {}", option, *typed);
    words += " --policy optimal";
  }
  return fmt::format("\nnext: {} fit{}\n", program_name(), words);
}

void write(const FitTask& task, const Search& search) {
  JsonWriter json([](std::string_view text) { std::fwrite(text.data(), 1, text.size(), stdout); });
  json.begin_object();
  json.member("file", task.path).member("states", search.model.num_states()).member("discount", task.discount);
  json.member("features", task.features().dimension());
  if (!search.exact) json.member("seed", static_cast<std::int64_t>(task.seed));
  json.member("samples", search.samples)
      .member("stopped", search.stopped)
      .member("value", search.sign * search.value)
      .member("gap", search.optimum.gap);
  json.key("methods").begin_array();
  for (const Found& row : search.rows) {
    json.begin_object().member("name", row.name).member("status", to_string(row.learnt.status));
    json.member("ended", row.learnt.ended).member("value", search.sign * row.value).member("loss", row.loss);
    json.member("largest_loss", row.largest_loss).member("q_error", row.q_error);
    json.key("weights").begin_array();
    for (const double w : row.learnt.weights) json.value(search.sign * w);
    json.end_array().key("policy");
    write_policy_row(json, task.file.model, mdp::Policy::deterministic(row.learnt.policy));
    json.end_object();
  }
  json.end_array().end_object().finish();
}

}  // namespace

bool finds_policies(const std::string& method) { return method == "lspi" || method == "fitted-q"; }

std::vector<OptionRow> options_of_policy_method(const std::string& method) {
  return method == "lspi" ? option_rows<solvers::LspiOptions>() : option_rows<solvers::FittedQOptions>();
}

int fit_policies(const Arguments& arguments, const FitTask& task) {
  const Search search = search_for(arguments, task);
  if (arguments.has("json"))
    write(task, search);
  else
    fmt::print("{}{}", text_of(task, search), next_text(arguments, task, search));
  return search.stopped ? kNotMet : kSuccess;
}

}  // namespace bellwether::cli
