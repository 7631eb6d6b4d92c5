#include <algorithm>
#include <cmath>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "apps/cli/fields.h"
#include "apps/cli/number_column.h"
#include "apps/cli/planner.h"
#include "apps/cli/policy_json.h"
#include "apps/cli/terminal.h"
#include "core/errors.h"
#include "core/text.h"
#include "mdp/constrained/constrained_mdp.h"
#include "mdp/evaluate/policy_chain.h"
#include "solvers/constrained/registry.h"

namespace bellwether::cli {
namespace {

using solvers::Bounded;
using solvers::BudgetReport;
using solvers::ConstrainedSolution;
using solvers::Infeasibility;

void write_bounded(JsonWriter& json, std::string_view name, const Bounded& number) {
  json.key(name).begin_object();
  json.member("value", number.value).member("lower", number.lower).member("upper", number.upper).end_object();
}

/// "0.4 fuel + 0.6 risk"
std::string weighted_sum(const std::vector<double>& weights, const std::vector<BudgetReport>& budgets) {
  std::string sum;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    if (!(weights[i] > 1e-9)) continue;
    const std::string factor = weights[i] > 1 - 1e-9 ? "" : fmt::format("{:.4g} ", weights[i]);
    sum += fmt::format("{}{}{}", sum.empty() ? "" : " + ", factor, budgets[i].column);
  }
  return sum;
}

class BudgetAddition : public Addition {
 public:
  BudgetAddition(const ConstrainedSolution& solution, const solvers::Problem& problem)
      : model_(problem.model),
        minimise_(!problem.maximise()),
        gap_(solution.gap),
        expected_(solution.expected),
        optimum_(solution.optimum),
        violation_(solution.violation),
        budgets_(solution.budgets),
        infeasibility_(solution.infeasibility),
        mixture_(solution.mixture) {
    // Rounding may have left the proven bound a hair below what costs without a negative one allow.
    if (infeasibility_ && problem.stages.empty() && weighs_no_negative_cost(infeasibility_->weights))
      infeasibility_->least_mean = std::max(0.0, infeasibility_->least_mean);
  }

  void write_json(JsonWriter& json) const override {
    write_bounded(json, "expected", expected_);
    write_bounded(json, "optimum", optimum_);
    json.member("violation", violation_);
    json.key("costs").begin_array();
    for (const BudgetReport& budget : budgets_) json.value(budget.cost.value);
    json.end_array();
    json.key("multipliers").begin_array();
    for (const BudgetReport& budget : budgets_) json.value(budget.multiplier);
    json.end_array();
    json.key("budgets").begin_array();
    for (const BudgetReport& budget : budgets_) {
      json.begin_object().member("column", budget.column).member("limit", budget.limit);
      write_bounded(json, "cost", budget.cost);
      json.member("multiplier", budget.multiplier).member("multiplier_below", budget.multiplier_below);
      json.member("stays_from", budget.stays_from).member("stays_to", budget.stays_to).end_object();
    }
    json.end_array();
    if (infeasibility_) write_infeasibility(json, *infeasibility_);
    if (mixture_.num_nodes() > 0) write_mixture(json);
  }

  std::string proof() const override {
    if (infeasibility_) return infeasibility_text(*infeasibility_);
    if (!std::isfinite(gap_)) return one_side();
    return fmt::format("the policy keeps to every limit and is within {} of the best one that does", scientific(gap_));
  }

  std::vector<std::pair<std::string, std::string>> lines() const override {
    if (mixture_.num_nodes() == 0) return {};
    return {{"policy", fmt::format("draws one of {} policies before the first step and keeps it, with probabilities "
                                   "{} (--json has them); no stationary policy as good was found",
                                   mixture_.num_nodes(), fmt::format("{:.4g}", fmt::join(mixture_.initial, ", ")))}};
  }

  bool has_lists_by_choice() const override {
    return std::ranges::any_of(mixture_.policy, [](const mdp::Policy& policy) { return !policy.is_deterministic(); });
  }

  std::string no_csv() const override {
    if (mixture_.num_nodes() == 0) return {};
    return "the policy found is drawn from several before the first step, and a CSV of states has room for one; save "
           "it as .json";
  }

  std::string table() const override {
    std::vector<double> cost, limit, multiplier;
    std::vector<Bounds> cost_bounds;
    for (const BudgetReport& budget : budgets_) {
      cost.push_back(budget.cost.value);
      cost_bounds.push_back({budget.cost.lower, budget.cost.upper});
      limit.push_back(budget.limit);
      multiplier.push_back(budget.multiplier);
    }
    const auto costs = aligned_numbers(cost, cost_bounds);
    const bool found = !infeasibility_;
    std::vector<std::string> headings{"budget", "limit", infeasibility_ ? "least-violation cost" : "cost"};
    std::vector<bool> right{false, true, true};
    if (found) {
      headings.insert(headings.end(), {minimise_ ? "one more unit lowers the value by" : "one more unit is worth",
                                       "while the limit is in"});
      right.insert(right.end(), {true, false});
    }
    Table table(headings, right);
    for (std::size_t i = 0; i < budgets_.size(); ++i) {
      std::vector<std::string> cells{budgets_[i].column, fmt::format("{}", limit[i]),
                                     std::isnan(cost[i]) ? "-" : costs[i]};
      if (found) {
        cells.push_back(std::isnan(multiplier[i]) ? "-" : fmt::format("{:.6g}", std::abs(multiplier[i])));
        cells.push_back(range(budgets_[i]));
      }
      table.add(std::move(cells));
    }
    return '\n' + table.text(2) + (found ? corners() : "");
  }

 private:
  /// Where no policy is proven to keep to every limit, the multipliers still bound what one could reach.
  std::string one_side() const {
    const double bound = minimise_ ? optimum_.lower : optimum_.upper;
    if (!std::isfinite(bound)) return std::string(kNothingProven);
    return fmt::format(
        "no policy that keeps to every limit has a value {} {:.9g}{}", minimise_ ? "below" : "above", bound,
        violation_ > 0 ? fmt::format("; the one below may exceed a limit by {}", scientific(violation_)) : "");
  }

  /// Limits at which one unit less is not worth what one more is.
  std::string corners() const {
    std::string text;
    for (const BudgetReport& budget : budgets_) {
      const double above = std::abs(budget.multiplier), below = std::abs(budget.multiplier_below);
      if (!(below > above * (1 + 1e-9) + 1e-12)) continue;
      text += std::isinf(below) ? fmt::format("  {}: no policy keeps to less\n", budget.column)
                                : fmt::format("  {}: one unit less {} the value by {:.6g}\n", budget.column,
                                              minimise_ ? "raises" : "lowers", below);
    }
    return text;
  }

  static std::string range(const BudgetReport& budget) {
    if (std::isinf(budget.stays_from) && std::isinf(budget.stays_to)) return "";
    const auto end = [](double x) {
      return std::isinf(x) ? std::string(x > 0 ? "infinity" : "-infinity") : fmt::format("{:.6g}", x);
    };
    return fmt::format("{} to {}", end(budget.stays_from), end(budget.stays_to));
  }

  std::string infeasibility_text(const Infeasibility& proof) const {
    const std::string sum = weighted_sum(proof.weights, budgets_);
    const Bounded& least = proof.least_violation;
    const std::string attained = std::isfinite(least.upper)
                                     ? fmt::format(", and by no more than {:.6g} under the policy below", least.upper)
                                     : "";
    return fmt::format(
        "no policy keeps to the limits: under every one {} is at least {:.8g}, and the limits allow {:.8g}; some limit "
        "is exceeded by {:.6g} at least{}",
        sum, proof.least_mean, proof.allowed_mean, std::max(0.0, least.lower), attained);
  }

  static void write_infeasibility(JsonWriter& json, const Infeasibility& proof) {
    json.key("infeasibility").begin_object();
    json.key("weights").begin_array();
    for (const double weight : proof.weights) json.value(weight);
    json.end_array();
    json.member("least_mean", proof.least_mean).member("allowed_mean", proof.allowed_mean);
    write_bounded(json, "least_violation", proof.least_violation);
    json.end_object();
  }

  bool weighs_no_negative_cost(const std::vector<double>& weights) const {
    for (std::size_t i = 0; i < weights.size(); ++i) {
      if (weights[i] <= 0) continue;
      const auto negative = [](double cost) { return cost < 0; };
      if (std::ranges::any_of(mdp::column_values(model_, budgets_[i].column), negative)) return false;
    }
    return true;
  }

  void write_mixture(JsonWriter& json) const {
    json.key("mixture").begin_array();
    for (int node = 0; node < mixture_.num_nodes(); ++node) {
      json.begin_object().member("weight", mixture_.initial_probability(node)).key("policy");
      write_policy_row(json, model_, mixture_.policy[static_cast<std::size_t>(node)]);
      json.end_object();
    }
    json.end_array();
  }

  mdp::TabularMdp model_;
  bool minimise_;
  double gap_;
  Bounded expected_, optimum_;
  double violation_;
  std::vector<BudgetReport> budgets_;
  std::optional<Infeasibility> infeasibility_;
  mdp::FiniteMemoryPolicy mixture_;
};

std::vector<std::string> cost_columns(const mdp::TabularMdp& model) {
  std::vector<std::string> names;
  for (const mdp::Column& column : model.data().costs) names.push_back(column.name);
  return names;
}

double limit_of(const std::string& typed) {
  const auto limit = parse_double(typed);
  if (!limit || !std::isfinite(*limit))
    throw InvalidOption(fmt::format("solve: option --budget: '{}' is no limit; it must be a number", typed));
  return *limit;
}

}  // namespace

std::vector<mdp::Budget> read_budgets(const Arguments& arguments, const solvers::Problem& problem) {
  const auto typed = arguments.text("budget");
  if (!typed) return {};
  if (problem.criterion == solvers::Criterion::kTotal || problem.criterion == solvers::Criterion::kReach) {
    throw InvalidOption(
        "solve: --budget goes with --discount G, --horizon H or --criterion average, not with a total until a goal");
  }
  const std::vector<std::string> columns = cost_columns(problem.model);
  if (columns.empty()) {
    throw InvalidOption(
        "solve: --budget: the model has no cost columns; in CSV every column after the reward is one, named by the "
        "header");
  }
  const std::vector<std::string> parts = split(*typed, ',');
  std::vector<mdp::Budget> budgets;
  const bool named = typed->find('=') != std::string::npos;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (!named) {
      if (parts.size() != columns.size()) {
        throw InvalidOption(fmt::format(
            "solve: option --budget has {}, but the model has {}: {}; give one each in this order, or some by name, as "
            "--budget {}=LIMIT",
            counted(static_cast<std::int64_t>(parts.size()), "limit"),
            counted(static_cast<std::int64_t>(columns.size()), "cost column"), join_names(columns), columns.front()));
      }
      budgets.push_back({columns[i], limit_of(parts[i])});
      continue;
    }
    const std::size_t equals = parts[i].rfind('=');
    if (equals == std::string::npos)
      throw InvalidOption(fmt::format("solve: option --budget: '{}' lacks its column, as in {}={}", parts[i],
                                      columns.front(), parts[i]));
    const std::string name = parts[i].substr(0, equals);
    if (std::ranges::find(columns, name) == columns.end()) refuse_name("solve", "budget", name, "cost column", columns);
    budgets.push_back({name, limit_of(parts[i].substr(equals + 1))});
  }
  return budgets;
}

Planner find_budget_planner(const std::string& name, const Question& question) {
  const solvers::ConstrainedRow& row =
      solvers::find_constrained(name, question.problem.criterion, static_cast<int>(question.budgets.size()));
  return {.name = row.name,
          .summary = row.summary,
          .options = row.options,
          .run = [&row, &question](const std::vector<Setting>& settings, const solvers::SolveOptions& run) {
            const solvers::Problem& plain = question.problem;
            const solvers::ConstrainedProblem problem{.model = {plain.model, question.budgets},
                                                      .criterion = plain.criterion,
                                                      .direction = plain.direction,
                                                      .discount = plain.discount,
                                                      .horizon = plain.horizon,
                                                      .stages = plain.stages};
            const ConstrainedSolution solution = row.run(problem, settings, run);
            return Planned{.solution = solution, .addition = std::make_shared<BudgetAddition>(solution, plain)};
          }};
}

}  // namespace bellwether::cli
